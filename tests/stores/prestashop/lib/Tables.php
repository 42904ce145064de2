<?php

namespace Pst;

/** The tables of a store as its version has them */
final class Tables
{
    /** The tables that no backup of the upgrade module holds */
    const STATISTICS = array('connections', 'connections_page', 'connections_source', 'guest', 'statssearch');

    /**
     * Columns and keys one a line; a line may begin with the version since which it is there (1.7.7.0+) and the one that drops it (8.0.0-)
     */
    const COLUMNS = array(
        'accessory' => '`id_product_1` int(10) unsigned NOT NULL
            `id_product_2` int(10) unsigned NOT NULL
            KEY `accessory_product` (`id_product_1`, `id_product_2`)',
        'admin_filter' => '1.7.0.0+ `id` int(11) NOT NULL AUTO_INCREMENT
            `employee` int(11) NOT NULL
            `filter_id` varchar(100) NOT NULL
            `filter` text NOT NULL
            PRIMARY KEY (`id`)',
        'api_access' => '8.1.0+9.0.0- `id_api_access` int(11) NOT NULL AUTO_INCREMENT
            `client_id` varchar(255) NOT NULL
            `active` tinyint(1) NOT NULL
            PRIMARY KEY (`id_api_access`)',
        'attribute_impact' => '8.0.0- `id_attribute_impact` int(10) unsigned NOT NULL AUTO_INCREMENT
            `weight` decimal(20,6) NOT NULL
            PRIMARY KEY (`id_attribute_impact`)',
        'carrier' => '`id_carrier` int(10) unsigned NOT NULL AUTO_INCREMENT
            8.0.0- `id_tax_rules_group` int(10) unsigned DEFAULT 0
            `name` varchar(64) NOT NULL
            `url` varchar(191) DEFAULT NULL
            `active` tinyint(1) unsigned NOT NULL DEFAULT 0
            `position` int(10) unsigned NOT NULL DEFAULT 0
            1.6.1.18- `old_position` int(10) NOT NULL DEFAULT 0
            PRIMARY KEY (`id_carrier`)',
        'cart' => '`id_cart` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_customer` int(10) unsigned NOT NULL
            `secure_key` varchar(32) NOT NULL DEFAULT \'-1\'
            1.6.1.18- `old_gift` tinyint(1) NOT NULL DEFAULT 0
            `date_add` datetime NOT NULL
            PRIMARY KEY (`id_cart`)',
        'configuration' => '`id_configuration` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_shop_group` int(11) unsigned DEFAULT NULL
            `id_shop` int(11) unsigned DEFAULT NULL
            1.7.7.0- `name` varchar(254) NOT NULL
            1.7.7.0+ `name` varchar(191) NOT NULL
            `value` text
            `date_add` datetime NOT NULL
            `date_upd` datetime NOT NULL
            PRIMARY KEY (`id_configuration`)
            KEY `name` (`name`)',
        'connections' => '`id_connections` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_guest` int(10) unsigned NOT NULL
            `ip_address` bigint(15) DEFAULT NULL
            `date_add` datetime NOT NULL
            PRIMARY KEY (`id_connections`)',
        'connections_page' => '`id_connections` int(10) unsigned NOT NULL
            `id_page` int(10) unsigned NOT NULL
            `time_start` datetime NOT NULL
            PRIMARY KEY (`id_connections`, `id_page`, `time_start`)',
        'connections_source' => '`id_connections_source` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_connections` int(10) unsigned NOT NULL
            `http_referer` varchar(250) DEFAULT NULL
            PRIMARY KEY (`id_connections_source`)',
        'currency' => '`id_currency` int(10) unsigned NOT NULL AUTO_INCREMENT
            `iso_code` varchar(3) NOT NULL DEFAULT \'0\'
            `conversion_rate` decimal(13,6) NOT NULL
            `decimals_shown` tinyint(1) NOT NULL DEFAULT 0
            `active` tinyint(1) unsigned NOT NULL DEFAULT 1
            1.7.7.0+ `unofficial` tinyint(1) NOT NULL DEFAULT 0
            1.7.7.0+ `modified` tinyint(1) NOT NULL DEFAULT 0
            PRIMARY KEY (`id_currency`)',
        'currency_lang' => '1.7.6.0+ `id_currency` int(10) unsigned NOT NULL
            `id_lang` int(10) unsigned NOT NULL
            `name` varchar(191) NOT NULL
            `symbol` varchar(191) NOT NULL
            1.7.7.0+ `pattern` varchar(255) DEFAULT NULL
            PRIMARY KEY (`id_currency`, `id_lang`)',
        'customer' => '`id_customer` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_shop` int(11) unsigned NOT NULL DEFAULT 1
            `company` varchar(64) DEFAULT NULL
            `firstname` varchar(191) NOT NULL
            `lastname` varchar(191) NOT NULL
            `email` varchar(128) NOT NULL
            `passwd` varchar(60) NOT NULL
            `birthday` date DEFAULT NULL
            `note` text
            1.7.0.0+ `reset_password_token` varchar(40) DEFAULT NULL
            8.1.7- `newsletter_date_old` datetime DEFAULT NULL
            `date_add` datetime NOT NULL
            PRIMARY KEY (`id_customer`)
            KEY `customer_email` (`email`)',
        'employee' => '`id_employee` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_profile` int(10) unsigned NOT NULL
            `lastname` varchar(191) NOT NULL
            `firstname` varchar(32) NOT NULL
            `email` varchar(128) NOT NULL
            `passwd` varchar(60) NOT NULL
            `bo_css` varchar(32) DEFAULT NULL
            `active` tinyint(1) unsigned NOT NULL DEFAULT \'0\'
            PRIMARY KEY (`id_employee`)',
        'employee_session' => '1.7.6.6+ `id_employee_session` int(11) unsigned NOT NULL AUTO_INCREMENT
            `id_employee` int(10) unsigned DEFAULT NULL
            `token` varchar(40) DEFAULT NULL
            8.0.0+ `date_upd` datetime NOT NULL
            8.0.0+ `date_add` datetime NOT NULL
            PRIMARY KEY (`id_employee_session`)',
        'feature_flag' => '1.7.8.0+ `id_feature_flag` int(10) unsigned NOT NULL AUTO_INCREMENT
            `name` varchar(191) NOT NULL
            `state` tinyint(1) NOT NULL DEFAULT 0
            `label_wording` varchar(191) NOT NULL DEFAULT \'\'
            8.0.0+ `stability` varchar(64) NOT NULL DEFAULT \'beta\'
            PRIMARY KEY (`id_feature_flag`)
            UNIQUE KEY `name` (`name`)',
        'guest' => '`id_guest` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_customer` int(10) unsigned DEFAULT NULL
            `accept_language` varchar(8) DEFAULT NULL
            PRIMARY KEY (`id_guest`)',
        'hook' => '`id_hook` int(10) unsigned NOT NULL AUTO_INCREMENT
            `name` varchar(191) NOT NULL
            `title` varchar(255) NOT NULL
            `description` text
            1.7.8.0+ `active` tinyint(1) unsigned NOT NULL DEFAULT 1
            `position` tinyint(1) NOT NULL DEFAULT 1
            PRIMARY KEY (`id_hook`)
            UNIQUE KEY `hook_name` (`name`)',
        'hook_module' => '`id_module` int(10) unsigned NOT NULL
            `id_shop` int(11) unsigned NOT NULL DEFAULT 1
            `id_hook` int(10) unsigned NOT NULL
            `position` tinyint(2) unsigned NOT NULL
            PRIMARY KEY (`id_module`, `id_hook`, `id_shop`)',
        'lang' => '`id_lang` int(10) unsigned NOT NULL AUTO_INCREMENT
            `name` varchar(32) NOT NULL
            `active` tinyint(1) unsigned NOT NULL
            `iso_code` varchar(2) NOT NULL
            1.7.0.0+ `locale` varchar(5) NOT NULL
            PRIMARY KEY (`id_lang`)',
        'log' => '`id_log` int(10) unsigned NOT NULL AUTO_INCREMENT
            `severity` tinyint(1) NOT NULL
            `message` text NOT NULL
            `date_add` datetime NOT NULL
            PRIMARY KEY (`id_log`)',
        'module' => '`id_module` int(10) unsigned NOT NULL AUTO_INCREMENT
            `name` varchar(64) NOT NULL
            `active` tinyint(1) unsigned NOT NULL DEFAULT 0
            `version` varchar(8) NOT NULL
            PRIMARY KEY (`id_module`)
            UNIQUE KEY `name_UNIQUE` (`name`)',
        'module_shop' => '`id_module` int(11) unsigned NOT NULL
            `id_shop` int(11) unsigned NOT NULL
            `enable_device` tinyint(1) NOT NULL DEFAULT 7
            PRIMARY KEY (`id_module`, `id_shop`)',
        'order_detail' => '`id_order_detail` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_order` int(10) unsigned NOT NULL
            `product_name` text NOT NULL
            `product_price` decimal(20,6) NOT NULL DEFAULT 0.000000
            1.7.7.0+ `total_refunded_tax_excl` decimal(20,6) NOT NULL DEFAULT 0.000000
            1.7.7.0+ `total_refunded_tax_incl` decimal(20,6) NOT NULL DEFAULT 0.000000
            PRIMARY KEY (`id_order_detail`)',
        'order_payment' => '`id_order_payment` int(11) NOT NULL AUTO_INCREMENT
            `order_reference` varchar(9) DEFAULT NULL
            `amount` decimal(20,6) NOT NULL
            `payment_method` varchar(191) NOT NULL
            8.1.0+ `id_employee` int(11) unsigned DEFAULT NULL
            `date_add` datetime NOT NULL
            PRIMARY KEY (`id_order_payment`)',
        'order_slip_detail_tax' => '1.7.8.0- `id_order_slip_detail` int(11) unsigned NOT NULL
            `id_tax` int(11) unsigned NOT NULL
            `unit_amount` decimal(16,6) NOT NULL DEFAULT 0.000000
            KEY `id_order_slip_detail` (`id_order_slip_detail`)',
        'order_state' => '`id_order_state` int(10) unsigned NOT NULL AUTO_INCREMENT
            `color` varchar(32) DEFAULT NULL
            `paid` tinyint(1) unsigned NOT NULL DEFAULT 0
            PRIMARY KEY (`id_order_state`)',
        'orders' => '`id_order` int(10) unsigned NOT NULL AUTO_INCREMENT
            `reference` varchar(9) DEFAULT NULL
            `id_customer` int(10) unsigned NOT NULL
            `current_state` int(10) unsigned NOT NULL
            `gift` tinyint(1) unsigned NOT NULL DEFAULT 0
            `gift_message` varchar(255) DEFAULT NULL
            `total_paid` decimal(20,6) NOT NULL DEFAULT 0.000000
            `round_type` tinyint(1) NOT NULL DEFAULT 1
            1.7.8.0+ `note` text
            8.1.3- `old_note` blob
            `date_add` datetime NOT NULL
            PRIMARY KEY (`id_order`)
            KEY `reference` (`reference`)',
        'product' => '`id_product` int(10) unsigned NOT NULL AUTO_INCREMENT
            `reference` varchar(32) DEFAULT NULL
            1.6.1.5+1.7.0.0- `pack_hint` varchar(32) DEFAULT NULL
            1.7.7.0+ `mpn` varchar(40) DEFAULT NULL
            `location` varchar(64) DEFAULT NULL
            `price` decimal(20,6) NOT NULL DEFAULT 0.000000
            8.0.0+ `unit_price` decimal(20,6) NOT NULL DEFAULT 0.000000
            `redirect_type` varchar(32) NOT NULL DEFAULT \'\'
            `active` tinyint(1) unsigned NOT NULL DEFAULT 0
            1.7.8.0+ `product_type` enum(\'standard\',\'pack\',\'virtual\',\'combinations\',\'\') NOT NULL DEFAULT \'\'
            `date_upd` datetime NOT NULL
            PRIMARY KEY (`id_product`)',
        'product_attribute_lang' => '8.1.0+ `id_product_attribute` int(10) unsigned NOT NULL
            `id_lang` int(10) unsigned NOT NULL
            `available_now` varchar(255) DEFAULT NULL
            PRIMARY KEY (`id_product_attribute`, `id_lang`)',
        'product_download' => '`id_product_download` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_product` int(10) unsigned NOT NULL
            `active` tinyint(1) unsigned NOT NULL DEFAULT 1
            PRIMARY KEY (`id_product_download`)',
        'product_lang' => '`id_product` int(10) unsigned NOT NULL
            `id_shop` int(11) unsigned NOT NULL DEFAULT 1
            `id_lang` int(10) unsigned NOT NULL
            `description` text
            8.0.0- `online_only_text` varchar(64) DEFAULT NULL
            `name` varchar(128) NOT NULL
            PRIMARY KEY (`id_product`, `id_shop`, `id_lang`)
            KEY `name` (`name`)',
        'referrer' => '8.0.0- `id_referrer` int(10) unsigned NOT NULL AUTO_INCREMENT
            `name` varchar(64) NOT NULL
            PRIMARY KEY (`id_referrer`)',
        'scene_visits' => '1.6.1.5- `id_scene` int(10) unsigned NOT NULL
            `visits` int(10) unsigned NOT NULL
            PRIMARY KEY (`id_scene`)',
        'shop' => '`id_shop` int(11) unsigned NOT NULL AUTO_INCREMENT
            `id_shop_group` int(11) unsigned NOT NULL DEFAULT 1
            `name` varchar(64) NOT NULL
            1.7.8.0+ `color` varchar(50) NOT NULL DEFAULT \'\'
            1.7.0.0+ `theme_name` varchar(191) NOT NULL
            `active` tinyint(1) NOT NULL DEFAULT 1
            `deleted` tinyint(1) NOT NULL DEFAULT 0
            PRIMARY KEY (`id_shop`)',
        'shop_url' => '`id_shop_url` int(11) unsigned NOT NULL AUTO_INCREMENT
            `id_shop` int(11) unsigned NOT NULL
            `domain` varchar(150) NOT NULL
            `physical_uri` varchar(64) NOT NULL
            PRIMARY KEY (`id_shop_url`)',
        'statssearch' => '`id_statssearch` int(10) unsigned NOT NULL AUTO_INCREMENT
            `keywords` varchar(191) NOT NULL
            `results` int(6) NOT NULL DEFAULT 0
            PRIMARY KEY (`id_statssearch`)',
        'store' => '`id_store` int(10) unsigned NOT NULL AUTO_INCREMENT
            `city` varchar(64) NOT NULL
            1.7.8.3- `hours` text
            8.1.0- `note` text
            `closing` text
            1.6.1.10- `old_note` text
            1.6.1.10+1.7.0.0- `remarks` text
            PRIMARY KEY (`id_store`)',
        'store_lang' => '1.7.3.0+ `id_store` int(11) unsigned NOT NULL
            `id_lang` int(11) unsigned NOT NULL
            `name` varchar(255) NOT NULL
            1.7.8.3+ `hours` text
            8.1.0+ `note` text
            PRIMARY KEY (`id_store`, `id_lang`)',
        'tag_hits' => '1.6.1.7+1.7.0.0- `id_tag` int(10) unsigned NOT NULL
            `id_lang` int(10) unsigned NOT NULL DEFAULT 0
            `hits` int(10) unsigned NOT NULL DEFAULT 0
            PRIMARY KEY (`id_tag`, `id_lang`)',
        'tab' => '`id_tab` int(10) unsigned NOT NULL AUTO_INCREMENT
            `id_parent` int(11) NOT NULL
            `class_name` varchar(64) NOT NULL
            `position` int(10) unsigned NOT NULL
            `active` tinyint(1) NOT NULL DEFAULT 1
            1.7.7.0+ `enabled` tinyint(1) NOT NULL DEFAULT 1
            `hide_host_mode` tinyint(1) NOT NULL DEFAULT 0
            1.7.7.0+ `route_name` varchar(256) DEFAULT NULL
            1.7.8.0+ `wording` varchar(255) DEFAULT NULL
            1.7.8.0+ `wording_domain` varchar(255) DEFAULT NULL
            PRIMARY KEY (`id_tab`)',
        'tab_lang' => '`id_tab` int(10) unsigned NOT NULL
            `id_lang` int(10) unsigned NOT NULL
            `name` varchar(64) NOT NULL
            PRIMARY KEY (`id_tab`, `id_lang`)',
    );

    /** @return array<string, string> Name without prefix => statement, as the version has them */
    public static function schema(Family $family, $version)
    {
        $result = array();
        foreach (self::COLUMNS as $name => $lines) {
            $lines = array_map('trim', explode("\n", $lines));
            // The first line may speak of the whole table
            preg_match('/^([\d.]+\+)?([\d.]+-)? ?(.*)$/', $lines[0], $found);
            if (!self::within($version, $found)) {
                continue;
            }
            $lines[0] = $found[3];
            $kept = array();
            foreach ($lines as $line) {
                preg_match('/^([\d.]+\+)?([\d.]+-)? ?(.*)$/', $line, $found);
                if (self::within($version, $found)) {
                    $kept[] = '  ' . $found[3];
                }
            }
            $charset = $family->set['charset'];
            $result[$name] = "CREATE TABLE `{$family->set['prefix']}$name` (\n" . implode(",\n", $kept) . "\n) ENGINE=InnoDB DEFAULT CHARSET=$charset"
                . ('utf8mb4' === $charset ? ' COLLATE=utf8mb4_general_ci' : '');
        }

        return $result;
    }

    private static function within($version, array $found)
    {
        return ('' === $found[1] || version_compare($version, rtrim($found[1], '+'), '>='))
            && ('' === $found[2] || version_compare($version, rtrim($found[2], '-'), '<'));
    }

    /** @return string[] What the modules of others have made, with everything that is hard to carry over */
    public static function foreign(Family $family)
    {
        $p = $family->set['prefix'];

        return array(
            "CREATE TABLE `{$p}acme_log` (`id` int(11) NOT NULL AUTO_INCREMENT, `text` varchar(255) DEFAULT NULL, PRIMARY KEY (`id`)) ENGINE=MyISAM DEFAULT CHARSET=utf8",
            "CREATE TABLE `{$p}acme_sync` (`id` int(11) NOT NULL AUTO_INCREMENT, `title` varchar(255) DEFAULT NULL, `raw` mediumblob, `seen` datetime NOT NULL"
                . " DEFAULT '0000-00-00 00:00:00', `amount` double DEFAULT NULL, `flag` enum('a','b''c') DEFAULT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            "CREATE TABLE `{$p}acme_sync_links` (`id` int(11) NOT NULL, `parent` int(11) NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `{$p}acme_parent` FOREIGN KEY (`parent`)"
                . " REFERENCES `{$p}acme_sync` (`id`) ON DELETE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8",
            "CREATE TABLE `{$p}zeta_labels` (`key` varchar(32) NOT NULL, `order` int(11) NOT NULL DEFAULT 0, `text` text, PRIMARY KEY (`key`)) ENGINE=MyISAM DEFAULT CHARSET=utf8",
            "CREATE VIEW `$p{$family->set['view']}` AS SELECT `p`.`id_product` AS `id`, `l`.`name` AS `name` FROM `{$p}product` `p` JOIN `{$p}product_lang` `l`"
                . ' ON `l`.`id_product` = `p`.`id_product`',
        );
    }

    /** @return array<string, string[]> What the pages of a version read */
    public static function columns(Family $family, $which)
    {
        $all = array(
            'configuration' => array('id_configuration', 'name', 'value'), 'module' => array('id_module', 'name', 'version'), 'orders' => array('id_order', 'total_paid'),
            'guest' => array('id_guest'), 'customer' => array('id_customer', 'email'), 'product_lang' => array('id_product', 'name'), 'acme_sync' => array('id'),
            'hook_module' => array('id_module'), 'tab' => array('id_tab', 'position'), 'zeta_labels' => array('key'), 'accessory' => array('id_product_1'),
        );
        if ('new' === $which) {
            $more = array(
                '1.6.1.24' => array('product' => array('pack_hint'), 'tag_hits' => array('hits'), 'store' => array('remarks')),
                '1.7.8.11' => array('product' => array('mpn', 'product_type'), 'feature_flag' => array('state'), 'store_lang' => array('hours')),
                '8.0.4' => array('product' => array('unit_price'), 'feature_flag' => array('stability')),
                '8.1.7' => array('product_attribute_lang' => array('available_now'), 'order_payment' => array('id_employee'), 'store_lang' => array('note')),
                '9.0.1' => array('api_client' => array('enabled'), 'mutation' => array('action'), 'feature_flag' => array('type')),
            );

            return $more[$family->set['new']] + $all;
        }

        return $all + array('store' => array('closing'));
    }
}
