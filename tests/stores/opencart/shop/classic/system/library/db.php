<?php
class DB {
	const ERRORS = '@ERRORS@';

	private $connection;

	public function __construct($driver, $hostname, $username, $password, $database, $port = null) {
		mysqli_report(MYSQLI_REPORT_OFF);
		$this->connection = @new mysqli($hostname, $username, $password, $database, (int)($port ?: ini_get('mysqli.default_port')));
		if ($this->connection->connect_errno) {
			if ('notice' === self::ERRORS) {
				trigger_error('Error: Could not make a database link (' . $this->connection->connect_errno . ') ' . $this->connection->connect_error);
				exit();
			}
			throw new Exception('exception' === self::ERRORS ? 'Error: ' . $this->connection->connect_error . '<br />Error No: ' . $this->connection->connect_errno
				: 'Error: Could not make a database link using ' . $username . '@' . $hostname . '!');
		}
		if ('warning' === self::ERRORS) {
			mysqli_report(MYSQLI_REPORT_ERROR);
		}
		$this->connection->set_charset('utf8');
		$this->connection->query("SET SESSION sql_mode = '" . ('warning' === self::ERRORS ? 'NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION' : '') . "'");
	}

	public function query($sql) {
		$result = $this->connection->query($sql);
		if ($this->connection->errno) {
			$message = 'Error: ' . $this->connection->error . '<br />Error No: ' . $this->connection->errno . '<br />' . $sql;
			if ('notice' !== self::ERRORS) {
				throw new Exception($message);
			}
			trigger_error($message);
		}
		if (!preg_match('/^(SELECT|SHOW|SET)\b/', $sql)) {
			Checkpoint::wrote();
		}

		return $result;
	}

	public function rows($sql) {
		$result = $this->query($sql);

		return $result instanceof mysqli_result ? $result->fetch_all(MYSQLI_ASSOC) : array();
	}

	public function escape($value) {
		return $this->connection->real_escape_string((string)$value);
	}

	public function getLastId() {
		return $this->connection->insert_id;
	}

	/** Whether a table, or a column of it, is there */
	public function has($table, $column = null) {
		return (bool)$this->rows("SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '" . DB_DATABASE . "' AND TABLE_NAME = '" . DB_PREFIX . $table . "'"
			. (null === $column ? '' : " AND COLUMN_NAME = '$column'"));
	}

	/** Takes a table or a column away when it is there */
	public function drop($table, $column = null) {
		if ($this->has($table, $column)) {
			$this->query(null === $column ? 'DROP TABLE `' . DB_PREFIX . "$table`" : 'ALTER TABLE `' . DB_PREFIX . "$table` DROP `$column`");
		}
	}
}

Release::add('@RELEASE@', __FILE__);
