<?php

namespace AutoUpgrade;

/*
 * php cli-rollback.php --dir=ADMIN --backup=NAME
 */
require __DIR__ . '/classes/start.php';

$options = options(array_slice($argv, 1));
$work = new Work(basename($options['dir']), 'cli');
$work->state = array('restoreName' => $options['backup']);
exit('error' === (new Runner($work))->chain('rollback', array()) ? 1 : 0);
