<?php
namespace Opencart\Install\Controller\Upgrade;

/** Configuration and folders */
class Upgrade1 extends Step {
	public function index(): array {
		$admin = basename($_GET['admin'] ?? 'admin');
		$root = DIR_OPENCART . 'config.php';
		if (!is_file($root)) {
			return ['error' => "Error: config file $root not found!"];
		}
		$config = $this->config($root);
		foreach (['HTTP_SERVER' => isset($config['HTTP_SERVER']), 'DB_DRIVER' => defined('DB_DRIVER'), 'DB_PREFIX' => defined('DB_PREFIX')] as $name => $there) {
			if (!$there) {
				return ['error' => "Error: $name constant could not be found!"];
			}
		}
		if (!is_writable($root)) {
			return ['error' => "Error: config file $root is not writable!"];
		}
		$back = DIR_OPENCART . $admin . '/config.php';
		file_put_contents($root, $this->text('Catalog', $config, $admin));
		\Checkpoint::at('step:1:config');
		if (!is_file($back)) {
			return ['error' => "Error: config file $back could not found. Make sure the admin directory is the correct name!"];
		}
		$config = $this->config($back);
		if (!isset($config['HTTP_CATALOG'])) {
			return ['error' => 'Error: HTTP_CATALOG constant could not be found!'];
		}
		file_put_contents($back, $this->text('Admin', $config, $admin));
		\Checkpoint::at('step:1:admin');

		$storage = $config['DIR_STORAGE'] ?? DIR_SYSTEM . 'storage/';
		foreach (['backup', 'cache', 'download', 'logs', 'marketplace', 'session', 'upload'] as $name) {
			if (!is_dir($storage . $name)) {
				mkdir($storage . $name, AT_MODE);
				touch($storage . $name . '/index.html');
			}
		}
		$this->move(DIR_IMAGE . 'data', DIR_IMAGE . 'catalog');

		return $this->done(1);
	}

	private function text(string $application, array $config, string $admin): string {
		$lines = ['<?php', '// APPLICATION', "define('APPLICATION', '$application');", '', '// HTTP'];
		$lines[] = "define('HTTP_SERVER', '" . (($config['HTTPS_SERVER'] ?? '') ?: $config['HTTP_SERVER']) . "');";
		if ($application === 'Admin') {
			$lines[] = "define('HTTP_CATALOG', '" . (($config['HTTPS_CATALOG'] ?? '') ?: $config['HTTP_CATALOG']) . "');";
		}
		array_push($lines, '', '// DIR', "define('DIR_OPENCART', '" . DIR_OPENCART . "');", "define('DIR_APPLICATION', DIR_OPENCART . '" . ($application === 'Admin' ? $admin : 'catalog') . "/');");
		foreach (['extension', 'image', 'system'] as $name) {
			$lines[] = "define('DIR_" . strtoupper($name) . "', DIR_OPENCART . '$name/');";
		}
		if ($application === 'Admin') {
			$lines[] = "define('DIR_CATALOG', DIR_OPENCART . 'catalog/');";
		}
		$lines[] = isset($config['DIR_STORAGE']) ? "define('DIR_STORAGE', '$config[DIR_STORAGE]');" : "define('DIR_STORAGE', DIR_SYSTEM . 'storage/');";
		array_push($lines, "define('DIR_LANGUAGE', DIR_APPLICATION . 'language/');", "define('DIR_TEMPLATE', DIR_APPLICATION . 'view/template/');", "define('DIR_CONFIG', DIR_SYSTEM . 'config/');");
		foreach (['cache', 'download', 'logs', 'session', 'upload'] as $name) {
			$lines[] = "define('DIR_" . strtoupper($name) . "', DIR_STORAGE . '$name/');";
		}
		array_push($lines, '', '// DB');
		foreach (['DRIVER', 'HOSTNAME', 'USERNAME', 'PASSWORD', 'DATABASE', 'PORT', 'PREFIX'] as $name) {
			$lines[] = "define('DB_$name', '" . (defined("DB_$name") ? constant("DB_$name") : '3306') . "');";
		}
		foreach (AT_SSL as $name) {
			$lines[] = "define('$name', '" . (defined($name) ? constant($name) : '') . "');";
		}
		if ($application === 'Admin') {
			array_push($lines, '', '// OpenCart API', "define('OPENCART_SERVER', 'https://www.opencart.com/');");
		}

		return implode("\n", $lines) . "\n";
	}

	private function move(string $from, string $to): void {
		if (is_dir($from)) {
			is_dir($to) || mkdir($to, 0777);
			foreach (array_diff(scandir($from), ['.', '..']) as $name) {
				if (is_dir("$from/$name")) {
					$this->move("$from/$name", "$to/$name");
				} else {
					is_file("$to/$name") || copy("$from/$name", "$to/$name");
					unlink("$from/$name");
				}
			}
			rmdir($from);
		}
	}
}
