<?php

namespace Includes;

/**
 * Named places at which a test can make this process die. Without XCART_STOP in the environment nothing happens.
 */
abstract class Checkpoint
{
    protected static $stop;

    /** Name of the work that is under way; the first statement it sends is its inside */
    protected static $work;

    public static function pass($point)
    {
        if (static::wants($point)) {
            static::fall();
        }
    }

    public static function wants($point)
    {
        if (null === static::$stop) {
            static::$stop = (string) getenv('XCART_STOP');
        }

        return '' !== static::$stop && static::$stop === $point;
    }

    public static function begin($work)
    {
        static::$work = $work;
    }

    public static function end()
    {
        static::$work = null;
    }

    public static function statement()
    {
        if (null !== static::$work) {
            static::pass(static::$work . ':inside');
        }
    }

    public static function fall()
    {
        touch(getenv('XCART_STOP_SEEN'));
        // What runs on the way out must not fall again.
        static::$stop = '';

        switch (getenv('XCART_KILL')) {
            case 'soft':
                throw new \RuntimeException(
                    'SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded; try restarting transaction',
                    1205
                );

            case 'fatal':
                ini_set('memory_limit', '128M');
                $rows = array();
                while (true) {
                    $rows[] = str_repeat('x', 1024 * 1024);
                }

            default:
                posix_kill(getmypid(), SIGKILL);
                sleep(60);
        }
    }
}
