<?php

namespace Tygh;

use Tygh\Exceptions\DatabaseException;

class Database
{
    /** @var \mysqli */
    private static $link;

    private static $prefix;

    public static function connect(array $config)
    {
        mysqli_report(MYSQLI_REPORT_OFF);
        $host = explode(':', $config['db_host']);
        self::$prefix = $config['table_prefix'];
        self::$link = @new \mysqli($host[0], $config['db_user'], $config['db_password'], $config['db_name'], $host[1] ?? null);
        if (self::$link->connect_error) {
            throw new DatabaseException('Cannot connect to the database server: ' . self::$link->connect_error);
        }
        self::$link->set_charset('utf8');
        self::query("SET NAMES 'utf8', sql_mode = '', SESSION group_concat_max_len = 3000");
    }

    public static function query($sql, array $values = array())
    {
        $sql = str_replace('?:', self::$prefix, $sql);
        $sql = preg_replace_callback('/\?s/', function () use (&$values) {
            return "'" . self::$link->real_escape_string((string) array_shift($values)) . "'";
        }, $sql);
        $result = self::$link->query($sql);
        if (false === $result) {
            throw new DatabaseException(self::$link->error . " ($sql)", self::$link->errno);
        }

        return $result;
    }

    public static function rows($sql, array $values = array())
    {
        return self::query($sql, $values)->fetch_all(MYSQLI_ASSOC);
    }
}
