<?php
namespace Opencart\Controller\Common;

class Home extends \Opencart\System\Engine\Controller {
	public function index(): string {
		$settings = array_column($this->db->rows("SELECT `key`, `value` FROM {$this->t('setting')} WHERE store_id = '0' AND `code` = 'config'"), 'value', 'key');
		if (!empty($settings['config_maintenance'])) {
			return "HTTP 503\nRetry-After: 3600\n";
		}
		// What this release reads
		foreach (AT_TABLES as $table => $columns) {
			$this->db->rows('SELECT `' . implode('`, `', $columns) . "` FROM {$this->t($table)} LIMIT 1");
		}
		$name = $settings['config_language_catalog'] ?? $settings['config_language'];
		if (!is_file(DIR_LANGUAGE . "$name/@LANGUAGE@.php")) {
			throw new \Exception("Error: Could not load language $name!");
		}

		return "HTTP 200\nOpenCart @SAYS@: " . $settings['config_name'] . "\n";
	}
}

\Release::add('@RELEASE@', __FILE__);
