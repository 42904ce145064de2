<?php

function ps_811_update_redirect_type()
{
    return Db::getInstance()->execute('UPDATE `' . _DB_PREFIX_ . "product` SET `redirect_type` = 'default' WHERE `redirect_type` = ''");
}
