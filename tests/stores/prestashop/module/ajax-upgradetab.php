<?php

namespace AutoUpgrade;

/*
 * What the page of the module calls: --action=STEP --data=BASE64 [--before=STEP,STEP]; the last is this test's own, it runs
 * the steps of several requests in one
 */
require dirname(__DIR__, 2) . '/modules/autoupgrade/classes/start.php';

$options = options(array_slice($argv, 1));
$work = new Work(basename(dirname(__DIR__)), 'web');
if (!empty($options['data'])) {
    $work->state = json_decode(base64_decode($options['data']), true)['nextParams'];
}
$next = (new Runner($work))->chain($options['action'], explode(',', $options['before'] ?? ''));
echo json_encode(array(
    'error' => 'error' === $next, 'stepDone' => true, 'next' => $next, 'status' => 'ok', 'next_desc' => '', 'nextQuickInfo' => array(), 'nextErrors' => array(),
    'nextParams' => $work->state + array('typeResult' => 'json'),
)), "\n";
exit('error' === $next ? 1 : 0);
