<?php

namespace Oct;

/** Rows of the store as it is before its upgrade; columns that its release does not have are left out */
final class Rows
{
    const DATE = '2024-03-01 10:20:30';

    private $db;

    private $family;

    private $schema;

    private function __construct(\mysqli $db, Family $family)
    {
        $this->db = $db;
        $this->family = $family;
        $this->schema = new Schema($family->set['old']);
    }

    public static function fill(\mysqli $db, Family $family, $many)
    {
        $rows = new self($db, $family);
        $db->query("SET SESSION sql_mode = ''");
        $db->begin_transaction();
        foreach ($rows->schema->names() as $table) {
            $db->query($rows->schema->create($table, $family->set['prefix']));
        }
        $rows->settings();
        $rows->catalog();
        $rows->customers();
        $rows->design();
        $rows->people();
        for ($i = 1; $i <= $many; $i++) {
            $rows->order(100 + $i);
        }
        // An extension's own table: no upgrade knows it
        $db->query("CREATE TABLE `{$family->set['prefix']}acme_loyalty` (loyalty_id int(11) NOT NULL AUTO_INCREMENT, customer_id int(11) NOT NULL, note text, PRIMARY KEY (loyalty_id), KEY customer (customer_id)) "
            . 'ENGINE=InnoDB DEFAULT CHARSET=latin1');
        $db->query("INSERT INTO `{$family->set['prefix']}acme_loyalty` VALUES (1, 1, 'a:1:{i:0;s:3:\"kept\";}'), (2, 2, NULL)");
        $db->commit();
    }

    private function is($since)
    {
        return version_compare($this->family->set['old'], $since, '>=');
    }

    private function add($table, array $row)
    {
        $known = $this->schema->columns($table);
        if (!$known) {
            return;
        }
        $set = array();
        foreach ($known as $column) {
            if (array_key_exists($column, $row)) {
                $set[] = "`$column` = " . (null === $row[$column] ? 'NULL' : "'" . $this->db->real_escape_string((string) $row[$column]) . "'");
            } elseif ('date_added' === $column) {
                $set[] = "`$column` = '" . self::DATE . "'";
            }
        }
        $this->db->query("INSERT INTO `{$this->family->set['prefix']}$table` SET " . implode(', ', $set));
    }

    private function setting($key, $value, $code = 'config', $serialized = 0, $store = 0)
    {
        $this->add('setting', array('store_id' => $store, 'code' => $code, 'key' => $key, 'value' => $value, 'serialized' => $serialized));
    }

    /** As the old release writes arrays: serialized up to 2.0; some are left in later stores, which were upgraded before */
    private function packed(array $value, $old = false)
    {
        return $old || !$this->is('2.1') ? serialize($value) : json_encode($value);
    }

