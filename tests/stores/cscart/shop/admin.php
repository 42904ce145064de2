<?php

// @@VERSION@@

define('AREA', 'A');
define('ACCOUNT_TYPE', 'admin');

try {
    require __DIR__ . '/init.php';
    fn_dispatch();
} catch (CaughtByEntryScript $e) {
    \Tygh\ErrorHandler::answer($e);
}
