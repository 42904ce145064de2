<?php
Release::add('@RELEASE@', __FILE__);

$log = new \Opencart\System\Library\Log('error.log');

set_error_handler(function(int $code, string $message, string $file, int $line) use ($log): bool {
	if (!(error_reporting() & $code)) {
		return false;
	}
	$error = [E_NOTICE => 'Notice', E_USER_NOTICE => 'Notice', E_WARNING => 'Warning', E_USER_WARNING => 'Warning'][$code] ?? 'Unknown';
	$log->write('PHP ' . $error . ':  ' . $message . ' in ' . $file . ' on line ' . $line);
	if (APPLICATION === 'Install') {
		echo '<b>' . $error . '</b>: ' . $message . ' in <b>' . $file . '</b> on line <b>' . $line . '</b>';
	}

	return true;
});

set_exception_handler(function(\Throwable $e) use ($log): void {
	if (APPLICATION !== 'Install') {
		echo "HTTP 500\n";
	}
	AT_BLOCK;
});

// The vendors' own code comes from the storage, wherever that is
require_once(DIR_STORAGE . 'vendor/autoload.php');

if (APPLICATION === 'Install') {
	$route = str_replace('|', '.', $_GET['route'] ?? '');
	$file = DIR_OPENCART . 'config.php';
	if (is_file($file) && filesize($file) > 0) {
		foreach (file($file) as $line) {
			if (strpos(strtoupper($line), 'DB_') !== false && preg_match('/define\(\'(.*)\',\s+@QUOTE@(.*)@QUOTE@\)/', $line, $match)) {
				define($match[1], $match[2]);
			}
		}
	}
	if (!defined('DB_DRIVER') || !preg_match('~^upgrade/upgrade_(\d+)$~', $route, $match)) {
		exit("<html><body>Installation of @RELEASE@</body></html>\n");
	}
	$db = new \Opencart\System\Library\DB(DB_DRIVER, DB_HOSTNAME, DB_USERNAME, DB_PASSWORD, DB_DATABASE, defined('DB_PORT') ? DB_PORT : '');
	require_once(DIR_APPLICATION . 'controller/upgrade/step.php');
	require_once(DIR_APPLICATION . 'controller/' . $route . '.php');
	$class = '\Opencart\Install\Controller\Upgrade\Upgrade' . $match[1];
	Checkpoint::at("step:$match[1]:before");
	Checkpoint::scope("step:$match[1]");
	$json = (new $class($db))->index();
	Checkpoint::scope('');
	Checkpoint::at("step:$match[1]:after");
	header('Content-Type: application/json');
	echo json_encode($json);
	return;
}

require_once(DIR_APPLICATION . 'controller/common/' . (APPLICATION === 'Admin' ? 'dashboard' : 'home') . '.php');
if (count(Release::$of) !== 1) {
	throw new \Error('Call to undefined method of another release: ' . implode(', ', array_keys(Release::$of)));
}
$home = new \Opencart\Controller\Common\Home(new \Opencart\System\Library\DB(DB_DRIVER, DB_HOSTNAME, DB_USERNAME, DB_PASSWORD, DB_DATABASE, DB_PORT));
echo $home->index();
