<?php

namespace Csc;

final class Content extends \Stores\Content
{
    const CORE_ADDONS = array('discussion', 'gift_certificates', 'seo', 'reward_points');

    private static function php($path, $version, $size)
    {
        return "<?php\n\n// $path\n// $version\n/*\n" . self::filler($path . $version, $size) . "*/\n";
    }

    private static function plain($path, $version, $size)
    {
        $open = preg_match('/\.(css|less|js)$/', $path) ? '/* ' : '{* ';

        return $open . "$path $version" . strrev($open) . "\n" . self::filler($path . $version, $size);
    }

    /** What becomes of a file of the core in the new version: same, changed, deleted; of one that is not there yet: new, absent */
    private static function fate($path)
    {
        $number = crc32($path) % 12;

        return 0 === $number ? 'deleted' : (1 === $number ? 'new' : ($number < 5 ? 'changed' : 'same'));
    }

    /** @return string[] Names of files that have nothing to say */
    private function names()
    {
        $names = array();
        foreach (array('backend', 'frontend', 'common') as $area) {
            foreach (array('products', 'categories', 'orders', 'users', 'pages', 'banners', 'exim', 'currencies', 'shippings', 'taxes') as $name) {
                $names[] = "app/controllers/$area/$name.php";
            }
        }
        foreach (array('Addons', 'Api', 'Backend', 'BlockManager', 'Enum', 'Mailer', 'Navigation', 'Shippings', 'Template', 'Themes') as $dir) {
            for ($i = 1; $i <= 4; $i++) {
                $names[] = "app/Tygh/$dir/Unit$i.php";
            }
        }
        foreach (array('dashboard', 'dispatch', 'exim', 'hooks', 'menu', 'permissions', 'settings') as $dir) {
            $names[] = "app/schemas/$dir/schema.php";
            $names[] = "app/schemas/$dir/schema.functions.php";
        }
        for ($i = 1; $i <= 12; $i++) {
            $names[] = "app/lib/other/part$i/lib$i.php";
        }
        foreach (self::CORE_ADDONS as $addon) {
            foreach (array('func.php', 'config.php', 'controllers/backend/' . $addon . '.php', 'controllers/frontend/' . $addon . '.php',
                'schemas/permissions/admin.post.php', 'Tygh/Service.php') as $name) {
                $names[] = "app/addons/$addon/$name";
            }
            $names[] = "js/addons/$addon/func.js";
            $names[] = "design/backend/templates/addons/$addon/settings.tpl";
            foreach (array('templates/addons/' . $addon . '/view.tpl', 'css/addons/' . $addon . '/styles.less') as $name) {
                $names[] = "var/themes_repository/responsive/$name";
            }
        }
        foreach (array('core', 'ajax', 'editor', 'exceptions', 'history', 'node_cloning', 'product_notification') as $name) {
            $names[] = "js/tygh/$name.js";
            $names[] = "js/lib/$name/$name.min.js";
        }
        foreach (array('addons', 'buttons', 'common', 'views/products', 'views/orders', 'views/categories', 'blocks') as $dir) {
            for ($i = 1; $i <= 3; $i++) {
                $names[] = "design/backend/templates/$dir/part$i.tpl";
                $names[] = "var/themes_repository/responsive/templates/$dir/part$i.tpl";
            }
        }
        for ($i = 1; $i <= 8; $i++) {
            $names[] = "design/backend/css/part$i.less";
            $names[] = "var/themes_repository/responsive/css/tygh/part$i.less";
        }
        for ($i = 0; $i < $this->more; $i++) {
            $names[] = sprintf('app/lib/other/large/%02x/unit%d.php', $i % 256, $i);
        }

        return $names;
    }

