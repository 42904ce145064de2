<?php

namespace Csc;

/** The database of a store */
final class Tables
{
    /** @return array<string, string> Name without prefix => statement, as the version ships them */
    public static function schema(Family $family, $which, $prefix)
    {
        $new = 'new' === $which;
        $storefronts = 'storefronts' === $family->set[$new ? 'newGate' : 'gate'];
        $password = $family->set['bcrypt'] ? 255 : 32;
        $step = $new ? 'list_qty_step' : 'list_qty_count';
        $tables = array(
            'addon_descriptions' => "`addon` varchar(32) NOT NULL DEFAULT '', `name` varchar(255) NOT NULL DEFAULT '', `description` mediumtext NOT NULL,"
                . " `lang_code` char(2) NOT NULL DEFAULT '', PRIMARY KEY (`addon`, `lang_code`)",
            'addons' => "`addon` varchar(32) NOT NULL DEFAULT '', `status` char(1) NOT NULL DEFAULT 'A', `version` varchar(16) NOT NULL DEFAULT '',"
                . " `priority` int(11) unsigned NOT NULL DEFAULT 0, `unmanaged` tinyint(1) NOT NULL DEFAULT 0, PRIMARY KEY (`addon`)",
            'cache_handlers' => "`table_name` varchar(80) NOT NULL DEFAULT '', `cache_key` varchar(128) NOT NULL DEFAULT '', PRIMARY KEY (`table_name`, `cache_key`)",
            'categories' => "`category_id` mediumint(8) unsigned NOT NULL AUTO_INCREMENT, `parent_id` mediumint(8) unsigned NOT NULL DEFAULT 0,"
                . " `id_path` varchar(255) NOT NULL DEFAULT '', `status` char(1) NOT NULL DEFAULT 'A', PRIMARY KEY (`category_id`), KEY `id_path` (`id_path`)",
            'category_descriptions' => "`category_id` mediumint(8) unsigned NOT NULL DEFAULT 0, `lang_code` char(2) NOT NULL DEFAULT '',"
                . " `category` varchar(255) NOT NULL DEFAULT '', `description` mediumtext, PRIMARY KEY (`category_id`, `lang_code`), FULLTEXT KEY `category` (`category`)",
            'companies' => "`company_id` int(11) unsigned NOT NULL AUTO_INCREMENT, `company` varchar(255) NOT NULL DEFAULT '',"
                . " `storefront` varchar(255) NOT NULL DEFAULT '', `status` char(1) NOT NULL DEFAULT 'A', PRIMARY KEY (`company_id`)",
            'installed_upgrades' => "`id` int(11) NOT NULL AUTO_INCREMENT, `type` varchar(10) NOT NULL DEFAULT '', `name` varchar(255) NOT NULL DEFAULT '',"
                . ' `timestamp` int(11) NOT NULL DEFAULT 0, `description` text NOT NULL, `conflicts` longtext NOT NULL, PRIMARY KEY (`id`)',
            'language_values' => "`lang_code` char(2) NOT NULL DEFAULT '', `name` varchar(128) NOT NULL DEFAULT '', `value` text NOT NULL,"
                . ' PRIMARY KEY (`lang_code`, `name`)',
            'languages' => "`lang_id` mediumint(8) unsigned NOT NULL AUTO_INCREMENT, `lang_code` char(2) NOT NULL DEFAULT '', `name` varchar(64) NOT NULL"
                . " DEFAULT '', `status` char(1) NOT NULL DEFAULT 'A', `country_code` char(2) NOT NULL DEFAULT '', PRIMARY KEY (`lang_id`), UNIQUE KEY `code` (`lang_code`)",
            'logs' => "`log_id` mediumint(8) unsigned NOT NULL AUTO_INCREMENT, `user_id` mediumint(8) unsigned NOT NULL DEFAULT 0, `timestamp` int(11) unsigned"
                . " NOT NULL DEFAULT 0, `type` varchar(16) NOT NULL DEFAULT '', `action` varchar(16) NOT NULL DEFAULT '', `content` text NOT NULL, PRIMARY KEY (`log_id`)",
            'obsolete_stats' => '`id` int(11) NOT NULL AUTO_INCREMENT, `hits` bigint(20) NOT NULL DEFAULT 0, PRIMARY KEY (`id`)',
            'orders' => "`order_id` mediumint(8) unsigned NOT NULL AUTO_INCREMENT, `user_id` mediumint(8) unsigned NOT NULL DEFAULT 0, `total` decimal(12,2)"
                . " NOT NULL DEFAULT 0.00, `timestamp` int(11) unsigned NOT NULL DEFAULT 0, `status` char(1) NOT NULL DEFAULT 'O', `notes` text, `payment_data` blob,"
                . ' PRIMARY KEY (`order_id`), KEY `user_id` (`user_id`)',
            'original_values' => "`msgctxt` varchar(128) NOT NULL DEFAULT '', `msgid` text NOT NULL, PRIMARY KEY (`msgctxt`)",
            'product_descriptions' => "`product_id` mediumint(8) unsigned NOT NULL DEFAULT 0, `lang_code` char(2) NOT NULL DEFAULT '',"
                . " `product` varchar(255) NOT NULL DEFAULT '', `full_description` mediumtext, PRIMARY KEY (`product_id`, `lang_code`)",
            'products' => "`product_id` mediumint(8) unsigned NOT NULL AUTO_INCREMENT, `product_code` varchar(64) NOT NULL DEFAULT '', `status` char(1) NOT NULL"
                . " DEFAULT 'A', `amount` mediumint(8) NOT NULL DEFAULT 0, `weight` decimal(13,3) NOT NULL DEFAULT 0.000, `$step` smallint(5) NOT NULL DEFAULT 0,"
                . " `timestamp` int(11) unsigned NOT NULL DEFAULT 0" . ($new ? ", `tracking_mode` char(1) NOT NULL DEFAULT 'B'" : '')
                . ', PRIMARY KEY (`product_id`), KEY `status` (`status`)',
            'sessions' => "`session_id` varchar(64) NOT NULL DEFAULT '', `expiry` int(11) unsigned NOT NULL DEFAULT 0, `data` mediumblob, PRIMARY KEY (`session_id`)",
            'settings_descriptions' => "`object_id` mediumint(8) unsigned NOT NULL DEFAULT 0, `object_type` varchar(1) NOT NULL DEFAULT '', `lang_code` char(2)"
                . " NOT NULL DEFAULT '', `value` text, `tooltip` text, PRIMARY KEY (`object_id`, `object_type`, `lang_code`)",
            'settings_objects' => "`object_id` mediumint(8) unsigned NOT NULL AUTO_INCREMENT, `name` varchar(128) NOT NULL DEFAULT '', `section_id` mediumint(8)"
                . " unsigned NOT NULL DEFAULT 0, `type` char(1) NOT NULL DEFAULT '', `value` text NOT NULL, `position` smallint(5) NOT NULL DEFAULT 0, PRIMARY KEY (`object_id`)",
            'settings_sections' => "`section_id` mediumint(8) unsigned NOT NULL AUTO_INCREMENT, `parent_id` mediumint(8) unsigned NOT NULL DEFAULT 0,"
                . " `name` varchar(128) NOT NULL DEFAULT '', `type` varchar(10) NOT NULL DEFAULT 'CORE', PRIMARY KEY (`section_id`)",
            'settings_variants' => "`variant_id` mediumint(8) unsigned NOT NULL AUTO_INCREMENT, `object_id` mediumint(8) unsigned NOT NULL DEFAULT 0,"
                . " `name` varchar(128) NOT NULL DEFAULT '', PRIMARY KEY (`variant_id`)",
            'settings_vendor_values' => '`object_id` mediumint(8) unsigned NOT NULL DEFAULT 0, `company_id` int(11) unsigned NOT NULL DEFAULT 0, `value` text NOT NULL,'
                . ' PRIMARY KEY (`object_id`, `company_id`)',
            'storage_data' => "`data_key` varchar(255) NOT NULL DEFAULT '', `data` mediumblob, PRIMARY KEY (`data_key`)",
            'users' => "`user_id` mediumint(8) unsigned NOT NULL AUTO_INCREMENT, `status` char(1) NOT NULL DEFAULT 'A', `user_type` char(1) NOT NULL DEFAULT 'C',"
                . " `is_root` char(1) NOT NULL DEFAULT 'N', `company_id` int(11) unsigned NOT NULL DEFAULT 0, `email` varchar(128) NOT NULL DEFAULT '',"
                . " `user_login` varchar(255) NOT NULL DEFAULT '', `firstname` varchar(128) NOT NULL DEFAULT '', `lastname` varchar(128) NOT NULL DEFAULT '',"
                . " `last_login` int(11) unsigned NOT NULL DEFAULT 0, `password` varchar($password) NOT NULL DEFAULT '', `salt` varchar(10) NOT NULL DEFAULT '', `birthday` date DEFAULT NULL, PRIMARY KEY (`user_id`), KEY `email` (`email`)",
        );
        if ($storefronts) {
            $tables['storefronts'] = self::storefronts();
        }
        if ($new) {
            unset($tables['obsolete_stats']);
            $tables['product_marks'] = self::marks();
        }
        ksort($tables);
        $result = array();
        foreach ($tables as $name => $columns) {
            $engine = 'product_marks' === $name ? 'InnoDB' : 'MyISAM';
            $result[$name] = "CREATE TABLE `$prefix$name` ($columns) ENGINE=$engine DEFAULT CHARSET=utf8";
        }

        return $result;
    }

