<?php

namespace Pst;

/** What lies in the tables before the upgrade */
final class Rows
{
    private $db;

    private $family;

    private function __construct(\mysqli $db, Family $family)
    {
        $this->db = $db;
        $this->family = $family;
    }

    public static function fill(\mysqli $db, Family $family, $more)
    {
        $rows = new self($db, $family);
        $rows->run("SET NAMES utf8mb4, sql_mode = '', foreign_key_checks = 0");
        $schema = Tables::schema($family, $family->set['old']);
        foreach (array_merge(array_values($schema), Tables::foreign($family)) as $sql) {
            $rows->run($sql);
        }
        $rows->catalog(isset($schema['store_lang']), isset($schema['currency_lang']), $more);
        $rows->sales();
        $rows->modules();
        $rows->menu();
        $rows->others(array_keys($schema));
        $rows->foreign();
    }

    private function run($sql)
    {
        if (false === $this->db->query($sql)) {
            throw new \RuntimeException($this->db->error . ' in: ' . substr($sql, 0, 300));
        }
    }

    private function insert($table, $columns, array $lines)
    {
        $columns = implode('`, `', explode(' ', $columns));
        foreach (array_chunk($lines, 300) as $chunk) {
            $this->run("INSERT INTO `{$this->family->set['prefix']}$table` (`$columns`) VALUES " . implode(', ', array_map(function ($line) {
                return '(' . implode(', ', array_map(function ($value) {
                    return null === $value ? 'NULL' : "'" . $this->db->real_escape_string((string) $value) . "'";
                }, $line)) . ')';
            }, $chunk)));
        }
    }

    /** Emoji only where the columns of the product can hold it */
    private function emoji()
    {
        return 'utf8mb4' === $this->family->set['charset'] ? ' 😀' : ' ☺';
    }

    private function catalog($storeLang, $currencyLang, $more)
    {
        $products = $texts = array();
        for ($i = 1; $i <= max(30, $more); $i++) {
            $products[] = array($i, "REF-$i", "shelf $i", $i * 1.25, $i % 4 ? '' : '404', $i % 9 ? 1 : 0, '2020-02-02 02:02:02');
            $texts[] = array($i, 1, "<p>About \"$i\";\nit's 100% \\ good;\r\n-- no comment\n/* none */ # 1</p>", "Product $i" . ($i % 7 ? '' : $this->emoji()));
            $texts[] = array($i, 2, $i % 3 ? "größer;\n" : null, "Erzeugnis $i – größer");
        }
        $this->insert('product', 'id_product reference location price redirect_type active date_upd', $products);
        $this->insert('product_lang', 'id_product id_lang description name', $texts);
        $this->insert('accessory', 'id_product_1 id_product_2', array(array(1, 2), array(1, 2), array(3, 4)));
        $this->insert('product_download', 'id_product active', array(array(3, 1)));
        $this->insert('carrier', 'id_carrier name url active position', array(array(1, 'Pick up', null, 1, 0), array(2, "Post's best", 'https://example.com/@', 1, 1)));
        $this->insert('currency', 'id_currency iso_code conversion_rate', array(array(1, 'EUR', 1), array(2, 'USD', 1.1)));
        if ($currencyLang) {
            $this->insert('currency_lang', 'id_currency id_lang name symbol', array(array(1, 1, 'Euro', '€'), array(1, 2, 'Euro', '€'), array(2, 1, 'US Dollar', '$')));
        }
        $stores = array(array(1, 'Berlin', 'half a day', "closed;\non Sundays"), array(2, "L'Aquila", null, ''), array(3, 'Łódź', '8–16', "never\tclosed"));
        $this->insert('store', 'id_store city closing', array_map(function ($row) {
            return array($row[0], $row[1], $row[3]);
        }, $stores));
        foreach (array('hours', 'note', 'old_note') as $column) {
            $known = $this->db->query("SHOW COLUMNS FROM `{$this->family->set['prefix']}store` LIKE '$column'")->num_rows;
            foreach ($known ? $stores : array() as $store) {
                $this->run("UPDATE `{$this->family->set['prefix']}store` SET `$column` = '" . $this->db->real_escape_string("$column of \"$store[0]\"; $store[2]")
                    . "' WHERE id_store = $store[0]");
            }
        }
        if ($storeLang) {
            $this->insert('store_lang', 'id_store id_lang name', array(array(1, 1, 'First'), array(1, 2, 'Erster'), array(2, 1, 'Second'), array(3, 2, 'Dritter')));
        }
    }

