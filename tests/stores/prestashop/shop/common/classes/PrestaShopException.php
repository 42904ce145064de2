<?php

class PrestaShopExceptionCore extends Exception
{
    const STAMP = '@@VERSION@@';
}
