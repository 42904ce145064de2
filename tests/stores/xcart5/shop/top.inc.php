<?php

/**
 * Common start of every request
 */

error_reporting(E_ALL);

define('LC_DS', DIRECTORY_SEPARATOR);
defined('LC_IS_CLI_MODE') || define('LC_IS_CLI_MODE', 'cli' === PHP_SAPI);

define('LC_DIR', realpath(__DIR__));
define('LC_DIR_ROOT', rtrim(LC_DIR, LC_DS) . LC_DS);
define('LC_DIR_CLASSES', LC_DIR_ROOT . 'classes' . LC_DS);
define('LC_DIR_VAR', LC_DIR_ROOT . 'var' . LC_DS);
define('LC_DIR_CONFIG', LC_DIR_ROOT . 'etc' . LC_DS);
define('LC_DIR_INCLUDES', LC_DIR_ROOT . 'Includes' . LC_DS);
define('LC_DIR_COMPILE', LC_DIR_VAR . 'run' . LC_DS);
define('LC_DIR_LOCALE', LC_DIR_VAR . 'locale' . LC_DS);
define('LC_DIR_DATACACHE', LC_DIR_VAR . 'datacache' . LC_DS);
define('LC_DIR_TMP', LC_DIR_VAR . 'tmp' . LC_DS);
define('LC_DIR_CACHE_RESOURCES', LC_DIR_VAR . 'resources' . LC_DS);
define('LC_DIR_LOG', LC_DIR_VAR . 'log' . LC_DS);

require_once LC_DIR_INCLUDES . 'Autoloader.php';
\Includes\Autoloader::register();

ini_set('display_errors', '0');
ini_set('log_errors', '1');
ini_set('error_log', \Includes\ErrorHandler::getLogFile());
register_shutdown_function(array('Includes\ErrorHandler', 'shutdown'));
set_exception_handler(array('Includes\ErrorHandler', 'handleException'));

umask(0000);

if (!defined('LC_DO_NOT_REBUILD_CACHE')) {
    if (\Includes\Flavour::get('rebuildOnStart')) {
        \Includes\Decorator\Utils\CacheManager::rebuildCache();
    } else {
        \Includes\Decorator\Utils\CacheManager::checkIfRebuildStarted();
    }
}
