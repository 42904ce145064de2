<?php

namespace PrestaShop\PrestaShop\Core;

final class Version
{
    /** PrestaShop Version Full (e.g. 8.0.0) */
    public const VERSION = '@@VERSION@@';

    public const MAJOR_VERSION_STRING = '@@MAJOR@@';
}
