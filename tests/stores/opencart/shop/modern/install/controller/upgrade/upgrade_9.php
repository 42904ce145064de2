<?php
namespace Opencart\Install\Controller\Upgrade;

/** Routes; methods of payment and shipping */
class Upgrade9 extends Step {
	public function index(): array {
		AT_ROUTES;
		if ($this->db->has('order', 'payment_code')) {
			foreach ($this->db->rows("SELECT * FROM {$this->t('order')} ORDER BY order_id") as $order) {
				$method = json_encode(['name' => $order['payment_method'], 'code' => $order['payment_code']]);
				$this->db->query("UPDATE {$this->t('order')} SET payment_custom_field = '" . $this->db->escape($method) . "' WHERE order_id = '$order[order_id]'");
				$cost = $this->db->rows("SELECT `value` FROM {$this->t('order_total')} WHERE order_id = '$order[order_id]' AND `code` = 'shipping'");
				if ($cost) {
					$method = json_encode(['name' => $order['shipping_method'], 'code' => $order['shipping_code'], 'cost' => $cost[0]['value'], 'text' => $order['shipping_method']]);
					$this->db->query("UPDATE {$this->t('order')} SET shipping_method = '" . $this->db->escape($method) . "' WHERE order_id = '$order[order_id]'");
				}
			}
			$this->db->drop('order', 'payment_code');
			$this->db->drop('order', 'shipping_code');
		}

		return $this->done(9);
	}
}
