<?php

class ConfigurationCore
{
    const STAMP = '@@VERSION@@';

    private static $values = array();

    public static function loadConfiguration()
    {
        self::$values = array();
        foreach ((array) Db::getInstance()->executeS('SELECT `name`, `value`, `id_shop`, `id_shop_group` FROM `' . _DB_PREFIX_ . 'configuration`') as $row) {
            $scope = $row['id_shop'] ? 's' . $row['id_shop'] : ($row['id_shop_group'] ? 'g' . $row['id_shop_group'] : 'a');
            self::$values[$row['name']][$scope] = $row['value'];
        }
    }

    public static function get($key, $id_lang = null, $id_shop_group = null, $id_shop = null, $default = false)
    {
        self::$values || self::loadConfiguration();
        $found = self::$values[$key] ?? array();

        return $found['s' . ($id_shop ?: 1)] ?? $found['g' . ($id_shop_group ?: 1)] ?? $found['a'] ?? $default;
    }

    public static function getGlobalValue($key, $id_lang = null)
    {
        self::$values || self::loadConfiguration();

        return self::$values[$key]['a'] ?? false;
    }

    public static function hasKey($key)
    {
        self::$values || self::loadConfiguration();

        return isset(self::$values[$key]);
    }

    public static function updateGlobalValue($key, $values, $html = false)
    {
        return self::updateValue($key, $values, $html);
    }

    public static function updateValue($key, $values, $html = false, $id_shop_group = null, $id_shop = null)
    {
        $known = self::hasKey($key);
        self::$values[$key]['a'] = $values;
        $value = pSQL($values, $html);
        if ($known) {
            return Db::getInstance()->execute('UPDATE `' . _DB_PREFIX_ . "configuration` SET `value` = '$value', `date_upd` = NOW() WHERE `name` = '"
                . pSQL($key) . "' AND `id_shop` IS NULL AND `id_shop_group` IS NULL");
        }

        return Db::getInstance()->execute('INSERT INTO `' . _DB_PREFIX_ . "configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('"
            . pSQL($key) . "', '$value', NOW(), NOW())");
    }

    public static function deleteByName($key)
    {
        unset(self::$values[$key]);

        return Db::getInstance()->execute('DELETE FROM `' . _DB_PREFIX_ . "configuration` WHERE `name` = '" . pSQL($key) . "'");
    }
}
