<?php

namespace XLite\Upgrade\Entry\Module;

/**
 * Module
 */
abstract class AModule extends \XLite\Upgrade\Entry\AEntry
{
    protected $isFreshInstall = false;
}
