<?php

namespace Includes;

/**
 * Classes come from the compiled copy; from the sources while that copy is being made
 */
abstract class Autoloader
{
    public static function register()
    {
        spl_autoload_register(array(__CLASS__, 'load'));
    }

    public static function load($class)
    {
        $path = str_replace('\\', LC_DS, ltrim($class, '\\')) . '.php';

        if (0 === strpos($class, 'Includes\\')) {
            $files = array(LC_DIR_ROOT . $path);
        } else {
            $files = array(
                Decorator\Utils\CacheManager::getCompileDir() . 'classes' . LC_DS . $path,
                LC_DIR_CLASSES . $path,
            );
        }

        foreach ($files as $file) {
            if (is_file($file)) {
                require_once $file;
                break;
            }
        }
    }
}
