<?php

namespace Phinx\Config;

class Config
{
    private $values;

    private $file;

    public function __construct(array $values, $file = null)
    {
        $this->values = $values;
        $this->file = $file;
    }

    public function getConfigFilePath()
    {
        return $this->file;
    }

    public function getMigrationPath()
    {
        return $this->getMigrationPaths()[0];
    }

    public function getMigrationPaths()
    {
        return array_values((array) $this->values['paths']['migrations']);
    }

    public function getDefaultEnvironment()
    {
        $all = $this->values['environments'];

        return $all['default_environment'] ?? $all['default_database'] ?? 'development';
    }

    public function getEnvironment($name)
    {
        $all = $this->values['environments'];
        if (!isset($all[$name])) {
            return null;
        }
        $table = $all['default_migration_table'] ?? 'phinxlog';

        return $all[$name] + array('default_migration_table' => $table, 'migration_table' => $table);
    }
}
