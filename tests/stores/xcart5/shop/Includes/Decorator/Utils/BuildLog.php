<?php

namespace Includes\Decorator\Utils;

use Includes\Flavour;
use Includes\Utils\FileManager;

/**
 * The rebuild's own log and its words on the screen
 */
abstract class BuildLog
{
    protected static $start;

    public static function step($step, $last)
    {
        switch (Flavour::get('stepWords')) {
            case 'rebuilding':
                $text = 'Re-building cache [step ' . $step . ' of ' . $last . '], please wait...';
                break;

            case 'deploying':
                $text = 'Deploying store [step ' . $step . ' of ' . $last . '], please wait...';
                break;

            default:
                $text = '[' . date('H:i:s') . '] Deploying store [step ' . $step . ' of ' . $last . '], please wait...';
        }
        static::write($text . PHP_EOL);
    }

    public static function begin($text)
    {
        static::$start = microtime(true);
        static::write($text);
    }

    public static function end()
    {
        $memory = memory_get_usage();
        static::write(
            ' ' . number_format(microtime(true) - static::$start, 2) . 'sec, '
            . number_format($memory / 1048576, 1) . 'MB (' . number_format($memory / 30720, 0) . 'kB)' . PHP_EOL
        );
    }

    public static function plugin($name, $action)
    {
        static::begin('Run the "' . $name . '" plugin...');
        $action();
        static::end();
    }

    public static function write($text)
    {
        if (LC_IS_CLI_MODE) {
            echo $text;
        }
        static::append($text);
    }

    public static function append($text)
    {
        $file = FileManager::getLogDir() . 'decorator.log.' . date('Y-m-d') . '.php';
        if (!is_file($file)) {
            FileManager::write($file, '<' . '?php die(); ?' . '>' . PHP_EOL);
        }
        FileManager::write($file, $text, FILE_APPEND);
    }
}
