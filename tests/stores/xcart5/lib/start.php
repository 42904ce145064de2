<?php

/**
 * Common start of the commands of this folder
 */

require __DIR__ . '/../../lib/start.php';

store_classes('Xc5', __DIR__);
