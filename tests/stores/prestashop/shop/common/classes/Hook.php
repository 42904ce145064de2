<?php

class HookCore
{
    const STAMP = '@@VERSION@@';

    public static function getIdByName($name)
    {
        return (int) Db::getInstance()->getValue('SELECT `id_hook` FROM `' . _DB_PREFIX_ . "hook` WHERE `name` = '" . pSQL($name) . "'");
    }

    /** @return string[] Names of the modules that answer to a hook */
    public static function modules($name)
    {
        $rows = Db::getInstance()->executeS('SELECT m.`name` FROM `' . _DB_PREFIX_ . 'hook_module` hm JOIN `' . _DB_PREFIX_
            . 'module` m ON m.`id_module` = hm.`id_module` JOIN `' . _DB_PREFIX_ . 'module_shop` ms ON ms.`id_module` = m.`id_module` WHERE hm.`id_hook` = '
            . self::getIdByName($name) . ' ORDER BY hm.`position`');

        return array_column($rows, 'name');
    }
}
