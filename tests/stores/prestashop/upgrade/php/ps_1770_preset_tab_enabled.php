<?php

function ps_1770_preset_tab_enabled()
{
    return Db::getInstance()->update('tab', array('enabled' => 1)) && Db::getInstance()->update('tab', array('enabled' => 0), "`class_name` = 'AdminOldStats'");
}