    public static function storefronts()
    {
        return "`storefront_id` int(11) unsigned NOT NULL AUTO_INCREMENT, `url` varchar(255) NOT NULL DEFAULT '', `is_default` tinyint(1) NOT NULL DEFAULT 0,"
            . " `redirect_customer` tinyint(1) NOT NULL DEFAULT 0, `status` char(1) NOT NULL DEFAULT 'N', `access_key` varchar(255) NOT NULL DEFAULT '',"
            . " `name` varchar(255) NOT NULL DEFAULT '', PRIMARY KEY (`storefront_id`), KEY `idx_url` (`url`)";
    }

    public static function marks()
    {
        return '`mark_id` int(11) NOT NULL AUTO_INCREMENT, `product_id` mediumint(8) unsigned NOT NULL, `mark` varchar(64) NOT NULL, PRIMARY KEY (`mark_id`),'
            . ' UNIQUE KEY `product` (`product_id`, `mark`)';
    }

    /** @return array<string, string[]> What the pages of a version read */
    public static function columns(Family $family, $which)
    {
        if ('old' === $which) {
            return array('products' => array('product_id', 'list_qty_count'), 'obsolete_stats' => array('hits'));
        }
        $columns = array('products' => array('product_id', 'list_qty_step', 'tracking_mode'), 'product_marks' => array('mark'));

        return $columns + ('storefronts' === $family->set['newGate'] ? array('storefronts' => array('status')) : array());
    }

