<?php

namespace Pst;

final class Content extends \Stores\Content
{
    /** Bytes; files from this size on are left out of the upgrade module's backups */
    const LARGE = 15728640;

    private static function file($path, $stamp, $size)
    {
        $body = self::filler($path . $stamp, $size);
        if ('.php' === substr($path, -4)) {
            return "<?php\n\n// $path\n// $stamp\n/*\n$body*/\n";
        }

        return preg_match('/\.(css|scss|js)$/', $path) ? "/* $path $stamp */\n$body" : "{* $path $stamp *}\n$body";
    }

    /** What becomes of a file of the core in the new version: same, changed, deleted; of one that is not there yet: new */
    private static function fate($path)
    {
        $number = crc32($path) % 12;

        return 0 === $number ? 'deleted' : (1 === $number ? 'new' : ($number < 6 ? 'changed' : 'same'));
    }

    /** @return string[] Names of files that have nothing to say */
    private function names($era)
    {
        $names = array('images.inc.php', 'error500.html', 'header.php', 'footer.php', 'init.php');
        foreach (array('Address', 'Attribute', 'Carrier', 'Cart', 'Category', 'CMS', 'Customer', 'Employee', 'Feature', 'Group', 'Image', 'Link', 'Mail', 'Manufacturer',
            'Order', 'Pack', 'Risk', 'Search', 'Supplier', 'Tag', 'Theme', 'Upgrader', 'Zone') as $name) {
            $names[] = "classes/$name.php";
        }
        foreach (array('Cart', 'Category', 'Cms', 'Contact', 'Index', 'Order', 'Product', 'Search') as $name) {
            $names[] = "controllers/front/{$name}Controller.php";
            $names[] = "controllers/admin/Admin{$name}Controller.php";
        }
        foreach (array('default', 'new-theme') as $theme) {
            foreach (array('css/theme.css', 'js/main.js', 'template/header.tpl', 'template/controllers/modules/list.tpl', 'template/page.tpl') as $name) {
                $names[] = "admin/themes/$theme/$name";
            }
        }
        foreach (array('1.6' === $era ? 'default-bootstrap' : 'classic') as $theme) {
            foreach (array('index.tpl', 'product.tpl', 'cart.tpl', 'css/global.css', 'js/global.js', 'modules/ps_banner/banner.tpl', 'order.tpl') as $name) {
                $names[] = "themes/$theme/$name";
            }
        }
        foreach (array('jquery/jquery.js', 'admin/login.js', 'tools.js', 'cropper/cropper.js', 'tiny_mce/tinymce.min.js') as $name) {
            $names[] = "js/$name";
        }
        foreach (array('tcpdf/tcpdf.php', 'smarty/Smarty.class.php', 'swift/swift.php', 'profiling/Db.php') as $name) {
            $names[] = "tools/$name";
        }
        foreach (array('account.html', 'order_conf.html', 'shipped.txt') as $name) {
            $names[] = "mails/en/$name";
        }
        if ('1.6' !== $era) {
            foreach (array('Adapter/Product', 'Core/Cart', 'Core/Grid', 'Core/Domain/Order', 'PrestaShopBundle/Controller', 'PrestaShopBundle/Entity') as $dir) {
                for ($i = 1; $i <= 4; $i++) {
                    $names[] = "src/$dir/Unit$i.php";
                }
            }
            foreach (array('symfony/console/Application', 'doctrine/orm/lib/EntityManager', 'twig/twig/src/Environment', 'guzzlehttp/guzzle/src/Client') as $name) {
                $names[] = "vendor/$name.php";
            }
            foreach (array('config.yml', 'routing.yml', 'security_prod.yml') as $name) {
                $names[] = "app/config/$name";
            }
        }
        for ($i = 0; $i < $this->more; $i++) {
            $names[] = sprintf('classes/large/%02x/unit%d.php', $i % 256, $i);
        }

        return $names;
    }

