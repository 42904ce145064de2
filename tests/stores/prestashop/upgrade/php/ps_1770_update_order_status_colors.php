<?php

function ps_1770_update_order_status_colors()
{
    foreach (array('ChangedAwaiting' => array(1, '#34209E'), 'ChangedPaid' => array(2, '#3498D8'), 'ChangedSent' => array(3, '#01B887')) as $change) {
        Db::getInstance()->update('order_state', array('color' => $change[1]), '`id_order_state` = ' . (int) $change[0]);
    }
}
