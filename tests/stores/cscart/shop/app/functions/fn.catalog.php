<?php

function fn_catalog_version()
{
    return '@@VERSION@@';
}
