<?php

/**
 * Common start of the commands of this folder
 */

require __DIR__ . '/../../lib/start.php';

store_classes('Oct', __DIR__);
