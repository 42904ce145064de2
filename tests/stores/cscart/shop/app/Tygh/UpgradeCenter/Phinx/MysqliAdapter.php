<?php

namespace Tygh\UpgradeCenter\Phinx;

use Tygh\Exceptions\DatabaseException;

class MysqliAdapter extends MysqlAdapter
{
    protected function open()
    {
        $o = $this->options;
        mysqli_report(MYSQLI_REPORT_OFF);
        $this->connection = @new \mysqli($o['host'], $o['user'], $o['pass'], $o['name'], $o['port'] ?? null, $o['unix_socket'] ?? null);
        if ($this->connection->connect_error) {
            throw new \InvalidArgumentException('There was a problem connecting to the database: ' . $this->connection->connect_error);
        }
        $this->connection->set_charset($o['charset']);
    }

    private function must($sql)
    {
        $result = $this->connection->query($sql);
        if (false === $result) {
            throw new DatabaseException($this->connection->error, $this->connection->errno);
        }

        return $result;
    }

    protected function run($sql)
    {
        $this->must($sql);

        return $this->connection->affected_rows;
    }

    protected function rows($sql)
    {
        return $this->must($sql)->fetch_all(MYSQLI_BOTH);
    }
}