    private function settings()
    {
        $this->setting('config_name', "Lamps & Söhne");
        $this->setting('config_owner', "Anna O'Hara");
        $this->setting('config_email', 'anna@shop.test');
        $this->setting('config_maintenance', '0');
        $this->setting('config_language', $this->is('2.2') ? 'en-gb' : 'en');
        $this->setting('config_admin_language', $this->is('2.2') ? 'en-gb' : 'en');
        if (!$this->is('4')) {
            $this->setting('config_template', 'default');
        }
        if ($this->is('2.2')) {
            $this->setting('config_theme', $this->is('3') ? 'default' : 'theme_default');
        }
        $this->setting('config_limit_admin', '20');
        $this->setting('config_error_filename', 'error.log');
        $this->setting('config_encryption', str_repeat(hash('sha512', 'shop'), 8));
        $this->setting('config_error_display', '0');
        $this->setting('config_compression', '4');
        $this->setting('config_smtp_host', 'mail.shop.test');
        $this->setting('config_logo', 'data/logo.png');
        $this->setting('config_complete_status', $this->packed(array('5', '3')), 'config', 1);
        $this->setting('config_customer_group_display', $this->packed(array('1'), true), 'config', 1);
        $this->setting('config_processing_status', $this->packed(array('5', '1', '2'), true), 'config', 1);
        $this->setting('config_ftp_note', "C:\\new\\table 'quoted' \"double\"\r\nsecond line");
        $this->setting('cod_status', '1', 'cod');
        $this->setting($this->is('3') ? 'payment_klarna_checkout_status' : 'klarna_checkout_status', '1', $this->is('3') ? 'payment_klarna_checkout' : 'klarna_checkout');
        if (!$this->is('3') || '3.0' === $this->family->name) {
            // A module of 1.5: one row for all of its places
            $this->setting('bestseller_module', $this->packed(array(
                array('layout_id' => '1', 'position' => 'column_left', 'status' => '1', 'limit' => '5', 'sort_order' => '2'),
                array('layout_id' => '2', 'position' => 'content_top', 'status' => '0', 'limit' => '3', 'sort_order' => '1'),
            ), true), 'bestseller', 1);
        }
        if ('4.1' === $this->family->name) {
            $this->setting('config_gdpr_limit', '180');
            $this->setting('config_meta_title', 'Lamps');
            $this->setting('other_ddos_status', '1', 'other_ddos');
        }
        $this->setting('config_name', 'Second shop', 'config', 0, 1);
        $this->setting('config_maintenance', '0', 'config', 0, 1);
        $this->add('store', array('store_id' => 1, 'name' => 'Second shop', 'url' => 'http://second.test/', 'ssl' => ''));
        foreach (array(1 => array('English', $this->is('2.2') ? 'en-gb' : 'en', 'english'), 2 => array('Deutsch', $this->is('2.2') ? 'de-de' : 'de', 'german')) as $id => $language) {
            $this->add('language', array('language_id' => $id, 'name' => $language[0], 'code' => $language[1], 'locale' => $language[1], 'image' => 'gb.png', 'directory' => $language[2],
                'extension' => '', 'sort_order' => $id, 'status' => 1));
        }
    }

    private function catalog()
    {
        foreach (array(1 => 0, 2 => 1, 3 => 2, 4 => 0) as $id => $parent) {
            $this->add('category', array('category_id' => $id, 'image' => 4 === $id && $this->family->modern('old') ? '' : (4 === $id ? null : "data/category$id.jpg"), 'parent_id' => $parent, 'top' => 1,
                'sort_order' => $id, 'status' => 1));
            foreach (array(1, 2) as $language) {
                $this->add('category_description', array('category_id' => $id, 'language_id' => $language, 'name' => "Category $id/$language", 'description' => '<img src="image/data/c.jpg">',
                    'meta_title' => 2 === $id ? '' : "Title $id"));
            }
        }
        foreach (array(array(1, 1, 0), array(2, 1, 0), array(2, 2, 1), array(4, 4, 0)) as $path) {
            $this->add('category_path', array('category_id' => $path[0], 'path_id' => $path[1], 'level' => $path[2]));
        }
        for ($id = 1; $id <= 12; $id++) {
            $this->add('product', array('product_id' => $id, 'model' => "Lamp $id", 'sku' => $id % 3 ? "SKU-$id" : '', 'upc' => $id % 4 ? '' : "0123456789$id", 'ean' => $id % 2 ? '' : "40123456789$id",
                'isbn' => 5 === $id ? '978-3-16-148410' : '', 'mpn' => 7 === $id ? "O'MPN" : '', 'image' => 11 === $id && !$this->family->modern('old') ? null : "data/lamp$id.jpg", 'manufacturer_id' => 1,
                'price' => 10 * $id, 'date_available' => '2020-01-01', 'quantity' => 5, 'status' => 1, 'viewed' => $id, 'variant' => '{}', 'override' => '{}'));
            foreach (array(1, 2) as $language) {
                $this->add('product_description', array('product_id' => $id, 'language_id' => $language, 'name' => "Lämp $id/$language", 'description' => "<p>Line 1\nLine 2 image/data/x.jpg</p>", 'tag' => '',
                    'meta_title' => $id % 2 ? '' : "Lamp $id"));
            }
        }
        $this->add('product_image', array('product_image_id' => 1, 'product_id' => 1, 'image' => 'data/lamp1b.jpg', 'sort_order' => 0));
        $this->add('product_discount', array('product_discount_id' => 1, 'product_id' => 1, 'quantity' => 10, 'price' => 9, 'date_start' => '2024-01-01'));
        $this->add('product_special', array('product_special_id' => 1, 'product_id' => 2, 'price' => 18));
        $this->add('manufacturer', array('manufacturer_id' => 1, 'name' => 'Acme', 'image' => 'data/acme.png', 'sort_order' => 0));
        $this->add('option', array('option_id' => 1, 'type' => 'image', 'sort_order' => 1));
        $this->add('option', array('option_id' => 2, 'type' => 'select', 'sort_order' => 2));
        $this->add('option_value', array('option_value_id' => 1, 'option_id' => 1, 'image' => 'data/red.png', 'sort_order' => 1));
        foreach (array(1, 2) as $language) {
            $this->add('information_description', array('information_id' => 1, 'language_id' => $language, 'title' => "About us $language", 'description' => 'About', 'meta_title' => ''));
        }
        foreach (array(array('product_id=1', 'lamp-one'), array('category_id=1', 'lamps')) as $i => $row) {
            $pair = explode('=', $row[0]);
            $this->add('url_alias', array('url_alias_id' => $i + 1, 'query' => $row[0], 'keyword' => $row[1]));
            $this->add('seo_url', array('seo_url_id' => $i + 1, 'store_id' => 0, 'language_id' => 1, 'query' => $row[0], 'key' => $pair[0], 'value' => $pair[1], 'keyword' => $row[1], 'sort_order' => 0));
        }
        $this->add('recurring', array('recurring_id' => 1, 'price' => 5));
        $this->add('recurring_description', array('recurring_id' => 1, 'language_id' => 1, 'name' => 'Monthly'));
        $this->add('product_recurring', array('product_id' => 1, 'recurring_id' => 1, 'customer_group_id' => 1));
        $this->add('voucher', array('voucher_id' => 1, 'code' => 'GIFT'));
    }

