<?php

// @@VERSION@@

/** Settings of the database, from parameters.php by way of its copy in the cache */
$parametersFilepath = _PS_ROOT_DIR_ . '/app/config/parameters.php';
$parameters = require $parametersFilepath;
$settings = array_map(function ($value) {
    return is_string($value) ? str_replace('%%', '%', $value) : $value;
}, $parameters['parameters']);
$server = $settings['database_host'] . ('' === (string) $settings['database_port'] ? '' : ':' . $settings['database_port']);
foreach (array('_DB_SERVER_' => $server, '_DB_NAME_' => $settings['database_name'], '_DB_USER_' => $settings['database_user'],
    '_DB_PASSWD_' => $settings['database_password'], '_DB_PREFIX_' => $settings['database_prefix'], '_MYSQL_ENGINE_' => $settings['database_engine'],
    '_PS_CACHING_SYSTEM_' => $settings['ps_caching'], '_COOKIE_KEY_' => $settings['cookie_key'], '_COOKIE_IV_' => $settings['cookie_iv'],
    '_PS_CREATION_DATE_' => $settings['ps_creation_date']) as $name => $value) {
    defined($name) || define($name, $value);
}
