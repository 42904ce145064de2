<?php
/**
 * Makes a live table what the new version describes: columns one by one, then all keys anew
 */
class Sync {
	private $db;

	private $modern;

	public function __construct($db, $modern) {
		$this->db = $db;
		$this->modern = $modern;
	}

	/** The tables of an installer's SQL whose CREATE matches BEGIN, as the arrays of later versions have them */
	public static function parse($file, $begin) {
		$tables = array();
		preg_match_all('/^' . $begin . ' `oc_(\w+)` \((.*?)\n\) ENGINE=(\w+) DEFAULT CHARSET=(\w+) COLLATE=(\w+);/ms', file_get_contents($file), $found, PREG_SET_ORDER);
		foreach ($found as $create) {
			$table = array('name' => $create[1], 'field' => array(), 'primary' => array(), 'index' => array(), 'engine' => $create[3], 'charset' => $create[4], 'collate' => $create[5]);
			foreach (explode("\n", trim($create[2])) as $line) {
				$line = rtrim(trim($line), ',');
				if (preg_match('/^PRIMARY KEY \((.*)\)$/', $line, $key)) {
					$table['primary'] = explode(',', str_replace('`', '', $key[1]));
				} elseif (preg_match('/^KEY `(\w+)` \((.*)\)$/', $line, $key)) {
					$table['index'][] = array('name' => $key[1], 'key' => explode(',', str_replace('`', '', $key[2])));
				} elseif (preg_match("/^`(\w+)` (\w+(?:\([\d,]+\))?(?: unsigned)?)( NOT NULL)?(?: DEFAULT (?:NULL|'([^']*)'))?( AUTO_INCREMENT)?$/", $line, $column)) {
					$field = array('name' => $column[1], 'type' => $column[2]);
					$field += empty($column[3]) ? array() : array('not_null' => true);
					$field += strpos($line, "DEFAULT '") ? array('default' => $column[4]) : array();
					$field += empty($column[5]) ? array() : array('auto_increment' => true);
					$table['field'][] = $field;
				}
			}
			$tables[] = $table;
		}

		return $tables;
	}

	public function tables(array $tables) {
		foreach ($tables as $table) {
			Checkpoint::at('schema:' . $table['name'] . ':before');
			if ($this->db->has($table['name'])) {
				$this->change($table, 'ALTER TABLE `' . DB_PREFIX . $table['name'] . '` ');
			} else {
				$this->create($table);
			}
			Checkpoint::at('schema:' . $table['name'] . ':done');
		}
	}

	private static function names(array $columns) {
		return '(`' . implode('`,`', $columns) . '`)';
	}

	private static function definition(array $field, $increment) {
		return '`' . $field['name'] . '` ' . $field['type'] . (empty($field['not_null']) ? '' : ' NOT NULL') . (isset($field['default']) ? " DEFAULT '" . $field['default'] . "'" : '')
			. ($increment && !empty($field['auto_increment']) ? ' AUTO_INCREMENT' : '');
	}

	private function create(array $table) {
		$lines = array();
		foreach ($table['field'] as $field) {
			$lines[] = self::definition($field, true);
		}
		$lines[] = 'PRIMARY KEY ' . self::names($table['primary']);
		foreach ($table['index'] ?? array() as $index) {
			$lines[] = 'KEY `' . $index['name'] . '` ' . self::names($index['key']);
		}
		$this->db->query('CREATE TABLE `' . DB_PREFIX . $table['name'] . "` (\n" . implode(",\n", $lines) . "\n) ENGINE=$table[engine] DEFAULT CHARSET=$table[charset] COLLATE=$table[collate]");
	}

	private function options(array $table, $alter) {
		$this->db->query($alter . "ENGINE = `$table[engine]`");
		$this->db->query($alter . "DEFAULT CHARACTER SET `$table[charset]` COLLATE `$table[collate]`");
	}

	private function change(array $table, $alter) {
		if (!$this->modern) {
			$this->options($table, $alter);
		}
		$before = ' FIRST';
		foreach ($table['field'] as $field) {
			$this->db->query($alter . ($this->db->has($table['name'], $field['name']) ? 'MODIFY ' : 'ADD ') . self::definition($field, false) . $before);
			$before = " AFTER `$field[name]`";
		}
		Checkpoint::at("schema:$table[name]:columns");
		$keys = array();
		foreach ($this->db->rows('SHOW INDEXES FROM `' . DB_PREFIX . $table['name'] . '`') as $row) {
			$keys[$row['Key_name']] = true;
		}
		foreach (array_keys($keys) as $key) {
			$this->db->query($alter . ('PRIMARY' === $key ? 'DROP PRIMARY KEY' : "DROP INDEX `$key`"));
		}
		Checkpoint::at("schema:$table[name]:dropped");
		$this->db->query($alter . 'ADD PRIMARY KEY ' . self::names($table['primary']));
		Checkpoint::at("schema:$table[name]:primary");
		if ($this->modern) {
			$this->increment($table, $alter);
		}
		foreach ($table['index'] ?? array() as $index) {
			$this->db->query($alter . "ADD INDEX `$index[name]` " . self::names($index['key']));
		}
		Checkpoint::at("schema:$table[name]:keys");
		if ($this->modern) {
			$this->options($table, $alter);
		} else {
			$this->increment($table, $alter);
		}
	}

	private function increment(array $table, $alter) {
		foreach ($table['field'] as $field) {
			if (!empty($field['auto_increment'])) {
				$this->db->query($alter . 'MODIFY ' . self::definition($field, true));
			}
		}
	}
}
