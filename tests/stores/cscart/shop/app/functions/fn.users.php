<?php

function fn_users_version()
{
    return '@@VERSION@@';
}
