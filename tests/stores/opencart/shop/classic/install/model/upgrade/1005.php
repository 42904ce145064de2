<?php
class ModelUpgrade1005 extends Model {
	public function upgrade() {
		$this->db->query("ALTER TABLE {$this->t('customer')} CHANGE `token` `token` text NOT NULL");
		foreach (array('product' => 'name', 'category' => 'name', 'information' => 'title') as $table => $column) {
			$this->db->query("UPDATE {$this->t($table . '_description')} SET meta_title = `$column` WHERE meta_title = ''");
		}
		$this->setting('config_complete_status', '["5"]', 'config', 1);
		$this->setting('config_processing_status', '["2"]', 'config', 1);
		$this->setting('config_fraud_status_id', '8');
		$this->setting('config_api_id', '1');
		$rows = $this->db->rows("SELECT `value` FROM {$this->t('setting')} WHERE `key` = 'config_encryption'");
		if (!$rows || strlen($rows[0]['value']) < 1024) {
			$this->db->query("DELETE FROM {$this->t('setting')} WHERE `key` = 'config_encryption'");
			$this->setting('config_encryption', hash('sha512', (string)mt_rand()));
		}
		foreach (array('config_template' => 'default', 'config_error_display' => '1', 'config_error_log' => '1', 'config_compression' => '0') as $key => $value) {
			$this->db->query("UPDATE {$this->t('setting')} SET `value` = '$value' WHERE `key` = '$key'");
		}
	}
}
