<?php

namespace AutoUpgrade;

/*
 * Common start of all entries of the module
 */
spl_autoload_register(function ($class) {
    if (0 === strpos($class, 'AutoUpgrade\\')) {
        require __DIR__ . '/' . substr($class, strlen('AutoUpgrade\\')) . '.php';
    }
});
require_once dirname(__DIR__, 3) . '/classes/Checkpoint.php';
date_default_timezone_set('UTC');

/** @return array<string, string> Words of the form --name=value; others under their number */
function options(array $words)
{
    $result = array();
    foreach ($words as $word) {
        if (preg_match('/^--([\w-]+)(?:=(.*))?$/s', $word, $found)) {
            $result[$found[1]] = $found[2] ?? '1';
        } else {
            $result[] = $word;
        }
    }

    return $result;
}
