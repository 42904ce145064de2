<?php
require_once(DIR_APPLICATION . 'patch/sync.php');

class ModelUpgrade1010 extends Model {
	public function upgrade() {
		// What the product has no more
		foreach (glob(DIR_OPENCART . '{admin,catalog}/*/extension/*/{klarna_checkout,openbay}.php', GLOB_BRACE) as $file) {
			unlink($file);
		}
		@unlink(DIR_OPENCART . 'system/library/db/mssql.php');
		Checkpoint::at('step:11:files');
		foreach (array('klarna_checkout', 'openbay') as $name) {
			foreach ($this->db->rows("SELECT user_group_id, permission FROM {$this->t('user_group')} ORDER BY user_group_id") as $row) {
				$permission = json_decode($row['permission'], true);
				foreach ($permission as $kind => $routes) {
					$permission[$kind] = array_values(array_filter($routes, function ($route) use ($name) {
						return basename($route) !== $name;
					}));
				}
				$this->db->query("UPDATE {$this->t('user_group')} SET permission = '" . $this->db->escape(json_encode($permission)) . "' WHERE user_group_id = '$row[user_group_id]'");
			}
			$this->db->query("DELETE FROM {$this->t('extension')} WHERE `code` = '$name'");
			$this->db->query("DELETE FROM {$this->t('setting')} WHERE `code` LIKE '%_$name'");
		}
		$this->db->query("ALTER TABLE {$this->t('event')} MODIFY `sort_order` int(3) NOT NULL DEFAULT '0'");
		if (1 !== count($this->db->rows("SELECT event_id FROM {$this->t('event')} WHERE `code` = 'advertise_google'"))) {
			$this->db->query("DELETE FROM {$this->t('event')} WHERE `code` = 'advertise_google'");
			$this->db->query("INSERT INTO {$this->t('event')} SET `code` = 'advertise_google', `trigger` = 'admin/model/catalog/product/deleteProduct/after', `action` = 'extension/advertise/google/deleteProduct', `status` = '1', sort_order = '0'");
		}
		$this->setting('config_timezone', 'UTC');
		$this->setting('developer_theme', '1', 'developer');
		$this->setting('developer_sass', '1', 'developer');
		$this->db->query("UPDATE {$this->t('setting')} SET `value` = SUBSTRING(`value`, 7) WHERE `key` = 'config_theme' AND `value` LIKE 'theme\\_%'");
		$this->db->drop('order_shipment');
		$this->db->drop('shipping_courier');
		$this->db->query('ALTER DATABASE `' . DB_DATABASE . '` CHARACTER SET = utf8mb4 COLLATE = utf8mb4_unicode_ci');
		foreach (Sync::parse(DIR_APPLICATION . 'opencart.sql', 'CREATE TABLE') as $table) {
			$row = $this->db->rows("SELECT TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = '" . DB_DATABASE . "' AND TABLE_NAME = '" . DB_PREFIX . "$table[name]'");
			if (0 !== strpos($row[0]['TABLE_COLLATION'], 'utf8mb4_')) {
				$this->db->query("ALTER TABLE {$this->t($table['name'])} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
			}
		}
	}
}
