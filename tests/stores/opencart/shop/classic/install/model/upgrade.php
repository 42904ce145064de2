<?php
require_once(DIR_APPLICATION . 'patch/sync.php');

class ModelUpgrade extends Model {
	public function mysql() {
		Checkpoint::at('step:1:before');
		$file = DIR_APPLICATION . 'opencart.sql';
		if (!is_file($file)) {
			exit('Could not load sql file: ' . $file);
		}
		// This is what the file looked like up to 2.0; a test may ask for what was meant
		$tables = Sync::parse($file, getenv('OC_TEST_MEANT') ? 'CREATE TABLE' : 'CREATE TABLE IF NOT EXISTS');
		(new Sync($this->db, false))->tables($tables);

		Checkpoint::scope('step:1');
		$this->setting('config_voucher_min', '1');
		$this->setting('config_voucher_max', '1000');
		$this->json('setting', 'setting_id', 'value', "`serialized` = '1'");
		foreach (array('cart', 'wishlist', 'custom_field') as $column) {
			$this->json('customer', 'customer_id', $column);
		}
		$this->json('address', 'address_id', 'custom_field');
		foreach (array('custom_field', 'payment_custom_field', 'shipping_custom_field') as $column) {
			$this->json('order', 'order_id', $column);
		}
		$this->json('user_group', 'user_group_id', 'permission');
		$this->repairCategories();
		Checkpoint::scope('');
	}
}
