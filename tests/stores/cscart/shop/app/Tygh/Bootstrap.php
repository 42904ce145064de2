<?php

namespace Tygh;

class Bootstrap
{
    public static function initEnv($request, $server, $root)
    {
        @ignore_user_abort(true);
        define('DIR_ROOT', str_replace('\\', '/', $root));
        if (!defined('TIME')) {
            define('TIME', Clock::now());
        }
        date_default_timezone_set('UTC');
        ini_set('log_errors', '1');
        ini_set('error_log', DIR_ROOT . '/var/error_log');
        Registry::set('flavour', require DIR_ROOT . '/app/flavour.php');
        if (PHP_SAPI === 'cli') {
            foreach (array_slice($server['argv'] ?? array(), 1) as $word) {
                if (preg_match('/^--(\w+)(?:=(.*))?$/s', $word, $found)) {
                    $request[$found[1]] = $found[2] ?? 'Y';
                }
            }
        }

        return array($request, $server);
    }
}
