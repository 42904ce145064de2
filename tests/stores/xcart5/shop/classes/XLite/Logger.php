<?php

namespace XLite;

use Includes\Flavour;
use Includes\Utils\FileManager;

/**
 * Log of the upgrade and of the marketplace
 */
abstract class Logger
{
    public static function log($text, $type = 'info')
    {
        switch (Flavour::get('upgradeLog')) {
            case 'bare':
                $file = LC_DIR_LOG . 'upgrade.log';
                break;

            default:
                $file = FileManager::getLogDir() . 'upgrade.log.' . date('Y-m-d') . '.php';
        }
        if (!is_file($file)) {
            FileManager::write($file, Flavour::get('logGuard') ? '<' . '?php die(1); ?' . '>' . PHP_EOL : '');
        }
        FileManager::write($file, '[' . $type . ', ' . date('M d Y H:i:s') . '] ' . $text . PHP_EOL, FILE_APPEND);
    }
}