    private function customers()
    {
        foreach (array(1 => 'bob@example.test', 2 => "o'neil@example.test", 3 => 'cem@example.test') as $id => $email) {
            $this->add('customer', array('customer_id' => $id, 'customer_group_id' => 1, 'store_id' => 0, 'language_id' => 1, 'firstname' => "First$id", 'lastname' => "Läst$id", 'email' => $email,
                'telephone' => "0$id", 'fax' => "9$id", 'password' => sha1("pw$id"), 'salt' => 'abcdefghi', 'cart' => 2 === $id ? serialize(array('1::' => 2)) : null,
                'wishlist' => 3 === $id ? serialize(array(5, 6)) : null, 'newsletter' => 1, 'address_id' => $id, 'custom_field' => 1 === $id ? serialize(array(1 => 'VAT "1"')) : '[]', 'status' => 1, 'safe' => 0,
                'token' => '', 'code' => ''));
            $this->add('address', array('address_id' => $id, 'customer_id' => $id, 'firstname' => "First$id", 'lastname' => "Läst$id", 'company' => 'Müller', 'address_1' => "Street $id", 'city' => 'Ulm',
                'postcode' => '89073', 'country_id' => 1, 'zone_id' => 1, 'custom_field' => 2 === $id ? serialize(array(2 => 'door')) : ''));
            $this->add('customer_activity', array(($this->is('2.2') ? 'customer_activity_id' : 'activity_id') => $id, 'customer_id' => $id, 'key' => 'login', 'data' => serialize(array('customer_id' => $id))));
        }
        $this->add('customer_affiliate', array('customer_id' => 1, 'company' => 'Ad', 'tracking' => 'x1y2', 'commission' => 5, 'payment' => 'cheque', 'payment_method' => 'cheque', 'status' => 1));
        $this->add('affiliate', array('affiliate_id' => 1, 'firstname' => 'Affi', 'email' => 'affi@example.test', 'code' => 'aff1', 'commission' => 5, 'status' => 1));
        $this->add('affiliate_activity', array(($this->is('2.2') ? 'affiliate_activity_id' : 'activity_id') => 1, 'affiliate_id' => 1, 'key' => 'login', 'data' => serialize(array('affiliate_id' => 1))));
        $this->add('customer_group', array('customer_group_id' => 1, 'approval' => 0, 'sort_order' => 1));
        foreach (array(1, 2) as $language) {
            $this->add('customer_group_description', array('customer_group_id' => 1, 'language_id' => $language, 'name' => 'Default'));
        }
        foreach (array(1, 2, 3) as $id) {
            $this->order($id);
        }
        $this->add('order_recurring', array('order_recurring_id' => 1, 'order_id' => 1, 'reference' => 'R1', 'trial_price' => 0, 'status' => 2));
    }

