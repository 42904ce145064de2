<?php

class ValidateCore
{
    const STAMP = '@@VERSION@@';

    public static function isLoadedObject($object)
    {
        return is_object($object) && $object->id;
    }

    public static function isModuleName($name)
    {
        return 1 === preg_match('/^[a-zA-Z0-9_-]+$/', $name);
    }
}
