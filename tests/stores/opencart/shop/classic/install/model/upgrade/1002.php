<?php
class ModelUpgrade1002 extends Model {
	public function upgrade() {
		$this->setting('config_product_limit', '20');
		$this->setting('config_voucher_min', '1');
		$this->setting('config_voucher_max', '1000');
		if ($this->db->has('customer_group', 'name')) {
			foreach ($this->db->rows("SELECT * FROM {$this->t('customer_group')}") as $group) {
				foreach ($this->db->rows("SELECT language_id FROM {$this->t('language')}") as $language) {
					$this->db->query("INSERT INTO {$this->t('customer_group_description')} SET customer_group_id = '$group[customer_group_id]', language_id = '$language[language_id]', name = '"
						. $this->db->escape($group['name']) . "'");
				}
			}
			$this->db->drop('customer_group', 'name');
		}
		if ($this->db->has('product_option', 'option_value')) {
			$this->db->drop('product_option', 'value');
			$this->db->query("ALTER TABLE {$this->t('product_option')} CHANGE `option_value` `value` TEXT NOT NULL");
		}
		$this->repairCategories();
	}
}
