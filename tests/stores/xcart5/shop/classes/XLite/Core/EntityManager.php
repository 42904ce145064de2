<?php

namespace XLite\Core;

/**
 * Entity manager
 */
class EntityManager
{
    protected $connection;

    public function __construct(Connection $connection)
    {
        $this->connection = $connection;
    }

    public function getConnection()
    {
        return $this->connection;
    }

    public function flush()
    {
    }

    public function clear()
    {
    }
}
