<?php
class ModelUpgrade1009 extends Model {
	public function upgrade() {
		if ($this->db->has('affiliate')) {
			foreach ($this->db->rows("SELECT * FROM {$this->t('affiliate')}") as $affiliate) {
				$this->db->query("INSERT IGNORE INTO {$this->t('customer_affiliate')} (customer_id, company, tracking, commission, payment, status) SELECT customer_id, '', '"
					. $this->db->escape($affiliate['code']) . "', '$affiliate[commission]', '', 1 FROM {$this->t('customer')} WHERE email = '" . $this->db->escape($affiliate['email']) . "'");
			}
			$this->db->query("DROP TABLE {$this->t('affiliate')}");
			// The test is the wrong way round
			foreach (array('affiliate_activity', 'affiliate_login') as $table) {
				if (!$this->db->has($table)) {
					$this->db->query("DROP TABLE {$this->t($table)}");
				}
			}
			$this->db->query("DROP TABLE {$this->t('affiliate_transaction')}");
		}
		if ($this->db->has('api', 'name')) {
			$this->db->query("ALTER TABLE {$this->t('api')} DROP COLUMN `username`");
			$this->db->query("ALTER TABLE {$this->t('api')} CHANGE COLUMN `name` `username` VARCHAR(64) NOT NULL");
		}
		$this->db->drop('event', 'date_added');
		$file = DIR_OPENCART . 'admin/config.php';
		$text = file_get_contents($file);
		if (false === strpos($text, 'OPENCART_SERVER')) {
			file_put_contents($file, preg_replace('/^.*DB_PREFIX.*\n/m', "$0\n\ndefine('OPENCART_SERVER', 'http://www.opencart.com/');\n", $text));
		}
		foreach (array('config.php', 'admin/config.php') as $name) {
			$lines = file(DIR_OPENCART . $name);
			for ($i = 0; $i < count($lines); $i++) {
				if (false !== strpos($lines[$i], 'DIR_IMAGE') && false === strpos($lines[$i + 1], 'DIR_STORAGE')) {
					array_splice($lines, $i + 1, 0, array("define('DIR_STORAGE', DIR_SYSTEM . 'storage/');\n"));
				}
				if (false !== strpos($lines[$i], 'DIR_MODIFICATION') && false === strpos($lines[$i + 1], 'DIR_SESSION')) {
					array_splice($lines, $i + 1, 0, array("define('DIR_SESSION', DIR_STORAGE . 'session/');\n"));
				}
				foreach (array('cache', 'download', 'logs', 'modification', 'session', 'upload') as $folder) {
					if (false !== strpos($lines[$i], 'DIR_' . strtoupper($folder))) {
						$lines[$i] = "define('DIR_" . strtoupper($folder) . "', DIR_STORAGE . '$folder/');\n";
					}
				}
			}
			file_put_contents(DIR_OPENCART . $name, implode('', $lines));
			Checkpoint::at('step:10:' . $name);
		}
	}
}
