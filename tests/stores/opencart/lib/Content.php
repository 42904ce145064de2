<?php

namespace Oct;

/** The files of a release as the maker of the product packs them, with the folder "admin", and those that only a store has */
final class Content
{
    /** Folders and names of files that are there to be copied: nobody loads them */
    const FILLERS = array(
        'catalog/controller/account' => 'account address download edit login order password returns',
        'catalog/controller/checkout' => 'cart checkout confirm failure success',
        'catalog/controller/product' => 'category compare manufacturer product review search special',
        'catalog/language/en-gb/product' => 'category compare manufacturer product search special',
        'catalog/model/account' => 'activity address customer download order reward transaction',
        'catalog/model/catalog' => 'category information manufacturer product review',
        'catalog/model/checkout' => 'cart coupon order payment_method shipping_method',
        'catalog/model/localisation' => 'country currency language location order_status zone',
        'admin/controller/catalog' => 'attribute category download filter information manufacturer option product review',
        'admin/controller/customer' => 'custom_field customer customer_approval customer_group',
        'admin/controller/localisation' => 'country currency geo_zone language order_status tax_class zone',
        'admin/controller/sale' => 'order recurring returns voucher',
        'admin/controller/setting' => 'setting store',
        'admin/language/en-gb/catalog' => 'attribute category download filter information manufacturer option product',
        'admin/model/catalog' => 'attribute category download filter manufacturer option product review',
        'admin/model/localisation' => 'country currency geo_zone language order_status tax_class zone',
        'admin/model/sale' => 'order recurring returns voucher',
        'admin/model/setting' => 'event extension module setting store',
        'admin/controller/common' => 'column_left footer header login logout',
        'catalog/controller/common' => 'footer header maintenance menu',
        'system/engine' => 'action event loader registry',
        'system/config' => 'admin catalog default install',
        'system/library/cart' => 'cart currency customer length tax user weight',
        'system/library' => 'cache document image mail pagination request response session url',
        'system/storage/vendor/scssphp' => 'Block Cache Compiler Formatter Node Parser',
        'system/storage/vendor/twig' => 'Compiler Environment Lexer Loader Parser Source Template',
    );

    private $family;

    public function __construct(Family $family)
    {
        $this->family = $family;
    }

