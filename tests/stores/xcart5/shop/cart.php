<?php

/**
 * Storefront
 */

require_once __DIR__ . DIRECTORY_SEPARATOR . 'top.inc.php';

$connection = \XLite\Core\Database::getEM()->getConnection();
$prefix = \XLite\Core\Database::getInstance()->getTablePrefix();

echo $connection->fetchColumn("SELECT value FROM `{$prefix}config` WHERE category = 'Company' AND name = 'shop_name'")
    . ', running X-Cart ' . \XLite\Core\Version::get() . ', ' . $connection->fetchColumn("SELECT COUNT(*) FROM `{$prefix}products`")
    . ' products' . PHP_EOL;
