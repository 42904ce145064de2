<?php
namespace Opencart\Install\Controller\Upgrade;

/** Settings and extensions */
class Upgrade4 extends Step {
	public function index(): array {
		if ($this->db->has('setting', 'group')) {
			$this->db->query("UPDATE {$this->t('setting')} SET `code` = `group` WHERE `code` = ''");
			$this->db->drop('setting', 'group');
		}
		$this->json('setting', 'setting_id', 'value', "serialized = '1'");
		$old = array_column($this->db->rows("SELECT `key`, `value` FROM {$this->t('setting')} WHERE store_id = '0' ORDER BY setting_id"), 'value', 'key');
		foreach (AT_SETTINGS as $key => $value) {
			$this->setting($key, $value);
		}
		foreach (['config_language_admin' => 'config_admin_language', 'config_pagination_admin' => 'config_limit_admin', 'config_mail_smtp_hostname' => 'config_smtp_host'] as $new => $was) {
			if (isset($old[$was])) {
				$this->setting($new, $old[$was]);
			}
		}
		$this->setting('config_complete_status', '[5]', 1);
		foreach ($this->db->rows("SELECT * FROM {$this->t('extension')} ORDER BY extension_id") as $extension) {
			foreach ($this->db->rows("SELECT * FROM {$this->t('setting')} WHERE `code` = '" . $this->db->escape($extension['code']) . "' ORDER BY setting_id") as $row) {
				$this->db->query("UPDATE {$this->t('setting')} SET `code` = '$extension[type]_$extension[code]', `key` = '" . $this->db->escape("$extension[type]_$row[key]") . "' WHERE setting_id = '$row[setting_id]'");
			}
		}
		$this->db->query("UPDATE {$this->t('setting')} SET `value` = 'en-gb' WHERE `key` IN ('config_language', 'config_language_admin') AND `value` = 'en'");
		AT_RENAME;
		$this->db->query("DELETE FROM {$this->t('setting')} WHERE `key` IN (AT_OLDER)");
		$this->db->query("UPDATE {$this->t('extension')} SET extension = 'opencart' WHERE extension = '' AND `code` IN ('cod', 'flat', 'sub_total', 'tax', 'total', 'banner', 'category', 'account', 'featured', 'activity', 'sale', 'chart')");
		foreach (AT_IMAGES as $table) {
			$this->db->query("UPDATE {$this->t($table)} SET `image` = REPLACE(`image`, 'data/', 'catalog/')");
		}
		$this->db->query("UPDATE {$this->t('setting')} SET `value` = REPLACE(`value`, 'data/', 'catalog/')");
		foreach (['product', 'category', 'information'] as $table) {
			$this->db->query("UPDATE {$this->t($table . '_description')} SET description = REPLACE(description, 'data/', 'catalog/')");
		}

		return $this->done(4);
	}
}
