<?php
namespace Opencart\Install\Controller\Upgrade;

require_once(DIR_APPLICATION . 'patch/sync.php');

/** Tables */
class Upgrade3 extends Step {
	public function index(): array {
		require_once(DIR_SYSTEM . 'helper/db_schema.php');
		\Checkpoint::scope('');
		(new \Sync($this->db, true))->tables(oc_db_schema());

		return $this->done(3);
	}
}
