<?php
namespace Opencart\Install\Controller\Upgrade;

/** Files of the new version from its zip, 200 entries a request */
class Upgrade2 extends Step {
	const LIMIT = 200;

	public function index(): array {
		$version = $_GET['version'] ?? '';
		$admin = basename($_GET['admin'] ?? 'admin');
		$page = (int)($_GET['page'] ?? 1);
		$config = $this->config(DIR_OPENCART . 'config.php');
		$file = DIR_DOWNLOAD . 'opencart-' . $version . '.zip';
		$total = 0;
		$point = 'files:' . ($page > 1 ? "page$page:" : '');

		if (is_file($file)) {
			$zip = new \ZipArchive();
			if (!$zip->open($file, \ZipArchive::RDONLY)) {
				return ['error' => 'error_unzip'];
			}
			$total = $zip->numFiles;
			$n = 0;
			$remove = 'opencart-' . $version . '/upload/';
			for ($i = ($page - 1) * self::LIMIT; $i < min($total, $page * self::LIMIT); $i++) {
				$name = $zip->getNameIndex($i);
				$path = substr($name, strlen($remove));
				if (strpos($name, $remove) !== 0 || $path === '' || strpos($path, 'install/') === 0) {
					continue;
				}
				$base = DIR_OPENCART;
				if (strpos($path, 'admin/') === 0) {
					$path = $admin . substr($path, 5);
				}
				if (strpos($path, 'system/storage/') === 0 && isset($config['DIR_STORAGE'])) {
					$path = substr($path, 15);
					$base = $config['DIR_STORAGE'];
				}
				$directory = substr($path, -1) === '/' ? rtrim($path, '/') : dirname($path);
				if ($directory !== '' && !is_dir($base . $directory) && !@mkdir($base . $directory, 0777, true)) {
					return ['error' => 'error_directory'];
				}
				if ($path === '' || substr($path, -1) === '/') {
					continue;
				}
				if (is_file($base . $path)) {
					unlink($base . $path);
					\Checkpoint::count($point . 'removed');
				}
				$data = $zip->getFromIndex($i);
				if (getenv('OC_TEST_STOP') === $point . 'cut:' . ++$n) {
					file_put_contents($base . $path, substr($data, 0, strlen($data) >> 1));
					\Checkpoint::at(getenv('OC_TEST_STOP'));
				}
				if (file_put_contents($base . $path, $data) === false) {
					return ['error' => 'error_copy'];
				}
				\Checkpoint::count($point . 'copied');
			}
			$zip->close();
		}
		if ($page * self::LIMIT <= $total) {
			\Checkpoint::at("files:page:$page");
			$answer = $this->done(2);
			$answer['next'] = HTTP_SERVER . 'index.php?route=upgrade/upgrade_2' . $this->query() . '&page=' . ($page + 1);

			return $answer;
		}
		if (is_file($file)) {
			\Checkpoint::at('files:all');
			unlink($file);
		}

		return $this->done(2);
	}
}
