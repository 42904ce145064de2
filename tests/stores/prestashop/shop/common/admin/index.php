<?php

// @@VERSION@@

if (!defined('_PS_ADMIN_DIR_')) {
    define('_PS_ADMIN_DIR_', __DIR__);
}

try {
    require _PS_ADMIN_DIR_ . '/../config/config.inc.php';
    Dispatcher::getInstance()->dispatch(Dispatcher::FC_ADMIN);
} catch (Throwable $e) {
    error_log((string) $e);
    echo "HTTP 500\n", get_class($e), "\n", $e->getMessage(), "\n", $e->getFile(), ':', $e->getLine(), "\n";
    exit(1);
}
