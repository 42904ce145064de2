<?php
class ControllerCommonHome extends Model {
	public function index() {
		$total = $this->db->rows("SELECT COUNT(*) AS total FROM {$this->t('user')} u LEFT JOIN {$this->t('user_group')} g ON g.user_group_id = u.user_group_id")[0]['total'];

		return "HTTP 200\nDashboard of @SAYS@ for $total users\n";
	}
}

Release::add('@RELEASE@', __FILE__);
