<?php

/**
 * Common start of the commands of this folder
 */

require __DIR__ . '/../../lib/start.php';

store_classes('Dumps', __DIR__);

ini_set('memory_limit', '2G');

/** A connection in which every value may be written */
function dumps_connect($at, $database, $charset)
{
    $db = store_connect($at, $database, $charset);
    $db->query("SET sql_mode = ''");

    return $db;
}

function dumps_quote($name)
{
    return '`' . str_replace('`', '``', $name) . '`';
}
