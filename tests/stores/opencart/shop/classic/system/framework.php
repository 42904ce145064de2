<?php
Release::add('@RELEASE@', __FILE__);

$log = new Log('error.log');

set_error_handler(function ($code, $message, $file, $line) use ($log, $application) {
	if (!(error_reporting() & $code)) {
		return false;
	}
	$names = array(E_NOTICE => 'Notice', E_USER_NOTICE => 'Notice', E_WARNING => 'Warning', E_USER_WARNING => 'Warning', E_ERROR => 'Fatal Error', E_USER_ERROR => 'Fatal Error');
	$error = $names[$code] ?? 'Unknown';
	$log->write('PHP ' . $error . ':  ' . $message . ' in ' . $file . ' on line ' . $line);
	if ('install' === $application) {
		echo '<b>' . $error . '</b>: ' . $message . ' in <b>' . $file . '</b> on line <b>' . $line . '</b>';
	}

	return true;
});

if ('install' === $application) {
	$file = DIR_OPENCART . 'config.php';
	if (is_file($file) && filesize($file) > 0) {
		foreach (file($file) as $line) {
			if (false !== strpos(strtoupper($line), 'DB_')) {
				eval($line);
			}
		}
	}
	$route = $_GET['route'] ?? '';
	if (!defined('DB_DRIVER') || !preg_match('~^upgrade(/upgrade(/next)?)?$~', $route)) {
		exit("<html><body>Installation of @RELEASE@</body></html>\n");
	}
	require_once(modification(DIR_APPLICATION . 'controller/' . ('upgrade' === $route ? 'upgrade' : 'upgrade/upgrade') . '.php'));
	$controller = new ControllerUpgrade(new DB(DB_DRIVER, DB_HOSTNAME, DB_USERNAME, DB_PASSWORD, DB_DATABASE, defined('DB_PORT') ? DB_PORT : null));
	echo 'upgrade/upgrade/next' === $route ? $controller->next() : $controller->index();
	return;
}

try {
	require_once(modification(DIR_APPLICATION . 'controller/common/' . ('admin' === $application ? 'dashboard' : 'home') . '.php'));
	if (1 !== count(Release::$of)) {
		throw new Error('Call to undefined method of another release: ' . implode(', ', array_keys(Release::$of)));
	}
	$home = new ControllerCommonHome(new DB(DB_DRIVER, DB_HOSTNAME, DB_USERNAME, DB_PASSWORD, DB_DATABASE, defined('DB_PORT') ? DB_PORT : null));
	echo $home->index();
} catch (Throwable $e) {
	$log->write('PHP Fatal Error:  Uncaught ' . get_class($e) . ': ' . $e->getMessage() . ' in ' . $e->getFile() . ' on line ' . $e->getLine());
	echo "HTTP 500\n", $e->getMessage(), "\n";
}
