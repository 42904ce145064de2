<?php
abstract class Model {
	protected $db;

	public function __construct($db) {
		$this->db = $db;
	}

	/** The quoted name of a table */
	protected function t($table) {
		return '`' . DB_PREFIX . $table . '`';
	}

	/** PHP's own serialized arrays in a column become JSON */
	protected function json($table, $id, $column, $where = '1') {
		foreach ($this->db->rows("SELECT `$id`, `$column` FROM {$this->t($table)} WHERE $where AND `$column` LIKE 'a:%' ORDER BY `$id`") as $row) {
			$this->db->query("UPDATE {$this->t($table)} SET `$column` = '" . $this->db->escape(json_encode(unserialize($row[$column]))) . "' WHERE `$id` = '" . (int)$row[$id] . "'");
		}
	}

	/** A setting that is missing */
	protected function setting($key, $value, $code = 'config', $serialized = 0) {
		if (!$this->db->rows("SELECT setting_id FROM {$this->t('setting')} WHERE `key` = '$key'")) {
			$this->db->query("INSERT INTO {$this->t('setting')} SET `store_id` = '0', `code` = '$code', `key` = '$key', `value` = '" . $this->db->escape($value) . "', `serialized` = '$serialized'");
		}
	}

	/** The way from the root to each category */
	protected function repairCategories($parent = 0, $path = array()) {
		foreach ($this->db->rows("SELECT category_id FROM {$this->t('category')} WHERE parent_id = '" . (int)$parent . "' ORDER BY category_id") as $row) {
			$id = (int)$row['category_id'];
			$this->db->query("DELETE FROM {$this->t('category_path')} WHERE category_id = '$id'");
			foreach (array_merge($path, array($id)) as $level => $step) {
				$this->db->query("REPLACE INTO {$this->t('category_path')} SET category_id = '$id', path_id = '$step', level = '$level'");
			}
			$this->repairCategories($id, array_merge($path, array($id)));
		}
	}
}

Release::add('@RELEASE@', __FILE__);
