<?php

// @@VERSION@@

require_once __DIR__ . '/defines.inc.php';
require_once __DIR__ . '/autoload.php';

date_default_timezone_set('UTC');
ini_set('log_errors', '1');
ini_set('error_log', _PS_ROOT_DIR_ . '@@LOG@@');

if (!class_exists('Db') || 0 !== Db::checkConnection(_DB_SERVER_, _DB_USER_, _DB_PASSWD_, _DB_NAME_)) {
    throw new PrestaShopException('Link to database cannot be established');
}
Configuration::loadConfiguration();
if (Configuration::get('PS_DISABLE_OVERRIDES')) {
    PrestaShopAutoload::getInstance()->_include_override_path = false;
}
Language::loadLanguages();
$context = Context::getContext();
$context->shop = Shop::initialize();
$context->language = new Language((int) Configuration::get('PS_LANG_DEFAULT'));
