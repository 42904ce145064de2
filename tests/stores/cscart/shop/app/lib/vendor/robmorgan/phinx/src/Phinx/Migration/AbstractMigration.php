<?php

namespace Phinx\Migration;

use Phinx\Db\Table;

abstract class AbstractMigration implements MigrationInterface
{
    protected $adapter;

    protected $version;

    /** Older releases give the version alone, newer ones the environment before it */
    final public function __construct($environment, $version = null)
    {
        $this->version = $version ?? $environment;
    }

    public function up()
    {
    }

    public function setAdapter($adapter)
    {
        $this->adapter = $adapter;

        return $this;
    }

    public function getAdapter()
    {
        return $this->adapter;
    }

    public function getVersion()
    {
        return $this->version;
    }

    public function execute($sql)
    {
        return $this->adapter->execute($sql);
    }

    public function query($sql)
    {
        return $this->adapter->query($sql);
    }

    public function fetchRow($sql)
    {
        return $this->adapter->fetchRow($sql);
    }

    public function fetchAll($sql)
    {
        return $this->adapter->fetchAll($sql);
    }

    public function hasTable($name)
    {
        return $this->adapter->hasTable($name);
    }

    public function table($name, $options = array())
    {
        return new Table($name, $options, $this->adapter);
    }

    public function dropTable($name)
    {
        $this->adapter->timed("dropTable('$name')", "Dropping table $name", "DROP TABLE `$name`");
    }
}
