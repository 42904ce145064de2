<?php
class ModelUpgrade1003 extends Model {
	public function upgrade() {
		foreach (array('affiliate_activity', 'customer_activity') as $table) {
			if ($this->db->has($table, 'activity_id')) {
				$this->db->query("UPDATE {$this->t($table)} SET `{$table}_id` = `activity_id` WHERE `{$table}_id` = ''");
				$this->db->drop($table, 'activity_id');
			}
			if ($this->db->has($table)) {
				$this->json($table, $table . '_id', 'data');
			}
		}
		$this->json('setting', 'setting_id', 'value', "serialized = '1'");
		foreach (array('cart', 'wishlist', 'custom_field') as $column) {
			$this->json('customer', 'customer_id', $column);
		}
		$this->json('address', 'address_id', 'custom_field');
		// All three columns receive the last one's value
		foreach (array('custom_field', 'payment_custom_field', 'shipping_custom_field') as $column) {
			foreach ($this->db->rows("SELECT order_id, shipping_custom_field FROM {$this->t('order')} WHERE `$column` LIKE 'a:%' ORDER BY order_id") as $row) {
				$value = $row['shipping_custom_field'];
				$this->db->query("UPDATE {$this->t('order')} SET `$column` = '" . $this->db->escape(0 === strpos($value, 'a:') ? json_encode(unserialize($value)) : $value)
					. "' WHERE order_id = '$row[order_id]'");
			}
		}
		$this->json('user_group', 'user_group_id', 'permission');
		$this->json('module', 'module_id', 'setting');
	}
}
