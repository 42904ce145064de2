<?php

class TabCore
{
    const STAMP = '@@VERSION@@';

    public static function getIdFromClassName($class)
    {
        return (int) Db::getInstance()->getValue('SELECT `id_tab` FROM `' . _DB_PREFIX_ . "tab` WHERE `class_name` = '" . pSQL($class) . "'");
    }
}
