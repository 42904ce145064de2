<?php

// @@VERSION@@

try {
    require __DIR__ . '/config/config.inc.php';
    Dispatcher::getInstance()->dispatch(Dispatcher::FC_FRONT);
} catch (Throwable $e) {
    error_log((string) $e);
    echo "HTTP 500\n", get_class($e), "\n", $e->getMessage(), "\n", $e->getFile(), ':', $e->getLine(), "\n";
    exit(1);
}
