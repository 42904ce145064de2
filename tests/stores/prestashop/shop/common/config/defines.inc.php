<?php

// @@VERSION@@

/* Debug only */
if (!defined('_PS_MODE_DEV_')) {
define('_PS_MODE_DEV_', false);
}
if (!defined('_PS_DEBUG_PROFILING_')) {
    define('_PS_DEBUG_PROFILING_', false);
}
if (!defined('_PS_ROOT_DIR_')) {
    define('_PS_ROOT_DIR_', realpath(__DIR__ . '/..'));
}
foreach (array('_PS_CORE_DIR_' => '', '_PS_CLASS_DIR_' => '/classes/', '_PS_MODULE_DIR_' => '/modules/', '_PS_OVERRIDE_DIR_' => '/override/',
    '_PS_TRANSLATIONS_DIR_' => '/translations/', '_PS_MAIL_DIR_' => '/mails/', '_PS_IMG_DIR_' => '/img/', '_PS_ALL_THEMES_DIR_' => '/themes/',
    '_PS_CONFIG_DIR_' => '/config/', '_PS_TOOL_DIR_' => '/tools/') as $name => $dir) {
    defined($name) || define($name, _PS_ROOT_DIR_ . $dir);
}
define('_PS_CACHE_DIR_', _PS_ROOT_DIR_ . '@@CACHE@@');
