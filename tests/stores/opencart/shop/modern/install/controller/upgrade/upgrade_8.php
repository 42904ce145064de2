<?php
namespace Opencart\Install\Controller\Upgrade;

/** Customers, countries, carts; what is not needed any more */
class Upgrade8 extends Step {
	public function index(): array {
		if ($this->db->has('customer_affiliate', 'payment')) {
			$this->db->query("UPDATE {$this->t('customer_affiliate')} SET payment_method = payment");
			$this->db->query("ALTER TABLE {$this->t('customer_affiliate')} DROP COLUMN payment");
		}
		if (!$this->db->has('country', 'address_format_id')) {
			$this->db->query("ALTER TABLE {$this->t('country')} ADD COLUMN address_format_id int(11) NOT NULL AFTER address_format");
			$this->db->query("ALTER TABLE {$this->t('country')} DROP COLUMN address_format");
		}
		if (!$this->db->rows("SELECT address_format_id FROM {$this->t('address_format')} LIMIT 1")) {
			$this->db->query("INSERT INTO {$this->t('address_format')} SET name = 'Address Format', address_format = '{firstname} {lastname}\r\n{city}\r\n{country}'");
		}
		$this->db->query("UPDATE {$this->t('country')} SET address_format_id = '1' WHERE address_format_id = '0'");
		if (!$this->db->has('cart', 'subscription_plan_id')) {
			$this->db->query("TRUNCATE TABLE {$this->t('cart')}");
			$this->db->query("ALTER TABLE {$this->t('cart')} DROP COLUMN recurring_id");
			$this->db->query("ALTER TABLE {$this->t('cart')} ADD COLUMN subscription_plan_id int(11) NOT NULL AFTER product_id");
		}
		if (!$this->db->has('address', 'default')) {
			$this->db->query("ALTER TABLE {$this->t('address')} ADD COLUMN `default` tinyint(1) NOT NULL AFTER custom_field");
		}
		foreach (AT_FIELDS as $field) {
			$this->db->drop($field[0], $field[1]);
		}
		foreach (AT_GONE as $table) {
			$this->db->drop($table);
		}

		return $this->done(8);
	}
}