    private function sales()
    {
        $all = implode('', array_map('chr', range(0, 255)));
        $customers = $orders = $details = array();
        for ($i = 1; $i <= 12; $i++) {
            $customers[] = array($i, $i % 4 ? null : 'O\'Neil & "Sons"', "First$i", 'Müller', "c$i@example.com", md5("c$i"), $i % 3 ? null : '1980-05-17',
                $i % 2 ? 'likes tea &amp; cake &quot;much&quot;' : '', '2019-01-01 10:00:00');
        }
        for ($i = 1; $i <= 25; $i++) {
            $orders[] = array($i, sprintf('ORD%06d', $i), $i % 12 + 1, $i % 3 + 1, $i % 2, $i % 5 ? null : "to you';\n" . $this->emoji(), $i * 19.99,
                sprintf('2020-03-%02d 12:00:00', $i));
            $details[] = array($i, "Product $i; blue", $i * 19.99);
        }
        $this->insert('customer', 'id_customer company firstname lastname email passwd birthday note date_add', $customers);
        $this->insert('orders', 'id_order reference id_customer current_state gift gift_message total_paid date_add', $orders);
        $this->insert('order_detail', 'id_order product_name product_price', $details);
        $this->insert('order_state', 'id_order_state color paid', array(array(1, 'RoyalBlue', 0), array(2, 'LimeGreen', 1), array(3, null, 1)));
        $this->insert('order_payment', 'order_reference amount payment_method date_add', array(
            array('ORD000001', 19.99, 'Cash' . $this->emoji(), '2020-03-01 12:01:00'), array('ORD000002', 39.98, 'Cheque', '2020-03-02 12:01:00'),
        ));
        $this->insert('cart', 'id_cart id_customer date_add', array(array(1, 2, '2020-04-01 00:00:00')));
        if ($this->db->query("SHOW COLUMNS FROM `{$this->family->set['prefix']}orders` LIKE 'old_note'")->num_rows) {
            $this->run("UPDATE `{$this->family->set['prefix']}orders` SET old_note = '" . $this->db->real_escape_string($all) . "' WHERE id_order < 4");
        }
    }

    private function modules()
    {
        $modules = $links = $hooks = array();
        foreach (Content::modules($this->family) as $i => $module) {
            $modules[] = array($i + 1, $module[0], 'zetalabels' === $module[0] ? 0 : 1, $module[1]);
            if ('zetalabels' !== $module[0]) {
                $links[] = array($i + 1, 1);
                $hooks[] = array($i + 1, 1, $i + 1);
            }
        }
        $this->insert('module', 'id_module name active version', $modules);
        $this->insert('module_shop', 'id_module id_shop', $links);
        $this->insert('hook', 'id_hook name title description', array(array(1, 'displayHome', 'Homepage content', 'The hook of "the" homepage'),
            array(2, 'actionOrderStatusUpdate', 'Order status update', null), array(3, 'displayAdminOrderTop', 'Order, top', '')));
        $this->insert('hook_module', 'id_module id_hook position', $hooks);
    }

    private function menu()
    {
        $tabs = $texts = array();
        foreach (array('AdminDashboard' => 0, 'AdminParentOrders' => 0, 'AdminOrders' => 2, 'AdminInvoices' => 2, 'AdminReferrers' => 2, 'AdminOldStats' => 2,
            'AdminPerformance' => 1) as $class => $parent) {
            $id = count($tabs) + 1;
            // Positions with holes, as menus that modules have come to and gone from have them
            $tabs[] = array($id, $parent, $class, $id * 2);
            $texts[] = array($id, 1, substr($class, 5));
            $texts[] = array($id, 2, 'Auf ' . substr($class, 5));
        }
        $this->insert('tab', 'id_tab id_parent class_name position', $tabs);
        $this->insert('tab_lang', 'id_tab id_lang name', $texts);
    }

