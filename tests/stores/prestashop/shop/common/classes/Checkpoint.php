<?php

/**
 * Where a test lets an upgrade die or fail: PS_TEST_STOP is the name of the point, PS_TEST_KILL the kind of death
 */
class Checkpoint
{
    /** @var array<string, int> How often a point was passed */
    private static $passed = array();

    /** @var string What writes into the database at the moment */
    private static $scope = '';

    public static function at($name)
    {
        if ($name !== getenv('PS_TEST_STOP')) {
            return;
        }
        touch(getenv('PS_TEST_SEEN'));
        switch (getenv('PS_TEST_KILL')) {
            case 'fatal':
                ini_set('memory_limit', (memory_get_usage(true) >> 20) + 8 . 'M');
                str_repeat('x', 64 << 20);
                break;
            case 'error':
                throw new TypeError('count(): Argument #1 ($value) must be of type Countable|array, null given');
            case 'exception':
                throw new RuntimeException('Unable to reach the storage');
            case 'fail':
                return;
        }
        posix_kill(getmypid(), SIGKILL);
    }

    /** True when the thing is to fail by itself here */
    public static function fails($name)
    {
        if ($name !== getenv('PS_TEST_STOP') || 'fail' !== getenv('PS_TEST_KILL')) {
            return false;
        }
        touch(getenv('PS_TEST_SEEN'));

        return true;
    }

    /** True when the point is asked for and at() would let the upgrade die there */
    public static function wanted($name)
    {
        return $name === getenv('PS_TEST_STOP') && 'fail' !== getenv('PS_TEST_KILL');
    }

    /** The point NAME:COUNT, counted from 1 */
    public static function count($name)
    {
        self::$passed[$name] = (self::$passed[$name] ?? 0) + 1;
        self::at($name . ':' . self::$passed[$name]);
    }

    /** From here on every statement that changes the database counts for the point NAME; none with '' */
    public static function scope($name)
    {
        self::$scope = $name;
    }

    public static function wrote()
    {
        if ('' !== self::$scope) {
            self::count(self::$scope);
        }
    }
}
