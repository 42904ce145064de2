<?php
error_reporting(E_ALL);

define('HTTP_SERVER', 'http://' . $_SERVER['HTTP_HOST'] . rtrim(dirname($_SERVER['SCRIPT_NAME']), '/.\\') . '/');

// DIR
define('DIR_OPENCART', str_replace('\\', '/', realpath(dirname(__FILE__) . '/../') . '/'));
define('DIR_APPLICATION', DIR_OPENCART . 'install/');
define('DIR_SYSTEM', DIR_OPENCART . 'system/');
define('DIR_STORAGE', DIR_OPENCART . '@STORAGE@/');
define('DIR_IMAGE', DIR_OPENCART . 'image/');
define('DIR_LANGUAGE', DIR_APPLICATION . 'language/');
define('DIR_CACHE', DIR_STORAGE . 'cache/');
define('DIR_LOGS', DIR_STORAGE . 'logs/');
define('DIR_MODIFICATION', DIR_STORAGE . 'modification/');
define('DIR_DOWNLOAD', DIR_STORAGE . 'download/');
define('DIR_UPLOAD', DIR_STORAGE . 'upload/');

// Startup
require_once(DIR_SYSTEM . 'startup.php');

start('install');
