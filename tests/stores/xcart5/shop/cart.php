<?php

/**
 * Storefront
 */

require_once __DIR__ . DIRECTORY_SEPARATOR . 'top.inc.php';

echo 'Catalog' . PHP_EOL;
