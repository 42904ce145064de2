<?php

function fn_cart_version()
{
    return '@@VERSION@@';
}
