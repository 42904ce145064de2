<?php

class ContextCore
{
    const STAMP = '@@VERSION@@';

    public $shop;

    public $language;

    public $employee;

    private static $instance;

    public static function getContext()
    {
        if (null === self::$instance) {
            self::$instance = new Context();
        }

        return self::$instance;
    }
}
