<?php

/** Switches off what is not in the list of native modules; the links to shops are lost */
function deactivate_custom_modules()
{
    $db = Db::getInstance();
    preg_match_all('/<module name="([^"]+)"/', (string) @file_get_contents(_PS_ROOT_DIR_ . '/config/xml/modules_list.xml'), $native);
    $custom = array();
    foreach ($db->executeS('SELECT `id_module`, `name` FROM `' . _DB_PREFIX_ . 'module` ORDER BY `id_module`') as $module) {
        if (!in_array($module['name'], $native[1], true) && 'autoupgrade' !== $module['name']) {
            $custom[] = (int) $module['id_module'];
        }
    }
    if (!$custom) {
        return true;
    }
    $ids = implode(', ', $custom);

    return $db->execute('UPDATE `' . _DB_PREFIX_ . "module` SET `active` = 0 WHERE `id_module` IN ($ids)")
        && $db->execute('DELETE FROM `' . _DB_PREFIX_ . "module_shop` WHERE `id_module` IN ($ids)");
}
