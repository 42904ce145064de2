<?php

/**
 * Admin back end
 */

define('XCN_ADMIN_SCRIPT', true);

require_once __DIR__ . DIRECTORY_SEPARATOR . 'top.inc.php';

\Includes\Decorator\Utils\CacheManager::rebuildCache();

if ('upgrade' === ($_REQUEST['target'] ?? '')) {
    \XLite\Controller\Admin\Upgrade::run($_REQUEST['action'] ?? '');
} elseif (LC_IS_CLI_MODE) {
    echo 'X-Cart ' . \XLite\Core\Version::get() . PHP_EOL;
}
