<?php

namespace XLite\Core;

/**
 * Version of the running code, as the upgrade speaks of it: a zero build is left out
 */
abstract class Version
{
    public static function get()
    {
        $version = defined('XLite::XC_VERSION')
            ? \XLite::XC_VERSION
            : \XLite::getInstance()->getMajorVersion() . '.' . \XLite::getInstance()->getMinorVersion();

        return static::compose($version);
    }

    public static function compose($version)
    {
        return preg_replace('/^(\d+\.\d+\.\d+)\.0$/', '\1', $version);
    }
}
