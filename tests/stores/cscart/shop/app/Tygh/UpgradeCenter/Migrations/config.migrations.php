<?php

$config = \Tygh\Registry::get('config');
$server = explode(':', $config['db_host']);

$settings = array(
    'dir_root' => DIR_ROOT,
    'adapter' => 'pdo' === $config['database_backend'] ? 'mysql' : 'mysqli',
    'host' => $server[0],
    'name' => $config['db_name'],
    'user' => $config['db_user'],
    'pass' => $config['db_password'],
    'charset' => 'utf8',
    'prefix' => $config['table_prefix'],
);
if (isset($server[1])) {
    $settings['port'] = $server[1];
}

return array(
    'paths' => array('migrations' => $config['dir']['migrations']),
    'environments' => array(
        'default_migration_table' => 'phinxlog' . TIME,
        'default_database' => 'development',
        'development' => $settings,
    ),
);