    /** What the add-ons of other people keep, with everything that is hard to carry over */
    private static function foreign($prefix, $keys)
    {
        return array(
            "CREATE TABLE `{$prefix}acme_sync` (`id` int(11) NOT NULL AUTO_INCREMENT, `title` varchar(255) DEFAULT NULL, `raw` mediumblob, `seen` datetime NOT NULL"
                . " DEFAULT '0000-00-00 00:00:00', `amount` double DEFAULT NULL, `flag` enum('a','b''c') DEFAULT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            "CREATE TABLE `{$prefix}acme_sync_links` (`id` int(11) NOT NULL, `parent` int(11) NOT NULL, PRIMARY KEY (`id`)" . ($keys ? ", CONSTRAINT"
                . " `{$prefix}acme_parent` FOREIGN KEY (`parent`) REFERENCES `{$prefix}acme_sync` (`id`) ON DELETE CASCADE" : '') . ") ENGINE=InnoDB DEFAULT CHARSET=utf8",
            "CREATE TABLE `{$prefix}zeta_labels` (`key` varchar(32) NOT NULL, `order` int(11) NOT NULL DEFAULT 0, `text` text, PRIMARY KEY (`key`)) ENGINE=MyISAM"
                . ' DEFAULT CHARSET=utf8',
        );
    }

