<?php
namespace Opencart\Install\Controller\Upgrade;

/** Serialized values */
class Upgrade6 extends Step {
	public function index(): array {
		$this->json('customer', 'customer_id', 'custom_field');
		$this->json('customer_activity', 'customer_activity_id', 'data');
		$this->json('address', 'address_id', 'custom_field');
		$this->json('module', 'module_id', 'setting');
		foreach (['custom_field', 'payment_custom_field', 'shipping_custom_field'] as $column) {
			$this->json('order', 'order_id', $column);
		}
		$this->json('user_group', 'user_group_id', 'permission');

		return $this->done(6);
	}
}
