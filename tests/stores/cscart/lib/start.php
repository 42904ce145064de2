<?php

/**
 * Common start of the commands of this folder
 */

require __DIR__ . '/../../lib/start.php';

store_classes('Csc', __DIR__);
