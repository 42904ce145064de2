<?php
class ModelUpgrade1006 extends Model {
	public function upgrade() {
		$this->db->query("UPDATE {$this->t('setting')} SET `value` = 'en-gb' WHERE `key` IN ('config_language', 'config_admin_language') AND `value` = 'en'");
		$this->db->query("UPDATE {$this->t('language')} SET `code` = 'en-gb' WHERE `code` = 'en'");
		$this->db->query("UPDATE {$this->t('setting')} SET `key` = 'config_theme', `value` = 'theme_default' WHERE `key` = 'config_template' AND `value` = 'default'");
		$this->db->query("UPDATE {$this->t('modification')} SET status = 0");
		foreach (array('modification', 'storage/modification', 'logs', 'cache') as $folder) {
			$this->clear(DIR_SYSTEM . $folder);
		}
		Checkpoint::at('step:7:cleared');
		$this->move(DIR_IMAGE . 'data', DIR_IMAGE . 'catalog');
		$this->move(DIR_SYSTEM . 'upload', DIR_SYSTEM . 'storage/upload');
		$this->move(DIR_SYSTEM . 'download', DIR_SYSTEM . 'storage/download');
		foreach (array('banner_image', 'category', 'manufacturer', 'product', 'product_image', 'option_value', 'voucher_theme') as $table) {
			$this->db->query("UPDATE {$this->t($table)} SET `image` = REPLACE(`image`, 'data/', 'catalog/')");
		}
		$this->db->query("UPDATE {$this->t('setting')} SET `value` = REPLACE(`value`, 'data/', 'catalog/')");
		foreach (array('product', 'category', 'information') as $table) {
			$this->db->query("UPDATE {$this->t($table . '_description')} SET description = REPLACE(description, 'data/', 'catalog/')");
		}
	}

	private function clear($folder) {
		foreach (glob($folder . '/*') as $file) {
			if (is_dir($file)) {
				$this->clear($file);
				@rmdir($file);
			} elseif ('index.html' !== basename($file)) {
				@unlink($file);
			}
		}
	}

	private function move($from, $to) {
		if (!is_dir($from)) {
			return;
		}
		is_dir($to) || mkdir($to);
		foreach (array_diff(scandir($from), array('.', '..')) as $name) {
			if (is_dir("$from/$name")) {
				$this->move("$from/$name", "$to/$name");
			} elseif (!file_exists("$to/$name")) {
				rename("$from/$name", "$to/$name");
			}
		}
	}
}