    public static function fill(\mysqli $db, Family $family, $rows)
    {
        $run = function ($sql) use ($db) {
            if (false === $db->query($sql)) {
                throw new \RuntimeException($db->error . ' in: ' . substr($sql, 0, 300));
            }
        };
        $p = $family->set['prefix'];
        $insert = function ($table, array $lines) use ($db, $run, $p) {
            foreach (array_chunk($lines, 200) as $chunk) {
                $run("INSERT INTO `$p$table` VALUES " . implode(', ', array_map(function ($line) use ($db) {
                    return '(' . implode(', ', array_map(function ($value) use ($db) {
                        return null === $value ? 'NULL' : "'" . $db->real_escape_string((string) $value) . "'";
                    }, $line)) . ')';
                }, $chunk)));
            }
        };
        $run("SET NAMES utf8mb4, sql_mode = ''");
        foreach (self::schema($family, 'old', $p) as $name => $sql) {
            if (!('installed_upgrades' === $name && 'L' === $family->set['gen'])) {
                $run($sql);
            }
        }
        foreach (self::foreign($p, $family->set['keys']) as $sql) {
            $run($sql);
        }

        $all = implode('', array_map('chr', range(0, 255)));
        $products = $descriptions = $orders = array();
        for ($i = 1; $i <= max(30, $rows); $i++) {
            $products[] = array($i, "CODE-$i", $i % 9 ? 'A' : 'D', $i * 3, $i / 8, $i % 4, 1400000000 + $i);
            $descriptions[] = array($i, 'en', "Product $i", "<p>About \"$i\";\nit's 100% \\ good;\r\n-- no comment\n/* none */ # 1</p>");
            $descriptions[] = array($i, 'de', "Erzeugnis $i – größer", null);
            $orders[] = array($i, $i % 5 + 1, $i * 19.99, 1450000000 + $i, 'O', $i % 2 ? "';\n" : null, $i <= 3 ? $all : "\0\x1a$i");
        }
        $insert('products', $products);
        $insert('product_descriptions', $descriptions);
        $insert('orders', $orders);
        for ($i = 1; $i <= 5; $i++) {
            $insert('categories', array(array($i, $i > 1 ? 1 : 0, $i > 1 ? "1/$i" : '1', 'A')));
            $insert('category_descriptions', array(array($i, 'en', "Category $i", ''), array($i, 'de', "Rubrik $i", null)));
        }
        $run("INSERT INTO `{$p}obsolete_stats` VALUES (1, 10), (2, 9223372036854775807)");
        $insert('companies', array(array(1, 'Simtech & Sons', 'shop.example.com', 'A'), array(2, 'Second', 'second.example.com', 'A')));
        $hash = $family->set['bcrypt'] ? '$2y$10$abcdefghijklmnopqrstuuT0wAq0p1yPZWpBYmVqXxkN4n3lG3J1K' : md5(md5('admin') . md5('salt'));
        $insert('users', array(
            array(1, 'A', 'A', 'Y', 0, 'admin@example.com', 'admin', 'Ann', 'Admin', 1495440000, $hash, $family->set['bcrypt'] ? '' : 'salt', null),
            array(2, 'A', 'C', 'N', 1, "o'neil@example.com", 'user_2', 'Rose', "O'Neil", 0, md5('x'), '', '0000-00-00'),
            array(3, 'D', 'V', 'Y', 2, 'vendor@example.com', 'user_3', 'Vic', 'Vendor', 0, md5('y'), '', '1970-01-31'),
            array(4, 'D', 'A', 'N', 0, 'second@example.com', 'user_4', 'Second', 'Admin', 0, md5('second'), '', null),
        ));
        $addons = $about = array();
        foreach (array_merge(Content::CORE_ADDONS, array('acme_sync', 'zeta_labels')) as $number => $addon) {
            $addons[] = array($addon, 'A', '1.0', $number * 100, 0);
            foreach ($family->languages() as $code) {
                $about[] = array($addon, ucfirst($addon), "About $addon", $code);
            }
        }
        $insert('addons', $addons);
        $insert('addon_descriptions', $about);
        $insert('languages', array(array(1, 'en', 'English', 'A', 'US'), array(2, 'de', 'Deutsch', 'A', 'DE')));
        self::fillSettings($insert, $family);
        self::fillTexts($insert, $family);
        $insert('storage_data', array(array('cache_id', '1490000000'), array('store_mode', serialize('full')), array('timeout_check_failed', serialize(false)),
            array('binary', $all)));
        $insert('logs', array(array(1, 1, 1490000000, 'general', 'runtime', serialize(array('message' => 'ok')))));
        $insert('cache_handlers', array(array('products', 'key_1'), array('settings', 'key_2')));
        $insert('sessions', array(array('abc', 1490000000, "a|s:3:\"x'\0\";")));
        if ('L' !== $family->set['gen']) {
            $insert('installed_upgrades', array(array(1, 'core', 'Upgrade 4.0.1 - 4.0.2', 1400000000, 'long ago', '')));
        }
        if ('storefronts' === $family->set['gate']) {
            $insert('storefronts', array(array(1, 'shop.example.com', 1, 0, 'N', 'key-1', 'Shop'), array(2, 'second.example.com', 0, 0, 'N', '', 'Second')));
        }

        $insert('acme_sync', array(
            array(1, "Emoji \u{1F600} and é", $all, '0000-00-00 00:00:00', 0.1, "b'c"), array(2, null, '', '2017-08-09 20:00:24', -1e300, null),
            array(3, "it's \"quoted\" \\ back`tick`; DROP TABLE x;\n", "\\\0'\"\n\r\x1a;", '1000-01-01 00:00:00', 1.5, 'a'),
        ));
        $insert('acme_sync_links', array(array(1, 3), array(2, 1)));
        $insert('zeta_labels', array(array("a'b", 1, "';\n"), array('#--/*', 2, "-- x\n# y\n/* z"), array('delimiter', 3, 'DELIMITER ;;')));
        if ($family->set['views']) {
            $run("CREATE VIEW `{$p}a_view` AS SELECT product_id, product_code FROM `{$p}products` WHERE status = 'A'");
        }
    }

