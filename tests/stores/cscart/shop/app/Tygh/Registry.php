<?php

namespace Tygh;

class Registry
{
    private static $data = array();

    public static function set($key, $value)
    {
        $place = &self::$data;
        foreach (explode('.', $key) as $part) {
            $place = &$place[$part];
        }
        $place = $value;
    }

    public static function get($key)
    {
        $place = self::$data;
        foreach (explode('.', $key) as $part) {
            if (!isset($place[$part])) {
                return null;
            }
            $place = $place[$part];
        }

        return $place;
    }
}
