<?php

/**
 * Common start of the commands of this folder
 */

require __DIR__ . '/../../lib/start.php';

store_classes('Pst', __DIR__);