    /**
     * @param string $which old or new
     *
     * @return array<string, string> Path => contents
     */
    public function product($which)
    {
        $release = $this->family->set[$which];
        $says = 'old' === $which && '' !== $this->family->set['says'] ? $this->family->set['says'] : $release;
        $modern = version_compare($release, '4', '>=');
        $files = array();
        foreach (array('common', $modern ? 'modern' : 'classic') as $layer) {
            $root = dirname(__DIR__) . "/shop/$layer/";
            foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS)) as $path => $info) {
                $path = substr($path, strlen($root));
                if ($this->has($release, $path)) {
                    $files[$path] = strtr(file_get_contents($root . $path), $this->marks($release, $says));
                }
            }
        }
        $schema = new Schema($release);
        if ($modern) {
            $files['system/helper/db_schema.php'] = $schema->php();
            $files[version_compare($release, '4.1', '<') ? 'install/opencart.sql' : 'install/opencart-en-gb.sql'] = "INSERT INTO `oc_setting` (`setting_id`, `store_id`, `code`, `key`, `value`, `serialized`) VALUES\n"
                . "(1, 0, 'config', 'config_name', 'Your Store', 0);\n";
        } else {
            $files['install/opencart.sql'] = $schema->sql() . "INSERT INTO `oc_setting` VALUES (1, 0, 'config', 'config_name', 'Your Store', 0);\n";
        }
        $files += $this->small($release) + $this->fillers($release);
        ksort($files, SORT_STRING);

        return $files;
    }

    /** Whether a release has this file of its layer */
    private function has($release, $path)
    {
        $last = version_compare($release, '4.1', '>=') ? 12 : 9;
        if (preg_match('~upgrade/upgrade_(\d+)\.php$~', $path, $found)) {
            return $found[1] <= $last;
        }
        $models = version_compare($release, '2.2', '>=');
        if (preg_match('~^install/(controller|model)/upgrade(\.php|/(\w+)\.php)$~', $path, $found) && version_compare($release, '4', '<')) {
            if (!isset($found[3])) {
                return !$models;
            }

            return $models && ('upgrade' === $found[3] || $found[3] <= (version_compare($release, '3.0.5', '>=') ? 1010 : (version_compare($release, '3', '>=') ? 1009 : 1008)));
        }

        return true;
    }

    private function marks($release, $says)
    {
        $export = function ($value) {
            return preg_replace(array('/\n */', '/,\)/', '/array \(/'), array(' ', ')', 'array('), var_export($value, true));
        };
        $schema = new Schema($release);
        $reads = array();
        foreach (array('setting', 'product', 'category', 'country', 'zone', 'cart', 'event', 'extension', 'layout_route', 'seo_url', 'url_alias', 'country_description', 'product_code', 'module') as $table) {
            if ($schema->columns($table)) {
                $reads[$table] = $schema->columns($table);
            }
        }
        $new41 = version_compare($release, '4.1', '>=');

        return array(
            '@SAYS@' => $says, '@RELEASE@' => $release, '@STORAGE@' => Family::storage($release), '@PHP@' => $new41 ? '8.1.0' : '8.0.0',
            '@ERRORS@' => version_compare($release, '2.2', '<') ? 'notice' : (version_compare($release, '3.0.3', '<') ? 'exception' : 'warning'),
            '@LANGUAGE@' => $new41 ? 'default' : 'en-gb', '@QUOTE@' => $new41 ? '["\\\']' : "\\'",
            'AT_TABLES' => $export($reads), 'AT_LAST' => $new41 ? '12' : '9', 'AT_MODE' => $new41 ? '0644' : '(int)\'0644\'',
            'AT_SSL' => $new41 ? "['DB_SSL_KEY', 'DB_SSL_CERT', 'DB_SSL_CA']" : '[]',
            'AT_BLOCK;' => $new41 ? self::block() : "\$log->write(\$e->getMessage() . ': in ' . \$e->getFile() . ' on line ' . \$e->getLine());\n"
                . "\techo '<b>' . \$e->getMessage() . '</b>: in <b>' . \$e->getFile() . '</b> on line <b>' . \$e->getLine() . '</b>';",
            'AT_SETTINGS' => $new41 ? "['config_pagination' => 10, 'config_gdpr_limit' => 180, 'config_article_description_length' => 100, 'config_2fa_expire' => 90, 'config_password_length' => 6]"
                : "['config_meta_title' => \$old['config_name'], 'config_pagination' => 10, 'config_voucher_min' => 1, 'config_voucher_max' => 1000, 'config_session_expire' => 3600000000, 'config_gdpr_limit' => 180]",
            'AT_RENAME;' => $new41 ? "\$this->db->query(\"UPDATE {\$this->t('setting')} SET `key` = 'config_language_catalog' WHERE `key` = 'config_language'\");" : '',
            'AT_IMAGES' => $export(array_merge(array('banner_image', 'category', 'manufacturer', 'product', 'product_image', 'option_value'), $new41 ? array() : array('voucher_theme'))),
            'AT_EVENTS' => $export(array(
                'activity_customer_add' => array('catalog/model/account/customer/addCustomer/after', 'event/activity.addCustomer'),
                'mail_customer_add' => array('catalog/model/account/customer/addCustomer/after', 'mail/register'),
                'admin_mail_return' => array('admin/model/sale/return/addReturn/after', 'mail/returns'),
                'admin_setting' => array('admin/model/setting/setting/editSetting/after', 'event/currency'),
            ) + ($new41 ? array('admin_mail_2fa' => array('admin/model/user/user/addToken/after', 'mail/authorize')) : array())),
            'AT_FIELDS' => $export(array_merge(
                array(array('customer', 'cart'), array('customer', 'fax'), array('customer', 'salt'), array('customer_activity', 'activity_id'), array('customer_group', 'name'), array('order', 'fax'),
                    array('language', 'directory'), array('location', 'fax'), array('store', 'ssl')),
                $new41 ? array(array('customer', 'code'), array('customer', 'token')) : array(array('user', 'salt'))
            )),
            'AT_GONE' => $export(array_merge(
                array('affiliate', 'affiliate_activity', 'affiliate_login', 'affiliate_transaction', 'banner_image_description', 'customer_ban_ip', 'customer_payment', 'order_custom_field', 'url_alias'),
                $new41 ? array() : array('modification')
            )),
            'AT_ROUTES;' => $new41 ? '' : self::dots(), 'AT_DOTS;' => $new41 ? self::dots() : '', 'AT_TRIGGERS;' => $new41 ? self::triggers() : '',
            'AT_RETURNS' => $new41 ? 'admin/model/sale/returns.addHistory/after' : 'admin/model/sale/returns/addHistory/after',
            'AT_OLDER' => ($new41 ? "'config_meta_title', " : '') . "'config_template', 'config_limit_admin', 'config_smtp_host'",
        );
    }

    /** Routes of 4.0.0 have another separator */
    private static function dots()
    {
        return implode("\n\t\t", array(
            "\$this->db->query(\"UPDATE {\$this->t('layout_route')} SET route = REPLACE(route, '|', '.')\");",
            "\$this->db->query(\"UPDATE {\$this->t('seo_url')} SET `value` = REPLACE(`value`, '|', '.') WHERE `key` = 'route'\");",
            "\$this->db->query(\"UPDATE {\$this->t('event')} SET `trigger` = REPLACE(`trigger`, '|', '.'), `action` = REPLACE(`action`, '|', '.')\");",
            "\$this->db->query(\"UPDATE {\$this->t('banner_image')} SET `link` = REPLACE(`link`, '|', '.')\");",
        ));
    }

    /** Triggers of before 4.1 have none before the name of the method */
    private static function triggers()
    {
        return <<<'PHP'
foreach ($this->db->rows("SELECT event_id, `trigger` FROM {$this->t('event')} WHERE `trigger` NOT LIKE '%.%' ORDER BY event_id") as $row) {
			$parts = explode('/', $row['trigger']);
			$trigger = implode('/', array_slice($parts, 0, -2)) . '.' . implode('/', array_slice($parts, -2));
			$this->db->query("UPDATE {$this->t('event')} SET `trigger` = '" . $this->db->escape($trigger) . "' WHERE event_id = '$row[event_id]'");
		}
PHP;
    }

    /** What 4.1 logs and shows of an exception */
    private static function block()
    {
        return <<<'PHP'
$output = 'Error: ' . $e->getMessage() . "\n" . 'File: ' . $e->getFile() . "\n" . 'Line: ' . $e->getLine() . "\n\n";
	foreach ($e->getTrace() as $key => $trace) {
		$output .= 'Backtrace: ' . $key . "\n" . 'File: ' . ($trace['file'] ?? 'unknown') . "\n" . 'Line: ' . ($trace['line'] ?? 'unknown') . "\n"
			. (isset($trace['class']) ? 'Class: ' . $trace['class'] . "\n" : '') . 'Function: ' . $trace['function'] . "\n\n";
	}
	$log->write(trim($output));
	echo $output;
PHP;
    }

    /** Files of a few lines that the product has */
    private function small($release)
    {
        $files = array('config-dist.php' => '', 'admin/config-dist.php' => '', 'robots.txt' => "User-agent: *\nDisallow: /*?sort=\n", '.htaccess.txt' => "Options -Indexes\n",
            'image/catalog/logo.png' => "\x89PNG\r\n\x1a\n" . 'logo', 'install/view/stylesheet/stylesheet.css' => "body { color: #333 }\n", 'install/index.html' => '');
        $language = version_compare($release, '2.2', '<') ? 'english' : 'en-gb';
        $main = version_compare($release, '4.1', '>=') ? 'default' : $language;
        foreach (array('catalog', 'admin', 'install') as $where) {
            $files["$where/language/$language/$main.php"] = "<?php\n\$_['code'] = 'en';\n\$_['text_home'] = 'Home of $release';\n";
        }
        $storage = Family::storage($release);
        foreach ('system' === $storage ? array('cache', 'download', 'logs', 'modification', 'upload') : array('cache', 'download', 'logs', 'upload') as $name) {
            $files["$storage/$name/index.html"] = '';
        }
        if (version_compare($release, '2.2', '>=') && version_compare($release, '4', '<')) {
            $files["$storage/modification/index.html"] = '';
        }
        if (version_compare($release, '3', '>=')) {
            $files["$storage/vendor/autoload.php"] = "<?php\n// Made by Composer for $release\nreturn require __DIR__ . '/composer/autoload_real.php';\n";
            $files["$storage/vendor/composer/autoload_real.php"] = "<?php\nreturn array('Twig\\\\' => __DIR__ . '/../twig');\n";
        }
        if (version_compare($release, '4', '>=')) {
            $files += array('cron.php' => "<?php\n// Jobs of $release\n", 'error.html' => "<html><body>Error</body></html>\n", 'extension/index.html' => '',
                'extension/opencart/install.json' => "{\"name\": \"OpenCart Default Extensions\", \"version\": \"1.0\"}\n",
                'extension/opencart/catalog/controller/module/featured.php' => "<?php\n// Featured products of $release\n");
        }
        if (version_compare($release, '4', '>=') && version_compare($release, '4.1', '<')) {
            $files += array('system/vendor.php' => "<?php\n// Vendors of $release\n", 'system/helper/vendor.php' => "<?php\n// Vendors\n",
                "$storage/vendor/aws/Client.php" => "<?php\n// Not loaded\n");
        }
        if (version_compare($release, '3.0.4', '<')) {
            $files += array('system/library/db/mssql.php' => "<?php\n// Nobody uses this\n", 'catalog/controller/extension/payment/klarna_checkout.php' => "<?php\n// Payment\n",
                'admin/controller/extension/extension/openbay.php' => "<?php\n// Marketplaces\n");
        }

        return $files;
    }

    private function fillers($release)
    {
        $files = array();
        foreach (self::FILLERS as $folder => $names) {
            if (0 === strpos($folder, 'system/storage/vendor') && version_compare($release, '3', '<')) {
                continue;
            }
            foreach (explode(' ', $names) as $name) {
                $path = "$folder/$name.php";
                $seed = crc32($path);
                // Every fourth file is the same in all releases
                $of = 0 === $seed % 4 ? 'all releases' : $release;
                $text = "<?php\n/**\n * $name of $of\n */\nclass " . str_replace(array('/', '-', '_'), '', ucwords("$folder/$name", '/-_')) . " {\n";
                for ($i = 0, $n = 3 + $seed % 23; $i < $n; $i++) {
                    $text .= "\tpublic function part$i() {\n\t\treturn '" . md5("$path $of $i") . "';\n\t}\n\n";
                }
                $files[$path] = $text . "}\n";
            }
        }
        if (version_compare($release, '4', '>=')) {
            unset($files['admin/controller/sale/recurring.php'], $files['admin/model/sale/recurring.php']);
            foreach (array('subscription', 'subscription_plan') as $name) {
                $files["admin/controller/sale/$name.php"] = "<?php\n// $name of $release\n";
            }
        }

        return $files;
    }

    /** What only this store has, below its root; the storage has its place already */
    public function own()
    {
        $release = $this->family->set['old'];
        $storage = Family::storage($release);
        $files = array(
            'image/catalog/products/lamp.jpg' => "\xff\xd8\xff\xe0" . str_repeat('lamp', 300), 'image/data/old-banner.jpg' => "\xff\xd8\xff\xe0" . str_repeat('banner', 100),
            "$storage/download/manual.pdf.0123456789abcdef0123456789abcdef" => '%PDF-1.4 manual', "$storage/cache/cache.currency.1700000000" => '{"EUR":1}',
            "$storage/logs/error.log" => '', 'catalog/controller/extension/module/acme.php' => "<?php\nclass ControllerExtensionModuleAcme {}\n",
            '.htaccess' => "Options -Indexes\n# of this store\n",
        );
        if (version_compare($release, '4', '<')) {
            $product = $this->product('old');
            $files += array(
                "$storage/modification/index.html" => '',
                "$storage/modification/catalog/controller/product/product.php" => $product['catalog/controller/product/product.php'] . "// changed by acme\n",
            );
            if (version_compare($release, '2.2', '>=')) {
                // A copy of a file that the installer loads, too
                $files["$storage/modification/system/library/log.php"] = strtr($product['system/library/log.php'], array("date('" => "/* acme */ date('"));
            }
        }

        return $files;
    }
}
