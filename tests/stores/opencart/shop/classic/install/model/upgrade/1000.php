<?php
require_once(DIR_APPLICATION . 'patch/sync.php');

class ModelUpgrade1000 extends Model {
	public function upgrade() {
		$file = DIR_APPLICATION . 'opencart.sql';
		if (!is_file($file)) {
			exit('Could not load sql file: ' . $file);
		}
		Checkpoint::scope('');
		(new Sync($this->db, false))->tables(Sync::parse($file, 'CREATE TABLE(?: IF NOT EXISTS)?'));
	}
}
