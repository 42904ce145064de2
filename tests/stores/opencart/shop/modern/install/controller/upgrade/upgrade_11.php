<?php
namespace Opencart\Install\Controller\Upgrade;

/** Names of countries and zones by language */
class Upgrade11 extends Step {
	public function index(): array {
		$languages = $this->db->rows("SELECT language_id FROM {$this->t('language')} ORDER BY language_id");
		foreach (['country', 'zone'] as $table) {
			if ($this->db->has($table, 'name')) {
				foreach ($this->db->rows("SELECT {$table}_id AS id, name FROM {$this->t($table)} ORDER BY {$table}_id") as $row) {
					foreach ($languages as $language) {
						$this->db->query("INSERT INTO {$this->t($table . '_description')} SET {$table}_id = '$row[id]', language_id = '$language[language_id]', name = '" . $this->db->escape($row['name']) . "'");
					}
				}
			}
		}
		$this->db->drop('country', 'name');
		$this->db->drop('zone', 'name');
		unset($_GET['version']);

		return $this->done(11);
	}
}
