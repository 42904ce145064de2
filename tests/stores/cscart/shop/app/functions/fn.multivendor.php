<?php

function fn_multivendor_version()
{
    return '@@VERSION@@';
}
