<?php

function ps_810_update_product_page_feature_flags()
{
    Db::getInstance()->delete('feature_flag', "`name` = 'product_page_v2'");

    return Db::getInstance()->insert('feature_flag', array(
        'name' => 'product_page_v3', 'state' => 1, 'label_wording' => 'New product page', 'stability' => 'stable',
    ));
}
