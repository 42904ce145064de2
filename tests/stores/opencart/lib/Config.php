<?php

namespace Oct;

/** Both files of settings in the form of the old release */
final class Config
{
    const URL = 'http://shop.test/';

    /**
     * @param string $root The store with "/" at its end
     * @param array  $db   host, port, name, user, password
     *
     * @return array<string, string> Path => contents
     */
    public static function files(Family $family, $root, $storage, array $db)
    {
        $lines = array();
        $release = $family->set['old'];
        foreach (array('config.php' => false, $family->set['admin'] . '/config.php' => true) as $path => $back) {
            if (version_compare($release, '4', '>=')) {
                $lines[$path] = self::modern($family, $root, $storage, $back);
            } elseif (version_compare($release, '3', '>=')) {
                $lines[$path] = self::third($family, $root, $storage, $back);
            } else {
                $lines[$path] = self::second($family, $root, $back);
            }
            $lines[$path] = array_merge($lines[$path], array('', '// DB'), self::db($family, $db));
            if (version_compare($release, '3', '>=') && $back) {
                array_push($lines[$path], '', '// OpenCart API', "define('OPENCART_SERVER', 'https://www.opencart.com/');");
            }
        }

        return array_map(function (array $all) {
            return "<?php\n" . implode("\n", $all) . "\n";
        }, $lines);
    }

    private static function define($name, $value)
    {
        return "define('$name', '" . addslashes($value) . "');";
    }

    private static function db(Family $family, array $db)
    {
        $lines = array();
        foreach (array('DB_DRIVER' => 'mysqli', 'DB_HOSTNAME' => $db['host'], 'DB_USERNAME' => $db['user'], 'DB_PASSWORD' => $db['password'], 'DB_DATABASE' => $db['name'],
            'DB_PORT' => $db['port'], 'DB_PREFIX' => $family->set['prefix']) as $name => $value) {
            $lines[] = self::define($name, $value);
        }

        return $lines;
    }

    private static function second(Family $family, $root, $back)
    {
        $storage = Family::storage($family->set['old']);
        $lines = array('// HTTP', self::define('HTTP_SERVER', self::URL . ($back ? $family->set['admin'] . '/' : '')));
        $back && $lines[] = self::define('HTTP_CATALOG', self::URL);
        array_push($lines, '', '// HTTPS', self::define('HTTPS_SERVER', self::URL . ($back ? $family->set['admin'] . '/' : '')));
        $back && $lines[] = self::define('HTTPS_CATALOG', self::URL);
        array_push($lines, '', '// DIR');
        $application = $root . ($back ? $family->set['admin'] : 'catalog');
        $places = array('APPLICATION' => "$application/", 'SYSTEM' => "{$root}system/", 'LANGUAGE' => "$application/language/",
            'TEMPLATE' => $application . ($back ? '/view/template/' : '/view/theme/'), 'CONFIG' => "{$root}system/config/", 'IMAGE' => "{$root}image/", 'CACHE' => "$root$storage/cache/",
            'DOWNLOAD' => "$root$storage/download/", 'UPLOAD' => "$root$storage/upload/", 'MODIFICATION' => "$root$storage/modification/", 'LOGS' => "$root$storage/logs/");
        if ($back) {
            $places['CATALOG'] = "{$root}catalog/";
        }
        foreach ($places as $name => $value) {
            $lines[] = self::define("DIR_$name", $value);
        }

        return $lines;
    }

    private static function third(Family $family, $root, $storage, $back)
    {
        $lines = array('// HTTP', self::define('HTTP_SERVER', self::URL . ($back ? $family->set['admin'] . '/' : '')));
        $back && $lines[] = self::define('HTTP_CATALOG', self::URL);
        array_push($lines, '', '// HTTPS', self::define('HTTPS_SERVER', self::URL . ($back ? $family->set['admin'] . '/' : '')));
        $back && $lines[] = self::define('HTTPS_CATALOG', self::URL);
        array_push($lines, '', '// DIR', self::define('DIR_APPLICATION', $root . ($back ? $family->set['admin'] : 'catalog') . '/'), self::define('DIR_SYSTEM', "{$root}system/"),
            self::define('DIR_IMAGE', "{$root}image/"), '' === $storage ? "define('DIR_STORAGE', DIR_SYSTEM . 'storage/');" : self::define('DIR_STORAGE', $storage));
        $back && $lines[] = self::define('DIR_CATALOG', "{$root}catalog/");
        array_push($lines, "define('DIR_LANGUAGE', DIR_APPLICATION . 'language/');", "define('DIR_TEMPLATE', DIR_APPLICATION . 'view/" . ($back ? 'template' : 'theme') . "/');",
            "define('DIR_CONFIG', DIR_SYSTEM . 'config/');");
        foreach (array('cache', 'download', 'logs', 'modification', 'session', 'upload') as $name) {
            $lines[] = "define('DIR_" . strtoupper($name) . "', DIR_STORAGE . '$name/');";
        }

        return $lines;
    }

    private static function modern(Family $family, $root, $storage, $back)
    {
        $admin = $family->set['admin'];
        $lines = array('// APPLICATION', self::define('APPLICATION', $back ? 'Admin' : 'Catalog'), '', '// HTTP', self::define('HTTP_SERVER', self::URL . ($back ? "$admin/" : '')));
        $back && $lines[] = self::define('HTTP_CATALOG', self::URL);
        array_push($lines, '', '// DIR', self::define('DIR_OPENCART', $root), "define('DIR_APPLICATION', DIR_OPENCART . '" . ($back ? $admin : 'catalog') . "/');",
            "define('DIR_EXTENSION', DIR_OPENCART . 'extension/');", "define('DIR_IMAGE', DIR_OPENCART . 'image/');", "define('DIR_SYSTEM', DIR_OPENCART . 'system/');");
        $back && $lines[] = "define('DIR_CATALOG', DIR_OPENCART . 'catalog/');";
        array_push($lines, '' === $storage ? "define('DIR_STORAGE', DIR_SYSTEM . 'storage/');" : self::define('DIR_STORAGE', $storage), "define('DIR_LANGUAGE', DIR_APPLICATION . 'language/');",
            "define('DIR_TEMPLATE', DIR_APPLICATION . 'view/template/');", "define('DIR_CONFIG', DIR_SYSTEM . 'config/');");
        foreach (array('cache', 'download', 'logs', 'session', 'upload') as $name) {
            $lines[] = "define('DIR_" . strtoupper($name) . "', DIR_STORAGE . '$name/');";
        }

        return $lines;
    }
}
