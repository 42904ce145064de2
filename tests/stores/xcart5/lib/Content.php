<?php

namespace Xc5;

/**
 * Files of a version of every entry, as its vendor ships them
 */
final class Content
{
    const CONTROLLERS = array('Cart', 'Category', 'Checkout', 'Product', 'Search');
    const VIEWS = array('Minicart', 'ProductList', 'TopCategories', 'Upsell', 'Signin');

    /** @return array<string, string> Path below the shop root => bytes */
    public static function of(Family $family, $entry, $which)
    {
        $tree = 'Core' === $entry ? self::core($family, $which) : self::module($family, $entry, $which);
        $tree += Hooks::files($family, $entry, $which);
        ksort($tree, SORT_STRING);

        return $tree;
    }

    /** The store's own program: the newer version's differs in a part of the files */
    private static function program(Family $family, $which)
    {
        $root = dirname(__DIR__) . '/shop';
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS));
        $tree = array();
        foreach ($files as $file) {
            $code = file_get_contents($file->getPathname());
            if ('new' === $which && 0 === crc32($file->getFilename()) % 2) {
                $code = preg_replace('~^/\*\*$~m', "/**\n * Part of {$family->version('new')}.", $code, 1);
            }
            $tree[substr($file->getPathname(), strlen($root) + 1)] = $code;
        }

        return $tree;
    }

    private static function core(Family $family, $which)
    {
        $new = 'new' === $which;
        $version = $family->version($which);
        $template = $family->set['template'];
        $tree = self::program($family, $which);

        $tree['Includes/Flavour.php'] = self::flavour($family);
        $tree['classes/XLite.php'] = self::versionClass($family, $which);
        $tree['etc/config.default.php'] = self::config($new);
        $tree['.htaccess'] = "Options -Indexes\nRewriteEngine On\n" . ($new ? "RewriteRule ^sitemap.xml$ cart.php?target=sitemap\n" : '');
        $tree['robots.txt'] = "User-agent: *\nDisallow: /admin.php\n";
        $tree['images/spacer.gif'] = base64_decode('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7');
        foreach (array('var', 'files', 'images') as $dir) {
            $tree[$dir . '/.htaccess'] = "Options -Indexes\nDeny from all\n" . ($new && 'var' === $dir ? "# $version\n" : '');
        }

        foreach (self::CONTROLLERS as $i => $name) {
            $tree["classes/XLite/Controller/Customer/$name.php"] = self::plainClass(
                'XLite\Controller\Customer', $name, $new && $i % 2 ? $version : '', "return 'customer/" . strtolower($name) . "';"
            );
        }
        foreach (self::VIEWS as $i => $name) {
            $file = 'skins/' . ('tpl' === $template ? 'default/en' : 'customer') . '/' . strtolower($name) . "/body.$template";
            $tree["classes/XLite/View/$name.php"] = self::plainClass('XLite\View', $name, $new && $i < 3 ? $version : '', "return '$file';");
            $tree[$file] = self::template($family, $name, $new && $i > 1 ? $version : '');
        }
        $tree['classes/XLite/Model/Product.php'] = self::model('XLite\Model', 'Product', 'products', array('sku'), array(
            'product_id' => 'int unsigned NOT NULL AUTO_INCREMENT', 'sku' => 'varchar(32) NOT NULL', 'name' => 'varchar(255) NOT NULL',
            'price' => 'decimal(14,4) NOT NULL DEFAULT 0', 'clean_url' => 'varchar(255) DEFAULT NULL',
        ) + ($new ? array('sale_label' => "varchar(64) NOT NULL DEFAULT ''") : array()), array('PRIMARY KEY (product_id)'));
        $tree['classes/XLite/Model/Config.php'] = self::model('XLite\Model', 'Config', 'config', array('name', 'category'), array(
            'config_id' => 'int unsigned NOT NULL AUTO_INCREMENT',
        ), array());
        $tree['classes/XLite/Model/Payment/Method.php'] = self::model(
            'XLite\Model\Payment', 'Method', 'payment_methods', array('service_name'),
            array('method_id' => 'int unsigned NOT NULL AUTO_INCREMENT'), array()
        );

        $tree['skins/common/css/style.css'] = "body { margin: 0; }\n" . ($new ? ".sale-label { color: #c00; }\n" : '');
        $tree['skins/common/js/core.js'] = "core = { version: '" . ($new ? $version : '') . "' };\n";
        foreach (array('de', 'gb', 'us') as $code) {
            $tree["skins/common/images/flags_svg/$code.svg"] = "<svg id=\"$code\">" . ($new ? '<g/>' : '') . "</svg>\n";
        }
        $tree["skins/admin/main.$template"] = self::template($family, 'Main', $new ? $version : '');
        $tree["skins/admin/orders/list.$template"] = self::template($family, 'Orders', '');
        if ($new) {
            $tree['skins/customer/css/custom.css'] = '';
            $tree["skins/admin/sale/label.$template"] = self::template($family, 'Sale label', $version);
            $tree['classes/XLite/View/SaleLabel.php'] = self::plainClass('XLite\View', 'SaleLabel', $version, "return 'sale';");
        } else {
            $tree["skins/admin/banner_rotation/list.$template"] = self::template($family, 'Banner rotation', '');
            $tree['skins/admin/banner_rotation/style.css'] = ".rotation { float: left; }\n";
            $tree['classes/XLite/View/Flash.php'] = self::plainClass('XLite\View', 'Flash', '', "return 'flash';");
            $tree['skins/common/js/swfobject.js'] = "var swfobject = {};\n";
        }
        if ($family->set['coreLast']) {
            $tree['changelog/' . $family->set['modules']['major'] . '/' . $family->version('old')] = "Fixed: rounding of taxes\n"
                . ($new ? "Fixed: a typing mistake of the line above\n" : '');
        }

        return $tree + self::coreLabels($family, $which);
    }

    private static function coreLabels(Family $family, $which)
    {
        $before = "XLite\\Model\\Config:\n  - { name: shop_name, category: Company, type: text, value: \"Shop: {{name}}\" }\n\n";
        $after = "\nXLite\\Model\\Payment\\Method:\n  - service_name: PhoneOrdering\n    enabled: 1\n";
        $labels = Labels::of('Core', $which);
        if (count($family->set['coreLabels']) > 1) {
            return array(
                'sql/xlite_data.yaml'     => $before . ltrim($after),
                'sql/xlite_data_lng.yaml' => Labels::yaml($labels, $family->set['oldYaml'])
            );
        }

        return array('sql/xlite_data.yaml' => Labels::yaml($labels, $family->set['oldYaml'], $before, $after));
    }

    private static function module(Family $family, $entry, $which)
    {
        $new = 'new' === $which;
        list($author, $name) = explode('\\', $entry);
        $base = Family::baseDir($entry);
        $parts = $family->moduleVersion($which);
        $version = implode('.', $parts);
        $template = $family->set['template'];
        $skin = ('tpl' === $template ? 'skins/default/en/' : 'skins/customer/') . "modules/$author/$name/";
        $namespace = "XLite\\Module\\$author\\$name";

        $main = "<?php\n\nnamespace $namespace;\n\n/**\n * $name\n */\nabstract class Main\n{\n";
        foreach (array('majorVersion', 'minorVersion', 'build') as $part) {
            if (isset($parts[$part])) {
                $method = 'get' . ucfirst($part) . ('build' === $part ? 'Version' : '');
                $main .= "    public static function $method()\n    {\n        return '{$parts[$part]}';\n    }\n\n";
            }
        }
        $tree = array(
            $base . 'Main.php'              => rtrim($main) . "\n}\n",
            $base . 'View/Settings.php'     => self::plainClass($namespace . '\View', 'Settings', $new ? $version : '', "return '$name';"),
            $base . 'View/Customer/Box.php' => self::plainClass($namespace . '\View\Customer', 'Box', '', "return 'box';"),
            $base . 'Controller/Admin/' . $name . '.php' => self::plainClass(
                $namespace . '\Controller\Admin', $name, $new ? $version : '', "return 'admin';"
            ),
            $skin . "box.$template"         => self::template($family, $name, $new ? $version : ''),
            $skin . 'style.css'             => ".$name { border: 0; }\n",
            $base . 'install.yaml'          => Labels::yaml(
                Labels::of($entry, $which), $family->set['oldYaml'],
                "XLite\\Model\\Config:\n  - { name: mode, category: $author\\$name, type: text, value: test }\n\n"
            ),
        );
        if ($new) {
            $tree[$skin . "new_box.$template"] = self::template($family, $name . ' new box', $version);
            $tree[$base . 'View/NewBox.php'] = self::plainClass($namespace . '\View', 'NewBox', $version, "return 'new';");
            $tree[$base . 'install_ru.yaml'] = Labels::yaml(Labels::extra($entry, $which), false);
        } else {
            $tree[$skin . "old/box.$template"] = self::template($family, $name . ' old box', '');
        }
        if ('QSL\Banner' === $entry) {
            $tree[$base . 'install.yaml'] = str_replace("\n", "\r\n", $tree[$base . 'install.yaml']);
            $tree[$base . 'Model/Slide.php'] = self::model($namespace . '\Model', 'Slide', 'banner_slides', array('slide_id'), $new ? array(
                'slide_id' => 'int unsigned NOT NULL', 'title' => 'varchar(255) NOT NULL', 'position' => 'int NOT NULL DEFAULT 0',
            ) : array('slide_id' => 'int unsigned NOT NULL', 'title' => 'varchar(255) NOT NULL'), array('PRIMARY KEY (slide_id)'));
        }

        return $tree;
    }

    /** Modules that the upgrade has nothing to do with: one on, one off */
    public static function bystanders(Family $family)
    {
        $tree = array();
        foreach (array('CDev\SimpleCMS', 'XC\News') as $entry) {
            $tree += self::module($family, $entry, 'old');
        }

        return $tree;
    }

    private static function flavour(Family $family)
    {
        $values = var_export($family->flavour(), true);

        return <<<PHP
<?php

namespace Includes;

/**
 * Settings of this branch
 */
abstract class Flavour
{
    public static function get(\$name)
    {
        static \$values = $values;

        return \$values[\$name];
    }
}

PHP;
    }

    private static function versionClass(Family $family, $which)
    {
        $version = $family->set[$which];
        $parts = explode('.', $version);
        $major = $parts[0] . '.' . $parts[1];
        $minor = implode('.', array_slice($parts, 2));
        if ($family->set['constant']) {
            $body = "    /**\n     * Core version\n     */\n    const XC_VERSION = '$version';\n\n";
        } else {
            $body = "    public function getMajorVersion()\n    {\n        return '$major';\n    }\n\n"
                . "    public function getMinorVersion()\n    {\n        return '$minor';\n    }\n\n";
        }

        return "<?php\n\n/**\n * Application\n */\nclass XLite\n{\n" . $body
            . "    public static function getInstance()\n    {\n        return new static();\n    }\n}\n";
    }

    private static function config($new)
    {
        return <<<INI
; <?php /*
; Default settings. Do not edit: write your own into config.local.php.

[database_details]
hostspec = "localhost"
socket   = ""
port     = ""
database = ""
username = ""
password = ""
table_prefix = "xlite_"

[host_details]
http_host = ""
https_host = ""
web_dir = ""
admin_self = "admin.php"
cart_self = "cart.php"

[performance]
developer_mode = Off
ignore_system_modules = Off

[decorator]
time_limit = 600

[marketplace]
url = "https://market.x-cart.com/api/"
upgrade_step_time_limit = 240

[other]
translation_driver = auto

INI
            . ($new ? "[sale]\nlabels = On\n\n" : '') . "; */ ?>\n";
    }

    private static function plainClass($namespace, $name, $version, $body)
    {
        $note = '' === $version ? '' : "\n * Changed in $version.";

        return "<?php\n\nnamespace $namespace;\n\n/**\n * $name$note\n */\nclass $name\n{\n"
            . "    public function handle()\n    {\n        $body\n    }\n}\n";
    }

    private static function model($namespace, $name, $table, array $identity, array $columns, array $keys)
    {
        $code = "<?php\n\nnamespace $namespace;\n\n/**\n * $name\n */\nclass $name\n{\n    const TABLE = '$table';\n";
        foreach (array('identity' => $identity, 'columns' => $columns, 'keys' => $keys) as $property => $values) {
            $code .= "\n    public static \$$property = " . str_replace("\n", "\n    ", var_export($values, true)) . ";\n";
        }

        return $code . "}\n";
    }

    private static function template(Family $family, $name, $version)
    {
        $class = strtolower(str_replace(' ', '-', $name));
        if ('tpl' === $family->set['template']) {
            return "{* $name *}\n<div class=\"$class\" data-version=\"$version\">\n"
                . "  <widget FOREACH=\"getItems(),item\" template=\"item.tpl\" />\n  <h2>{t(#$name#)}</h2>\n</div>\n";
        }

        return "{##\n # $name\n #}\n<div class=\"$class\" data-version=\"$version\">\n"
            . "  {% for item in this.getItems() %}{{ widget('item', item) }}{% endfor %}\n  <h2>{{ t('$name') }}</h2>\n</div>\n";
    }
}
