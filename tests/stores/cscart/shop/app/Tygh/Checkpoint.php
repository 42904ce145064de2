<?php

namespace Tygh;

/**
 * Where a test lets an upgrade die or fail: CSCART_STOP is the name of the point, CSCART_KILL the kind of death
 */
class Checkpoint
{
    /** @var array<string, int> How often a point was passed */
    private static $passed = array();

    public static function at($name)
    {
        if ($name !== getenv('CSCART_STOP')) {
            return;
        }
        touch(getenv('CSCART_SEEN'));
        switch (getenv('CSCART_KILL')) {
            case 'fatal':
                ini_set('memory_limit', (memory_get_usage(true) >> 20) + 8 . 'M');
                str_repeat('x', 64 << 20);
                break;
            case 'error':
                throw new \TypeError('count(): Argument #1 ($value) must be of type Countable|array, null given');
            case 'exception':
                throw new \RuntimeException('Unable to reach the storage');
        }
        posix_kill(getmypid(), SIGKILL);
    }

    /** True when the thing is to fail by itself here */
    public static function fails($name)
    {
        if ($name !== getenv('CSCART_STOP') || 'fail' !== getenv('CSCART_KILL')) {
            return false;
        }
        touch(getenv('CSCART_SEEN'));

        return true;
    }

    /** The point NAME:COUNT, counted from 1 */
    public static function count($name)
    {
        self::$passed[$name] = (self::$passed[$name] ?? 0) + 1;
        self::at($name . ':' . self::$passed[$name]);
    }
}
