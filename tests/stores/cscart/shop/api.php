<?php

// @@VERSION@@

define('AREA', 'A');
define('API', true);

require __DIR__ . '/init.php';
fn_dispatch();
