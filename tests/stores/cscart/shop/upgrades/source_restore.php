<?php

// @@VERSION@@
// Brings the store back to what it was before an upgrade.

define('CONSOLE', PHP_SAPI === 'cli');

//[params]
$uc_settings = '%UC_SETTINGS%';
$config = '%CONFIG%';
$backup_filename = '%BACKUP_FILENAME%';
$uak = '%RESTORE_KEY%';
$stats_data = '%STATS_DATA%';
$restore_data = '%RESTORE_DATA%';
//[/params]

if (CONSOLE) {
    parse_str(implode('&', array_slice($_SERVER['argv'], 1)), $_REQUEST);
}
if (empty($_REQUEST['uak']) || $_REQUEST['uak'] !== $uak) {
    die('Access denied');
}

$root = rtrim($config['dir']['root'], '/');
require $root . '/app/Tygh/Clock.php';
require $root . '/app/Tygh/Checkpoint.php';
require $root . '/app/Tygh/Zip.php';

function remove_tree($path)
{
    if (is_dir($path) && !is_link($path)) {
        foreach (array_diff(scandir($path), array('.', '..')) as $name) {
            remove_tree($path . '/' . $name);
        }
        rmdir($path);
    } else {
        unlink($path);
    }
}

/** All statements of a dump: ends at ";" outside of quotes */
function statements($text)
{
    $length = strlen($text);
    for ($start = $at = 0; $at < $length; $at++) {
        $at += strcspn($text, ";'\"`\\", $at);
        $c = $text[$at] ?? '';
        if ('\\' === $c) {
            $at++;
        } elseif (';' === $c) {
            yield substr($text, $start, $at - $start);
            $start = $at + 1;
        } elseif ('' !== $c) {
            for ($at++; $at < $length && $text[$at] !== $c; $at++) {
                $at += '\\' === $text[$at] ? 1 : 0;
            }
        }
    }
}

$entries = iterator_to_array(\Tygh\Zip::entries($root . '/var/backups/' . $backup_filename));
\Tygh\Checkpoint::at('restorer:before');
foreach (array('app', 'design', 'var/themes_repository', 'var/langs', 'js') as $dir) {
    if (isset($entries[$dir . '/'])) {
        remove_tree($root . '/' . $dir);
        \Tygh\Checkpoint::at('restorer:removed:' . $dir);
    }
}
foreach ($entries as $name => $data) {
    $path = $root . '/' . $name;
    if ('/' === substr($name, -1)) {
        is_dir($path) || mkdir($path, 0755, true);
    } else {
        is_dir(dirname($path)) || mkdir(dirname($path), 0755, true);
        file_put_contents($path, $data);
        chmod($path, 0644);
        \Tygh\Checkpoint::count('restorer:copied');
    }
}
$host = explode(':', $config['db_host']);
$db = new mysqli($host[0], $config['db_user'], $config['db_password'], $config['db_name'], $host[1] ?? null);
$db->query('SET NAMES UTF8, sql_mode = ""');
foreach (glob($root . '/var/restore/*.sql') as $dump) {
    foreach (statements(file_get_contents($dump)) as $statement) {
        if ('' !== trim($statement)) {
            $db->query($statement);
            \Tygh\Checkpoint::count('restorer:statement');
        }
    }
}
echo "Restore completed\n";
