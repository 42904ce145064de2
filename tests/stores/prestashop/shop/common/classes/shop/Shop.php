<?php

class ShopCore
{
    const STAMP = '@@VERSION@@';

    public $id = 1;

    public $name;

    public static function initialize()
    {
        $row = Db::getInstance()->getRow('SELECT * FROM `' . _DB_PREFIX_ . 'shop` WHERE `id_shop` = 1');
        if (!$row) {
            throw new PrestaShopException('Shop not found');
        }
        $shop = new Shop();
        $shop->name = $row['name'];

        return $shop;
    }

    public static function getShops($active = true, $id_shop_group = null, $get_as_list_id = false)
    {
        $rows = Db::getInstance()->executeS('SELECT * FROM `' . _DB_PREFIX_ . 'shop`' . ($active ? ' WHERE `active` = 1' : ''));

        return $get_as_list_id ? array_column($rows, 'id_shop', 'id_shop') : $rows;
    }
}