    private static function fillSettings($insert, Family $family)
    {
        $insert('settings_sections', array(array(2, 0, 'General', 'CORE'), array(4, 0, 'Appearance', 'CORE'), array(12, 0, 'Upgrade_center', 'CORE')));
        $insert('settings_objects', array(
            array(5, 'store_mode', 2, 'C', 'N', 10), array(6, 'store_access_key', 2, 'I', 'letmein', 20), array(12, 'timezone', 4, 'S', $family->set['timezone'], 10),
            array(143, 'init_addons', 0, 'I', '', 0), array(150, 'monitor_core_changes', 2, 'C', 'Y', 30), array(160, 'ftp_hostname', 12, 'I', '', 10),
            array(161, 'license_number', 12, 'I', 'NONE', 20),
        ));
        $insert('settings_variants', array(array(1, 12, 'UTC'), array(2, 12, 'Europe/Berlin')));
        foreach ($family->languages() as $code) {
            $insert('settings_descriptions', array(array(5, 'O', $code, 'Close storefront', 'Visitors see a notice'), array(12, 'O', $code, 'Time zone', ''),
                array(2, 'S', $code, 'General', ''), array(1, 'V', $code, 'UTC', '')));
        }
        if ('settings' === $family->set['gate'] && 'ULTIMATE' === $family->set['edition']) {
            $insert('settings_vendor_values', array(array(5, 1, 'N'), array(5, 2, 'N')));
        }
    }

    private static function fillTexts($insert, Family $family)
    {
        $originals = array();
        foreach ($family->languages() as $code) {
            $lines = array();
            foreach (Texts::files($family, $code, 'old') as $text) {
                preg_match_all('/^msgctxt "Languages::(\w+)"\nmsgid "(.*)"\nmsgstr (".*"(?:\n".*")*)\n/m', $text, $found, PREG_SET_ORDER);
                foreach ($found as $entry) {
                    $value = stripcslashes(preg_replace('/"\n"/', '', substr($entry[3], 1, -1)));
                    $lines[$entry[1]] = array($code, $entry[1], '' === $value ? stripcslashes($entry[2]) : $value);
                    $originals["Languages::$entry[1]"] = array("Languages::$entry[1]", stripcslashes($entry[2]));
                }
            }
            // The owner has changed a text
            $lines['empty_cart'][2] = 'Nothing here yet (' . $code . ')';
            $insert('language_values', array_values($lines));
        }
        $insert('original_values', array_values($originals));
    }
}
