<?php

use Tygh\Registry;

function fn_common_version()
{
    return '@@VERSION@@';
}

function fn_dispatch()
{
    $dispatch = $_REQUEST['dispatch'] ?? 'index.index';
    $controller = DIR_ROOT . '/app/controllers/' . (AREA === 'A' ? 'backend' : 'frontend') . '/' . strtok($dispatch, '.') . '.php';
    if (!is_file($controller)) {
        throw new \Tygh\Exceptions\DeveloperException("no controller for $dispatch");
    }
    $mode = (string) strtok('');
    require $controller;
}

function fn_set_storage_data($key, $data = null)
{
    if (null === $data) {
        db_query('DELETE FROM ?:storage_data WHERE data_key = ?s', $key);
    } else {
        db_query('REPLACE INTO ?:storage_data (data_key, data) VALUES (?s, ?s)', $key, $data);
    }
}

function fn_get_storage_data($key)
{
    return db_get_field('SELECT data FROM ?:storage_data WHERE data_key = ?s', $key);
}

function fn_storefront_is_closed()
{
    if ('storefronts' === Registry::get('flavour.gate')) {
        return (bool) db_get_field("SELECT COUNT(*) FROM ?:storefronts WHERE status = 'Y' AND is_default = 1");
    }
    $setting = db_get_array("SELECT object_id, value FROM ?:settings_objects WHERE name = 'store_mode' AND section_id = 2")[0];
    $own = db_get_field('SELECT value FROM ?:settings_vendor_values WHERE object_id = ?s AND company_id = 1', $setting['object_id']);

    return 'Y' === ($own ?? $setting['value']);
}

function fn_close_storefronts()
{
    if ('storefronts' === Registry::get('flavour.gate')) {
        db_query("UPDATE ?:storefronts SET status = 'Y'");

        return;
    }
    $id = db_get_field("SELECT object_id FROM ?:settings_objects WHERE name = 'store_mode' AND section_id = 2");
    if ('ULTIMATE' === PRODUCT_EDITION) {
        foreach (db_get_array('SELECT company_id FROM ?:companies') as $company) {
            db_query("REPLACE INTO ?:settings_vendor_values (object_id, company_id, value) VALUES (?s, ?s, 'Y')", $id, $company['company_id']);
        }
    } else {
        db_query("UPDATE ?:settings_objects SET value = 'Y' WHERE object_id = ?s", $id);
    }
}

/** What is known to be wrong with the schema of the database for this version */
function fn_check_schema()
{
    foreach (Registry::get('flavour.columns') as $table => $columns) {
        $names = implode(', ', array_map(function ($name) {
            return "`$name`";
        }, $columns));
        db_get_array("SELECT $names FROM ?:$table LIMIT 1");
    }
}

function fn_clear_cache()
{
    foreach (array('registry', 'misc', 'static', 'templates') as $name) {
        fn_rm(Registry::get('config.dir.cache_root') . $name);
    }
    if (db_has_table('cache_handlers')) {
        db_query('TRUNCATE TABLE ?:cache_handlers');
    }
    fn_set_storage_data('cache_id', (string) \Tygh\Clock::now());
}
