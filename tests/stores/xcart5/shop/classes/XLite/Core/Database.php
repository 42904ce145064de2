<?php

namespace XLite\Core;

/**
 * Database
 */
class Database
{
    protected static $instance;

    protected $em;

    protected $prefix;

    protected function __construct()
    {
        $options = \Includes\Utils\ConfigParser::getOptions('database_details');
        $this->prefix = $options['table_prefix'];
        $this->em = new EntityManager(new Connection($options));
    }

    public static function getInstance()
    {
        if (null === static::$instance) {
            static::$instance = new static();
        }

        return static::$instance;
    }

    public static function getEM()
    {
        return static::getInstance()->em;
    }

    public function getConnection()
    {
        return $this->em->getConnection();
    }

    public function getTablePrefix()
    {
        return $this->prefix;
    }

    public function getModules()
    {
        return $this->getConnection()->fetchAll(
            'SELECT * FROM `' . $this->prefix . 'modules` WHERE installed = 1 ORDER BY moduleID'
        );
    }

    /** Rows of a YAML file: found by the model's identity and updated, or inserted */
    public function loadFixturesFromYaml($file)
    {
        $data = Yaml::parse(file_get_contents($file));
        foreach ($data as $class => $rows) {
            $class = '\\' . ltrim($class, '\\');
            foreach ($rows as $row) {
                if (is_array($row) && !isset($row['directives'])) {
                    $this->loadRow($class, $row);
                }
            }
        }

        return (bool) $data;
    }

    protected function loadRow($class, array $row)
    {
        $table = '`' . $this->prefix . $class::TABLE . '`';
        $where = array();
        $identity = array();
        foreach ($class::$identity as $name) {
            $where[] = '`' . $name . '` = ?';
            $identity[] = $row[$name];
        }
        $where = implode(' AND ', $where);

        if ($this->getConnection()->fetchColumn("SELECT COUNT(*) FROM $table WHERE $where", $identity)) {
            $names = array_diff(array_keys($row), $class::$identity);
            $this->getConnection()->executeUpdate(
                "UPDATE $table SET `" . implode('` = ?, `', $names) . "` = ? WHERE $where",
                array_merge(array_values(array_intersect_key($row, array_flip($names))), $identity)
            );
        } else {
            $this->getConnection()->executeUpdate(
                "INSERT INTO $table (`" . implode('`, `', array_keys($row)) . '`) VALUES ('
                . implode(', ', array_fill(0, count($row), '?')) . ')',
                array_values($row)
            );
        }
    }

    /** Statements that bring a table to what its model declares */
    public function getSchemaUpdate($table, array $columns, array $keys)
    {
        $table = $this->prefix . $table;
        $known = array_column($this->getConnection()->fetchAll(
            'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?',
            array($table)
        ), 'name');
        $add = array();
        foreach ($columns as $name => $type) {
            if (!in_array($name, $known, true)) {
                $add[] = '`' . $name . '` ' . $type;
            }
        }
        if (!$known) {
            return array(
                'CREATE TABLE `' . $table . '` (' . implode(', ', array_merge($add, $keys))
                . ') ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci'
            );
        }

        return array_map(function ($column) use ($table) {
            return 'ALTER TABLE `' . $table . '` ADD ' . $column;
        }, $add);
    }
}
