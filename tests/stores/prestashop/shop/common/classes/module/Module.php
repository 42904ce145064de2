<?php

class ModuleCore
{
    const STAMP = '@@VERSION@@';

    public $id;

    public $name;

    public $version;

    public $active = false;

    public function __construct()
    {
        $row = Db::getInstance()->getRow('SELECT `id_module`, `active` FROM `' . _DB_PREFIX_ . "module` WHERE `name` = '" . pSQL($this->name) . "'");
        if ($row) {
            $this->id = (int) $row['id_module'];
            $this->active = (bool) $row['active'];
        }
    }

    public static function getInstanceByName($name)
    {
        $file = _PS_MODULE_DIR_ . "$name/$name.php";
        if (!is_file($file)) {
            return false;
        }
        require_once $file;

        return class_exists($name) ? new $name() : false;
    }

    public static function isInstalled($name)
    {
        return (bool) Db::getInstance()->getValue('SELECT `id_module` FROM `' . _DB_PREFIX_ . "module` WHERE `name` = '" . pSQL($name) . "'");
    }

    public static function isEnabled($name)
    {
        return (bool) Db::getInstance()->getValue('SELECT m.`id_module` FROM `' . _DB_PREFIX_ . 'module` m JOIN `' . _DB_PREFIX_
            . "module_shop` ms ON ms.`id_module` = m.`id_module` AND ms.`id_shop` = 1 WHERE m.`name` = '" . pSQL($name) . "'");
    }

    public static function upgradeModuleVersion($name, $version)
    {
        return Db::getInstance()->execute('UPDATE `' . _DB_PREFIX_ . "module` SET `version` = '" . pSQL($version) . "' WHERE `name` = '" . pSQL($name) . "'");
    }

    public function disable($force_all = false)
    {
        Db::getInstance()->execute('UPDATE `' . _DB_PREFIX_ . 'module` SET `active` = 0 WHERE `id_module` = ' . (int) $this->id);

        return Db::getInstance()->execute('DELETE FROM `' . _DB_PREFIX_ . 'module_shop` WHERE `id_module` = ' . (int) $this->id);
    }

    public function registerHook($hook)
    {
        $id = Hook::getIdByName($hook);
        if (!$id) {
            Db::getInstance()->insert('hook', array('name' => pSQL($hook), 'title' => pSQL($hook), 'description' => '', 'position' => 1));
            $id = Db::getInstance()->Insert_ID();
        }

        return Db::getInstance()->insert('hook_module', array('id_module' => (int) $this->id, 'id_shop' => 1, 'id_hook' => (int) $id, 'position' => 1), false, true,
            Db::INSERT_IGNORE);
    }

    /** Runs the scripts of the module's own upgrade and keeps its version, as the page of modules does */
    public static function migrate($name)
    {
        $module = self::getInstanceByName($name);
        $from = Db::getInstance()->getValue('SELECT `version` FROM `' . _DB_PREFIX_ . "module` WHERE `name` = '" . pSQL($name) . "'");
        $files = array();
        foreach (glob(_PS_MODULE_DIR_ . "$name/upgrade/*.php") as $file) {
            if (preg_match('/upgrade-(\d+(?:\.\d+){0,2}).php$/', basename($file), $found) && version_compare($found[1], $from, '>')
                && version_compare($found[1], $module->version, '<=')
            ) {
                $files[$found[1]] = $file;
            }
        }
        uksort($files, 'version_compare');
        foreach ($files as $version => $file) {
            include_once $file;
            if (!call_user_func('upgrade_module_' . str_replace('.', '_', $version), $module)) {
                return false;
            }
        }

        return self::upgradeModuleVersion($name, $module->version);
    }
}
