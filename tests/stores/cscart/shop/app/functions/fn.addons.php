<?php

function fn_addons_version()
{
    return '@@VERSION@@';
}
