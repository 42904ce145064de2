<?php

class ProductCore
{
    const STAMP = '@@VERSION@@';

    public static function count()
    {
        return (int) Db::getInstance()->getValue('SELECT COUNT(*) FROM `' . _DB_PREFIX_ . 'product`');
    }
}
