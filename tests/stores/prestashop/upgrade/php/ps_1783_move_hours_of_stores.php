<?php

/** The texts go from the stores to the stores' languages, then the column goes */
function ps_1783_move_hours_of_stores()
{
    $db = Db::getInstance();
    $result = $db->execute('ALTER TABLE `' . _DB_PREFIX_ . 'store_lang` ADD `hours` text');
    foreach ($db->executeS('SELECT `id_store`, `hours` FROM `' . _DB_PREFIX_ . 'store` ORDER BY `id_store`') as $store) {
        $result = $result && $db->update('store_lang', array('hours' => pSQL($store['hours'], true)), '`id_store` = ' . (int) $store['id_store']);
    }

    return $result && $db->execute('ALTER TABLE `' . _DB_PREFIX_ . 'store` DROP COLUMN `hours`');
}
