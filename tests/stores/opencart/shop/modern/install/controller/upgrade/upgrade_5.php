<?php
namespace Opencart\Install\Controller\Upgrade;

/** Events */
class Upgrade5 extends Step {
	public function index(): array {
		foreach (AT_EVENTS as $code => $event) {
			if (!$this->db->rows("SELECT event_id FROM {$this->t('event')} WHERE `code` = '$code'")) {
				$this->db->query("INSERT INTO {$this->t('event')} SET `code` = '$code', description = '', `trigger` = '$event[0]', `action` = '$event[1]', `status` = '1', sort_order = '0'");
			}
		}
		AT_TRIGGERS;
		$this->db->drop('event', 'date_added');
		$this->db->query("UPDATE {$this->t('event')} SET `trigger` = 'AT_RETURNS' WHERE `code` = 'admin_mail_return'");
		$this->db->query("UPDATE {$this->t('event')} SET `code` = 'mail_subscription' WHERE `code` = 'subscription'");
		AT_DOTS;

		return $this->done(5);
	}
}