    /** @return array<int, array{string, string}> Name and version of what is installed */
    public static function modules(Family $family)
    {
        return array(
            array('ps_banner', '1.0.0'), array('ps_mainmenu', '2.0.0'), array('acmesync', '2.1.0'), array('zetalabels', '0.9'),
            array('autoupgrade', $family->set['module']),
        );
    }

    private static function moduleFiles($name, $version)
    {
        return array(
            "modules/$name/$name.php" => "<?php\n\nclass $name extends Module\n{\n    public \$name = '$name';\n\n    public \$version = '$version';\n\n"
                . "    public function hookDisplayHome()\n    {\n        return '$name $version';\n    }\n}\n",
            "modules/$name/config.xml" => "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<module>\n\t<name>$name</name>\n\t<version><![CDATA[$version]]></version>\n"
                . "\t<is_configurable>1</is_configurable>\n</module>\n",
            "modules/$name/views/templates/hook/$name.tpl" => self::file($name, $version, 400),
            "modules/$name/index.php" => "<?php\n\nheader('Location: ../');\nexit;\n",
        );
    }

    /** A native module of the release; its newer version brings a script */
    private static function native($name, $which)
    {
        $files = self::moduleFiles($name, 'old' === $which ? ('ps_banner' === $name ? '1.0.0' : '2.0.0') : ('ps_banner' === $name ? '1.1.0' : '2.1.0'));
        if ('ps_banner' === $name && 'new' === $which) {
            $files["modules/$name/upgrade/upgrade-1.1.0.php"] = self::script('1.1.0', array(
                "Configuration::updateValue('BANNER_IMG', 'banner;new.png')", "\$module->registerHook('displayBannerBottom')",
                "Db::getInstance()->execute('UPDATE `' . _DB_PREFIX_ . \"zeta_labels` SET `order` = `order` + 10 WHERE `key` = 'c'\")",
            ));
        }
        if ('ps_mainmenu' === $name) {
            $files["modules/$name/vendor/autoload.php"] = "<?php\n\n// $which\n";
        }

        return $files;
    }

    private static function script($version, array $statements)
    {
        return "<?php\n\nfunction upgrade_module_" . str_replace('.', '_', $version) . "(\$module)\n{\n    return " . implode("\n        && ", $statements) . ";\n}\n";
    }

    /** @return array<string, string> A newer version of a module of others, in the names of its archive */
    public static function acmesync($version)
    {
        $files = self::moduleFiles('acmesync', $version);
        if ('2.1.0' !== $version) {
            $files['modules/acmesync/upgrade/upgrade-2.1.5.php'] = self::script('2.1.5', array(
                "Db::getInstance()->execute('ALTER TABLE `' . _DB_PREFIX_ . 'acme_sync` ADD `state` varchar(16) DEFAULT NULL')",
                "Db::getInstance()->execute('UPDATE `' . _DB_PREFIX_ . \"acme_sync` SET `state` = 'old; done'\")",
            ));
            $files['modules/acmesync/upgrade/upgrade-2.2.0.php'] = self::script('2.2.0', array(
                "Configuration::updateValue('ACME_LEVEL', '2')", "Db::getInstance()->insert('acme_sync', array('title' => 'made by 2.2.0'))",
            ));
        }
        $result = array();
        foreach ($files as $path => $data) {
            $result[substr($path, strlen('modules/'))] = $data;
        }

        return $result;
    }

