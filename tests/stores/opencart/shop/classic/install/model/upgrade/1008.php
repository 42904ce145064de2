<?php
class ModelUpgrade1008 extends Model {
	public function upgrade() {
		$this->db->query("UPDATE {$this->t('option')} SET `type` = 'radio' WHERE `type` = 'image'");
		if (!$this->db->has('event', 'status')) {
			$this->db->query("ALTER TABLE {$this->t('event')} ADD `status` TINYINT(1) NOT NULL AFTER `action`");
		}
		$this->db->query("UPDATE {$this->t('event')} SET `status` = '1' WHERE `code` LIKE 'activity_%' OR `code` = 'voucher'");
		if (!$this->db->rows("SELECT * FROM {$this->t('extension')} WHERE `type` = 'dashboard'")) {
			foreach (array('activity' => '4', 'sale' => '3', 'recent' => '8', 'chart' => '6') as $code => $width) {
				$this->db->query("INSERT INTO {$this->t('extension')} SET `type` = 'dashboard', `code` = '$code'");
				$this->setting("dashboard_{$code}_status", '1', "dashboard_$code");
				$this->setting("dashboard_{$code}_width", $width, "dashboard_$code");
			}
		}
	}
}
