<?php

namespace XLite\Core;

/**
 * Values that outlive a request
 */
abstract class TmpVars
{
    public static function get($name)
    {
        $value = static::connection()->fetchColumn(
            'SELECT value FROM `' . static::table() . '` WHERE name = ?',
            array($name)
        );

        return $value ? unserialize($value) : null;
    }

    public static function set($name, $value)
    {
        static::connection()->executeUpdate(
            'INSERT INTO `' . static::table() . '` (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
            array($name, null === $value ? null : serialize($value))
        );
    }

    protected static function table()
    {
        return Database::getInstance()->getTablePrefix() . 'tmp_vars';
    }

    protected static function connection()
    {
        return Database::getInstance()->getConnection();
    }
}