    private function order($id)
    {
        $this->add('order', array('order_id' => $id, 'invoice_no' => $id, 'customer_id' => 1 + $id % 3, 'firstname' => 'First', 'lastname' => 'Läst', 'email' => 'bob@example.test', 'telephone' => '01', 'fax' => '',
            'custom_field' => 2 === $id ? serialize(array(1 => 'x')) : '[]', 'payment_company' => 'Müller', 'payment_custom_field' => 2 === $id ? serialize(array(2 => 'y')) : '[]',
            'payment_method' => $this->is('4.0.2') ? '{"name":"Cash","code":"cod.cod"}' : 'Cash On Delivery', 'payment_code' => 'cod', 'shipping_company' => 'Müller',
            'shipping_custom_field' => 2 === $id ? serialize(array(3 => 'z')) : '[]', 'shipping_method' => $this->is('4.0.2') ? '{"name":"Flat","code":"flat.flat"}' : 'Flat Rate', 'shipping_code' => 'flat.flat',
            'comment' => "Ring\ttwice\nplease", 'total' => 105, 'order_status_id' => 1));
        $this->add('order_history', array('order_history_id' => $id, 'order_id' => $id, 'order_status_id' => 1, 'notify' => 1, 'comment' => ''));
        foreach (array('sub_total' => 100, 'shipping' => 5, 'total' => 105) as $code => $value) {
            $this->add('order_total', array('order_id' => $id, 'code' => $code, 'title' => ucfirst($code), 'value' => $value, 'sort_order' => 1));
        }
    }

