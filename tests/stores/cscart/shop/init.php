<?php

// @@VERSION@@

use Tygh\Bootstrap;
use Tygh\Registry;

$class_loader = require __DIR__ . '/app/lib/vendor/autoload.php';
$class_loader->add('Tygh', __DIR__ . '/app');

list($_REQUEST, $_SERVER) = Bootstrap::initEnv($_REQUEST, $_SERVER, __DIR__);

$config = require DIR_ROOT . '/config.php';

foreach (array('database', 'common', 'fs', 'init', 'cart', 'catalog', 'users', 'addons', strtolower(PRODUCT_EDITION)) as $name) {
    require $config['dir']['functions'] . 'fn.' . $name . '.php';
    $stamp = 'fn_' . $name . '_version';
    if ('@@VERSION@@' !== $stamp()) {
        throw new \Tygh\Exceptions\DeveloperException("fn.$name.php is of " . $stamp());
    }
}
if (PRODUCT_VERSION !== '@@VERSION@@') {
    throw new \Tygh\Exceptions\DeveloperException('config.php is of ' . PRODUCT_VERSION);
}

Registry::set('config', $config);
unset($config);

fn_init_database();
fn_init_settings();
fn_init_addons();
