<?php

class DbCore
{
    const STAMP = '@@VERSION@@';

    const INSERT = 1;

    const INSERT_IGNORE = 2;

    const REPLACE = 3;

    private static $instance;

    private $link;

    public static function getInstance($master = true)
    {
        if (null === self::$instance) {
            self::$instance = new Db();
            if (!self::$instance->connect(_DB_SERVER_, _DB_USER_, _DB_PASSWD_, _DB_NAME_)) {
                throw new PrestaShopDatabaseException('Link to database cannot be established: ' . mysqli_connect_error());
            }
        }

        return self::$instance;
    }

    /** @return int 0 connection good, 1 none, 2 no such database */
    public static function checkConnection($server, $user, $password, $name)
    {
        $db = new Db();

        return $db->connect($server, $user, $password, $name) ? 0 : 1;
    }

    /** $server: host, host:port, host:/path/of/socket or a path of a socket */
    private function connect($server, $user, $password, $name)
    {
        mysqli_report(MYSQLI_REPORT_OFF);
        $host = $server;
        $port = 0;
        $socket = null;
        if ('' !== $server && '/' === $server[0]) {
            list($host, $socket) = array('localhost', $server);
        } elseif (false !== strpos($server, ':')) {
            list($host, $rest) = explode(':', $server, 2);
            if (ctype_digit($rest)) {
                $port = (int) $rest;
            } else {
                $socket = $rest;
            }
        }
        $this->link = @mysqli_connect($host, $user, $password, $name, $port, $socket);
        if (!$this->link) {
            return false;
        }
        $this->link->query("SET NAMES '@@CHARSET@@'");
        $this->link->query("SET SESSION sql_mode = ''");

        return true;
    }

    public function query($sql)
    {
        $result = $this->link->query($sql);
        if ($result && preg_match('/^\s*(INSERT|UPDATE|DELETE|REPLACE|ALTER|CREATE|DROP|RENAME|TRUNCATE)\b/i', $sql)) {
            Checkpoint::wrote();
        }

        return $result;
    }

    public function execute($sql, $use_cache = true)
    {
        return (bool) $this->query($sql);
    }

    public function executeS($sql, $array = true, $use_cache = true)
    {
        $result = $this->query($sql);

        return is_object($result) ? $result->fetch_all(MYSQLI_ASSOC) : (bool) $result;
    }

    public function getRow($sql, $use_cache = true)
    {
        $rows = $this->executeS(preg_match('/\bLIMIT\s+\d+\s*$/i', $sql) ? $sql : rtrim($sql) . ' LIMIT 1');

        return $rows ? $rows[0] : false;
    }

    public function getValue($sql, $use_cache = true)
    {
        $row = $this->getRow($sql);

        return $row ? reset($row) : false;
    }

    public function insert($table, $data, $null_values = false, $use_cache = true, $type = self::INSERT, $add_prefix = true)
    {
        $rows = is_array(reset($data)) ? $data : array($data);
        $words = array(self::INSERT => 'INSERT INTO', self::INSERT_IGNORE => 'INSERT IGNORE INTO', self::REPLACE => 'REPLACE INTO');
        $lines = array();
        foreach ($rows as $row) {
            $lines[] = '(' . implode(', ', array_map(function ($value) use ($null_values) {
                return null === $value || '' === $value && $null_values ? 'NULL' : "'$value'";
            }, $row)) . ')';
        }

        return $this->execute($words[$type] . ' `' . ($add_prefix ? _DB_PREFIX_ : '') . $table . '` (`' . implode('`, `', array_keys(reset($rows)))
            . '`) VALUES ' . implode(', ', $lines));
    }

    public function update($table, $data, $where = '', $limit = 0, $null_values = false, $use_cache = true, $add_prefix = true)
    {
        $pairs = array();
        foreach ($data as $name => $value) {
            $pairs[] = "`$name` = " . (null === $value || '' === $value && $null_values ? 'NULL' : "'$value'");
        }

        return $this->execute('UPDATE `' . ($add_prefix ? _DB_PREFIX_ : '') . $table . '` SET ' . implode(', ', $pairs) . ('' === $where ? '' : " WHERE $where")
            . ($limit ? " LIMIT $limit" : ''));
    }

    public function delete($table, $where = '', $limit = 0, $use_cache = true, $add_prefix = true)
    {
        return $this->execute('DELETE FROM `' . ($add_prefix ? _DB_PREFIX_ : '') . $table . '`' . ('' === $where ? '' : " WHERE $where"));
    }

    public function escape($string, $html_ok = false, $bq_sql = false)
    {
        $string = $this->link->real_escape_string((string) $string);

        return $html_ok ? $string : strip_tags($string);
    }

    public function Insert_ID()
    {
        return $this->link->insert_id;
    }

    public function Affected_Rows()
    {
        return $this->link->affected_rows;
    }

    public function numRows()
    {
        return $this->link->affected_rows;
    }

    public function getMsgError()
    {
        return $this->link->error;
    }

    public function getNumberError()
    {
        return $this->link->errno;
    }

    public function getVersion()
    {
        return $this->link->server_info;
    }
}
