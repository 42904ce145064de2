<?php

/**
 * One request of an upgrade as the web server would make it: drive.php DIR METHOD QUERY
 */

list(, $dir, $method, $query) = $argv;
chdir("$dir/install");
parse_str($query, $_GET);
$_SERVER = array('SERVER_PORT' => '80', 'HTTP_HOST' => 'shop.test', 'SCRIPT_NAME' => '/install/index.php', 'PHP_SELF' => '/install/index.php', 'REQUEST_METHOD' => $method, 'REMOTE_ADDR' => '192.0.2.7',
    'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_URI' => "/install/index.php?$query") + $_SERVER;
require "$dir/install/index.php";
