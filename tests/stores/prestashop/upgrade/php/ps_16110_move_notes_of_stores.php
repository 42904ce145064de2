<?php

/** The texts go to a column of another kind, then the old one goes */
function ps_16110_move_notes_of_stores()
{
    $db = Db::getInstance();
    $result = $db->execute('ALTER TABLE `' . _DB_PREFIX_ . 'store` ADD `remarks` text');
    foreach ($db->executeS('SELECT `id_store`, `old_note` FROM `' . _DB_PREFIX_ . 'store` ORDER BY `id_store`') as $store) {
        $result = $result && $db->update('store', array('remarks' => pSQL($store['old_note'], true)), '`id_store` = ' . (int) $store['id_store']);
    }

    return $result && $db->execute('ALTER TABLE `' . _DB_PREFIX_ . 'store` DROP COLUMN `old_note`');
}
