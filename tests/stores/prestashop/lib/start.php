<?php

/**
 * Common start of the commands of this folder
 */

spl_autoload_register(function ($class) {
    if (0 === strpos($class, 'Pst\\')) {
        require __DIR__ . '/' . substr($class, 4) . '.php';
    }
});

/** Options of the form --name value; each must be known, those that are not optional must be there */
function pst_options(array $required, array $optional)
{
    global $argv;

    $result = $optional;
    for ($i = 1; $i < count($argv); $i += 2) {
        $name = substr($argv[$i], 2);
        if (0 !== strpos($argv[$i], '--') || !isset($argv[$i + 1])
            || !(in_array($name, $required, true) || array_key_exists($name, $optional))
        ) {
            pst_usage($required, $optional);
        }
        $result[$name] = $argv[$i + 1];
    }
    if (array_diff($required, array_keys($result))) {
        pst_usage($required, $optional);
    }

    return $result;
}

function pst_usage(array $required, array $optional)
{
    global $argv;

    fwrite(STDERR, 'usage: ' . basename($argv[0]) . ($required ? ' --' . implode(' X --', $required) . ' X' : '')
        . ($optional ? ' [--' . implode(' X] [--', array_keys($optional)) . ' X]' : '') . "\n");
    exit(2);
}
