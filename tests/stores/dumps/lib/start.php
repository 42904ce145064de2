<?php

/**
 * Common start of the commands of this folder
 */

spl_autoload_register(function ($class) {
    if (0 === strpos($class, 'Dumps\\')) {
        require __DIR__ . '/' . substr($class, 6) . '.php';
    }
});

ini_set('memory_limit', '2G');
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);

/** Options of the form --name value; each must be known, those that are not optional must be there */
function dumps_options(array $required, array $optional)
{
    global $argv;

    $result = $optional;
    for ($i = 1; $i < count($argv); $i += 2) {
        $name = substr($argv[$i], 2);
        if (0 !== strpos($argv[$i], '--') || !isset($argv[$i + 1])
            || !(in_array($name, $required, true) || array_key_exists($name, $optional))
        ) {
            dumps_usage($required, $optional);
        }
        $result[$name] = $argv[$i + 1];
    }
    if (array_diff($required, array_keys($result))) {
        dumps_usage($required, $optional);
    }

    return $result;
}

function dumps_usage(array $required, array $optional)
{
    global $argv;

    fwrite(STDERR, 'usage: ' . basename($argv[0]) . ($required ? ' --' . implode(' X --', $required) . ' X' : '')
        . ($optional ? ' [--' . implode(' X] [--', array_keys($optional)) . ' X]' : '') . "\n");
    exit(2);
}

/** root without a password, behind a socket or HOST:PORT */
function dumps_connect($at, $database, $charset)
{
    if ('/' === $at[0]) {
        $db = new mysqli('localhost', 'root', '', '', 0, $at);
    } else {
        list($host, $port) = explode(':', $at);
        $db = new mysqli($host, 'root', '', '', (int) $port);
    }
    $db->query("SET NAMES $charset");
    $db->query("SET sql_mode = ''");
    if ('' !== $database) {
        $db->select_db($database);
    }

    return $db;
}

function dumps_quote($name)
{
    return '`' . str_replace('`', '``', $name) . '`';
}
