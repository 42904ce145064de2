<?php
/** The whole upgrade of 2.0 and 2.1 in one request */
class ControllerUpgrade {
	private $db;

	public function __construct($db) {
		$this->db = $db;
	}

	public function index() {
		if ('POST' !== ($_SERVER['REQUEST_METHOD'] ?? 'GET')) {
			return "<html><body><form method=\"post\" action=\"index.php?route=upgrade\"><h1>Upgrade</h1></form></body></html>\n";
		}
		require_once(DIR_APPLICATION . 'model/upgrade.php');
		(new ModelUpgrade($this->db))->mysql();
		header('Location: index.php?route=upgrade/success');
		Checkpoint::at('step:1:after');

		// The browser is sent on, and nothing else
		return '';
	}
}
