<?php

use Tygh\Registry;

function fn_init_version()
{
    return '@@VERSION@@';
}

function fn_init_settings()
{
    $zone = db_get_field("SELECT value FROM ?:settings_objects WHERE name = 'timezone'");
    date_default_timezone_set($zone ?: 'UTC');
    $settings = array();
    foreach (db_get_array('SELECT s.name AS section, o.name, o.value FROM ?:settings_objects o LEFT JOIN ?:settings_sections s'
        . ' ON s.section_id = o.section_id ORDER BY o.object_id') as $row) {
        $settings[$row['section'] ?? ''][$row['name']] = $row['value'];
    }
    Registry::set('settings', $settings);
}

function fn_init_addons()
{
    $only = db_get_field("SELECT value FROM ?:settings_objects WHERE name = 'init_addons' AND section_id = 0");
    $core = null;
    if ('none' === $only) {
        return;
    }
    if ('core' === $only) {
        $core = array();
        foreach (glob(DIR_ROOT . '/var/snapshots/' . strtolower(PRODUCT_VERSION) . '_*_dist.php') as $file) {
            require $file;
            $core = $snapshot_dist['addons'];
        }
    }
    foreach (db_get_array("SELECT addon FROM ?:addons WHERE status = 'A' ORDER BY priority") as $row) {
        $file = DIR_ROOT . "/app/addons/{$row['addon']}/init.php";
        if (is_file($file) && (null === $core || in_array($row['addon'], $core, true))) {
            require_once $file;
        }
    }
}
