<?php
namespace Opencart\Install\Controller\Upgrade;

/** Settings, addresses, vendors' code, what is not needed any more */
class Upgrade12 extends Step {
	public function index(): array {
		foreach (['config_product_filters', 'config_product_search', 'config_product_search_admin'] as $key) {
			$this->setting($key, 'and');
		}
		foreach ($this->db->rows("SELECT language_id FROM {$this->t('language')} ORDER BY language_id") as $language) {
			foreach (['brand' => 'product/manufacturer.info', 'blog' => 'cms/blog', 'article' => 'cms/blog.info'] as $keyword => $route) {
				if (!$this->db->rows("SELECT seo_url_id FROM {$this->t('seo_url')} WHERE language_id = '$language[language_id]' AND keyword = '$keyword'")) {
					$this->db->query("INSERT INTO {$this->t('seo_url')} SET store_id = '0', language_id = '$language[language_id]', `key` = 'route', `value` = '$route', keyword = '$keyword', sort_order = '-1'");
				}
			}
		}
		$storage = $this->config(DIR_OPENCART . 'config.php')['DIR_STORAGE'] ?? DIR_STORAGE;
		if (realpath($storage) !== realpath(DIR_STORAGE)) {
			$this->merge(DIR_STORAGE . 'vendor', $storage . 'vendor');
		}
		foreach ([$storage . 'vendor/aws', DIR_STORAGE . 'vendor/aws', DIR_SYSTEM . 'helper/vendor.php', DIR_SYSTEM . 'vendor.php'] as $path) {
			$this->remove($path);
		}
		foreach (glob(DIR_EXTENSION . 'ocmod/*/*') as $path) {
			$this->remove($path);
		}
		\Checkpoint::at('step:12:files');
		foreach ($this->db->rows("SELECT user_group_id, permission FROM {$this->t('user_group')} ORDER BY user_group_id") as $row) {
			$permission = json_decode($row['permission'], true);
			foreach ($permission as $kind => $routes) {
				$permission[$kind] = array_filter($routes, fn($route) => basename($route) !== 'ddos');
			}
			$this->db->query("UPDATE {$this->t('user_group')} SET permission = '" . $this->db->escape(json_encode($permission)) . "' WHERE user_group_id = '$row[user_group_id]'");
		}
		$this->db->query("DELETE FROM {$this->t('extension')} WHERE `code` = 'ddos'");
		$this->db->query("DELETE FROM {$this->t('setting')} WHERE `code` LIKE '%\\_ddos'");

		return $this->done(12);
	}

	private function merge(string $from, string $to): void {
		if (is_dir($from)) {
			is_dir($to) || mkdir($to, 0755, true);
			foreach (array_diff(scandir($from), ['.', '..']) as $name) {
				is_dir("$from/$name") ? $this->merge("$from/$name", "$to/$name") : copy("$from/$name", "$to/$name");
			}
		}
	}

	private function remove(string $path): void {
		if (is_dir($path)) {
			foreach (array_diff(scandir($path), ['.', '..']) as $name) {
				$this->remove("$path/$name");
			}
			rmdir($path);
		} elseif (is_file($path)) {
			unlink($path);
		}
	}
}