    private function design()
    {
        $this->add('banner', array('banner_id' => 1, 'name' => 'Home', 'status' => 1));
        foreach (array(1, 2) as $id) {
            $this->add('banner_image', array('banner_image_id' => $id, 'banner_id' => 1, 'language_id' => 1, 'title' => $this->is('2.3') ? "Banner $id" : '', 'link' => 'index.php?route=product/product',
                'image' => "data/banner$id.jpg", 'sort_order' => $id));
            foreach (array(1, 2) as $language) {
                $this->add('banner_image_description', array('banner_image_id' => $id, 'language_id' => $language, 'banner_id' => 1, 'title' => "Banner $id/$language"));
            }
        }
        foreach (array(1 => 'Home', 2 => 'Product') as $id => $name) {
            $this->add('layout', array('layout_id' => $id, 'name' => $name));
            $this->add('layout_route', array('layout_route_id' => $id, 'layout_id' => $id, 'store_id' => 0, 'route' => 1 === $id ? 'common/home' : 'product/product'));
        }
        $this->add('module', array('module_id' => 1, 'name' => 'Featured', 'code' => 'featured', 'setting' => serialize(array('name' => 'Featured', 'limit' => '4', 'status' => '1'))));
        $this->add('layout_module', array('layout_module_id' => 1, 'layout_id' => 1, 'code' => 'featured.1', 'position' => 'content_top', 'sort_order' => 1));
        foreach (array('activity_customer_login' => 'catalog/model/account/customer/deleteLoginAttempts/after', 'voucher' => 'catalog/model/checkout/order/addOrderHistory/after',
            'acme' => 'catalog/controller/product/product/before') as $code => $trigger) {
            $this->add('event', array('code' => $code, 'description' => '', 'trigger' => $trigger, 'action' => "event/$code", 'status' => 1, 'sort_order' => 0));
        }
        if ('4.0' === $this->family->name) {
            // As a store has it that was on 4.0.0 for a while
            $this->add('event', array('code' => 'admin_mail_return', 'trigger' => 'admin/model/sale/return|addReturn/after', 'action' => 'mail/return|add', 'status' => 1, 'sort_order' => 0));
        }
        foreach (array(array('payment', 'cod'), array('shipping', 'flat'), array('total', 'sub_total'), array('module', 'featured'), array('module', 'acme'), array('payment', 'klarna_checkout')) as $row) {
            $this->add('extension', array('extension' => $this->family->modern('old') && 'acme' !== $row[1] ? 'opencart' : '', 'type' => $row[0], 'code' => $row[1]));
        }
        if ('4.1' === $this->family->name) {
            $this->add('extension', array('extension' => 'opencart', 'type' => 'other', 'code' => 'ddos'));
            $this->add('startup', array('code' => 'acme', 'action' => 'extension/acme/startup/acme', 'status' => 1, 'sort_order' => 1));
            $this->add('cron', array('code' => 'currency', 'cycle' => 'day', 'action' => 'cron/currency', 'status' => 1));
            $this->add('address_format', array('name' => 'Address Format', 'address_format' => '{firstname}'));
        }
        $this->add('modification', array('modification_id' => 1, 'extension_install_id' => 0, 'name' => 'Acme product page', 'code' => 'acme', 'author' => 'Acme', 'version' => '1.0', 'link' => '',
            'xml' => "<modification><code>acme</code><file path=\"catalog/controller/product/product.php\"/>" . (version_compare($this->family->set['old'], '2.2', '>=') ? '<file path="system/library/{log}.php"/>' : '') . '</modification>', 'status' => 1));
        foreach (array(1 => array('Germany', 'DE'), 2 => array("Côte d'Ivoire", 'CI')) as $id => $country) {
            $this->add('country', array('country_id' => $id, 'name' => $country[0], 'iso_code_2' => $country[1], 'address_format' => '', 'address_format_id' => 1, 'status' => 1));
            $this->add('zone', array('zone_id' => $id, 'country_id' => $id, 'name' => "Zone of $country[0]", 'code' => "Z$id", 'status' => 1));
        }
        $this->add('location', array('location_id' => 1, 'name' => 'Ulm', 'fax' => '0731'));
        $this->add('theme', array('theme_id' => 1, 'store_id' => 0, 'theme' => 'default', 'route' => 'common/home', 'code' => '<p>{{ home }}</p>'));
        $this->add('translation', array('translation_id' => 1, 'store_id' => 0, 'language_id' => 1, 'route' => 'common/home', 'key' => 'text_home', 'value' => 'Welcome'));
    }

    private function people()
    {
        $this->add('user', array('user_id' => 1, 'user_group_id' => 1, 'username' => 'admin', 'password' => sha1('secret'), 'salt' => 'ihgfedcba', 'email' => 'anna@shop.test', 'code' => '', 'status' => 1));
        $access = array('catalog/product', 'extension/extension/openbay', 'extension/payment/klarna_checkout', 'extension/other/ddos');
        $this->add('user_group', array('user_group_id' => 1, 'name' => 'Administrator', 'permission' => $this->packed(array('access' => $access, 'modify' => $access))));
        $this->add('user_group', array('user_group_id' => 2, 'name' => 'Demo', 'permission' => $this->packed(array('access' => array('catalog/product')), true)));
        $this->add('api', array('api_id' => 1, 'username' => 'Default', 'name' => 'Default', 'password' => 'k3y', 'key' => 'k3y', 'status' => 1));
        foreach (array('order_sale' => 0, 'review' => 2) as $code => $value) {
            $this->add('statistics', array('code' => $code, 'value' => $value));
        }
        $this->add('session', array('session_id' => '0123456789abcdef0123456789', 'data' => '{"user_id":"1"}', 'expire' => '2030-01-01 00:00:00'));
    }
}
