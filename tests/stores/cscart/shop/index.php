<?php

// @@VERSION@@

define('AREA', 'C');

try {
    require __DIR__ . '/init.php';
    fn_dispatch();
} catch (Throwable $e) {
    \Tygh\ErrorHandler::answer($e);
}
