<?php

namespace Csc;

/** config.php of both versions, and config.local.php in the forms that are met */
final class Config
{
    public static function main(Family $family, $which)
    {
        $set = $family->set;
        $lines = array('<?php', '', "define('PRODUCT_NAME', '" . ('MULTIVENDOR' === $set['edition'] ? 'Multi-Vendor' : 'CS-Cart') . "');");
        foreach (array('VERSION' => $set[$which], 'STATUS' => $set['status'], 'EDITION' => $set['edition'], 'BUILD' => $set['build']) as $name => $value) {
            $lines[] = "define('PRODUCT_$name', '$value');";
        }
        $lines[] = "define('PRODUCT_RELEASE_TIMESTAMP', " . ('new' === $which ? 1502298024 : 1496298024) . ');';
        $lines[] = '';
        $lines[] = '$config = array();';
        $lines[] = "\$config['dir'] = array(";
        foreach (array('root' => '', 'functions' => '/app/functions/', 'lib' => '/app/lib/', 'addons' => '/app/addons/', 'design_frontend' =>
            '/design/themes/', 'design_backend' => '/design/backend/', 'cache_root' => '/var/cache/', 'upgrade' => '/var/upgrade/', 'backups' =>
            '/var/backups/', 'langs' => '/var/langs/', 'themes_repository' => '/var/themes_repository/', 'snapshots' => '/var/snapshots/') as $key => $dir) {
            $lines[] = "    '$key' => DIR_ROOT" . ('' === $dir ? '' : " . '$dir'") . ',';
        }
        $lines[] = ');';
        $lines[] = '';
        $lines[] = "require_once DIR_ROOT . '/config.local.php';";
        $lines[] = '';
        $lines[] = "defined('DEFAULT_FILE_PERMISSIONS') || define('DEFAULT_FILE_PERMISSIONS', 0666);";
        $lines[] = "defined('DEFAULT_DIR_PERMISSIONS') || define('DEFAULT_DIR_PERMISSIONS', 0777);";
        $lines[] = '';
        $lines[] = 'return $config;';

        return implode("\n", $lines) . "\n";
    }

    private static function value($text)
    {
        return "'" . addcslashes($text, "'\\") . "'";
    }

    /**
     * @param array $db host, name, user, password
     *
     * @return array<string, string> Path => contents
     */
    public static function local(Family $family, array $db)
    {
        $values = array(
            'db_host' => $db['host'], 'db_name' => $db['name'], 'db_user' => $db['user'], 'db_password' => $db['password'],
            'database_backend' => $family->set['backend'], 'table_prefix' => $family->set['prefix'],
        );
        $rest = array(
            'http_host' => 'shop.example.com', 'http_path' => '', 'https_host' => 'shop.example.com', 'https_path' => '',
            'customer_index' => 'index.php', 'admin_index' => $family->set['admin'],
        );
        if ('MULTIVENDOR' === $family->set['edition']) {
            $rest['vendor_index'] = 'vendor.php';
        }
        $rest += array('crypt_key' => 'kE9#x$w', 'cache_backend' => 'file', 'session_backend' => 'database', 'store_prefix' => '', 'demo_mode' => false);
        $form = $family->set['local'];
        $wrong = array('db_host' => '127.0.0.1:1', 'db_user' => 'nobody_here', 'db_password' => 'wrong', 'db_name' => 'elsewhere') + $values;
        $files = array();
        $text = "<?php\n\n/*\n * Settings of this store\n */\n\n@set_time_limit(3600);\n\n";
        foreach ('override' === $form ? $wrong : $values as $key => $value) {
            if ('brackets' === $form && 'db_password' === $key) {
                $text .= "// \$config['db_password'] = 'of the old server';\n# \$config['db_name'] = \"old\";\n";
                $text .= "/* \$config['db_host'] = 'db.example.com'; */\n\$config['db_password'] = 'first';\n";
            }
            $text .= 'brackets' === $form ? '$config["' . $key . '"]   =   "' . addcslashes($value, '"\\$') . "\";\n"
                : "\$config['$key'] = " . self::value($value) . ";\n";
        }
        foreach ($rest as $key => $value) {
            $text .= "\$config['$key'] = " . (is_bool($value) ? 'false' : self::value($value)) . ";\n";
        }
        $long = in_array($form, array('plain', 'override'), true);
        $pairs = array("'anti_csrf' => true", "'backup_db_mysqldump' => " . ('php' === $family->set['tool'] ? 'false' : 'true'), "'dev_js' => false");
        $text .= "\n\$config['tweaks'] = " . ($long ? 'array(' : '[') . "\n    " . implode(",\n    ", $pairs) . ",\n" . ($long ? ')' : ']') . ";\n";
        $text .= "\ndefine('DEFAULT_FILE_PERMISSIONS', 0666);\ndefine('DEFAULT_DIR_PERMISSIONS', 0777);\n";
        if ('modern' !== $form) {
            $text .= "\n// Settings of the developer\nif (file_exists(DIR_ROOT . '/local_conf.php')) {\n    include_once DIR_ROOT . '/local_conf.php';\n}\n";
        }
        if ('override' === $form) {
            $own = "<?php\n\n";
            foreach ($values as $key => $value) {
                $own .= "\$config['$key'] = " . self::value($value) . ";\n";
            }
            $files['local_conf.php'] = $own;
        }
        $files['config.local.php'] = $text;

        return $files;
    }
}
