<?php

/**
 * What the commands that make stores, and read them, have in common. A folder's lib/start.php includes this and names its classes:
 *
 *   require __DIR__ . '/../../lib/start.php';
 *   store_classes('Csc', __DIR__);
 */

store_classes('Stores', __DIR__);

/** Classes NAMESPACE\Name stand in FOLDER/Name.php */
function store_classes($namespace, $folder)
{
    spl_autoload_register(function ($class) use ($namespace, $folder) {
        if (0 === strpos($class, $namespace . '\\')) {
            require $folder . '/' . substr($class, strlen($namespace) + 1) . '.php';
        }
    });
}

/** Options of the form --name value; each must be known, those that are not optional must be there */
function store_options(array $required, array $optional)
{
    global $argv;

    $result = $optional;
    for ($i = 1; $i < count($argv); $i += 2) {
        $name = substr($argv[$i], 2);
        if (0 !== strpos($argv[$i], '--') || !isset($argv[$i + 1])
            || !(in_array($name, $required, true) || array_key_exists($name, $optional))
        ) {
            store_usage($required, $optional);
        }
        $result[$name] = $argv[$i + 1];
    }
    if (array_diff($required, array_keys($result))) {
        store_usage($required, $optional);
    }

    return $result;
}

function store_usage(array $required, array $optional)
{
    global $argv;

    fwrite(STDERR, 'usage: ' . basename($argv[0]) . ($required ? ' --' . implode(' X --', $required) . ' X' : '')
        . ($optional ? ' [--' . implode(' X] [--', array_keys($optional)) . ' X]' : '') . "\n");
    exit(2);
}

/** The account of that name, or null for an empty one */
function store_user($name)
{
    $user = '' === $name ? null : posix_getpwnam($name);
    if (false === $user) {
        fwrite(STDERR, "no such user: $name\n");
        exit(2);
    }

    return $user;
}

/** Folders with all that is below them pass into the hands of an account */
function store_give($user, array $folders)
{
    foreach ($folders as $folder) {
        $files = new RecursiveIteratorIterator(
            new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS),
            RecursiveIteratorIterator::SELF_FIRST
        );
        foreach (array_merge(array($folder), array_keys(iterator_to_array($files))) as $path) {
            chown($path, $user['uid']);
            chgrp($path, $user['gid']);
        }
    }
}

/** root without a password, behind a socket or HOST:PORT */
function store_connect($at, $database, $charset)
{
    mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
    if ('/' === $at[0]) {
        $db = new mysqli('localhost', 'root', '', '', 0, $at);
    } else {
        list($host, $port) = explode(':', $at);
        $db = new mysqli($host, 'root', '', '', (int) $port);
    }
    $db->query("SET NAMES $charset");
    if ('' !== $database) {
        $db->select_db($database);
    }

    return $db;
}

/** The same as PDO, for a server whose socket lies in WORK */
function store_pdo($work, $database, $charset)
{
    return new PDO("mysql:unix_socket=$work/db.sock;" . ('' === $database ? '' : "dbname=$database;") . "charset=$charset", 'root', '', array(
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
    ));
}
