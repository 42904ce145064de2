<?php

namespace AutoUpgrade;

/*
 * php cli-upgrade.php --dir=ADMIN [--channel=..] [--action=STEP] [--data=BASE64]
 */
require __DIR__ . '/classes/start.php';

$options = options(array_slice($argv, 1));
if (empty($options['dir'])) {
    fwrite(STDERR, "You need to specify the admin directory with --dir\n");
    exit(1);
}
$work = new Work(basename($options['dir']), 'cli');
if (!empty($options['data'])) {
    $work->state = json_decode(base64_decode($options['data']), true)['nextParams'];
}
$next = (new Runner($work))->chain($options['action'] ?? 'upgradeNow', array('upgradeFiles', 'upgradeDb', 'upgradeModules'));
if ('' !== $next && 'error' !== $next) {
    $data = base64_encode(json_encode(array('nextParams' => $work->state)));
    echo "\nRestart requested. Please run the following command to continue your upgrade:\n", "\$ php {$argv[0]} --dir={$options['dir']} --action=$next --data=$data\n";
}
exit('error' === $next ? 1 : 0);
