<?php

function drop_column_if_exists($table, $column)
{
    $known = Db::getInstance()->executeS('SHOW FULL COLUMNS FROM `' . _DB_PREFIX_ . $table . '`');
    if (in_array($column, array_column($known, 'Field'), true)) {
        return Db::getInstance()->execute('ALTER TABLE `' . _DB_PREFIX_ . $table . '` DROP COLUMN `' . $column . '`');
    }

    return true;
}