    private function kernel($which)
    {
        $version = $this->family->set[$which];
        $era = $this->family->era($which);
        $roots = '1.6' === $era ? array('common', 'old') : array('common', 'modern');
        $replace = array(
            '@@VERSION@@' => $version, '@@ERA@@' => $era, '@@HASH@@' => md5($version), '@@MAJOR@@' => explode('.', $version)[0],
            '@@CHARSET@@' => $this->family->set['connection'],
            '@@CACHE@@' => '1.6' === $era ? '/cache/' : '/var/cache/prod/', '@@LOG@@' => '1.6' === $era ? '/log/php_errors.log' : '/var/logs/php_errors.log',
            '@@VERSIONSOURCE@@' => '1.7' === $era ? "define('_PS_VERSION_', '$version');"
                : "require_once _PS_ROOT_DIR_ . '/src/Core/Version.php';\ndefine('_PS_VERSION_', \\PrestaShop\\PrestaShop\\Core\\Version::VERSION);",
            '@@KERNELVERSION@@' => '1.7' === $era ? "    const VERSION = '$version';\n" : "    const VERSION = \\PrestaShop\\PrestaShop\\Core\\Version::VERSION;\n",
        );
        $files = array();
        foreach ($roots as $root) {
            $root = dirname(__DIR__) . "/shop/$root/";
            foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS)) as $file) {
                $path = substr($file, strlen($root));
                if ('src/Core/Version.php' === $path && '1.7' === $era) {
                    continue;
                }
                $files[$path] = strtr(file_get_contents($file), $replace);
            }
        }
        $files['config/tables.php'] = "<?php\n\n// What the pages of $version read\nreturn " . var_export(Tables::columns($this->family, $which), true) . ";\n";
        if ('1.6' !== $era) {
            $entities = 'new' === $which ? array('admin_filter' => array('filter_id' => 'varchar(191) NOT NULL', 'unique_id' => 'varchar(64) DEFAULT NULL')) : array();
            $files['config/entities.php'] = "<?php\n\n// What the entities of $version describe\nreturn " . var_export($entities, true) . ";\n";
            $files['vendor/acme/lib/functions.php'] = "<?php\n\nfunction acme_lib_version()\n{\n    return '$version';\n}\n";
            $packages = array(array('name' => 'acme/lib', 'type' => 'library'));
            foreach (array('ps_banner', 'ps_mainmenu') as $name) {
                $packages[] = array('name' => "prestashop/$name", 'version' => 'v' . ('old' === $which ? '1.0.0' : '1.1.0'), 'type' => 'prestashop-module');
            }
            $files['composer.json'] = "{\n    \"name\": \"prestashop/prestashop\",\n    \"type\": \"project\"\n}\n";
            $files['composer.lock'] = json_encode(array('packages' => $packages, 'packages-dev' => array()), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES) . "\n";
        }

        return $files;
    }

    /**
     * The product as it is shipped: the folder of the administration is called admin, and the installer is there
     *
     * @return array<string, string> Path => contents
     */
    public function product($which)
    {
        $version = $this->family->set[$which];
        $era = $this->family->era($which);
        $files = $this->kernel($which);
        foreach ($this->names($era) as $path) {
            $fate = self::fate($path);
            if ('old' === $which ? 'new' === $fate : 'deleted' === $fate) {
                continue;
            }
            $files[$path] = self::file($path, 'changed' === $fate ? $version : 'since 1.5', 200 + crc32($path . 'size') % 1800);
        }
        $files += self::native('ps_banner', $which) + self::native('ps_mainmenu', $which);
        $files['robots.txt.dist'] = "User-agent: *\n";
        $files['docs/CHANGELOG.txt'] = "Version $version\n" . self::filler("changes $version", 600);
        $files['img/logo.jpg'] = $files['img/404.gif'] = "GIF89a shipped $version";
        $files['img/admin/tab.gif'] = "GIF89a tab $version";
        foreach (array('override', 'override/classes', 'override/controllers', 'cache/smarty/cache', 'cache/smarty/compile', 'config/xml', 'download', 'upload', 'log',
            'translations') as $dir) {
            $files["$dir/index.php"] = "<?php\n\nheader('Location: ../');\nexit;\n";
        }
        $files['1.6' === $era ? 'themes/default-bootstrap/config.xml' : 'themes/classic/config/theme.yml'] = "name: theme\nversion: $version\n";
        if ('new' === $which) {
            $files['classes/ofthenew/Only.php'] = "<?php\n\n// of $version alone\n";
            $files['install/install_version.php'] = "<?php\n\ndefine('_PS_INSTALL_VERSION_', '$version');\n";
            $files['install/data/db_structure.sql'] = $this->structure();
            $files['install/index.php'] = "<?php\n\n// The installer of $version\n";
            if ('install' === $this->family->set['scripts']) {
                $files += Scripts::shipped($this->family, 'install/upgrade/');
            }
        } else {
            $files['admin/oldpage.php'] = "<?php\n\n// until $version\n";
            $files['classes/ofold/Gone.php'] = "<?php\n\n// until $version\n";
        }
        ksort($files, SORT_STRING);

        return $files;
    }

    /** The tables of statistics as an installation of the new version makes them */
    private function structure()
    {
        $text = "SET NAMES 'utf8';\n\n";
        foreach (Tables::schema($this->family, $this->family->set['new']) as $name => $sql) {
            if (in_array($name, Tables::STATISTICS, true)) {
                $text .= str_replace("`{$this->family->set['prefix']}$name`", "`PREFIX_$name`", preg_replace('/ENGINE=.*/', 'ENGINE=ENGINE_TYPE DEFAULT CHARSET=utf8;', $sql)) . "\n\n";
            }
        }

        return $text;
    }

    private function upgrader()
    {
        $root = dirname(__DIR__) . '/module/';
        $files = self::moduleFiles('autoupgrade', $this->family->set['module']);
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS)) as $file) {
            $path = substr($file, strlen($root));
            // Each generation has its own entries
            $first = 0 === strpos($path, 'cli-') ? 4 : ('bin/console' === $path ? 7 : 3);
            $last = 0 === strpos($path, 'cli-') || 'ajax-upgradetab.php' === $path ? 6 : 7;
            if ($this->family->set['gen'] < $first || $this->family->set['gen'] > $last) {
                continue;
            }
            $files["modules/autoupgrade/$path"] = file_get_contents($file);
        }
        $files['modules/autoupgrade/flavour.php'] = "<?php\n\nreturn " . var_export($this->family->flavour(), true) . ";\n";
        if ('module' === $this->family->set['scripts']) {
            $files += Scripts::shipped($this->family, 'modules/autoupgrade/upgrade/');
        }

        return $files;
    }

    /** The store before its upgrade: what is shipped, and what its owner has added */
    public function store(array $db)
    {
        $set = $this->family->set;
        $era = $this->family->era('old');
        $files = array();
        foreach ($this->product('old') as $path => $data) {
            $files[preg_replace('~^admin/~', $set['admin'] . '/', $path)] = $data;
        }
        $files += $this->upgrader();
        foreach (array('acmesync' => '2.1.0', 'zetalabels' => '0.9') as $name => $version) {
            $files += self::moduleFiles($name, $version);
        }
        foreach (array('index.php', 'backup/index.php', 'download/index.php', 'tmp/index.php', 'logs/index.php') as $guard) {
            if ('logs/index.php' === $guard && $set['gen'] < 7) {
                continue;
            }
            $files["{$set['admin']}/autoupgrade/$guard"] = "<?php\n\nheader('Location: ../');\nexit;\n";
        }
        $files["{$set['admin']}/autoupgrade/.htaccess"] = "Deny from all\n";
        $files["{$set['admin']}/autoupgrade/config.var"] = base64_encode(serialize($this->choices()));
        if ($set['gen'] < 7) {
            $files["{$set['admin']}/autoupgrade/ajax-upgradetab.php"] = file_get_contents(dirname(__DIR__) . '/module/ajax-upgradetab.php');
        }
        $files['override/classes/Product.php'] = "<?php\n\nclass Product extends ProductCore\n{\n    const OURS = true;\n}\n";
        foreach (array('index.tpl', 'product.tpl', 'css/ours.css') as $name) {
            $files["themes/ourtheme/$name"] = self::file("ours/$name", 'ours', 500);
        }
        for ($i = 1; $i <= 12; $i++) {
            $files["img/p/$i/$i.jpg"] = "\xff\xd8\xff\xe0" . hash('sha512', "image $i", true) . "\xff\xd9";
        }
        $files['img/p/2/ä b.jpg'] = "\xff\xd8\xff\xe0";
        $files['img/logo.jpg'] = "\xff\xd8 our own logo";
        $files['upload/letter.txt'] = "of a customer\n";
        $files['download/' . sha1('book')] = "%PDF-1.4\n\0\xff\n";
        $files['robots.txt'] = "User-agent: *\nDisallow: /classes/\n";
        $files['google0123456789.html'] = "google-site-verification\n";
        $files['.htaccess'] = "# Rules of the owner\nOptions -Indexes\n# ~~start~~ Do not remove this comment, Prestashop will keep automatically the code outside this comment"
            . " when .htaccess will be generated again\n# rules of {$set['old']}\n# ~~end~~ Do not remove this comment, Prestashop will keep automatically the code outside"
            . " this comment when .htaccess will be generated again\nAddType font/woff2 .woff2\n";
        foreach (array('default_country_modules_list', 'modules_list', 'must_have_modules_list', 'untrusted_modules_list') as $name) {
            $files["config/xml/$name.xml"] = "<?xml version=\"1.0\"?>\n<modules_list><modules type=\"native\"><module name=\"ps_banner\"/><module name=\"ps_mainmenu\"/></modules></modules_list>\n";
        }
        foreach ($this->family->languages() as $iso => $locale) {
            foreach (self::texts($era, $iso, $locale, $set['old']) as $path => $data) {
                $files['1.6' === $era ? $path : ('1.7' === $era ? "app/Resources/translations/$path" : "translations/$path")] = $data;
            }
        }
        if ('1.6' !== $era) {
            $files['var/cache/prod/appProdProjectContainer.php'] = "<?php\n// cached by {$set['old']}\n";
            $files['var/logs/prod.log'] = "[2020-05-05 05:05:05] request.INFO: Matched route \"admin_orders_index\". {\"route\":\"admin_orders_index\"} []\n";
        }
        $files['cache/smarty/compile/0a/0a1b.file.product.tpl.php'] = "<?php\n// compiled by {$set['old']}\n";
        if ($set['large']) {
            $files['download/' . sha1('film')] = '';
        }

        return Config::files($this->family, $db) + $files;
    }

    /** What the owner has chosen on the module's page */
    private function choices()
    {
        $seven = $this->family->set['gen'] >= 7;
        $choices = array(
            'PS_AUTOUP_PERFORMANCE' => '1', 'PS_AUTOUP_CUSTOM_MOD_DESACT' => $this->family->set['native'] ? '1' : '0', 'PS_AUTOUP_UPDATE_DEFAULT_THEME' => '1',
            'PS_AUTOUP_CHANGE_DEFAULT_THEME' => '0', 'PS_AUTOUP_UPDATE_RTL_FILES' => '1', 'PS_AUTOUP_KEEP_MAILS' => '0', 'PS_AUTOUP_BACKUP' => '1',
            'PS_AUTOUP_KEEP_IMAGES' => '1', 'PS_DISABLE_OVERRIDES' => '1', 'channel' => $seven ? 'online' : 'major',
        );

        return $choices + ($seven ? array('archive_zip' => '', 'archive_xml' => '', 'archive_version_num' => '')
            : array('archive.filename' => '', 'archive.version_num' => ''));
    }

    /** @return array<string, string> What a language pack holds */
    public static function texts($era, $iso, $locale, $version)
    {
        if ('1.6' === $era) {
            return array("translations/$iso/admin.php" => "<?php\n\n\$_LANGADM['AdminOrders$version'] = '$iso';\n", "mails/$iso/lang.php" => "<?php\n\n// $iso $version\n");
        }
        $files = array();
        foreach (array('AdminActions', 'AdminGlobal', 'ShopThemeCheckout') as $domain) {
            $files["$locale/$domain.$locale.xlf"] = "<?xml version=\"1.0\"?>\n<xliff><file original=\"$domain\" target-language=\"$locale\"><body>"
                . "<trans-unit id=\"1\"><source>Orders</source><target>$iso $version</target></trans-unit></body></file></xliff>\n";
        }

        return $files;
    }
}
