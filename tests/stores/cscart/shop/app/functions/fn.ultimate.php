<?php

function fn_ultimate_version()
{
    return '@@VERSION@@';
}
