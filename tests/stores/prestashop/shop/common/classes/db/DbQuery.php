<?php

class DbQueryCore
{
    const STAMP = '@@VERSION@@';

    private $parts = array('select' => array(), 'from' => '', 'where' => array(), 'order' => '');

    public function select($fields)
    {
        $this->parts['select'][] = $fields;

        return $this;
    }

    public function from($table, $alias = null)
    {
        $this->parts['from'] = '`' . _DB_PREFIX_ . $table . '`' . ($alias ? " $alias" : '');

        return $this;
    }

    public function where($condition)
    {
        $this->parts['where'][] = "($condition)";

        return $this;
    }

    public function orderBy($fields)
    {
        $this->parts['order'] = " ORDER BY $fields";

        return $this;
    }

    public function __toString()
    {
        return 'SELECT ' . (implode(', ', $this->parts['select']) ?: '*') . ' FROM ' . $this->parts['from']
            . ($this->parts['where'] ? ' WHERE ' . implode(' AND ', $this->parts['where']) : '') . $this->parts['order'];
    }
}
