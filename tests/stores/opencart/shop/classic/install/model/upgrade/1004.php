<?php
class ModelUpgrade1004 extends Model {
	public function upgrade() {
		$this->db->drop('custom_field', 'required');
		$this->db->drop('custom_field', 'position');
		foreach (array('hostname' => 'host', 'username' => 'username', 'password' => 'password', 'port' => 'port', 'timeout' => 'timeout') as $new => $old) {
			$rows = $this->db->rows("SELECT `value` FROM {$this->t('setting')} WHERE `key` = 'config_smtp_$old' AND store_id = '0'");
			if ($rows) {
				$this->setting('config_mail_smtp_' . $new, $rows[0]['value']);
			}
		}
		$name = $this->db->rows("SELECT `value` FROM {$this->t('setting')} WHERE `key` = 'config_name' AND store_id = '0'");
		$this->setting('config_meta_title', $name[0]['value']);
		// Modules of 1.5 stand in the settings, one row for all of a kind
		foreach ($this->db->rows("SELECT * FROM {$this->t('setting')} WHERE serialized = '1' AND `code` IN ('latest', 'bestseller', 'special', 'featured') ORDER BY setting_id") as $row) {
			foreach ((array)json_decode($row['value'], true) as $n => $module) {
				$setting = json_encode(array('name' => "$row[key]_$n", 'status' => $module['status'], 'limit' => $module['limit'] ?? 4));
				$this->db->query("INSERT INTO {$this->t('module')} SET `name` = '$row[key]_$n', `code` = '$row[code]', `setting` = '" . $this->db->escape($setting) . "'");
				$id = $this->db->getLastId();
				$this->db->query("INSERT INTO {$this->t('layout_module')} SET layout_id = '" . (int)$module['layout_id'] . "', `code` = '$row[code].$id', position = 'content_bottom', sort_order = '0'");
				$this->db->query("DELETE FROM {$this->t('setting')} WHERE store_id = '$row[store_id]' AND `code` = '$row[code]'");
			}
		}
	}
}
