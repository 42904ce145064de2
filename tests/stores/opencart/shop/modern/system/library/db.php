<?php
namespace Opencart\System\Library;

class DB {
	private \mysqli $connection;

	public function __construct(string $driver, string $hostname, string $username, string $password, string $database, string $port = '') {
		mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
		try {
			$this->connection = new \mysqli($hostname, $username, $password, $database, (int)($port ?: ini_get('mysqli.default_port')));
			$this->connection->set_charset('utf8mb4');
			$this->query("SET SESSION sql_mode = 'NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION'");
			$this->query('SET FOREIGN_KEY_CHECKS = 0');
		} catch (\mysqli_sql_exception $e) {
			throw new \Exception('Error: Could not make a database link using ' . $username . '@' . $hostname . '!');
		}
	}

	public function query(string $sql) {
		try {
			$result = $this->connection->query($sql);
		} catch (\mysqli_sql_exception $e) {
			throw new \Exception('Error: ' . $this->connection->error . '<br/>Error No: ' . $this->connection->errno . '<br/>' . $sql);
		}
		if (!preg_match('/^(SELECT|SHOW|SET)\b/', $sql)) {
			\Checkpoint::wrote();
		}

		return $result;
	}

	public function rows(string $sql): array {
		return $this->query($sql)->fetch_all(MYSQLI_ASSOC);
	}

	public function escape($value): string {
		return $this->connection->real_escape_string((string)$value);
	}

	/** Whether a table, or a column of it, is there */
	public function has(string $table, ?string $column = null): bool {
		return (bool)$this->rows("SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '" . DB_DATABASE . "' AND TABLE_NAME = '" . DB_PREFIX . $table . "'"
			. ($column === null ? '' : " AND COLUMN_NAME = '$column'"));
	}

	/** Takes a table or a column away when it is there */
	public function drop(string $table, ?string $column = null): void {
		if ($this->has($table, $column)) {
			$this->query($column === null ? 'DROP TABLE `' . DB_PREFIX . "$table`" : 'ALTER TABLE `' . DB_PREFIX . "$table` DROP `$column`");
		}
	}
}

\Release::add('@RELEASE@', __FILE__);
