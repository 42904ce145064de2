<?php

namespace Dumps;

/** The forms of dumps: who writes them, what they can carry, what they lose */
final class Form
{
    /**
     * kinds: of Values that come back whole; loses: four = characters of four bytes become question marks; oldescape = see Compare; schema =
     * rows alone, for tables that are there; layout = line ends and quotes of a trigger
     */
    public static function all()
    {
        $simple = array('plain', 'emoji', 'bytes', 'big', 'many', 'shapes', 'json', 'parts');
        $quoted = array_merge($simple, array('names', 'keys'));
        $all = Values::KINDS;

        return array(
            'cscart-old' => array('kinds' => $simple, 'loses' => array('four')),
            'cscart-new' => array('kinds' => array_merge($quoted, array('views')), 'loses' => array('four')),
            'prestashop' => array('kinds' => array_merge($quoted, array('views')), 'loses' => array('four')),
            'prestashop-mb4' => array('kinds' => array_merge($quoted, array('views')), 'loses' => array()),
            'opencart-old' => array('kinds' => array_diff($quoted, array('json', 'shapes')), 'loses' => array('oldescape', 'schema')),
            'opencart-new' => array('kinds' => $quoted, 'loses' => array('schema')),
            'danpu' => array('kinds' => array_merge($simple, array('keys', 'views', 'triggers')), 'loses' => array('four', 'layout')),
            'phpmyadmin' => array('kinds' => array_diff($all, array('routines')), 'loses' => array()),
            'mysqldump' => array('kinds' => array_diff($all, array('routines')), 'loses' => array()),
            'mysqldump-cscart' => array('kinds' => array_diff($all, array('routines', 'bits')), 'loses' => array('four')),
            'mysqldump-all' => array('kinds' => $all, 'loses' => array()),
            'mysqldump-compact' => array('kinds' => array_diff($all, array('routines', 'keys')), 'loses' => array()),
            'mysqldump-rows' => array('kinds' => array_diff($all, array('routines')), 'loses' => array()),
            'mysqldump-gz' => array('kinds' => array_diff($all, array('routines')), 'loses' => array()),
        );
    }

    public static function get($name)
    {
        $all = self::all();
        if (!isset($all[$name])) {
            fwrite(STDERR, "unknown form: $name (known: " . implode(', ', array_keys($all)) . ")\n");
            exit(2);
        }

        return $all[$name];
    }
}
