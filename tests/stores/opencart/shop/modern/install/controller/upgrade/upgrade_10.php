<?php
namespace Opencart\Install\Controller\Upgrade;

/** Codes of products */
class Upgrade10 extends Step {
	public function index(): array {
		if (!$this->db->rows("SELECT identifier_id FROM {$this->t('identifier')} LIMIT 1")) {
			foreach (['SKU' => 'Stock Keeping Unit', 'UPC' => 'Universal Product Code', 'EAN' => 'European Article Number', 'JAN' => 'Japanese Article Number', 'ISBN' => 'International Standard Book Number', 'MPN' => 'Manufacturer Part Number'] as $code => $name) {
				$this->db->query("INSERT INTO {$this->t('identifier')} SET name = '$name', `code` = '$code', `status` = '1'");
			}
		}
		foreach (['sku', 'upc', 'ean', 'jan', 'isbn', 'mpn'] as $field) {
			if ($this->db->has('product', $field)) {
				foreach ($this->db->rows("SELECT product_id, `$field` FROM {$this->t('product')} WHERE `$field` <> '' ORDER BY product_id") as $row) {
					$this->db->query("INSERT INTO {$this->t('product_code')} SET product_id = '$row[product_id]', `code` = '$field', `value` = '" . $this->db->escape($row[$field]) . "'");
				}
				$this->db->query("ALTER TABLE {$this->t('product')} DROP `$field`");
			}
		}

		return $this->done(10);
	}
}
