<?php

function ps_remove_controller_tab($className)
{
    $id = Tab::getIdFromClassName($className);
    if (!$id) {
        return;
    }
    Db::getInstance()->delete('tab_lang', '`id_tab` = ' . (int) $id);
    Db::getInstance()->delete('tab', '`id_tab` = ' . (int) $id);
}