    private function kernel($which)
    {
        $root = dirname(__DIR__) . '/shop/';
        $replace = array(
            '@@VERSION@@' => $this->family->set[$which], '@@PHINX@@' => '' === $this->family->set['phinx'] ? '0.4.3' : $this->family->set['phinx'],
            'CaughtByEntryScript' => $this->family->set['throwable'] ? 'Throwable' : 'Exception',
        );
        $files = array();
        $skip = 'MULTIVENDOR' === $this->family->set['edition'] ? array('app/functions/fn.ultimate.php')
            : array('vendor.php', 'app/functions/fn.multivendor.php');
        $walk = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS));
        foreach ($walk as $file) {
            $path = substr($file, strlen($root));
            if (!in_array($path, $skip, true)) {
                $files[$path] = strtr(file_get_contents($file), $replace);
            }
        }
        $files['app/Tygh/UpgradeCenter/Phinx/MysqliAdapter.php'] .= "\n// {$this->family->set[$which]}\n";
        ksort($files);

        return $files;
    }

    /**
     * The product as it is shipped: paths as in a package, where the entry scripts have their first names
     *
     * @return array<string, string> Path => contents
     */
    public function product($which)
    {
        $version = $this->family->set[$which];
        $files = $this->kernel($which);
        $flavour = array('version' => $version, 'columns' => Tables::columns($this->family, $which)) + $this->family->flavour();
        $flavour['gate'] = $this->family->set['old' === $which ? 'gate' : 'newGate'];
        $files['app/flavour.php'] = "<?php\n\nreturn " . var_export($flavour, true) . ";\n";
        $files['config.php'] = Config::main($this->family, $which);
        $files['.htaccess'] = "# Rules of the web server\nOptions -Indexes\nRewriteEngine on\n";
        $files['changelog.txt'] = "Version $version\n" . self::filler('changelog' . $version, 600);
        $files['copyright.txt'] = self::filler('copyright', 400);
        $files['store_closed.html'] = "<html><body>The store is closed.</body></html>\n";
        $files['var/.htaccess'] = "Deny from all\n";
        $files['upgrades/.htaccess'] = "Options -Indexes\n";
        $files['js/lib/jquery/jquery.min.js'] = self::filler("jquery$version", 40000);
        foreach ($this->names() as $path) {
            $fate = self::fate($path);
            if ('old' === $which ? 'new' === $fate : 'deleted' === $fate) {
                continue;
            }
            $stamp = 'changed' === $fate ? $version : 'since 4.0';
            $size = 200 + crc32($path . 'size') % 1800;
            $files[$path] = '.php' === substr($path, -4) ? self::php($path, $stamp, $size) : self::plain($path, $stamp, $size);
        }
        if ('new' === $which) {
            $files['design/themes.new.txt'] = "made by $version\n";
            $files['new_entry.php'] = "<?php\n\n// of $version alone\n";
            $files['app/addons/reward_points/addon.new.xml'] = "<addon/>\n";
        }
        foreach (self::CORE_ADDONS as $addon) {
            $files["app/addons/$addon/addon.xml"] = "<?xml version=\"1.0\"?>\n<addon scheme=\"3.0\">\n    <id>$addon</id>\n    <version>1.0</version>\n"
                . "    <core_version>$version</core_version>\n</addon>\n";
            $files["app/addons/$addon/init.php"] = "<?php\n\nif (!function_exists('fn_database_version')) {\n    die('Access denied');\n}\n";
        }
        $files['var/themes_repository/responsive/manifest.json'] = "{\"title\": \"Responsive\", \"version\": \"$version\"}\n";
        foreach ($this->family->languages() as $code) {
            foreach (Texts::files($this->family, $code, $which) as $path => $text) {
                $files[$path] = $text;
            }
        }
        if ('L' === $this->family->set['gen']) {
            $files = array_filter($files, function ($path) {
                return false === strpos($path, 'app/lib/vendor/robmorgan') && false === strpos($path, 'app/Tygh/UpgradeCenter/Phinx')
                    && false === strpos($path, 'app/Tygh/UpgradeCenter/Migrations') && 0 !== strpos($path, 'upgrades/');
            }, ARRAY_FILTER_USE_KEY);
        }
        ksort($files);
        $files[$this->family->distName($which)] = Snapshot::dist($this->family, $files, $which);

        return $files;
    }

    /** The store before its upgrade: what is shipped, and what its owner has added */
    public function store(array $db)
    {
        $files = $this->product('old');
        foreach ($this->family->entries() as $name => $here) {
            if ($name !== $here) {
                $files[$here] = $files[$name];
                unset($files[$name]);
            }
        }
        foreach ($files as $path => $data) {
            if (0 === strpos($path, 'var/themes_repository/')) {
                foreach ($this->family->set['themes'] as $theme) {
                    $inner = explode('/', $path, 4)[3];
                    if ('my_theme' === $theme && !preg_match('~^(templates/blocks|css|manifest)~', $inner)) {
                        continue;
                    }
                    $files["design/themes/$theme/$inner"] = 'my_theme' === $theme ? $data . "\n{* ours *}\n" : $data;
                }
            }
        }
        foreach (array('acme_sync', 'zeta_labels') as $addon) {
            $files["app/addons/$addon/addon.xml"] = "<?xml version=\"1.0\"?>\n<addon scheme=\"3.0\"><id>$addon</id><version>2.1</version></addon>\n";
            $files["app/addons/$addon/init.php"] = "<?php\n\n// $addon\n";
            $files["app/addons/$addon/func.php"] = self::php("app/addons/$addon/func.php", '2.1', 900);
            $files["design/backend/templates/addons/$addon/view.tpl"] = self::filler($addon, 300);
            $files["js/addons/$addon/func.js"] = self::filler($addon . 'js', 300);
        }
        for ($i = 1; $i <= 20; $i++) {
            $files["images/detailed/$i/product_$i.jpg"] = "\xff\xd8\xff\xe0" . hash('sha512', "image $i", true) . "\xff\xd9";
        }
        $files['images/detailed/2/ä b.jpg'] = "\xff\xd8\xff\xe0";
        $files['var/files/1/letter.txt'] = "of a customer\n";
        $files['var/attachments/2/manual.pdf'] = "%PDF-1.4\n\0\xff\n";
        $files['robots.txt'] = "User-agent: *\nDisallow: /app/\n";
        $files['google0123456789.html'] = "google-site-verification\n";
        $files['var/cache/registry/settings.php'] = "<?php\n// cached by {$this->family->set['old']}\n";
        $files['var/cache/misc/assets/out.css'] = "a{}\n";

        return Config::local($this->family, $db) + $files;
    }
}
