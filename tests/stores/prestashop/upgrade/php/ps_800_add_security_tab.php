<?php

function ps_800_add_security_tab()
{
    $db = Db::getInstance();
    $db->insert('tab', array('id_parent' => 2, 'class_name' => 'AdminParentSecurity', 'position' => 99, 'active' => 1));
    $id = (int) $db->Insert_ID();
    foreach (Language::getLanguages(false) as $language) {
        $db->insert('tab_lang', array('id_tab' => $id, 'id_lang' => (int) $language['id_lang'], 'name' => 'Security'));
    }

    return true;
}
