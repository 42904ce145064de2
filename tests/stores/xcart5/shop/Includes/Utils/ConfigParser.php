<?php

namespace Includes\Utils;

/**
 * Options: the default file and its overrides, later ones win key by key
 */
abstract class ConfigParser
{
    protected static $options;

    public static function getOptions($names = null)
    {
        if (null === static::$options) {
            static::$options = array();
            foreach (array('config.default.php', 'config.php', 'config.personal.php', 'config.local.php') as $name) {
                $file = LC_DIR_CONFIG . $name;
                if (is_file($file)) {
                    static::$options = array_replace_recursive(static::$options, parse_ini_file($file, true));
                }
            }
        }

        $result = static::$options;
        foreach ((array) $names as $name) {
            $result = $result[$name] ?? null;
        }

        return $result;
    }
}