    private function others(array $tables)
    {
        $set = $this->family->set;
        $values = array(
            'PS_VERSION_DB' => $set['old'], 'PS_INSTALL_VERSION' => '1.6' === $this->family->era('old') ? '1.5.4.1' : '1.6.1.2', 'PS_SHOP_ENABLE' => '1',
            'PS_MAINTENANCE_IP' => '127.0.0.1', 'PS_LANG_DEFAULT' => '1', 'PS_DISABLE_OVERRIDES' => '0', 'PS_DISABLE_NON_NATIVE_MODULE' => '0', 'PS_LEGACY_IMAGES' => '0',
            'PS_VIRTUAL_PROD_FEATURE_ACTIVE' => '0', 'PS_HIDE_OPTIMIZATION_TIS' => '1', 'PS_NEED_REBUILD_INDEX' => '0', 'PS_REWRITING_SETTINGS' => '1',
            'PS_NB_DAYS_NEW_PRODUCT' => '20', 'PS_FORGOTTEN' => 'old', 'PS_FORGOTTEN_TOO' => null, 'PS_SHOP_NAME' => "Bob's \"Shop\"" . $this->emoji(), 'PS_AUTOUP_BACKUP' => '1',
        );
        $lines = array();
        foreach ($values as $name => $value) {
            $lines[] = array(null, null, $name, $value, '2019-01-01 00:00:00', '2019-01-01 00:00:00');
        }
        // The shop's own row beside the one of all shops
        $lines[] = array(null, 1, 'PS_SHOP_ENABLE', '1', '2019-01-01 00:00:00', '2019-01-01 00:00:00');
        $this->insert('configuration', 'id_shop_group id_shop name value date_add date_upd', $lines);
        $locale = '1.6' === $this->family->era('old') ? '' : ' locale';
        $languages = array();
        foreach ($this->family->languages() as $iso => $code) {
            $languages[] = array_slice(array(strtoupper($iso), 1, $iso, $code), 0, '' === $locale ? 3 : 4);
        }
        $languages[] = array_slice(array('Français', 0, 'fr', 'fr-FR'), 0, '' === $locale ? 3 : 4);
        $this->insert('lang', 'name active iso_code' . $locale, $languages);
        $theme = '1.6' === $this->family->era('old') ? '' : ' theme_name';
        $this->insert('shop', 'id_shop name' . $theme, array('' === $theme ? array(1, "Bob's Shop") : array(1, "Bob's Shop", 'classic')));
        $this->insert('shop_url', 'id_shop domain physical_uri', array(array(1, 'shop.example.com', '/')));
        $this->insert('employee', 'id_employee id_profile lastname firstname email passwd bo_css active', array(
            array(1, 1, 'Boss', 'Bea', 'boss@example.com', md5('boss'), 'admin.css', 1),
            array(2, 4, 'Help', 'Hank', 'hank@example.com', md5('hank'), 'admin.css', 0),
        ));
        $this->insert('guest', 'id_guest id_customer accept_language', array(array(1, null, 'en'), array(2, 3, 'de-CH')));
        $this->insert('connections', 'id_connections id_guest ip_address date_add', array(array(1, 1, 2130706433, '2020-05-05 05:05:05')));
        $this->insert('connections_source', 'id_connections http_referer', array(array(1, 'https://example.com/?q=a;b')));
        $this->insert('statssearch', 'keywords results', array(array("o'clock", 3)));
        $this->insert('log', 'severity message date_add', array(array(1, 'Back office connection; "boss"', '2020-05-05 05:05:05')));
        foreach (array(
            'api_access' => array('client_id active', array(array('erp', 1), array('old', 0))), 'referrer' => array('name', array(array('A paper'))),
            'attribute_impact' => array('weight', array(array(1.5))), 'admin_filter' => array('employee filter_id filter', array(array(1, 'product', '{"a": ";\n"}'))),
            'feature_flag' => array('name state', array(array('product_page_v2', 1))), 'order_slip_detail_tax' => array('id_order_slip_detail id_tax', array(array(1, 1))),
            'scene_visits' => array('id_scene visits', array(array(1, 77))),
        ) as $table => $content) {
            if (in_array($table, $tables, true)) {
                $this->insert($table, $content[0], $content[1]);
            }
        }
    }

    private function foreign()
    {
        $all = implode('', array_map('chr', range(0, 255)));
        $log = array();
        for ($i = 1; $i <= 450; $i++) {
            $log[] = array("Line $i of a log that nobody reads;" . ($i % 50 ? '' : "\n'\\\" \x1a"));
        }
        $this->insert('acme_log', 'text', $log);
        $this->insert('acme_sync', 'id title raw seen amount flag', array(
            array(1, "emoji 😀; and\nlines", $all, '0000-00-00 00:00:00', 1.5e-7, "b'c"), array(2, null, null, '2021-06-01 23:59:59', null, null),
            array(3, '', '', '2021-06-01 00:00:00', -0.1, 'a'),
        ));
        $this->insert('acme_sync_links', 'id parent', array(array(1, 1), array(2, 3)));
        $this->insert('zeta_labels', 'key order text', array(array('a`b', 1, "back\\slash;\r\nand more"), array('c', 2, null)));
    }
}
