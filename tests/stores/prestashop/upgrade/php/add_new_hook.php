<?php

function add_new_hook($name, $title, $description)
{
    return Db::getInstance()->insert('hook', array(
        'name' => pSQL($name), 'title' => pSQL($title), 'description' => pSQL($description), 'position' => 1,
    ), false, true, Db::INSERT_IGNORE);
}
