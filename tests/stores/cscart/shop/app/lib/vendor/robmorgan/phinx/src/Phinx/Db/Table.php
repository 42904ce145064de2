<?php

namespace Phinx\Db;

/** Changes of a table, as far as the migrations of this store make them */
class Table
{
    const TYPES = array('string' => 'varchar(%d)', 'integer' => 'int(11)', 'text' => 'text', 'char' => 'char(%d)');

    private $name;

    private $adapter;

    /** @var array{string, string}[] What is said of a change => its clause */
    private $changes = array();

    public function __construct($name, $options, $adapter)
    {
        $this->name = $name;
        $this->adapter = $adapter;
    }

    public function getName()
    {
        return $this->name;
    }

    public function exists()
    {
        return $this->adapter->hasTable($this->name);
    }

    public function hasColumn($column)
    {
        return $this->adapter->hasColumn($this->name, $column);
    }

    private function definition($type, array $options)
    {
        $sql = sprintf(self::TYPES[$type], $options['limit'] ?? ('char' === $type ? 1 : 255));
        $sql .= empty($options['null']) ? ' NOT NULL' : ' NULL';
        if (isset($options['default'])) {
            $sql .= ' DEFAULT ' . (is_int($options['default']) ? $options['default'] : "'" . addslashes($options['default']) . "'");
        }

        return $sql . (isset($options['after']) ? " AFTER `{$options['after']}`" : '');
    }

    public function addColumn($column, $type, $options = array())
    {
        $this->changes[] = array("addColumn('{$this->name}', '$column', '$type')", "ADD `$column` " . $this->definition($type, $options));

        return $this;
    }

    public function changeColumn($column, $type, $options = array())
    {
        $this->changes[] = array("changeColumn('{$this->name}', '$column', '$type')",
            "CHANGE `$column` `$column` " . $this->definition($type, $options));

        return $this;
    }

    public function renameColumn($old, $new)
    {
        $about = $this->adapter->fetchRow("SHOW FULL COLUMNS FROM `{$this->name}` LIKE '$old'");
        $default = null === $about['Default'] ? '' : " DEFAULT '" . addslashes($about['Default']) . "'";
        $null = 'NO' === $about['Null'] ? ' NOT NULL' : ' NULL';
        $this->changes[] = array("renameColumn('{$this->name}', '$old', '$new')", "CHANGE `$old` `$new` {$about['Type']}$null$default");

        return $this;
    }

    public function removeColumn($column)
    {
        $this->changes[] = array("dropColumn('{$this->name}', '$column')", "DROP COLUMN `$column`");

        return $this;
    }

    public function update()
    {
        foreach ($this->changes as $change) {
            $this->adapter->timed($change[0], "Altering table {$this->name}", "ALTER TABLE `{$this->name}` {$change[1]}");
        }
        $this->changes = array();
    }

    public function save()
    {
        $this->update();
    }
}
