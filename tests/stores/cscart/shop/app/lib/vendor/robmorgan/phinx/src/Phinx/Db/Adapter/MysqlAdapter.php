<?php

namespace Phinx\Db\Adapter;

use Phinx\Migration\Manager;
use Tygh\Checkpoint;

/** Over PDO, with the mode of the server but for engines in newer releases */
class MysqlAdapter
{
    protected $options;

    protected $connection;

    private $output;

    /** Number of the migration that runs, and how many statements of it have ended */
    public $number = 0;

    public $statements = 0;

    public function __construct(array $options)
    {
        $this->options = $options;
    }

    public function getOptions()
    {
        return $this->options;
    }

    public function getOption($name)
    {
        return $this->options[$name] ?? null;
    }

    public function setOutput($output)
    {
        $this->output = $output;
    }

    public function getConnection()
    {
        $this->connect();

        return $this->connection;
    }

    public function connect()
    {
        if (null !== $this->connection) {
            return;
        }
        $this->open();
        if (!$this->hasTable($this->options['migration_table'])) {
            $this->createSchemaTable();
        }
    }

    protected function open()
    {
        $o = $this->options;
        $this->connection = new \PDO("mysql:host={$o['host']};" . (isset($o['port']) ? "port={$o['port']};" : '')
            . (isset($o['unix_socket']) ? "unix_socket={$o['unix_socket']};" : '') . "dbname={$o['name']};charset={$o['charset']}", $o['user'], $o['pass']);
        $this->connection->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
        if (Manager::modern()) {
            $this->connection->exec("SET SESSION sql_mode = REPLACE(@@SESSION.sql_mode, 'NO_ENGINE_SUBSTITUTION', '')");
        }
    }

    protected function run($sql)
    {
        return $this->connection->exec($sql);
    }

    protected function rows($sql)
    {
        return $this->connection->query($sql)->fetchAll(\PDO::FETCH_BOTH);
    }

    public function execute($sql)
    {
        $this->connect();
        if (Checkpoint::fails("schema:{$this->number}:fail:{$this->statements}")) {
            $sql = 'ALTER TABLE `' . $this->options['prefix'] . 'products` ADD `product_id` int(11) NOT NULL';
        }
        $count = $this->run($sql);
        if ($this->number) {
            $this->statements++;
            Checkpoint::at("schema:{$this->number}:inside:{$this->statements}");
        }

        return $count;
    }

    public function query($sql)
    {
        return $this->fetchAll($sql);
    }

    public function fetchAll($sql)
    {
        $this->connect();

        return $this->rows($sql);
    }

    public function fetchRow($sql)
    {
        $rows = $this->fetchAll($sql);

        return $rows ? $rows[0] : false;
    }

    public function hasTable($name)
    {
        return (bool) $this->fetchAll("SHOW TABLES LIKE '" . addcslashes($name, "\\'_%") . "'");
    }

    public function hasColumn($table, $column)
    {
        return (bool) $this->fetchAll("SHOW COLUMNS FROM `$table` LIKE '" . addcslashes($column, "\\'_%") . "'");
    }

    /** Says what it does, and before 0.12 how long that took */
    public function timed($call, $words, $sql)
    {
        $start = microtime(true);
        $this->output->writeln(Manager::modern() ? " -- $words" : " -- $call");
        $this->execute($sql);
        $this->output->writeln(sprintf('    -> %.4fs', microtime(true) - $start));
    }

    private function createSchemaTable()
    {
        $table = $this->options['migration_table'];
        if (Manager::modern()) {
            $this->run("CREATE TABLE `$table` (`version` bigint(20) NOT NULL, `migration_name` varchar(100) DEFAULT NULL,"
                . ' `start_time` timestamp NULL DEFAULT NULL, `end_time` timestamp NULL DEFAULT NULL, `breakpoint` tinyint(1) NOT NULL'
                . ' DEFAULT 0, PRIMARY KEY (`version`)) ENGINE=InnoDB DEFAULT CHARSET=utf8');

            return;
        }
        $start = microtime(true);
        $this->output->writeln(" -- createTable('$table')");
        $this->run("CREATE TABLE `$table` (`version` bigint(20) NOT NULL, `start_time` timestamp NULL DEFAULT NULL,"
            . ' `end_time` timestamp NULL DEFAULT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8');
        $this->output->writeln(sprintf('    -> %.4fs', microtime(true) - $start));
    }

    public function getVersions()
    {
        $rows = $this->fetchAll("SELECT version FROM `{$this->options['migration_table']}` ORDER BY version");

        return array_map('strval', array_column($rows, 'version'));
    }

    public function migrated($version, $name, $start, $end)
    {
        $names = Manager::modern() ? ', migration_name, breakpoint' : '';
        $values = Manager::modern() ? ", '$name', 0" : '';
        $this->run("INSERT INTO `{$this->options['migration_table']}` (version, start_time, end_time$names)"
            . " VALUES ('$version', '$start', '$end'$values)");
    }

    public function begin()
    {
        $this->run('START TRANSACTION');
    }

    public function commit()
    {
        $this->run('COMMIT');
    }
}
