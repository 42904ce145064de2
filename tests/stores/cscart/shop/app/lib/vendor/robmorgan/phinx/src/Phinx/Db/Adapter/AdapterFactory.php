<?php

namespace Phinx\Db\Adapter;

class AdapterFactory
{
    private static $instance;

    private $classes = array('mysql' => 'Phinx\Db\Adapter\MysqlAdapter');

    public static function instance()
    {
        return self::$instance = self::$instance ?? new self();
    }

    public function registerAdapter($name, $class)
    {
        $this->classes[$name] = ltrim($class, '\\');

        return $this;
    }

    public function getAdapter($name, array $options)
    {
        if (!isset($this->classes[$name])) {
            throw new \RuntimeException("Adapter \"$name\" has not been registered");
        }

        return new $this->classes[$name]($options);
    }
}
