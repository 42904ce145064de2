<?php

namespace XLite\Core;

/**
 * Connection to the database
 */
class Connection
{
    protected $pdo;

    public function __construct(array $options)
    {
        $dsn = 'mysql:dbname=' . $options['database'] . ';charset=utf8'
            . (empty($options['socket'])
                ? ';host=' . $options['hostspec'] . (empty($options['port']) ? '' : ';port=' . $options['port'])
                : ';unix_socket=' . $options['socket']);
        $this->pdo = new \PDO($dsn, $options['username'], $options['password'], array(
            \PDO::ATTR_ERRMODE           => \PDO::ERRMODE_EXCEPTION,
            \PDO::ATTR_STRINGIFY_FETCHES => true,
        ));
    }

    public function executeQuery($query, array $params = array())
    {
        $statement = $this->pdo->prepare($query);
        $statement->execute($params);

        return $statement;
    }

    public function executeUpdate($query, array $params = array())
    {
        $count = $this->executeQuery($query, $params)->rowCount();
        \Includes\Checkpoint::statement();

        return $count;
    }

    public function fetchAll($query, array $params = array())
    {
        return $this->executeQuery($query, $params)->fetchAll(\PDO::FETCH_ASSOC);
    }

    public function fetchColumn($query, array $params = array())
    {
        return $this->executeQuery($query, $params)->fetchColumn();
    }

    public function lastInsertId()
    {
        return $this->pdo->lastInsertId();
    }
}
