<?php

namespace Stores;

/**
 * One kind of store that a folder of this tree makes: its settings, and the name by which tests ask for it
 */
abstract class Family
{
    public $name;

    /** Settings, see all() */
    public $set;

    /** Settings by name of the family */
    abstract protected static function all();

    public static function names()
    {
        return array_map('strval', array_keys(static::all()));
    }

    public static function get($name)
    {
        $all = static::all();
        if (!isset($all[$name])) {
            fwrite(STDERR, "unknown family: $name (known: " . implode(', ', array_keys($all)) . ")\n");
            exit(2);
        }
        $family = new static();
        $family->name = (string) $name;
        $family->set = $all[$name];

        return $family;
    }
}
