<?php
class ModelUpgrade1001 extends Model {
	public function upgrade() {
		$this->db->query("ALTER TABLE {$this->t('address')} CHANGE `company` `company` VARCHAR(40) NOT NULL");
		$this->db->query("ALTER TABLE {$this->t('order_history')} CHANGE `order_status_id` `order_status_id` int(11) NOT NULL");
		if ($this->db->has('setting', 'group')) {
			if ($this->db->has('setting', 'code')) {
				$this->db->query("UPDATE {$this->t('setting')} SET `code` = `group` WHERE `code` = ''");
				$this->db->query("ALTER TABLE {$this->t('setting')} DROP `group`");
			} else {
				$this->db->query("ALTER TABLE {$this->t('setting')} CHANGE `group` `code` varchar(32) NOT NULL");
			}
		}
		foreach (array('config.php', 'admin/config.php') as $name) {
			$file = DIR_OPENCART . $name;
			if (is_file($file)) {
				if (!is_writable($file)) {
					exit(json_encode(array('error' => 'File is read only. Please adjust and try again: ' . $file)));
				}
				$text = file_get_contents($file);
				if (false !== strpos($text, "'mysql')")) {
					file_put_contents($file, str_replace("'mysql')", "'mysqli')", $text));
				}
			}
		}
	}
}
