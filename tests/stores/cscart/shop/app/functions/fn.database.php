<?php

function fn_database_version()
{
    return '@@VERSION@@';
}

function fn_init_database()
{
    \Tygh\Database::connect(\Tygh\Registry::get('config'));
}

/** "?:" is the prefix of the tables, each ?s a value */
function db_query($sql, ...$values)
{
    return \Tygh\Database::query($sql, $values);
}

function db_get_array($sql, ...$values)
{
    return \Tygh\Database::rows($sql, $values);
}

function db_get_field($sql, ...$values)
{
    $rows = \Tygh\Database::rows($sql, $values);

    return $rows ? reset($rows[0]) : null;
}

function db_has_table($name)
{
    return (bool) db_get_array('SHOW TABLES LIKE ?s', addcslashes(\Tygh\Registry::get('config.table_prefix') . $name, '_%'));
}
