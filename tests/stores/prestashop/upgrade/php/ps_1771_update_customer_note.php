<?php

/** Notes were kept with entities */
function ps_1771_update_customer_note()
{
    $notes = Db::getInstance()->executeS('SELECT `id_customer`, `note` FROM `' . _DB_PREFIX_ . "customer` WHERE `note` <> '' ORDER BY `id_customer`");
    $result = true;
    foreach ($notes as $note) {
        $result = Db::getInstance()->update('customer', array('note' => pSQL(html_entity_decode($note['note']), true)), '`id_customer` = ' . (int) $note['id_customer'])
            && $result;
    }

    return $result;
}
