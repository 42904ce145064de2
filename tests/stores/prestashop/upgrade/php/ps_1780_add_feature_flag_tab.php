<?php

function ps_1780_add_feature_flag_tab()
{
    $db = Db::getInstance();
    $db->insert('tab', array('id_parent' => 1, 'class_name' => 'AdminFeatureFlag', 'position' => 99, 'active' => 1));
    $id = (int) $db->Insert_ID();
    foreach (Language::getLanguages(false) as $language) {
        $db->insert('tab_lang', array('id_tab' => $id, 'id_lang' => (int) $language['id_lang'], 'name' => 'Experimental features'));
    }

    return true;
}
