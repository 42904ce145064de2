<?php

class PrestaShopDatabaseExceptionCore extends PrestaShopException
{
    const STAMP = '@@VERSION@@';
}
