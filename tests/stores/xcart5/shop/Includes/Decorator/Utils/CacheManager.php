<?php

namespace Includes\Decorator\Utils;

use Includes\Checkpoint;
use Includes\Flavour;
use Includes\Utils\FileManager;

/**
 * Builds the compiled copy of the store, one step a request
 */
abstract class CacheManager
{
    const KEY_NAME = '__cache_key__';

    /** A step that has more to do sets this: it is repeated by the next request */
    public static $skipStepCompletion = false;

    protected static $currentPid;

    public static function getLastStep()
    {
        return Flavour::get('steps');
    }

    // {{{ Marks

    public static function getStepFile($step)
    {
        return static::getCompileDir() . '.cacheGenerated.' . $step . '.step';
    }

    public static function isRebuildNeeded($step)
    {
        return !is_file(static::getStepFile($step));
    }

    public static function requestRebuild()
    {
        if (Flavour::get('capsular')) {
            FileManager::write(LC_DIR_VAR . '.rebuildMark', md5(uniqid('', true)));
        } else {
            for ($step = 1; $step <= static::getLastStep(); $step++) {
                FileManager::deleteFile(static::getStepFile($step));
            }
            FileManager::deleteFile(LC_DIR_VAR . '.rebuildStarted');
        }
    }

    public static function isRebuildAllowed()
    {
        return defined('XCN_ADMIN_SCRIPT');
    }

    /** Somebody else builds: every script but the admin's own run ends with the notice */
    public static function checkIfRebuildStarted()
    {
        $mark = (string) FileManager::read(LC_DIR_VAR . '.rebuildStarted');
        $busy = !static::isRebuildAllowed() || (!LC_IS_CLI_MODE && '' !== $mark && static::getPid() !== $mark);

        if ($busy && (!Flavour::get('capsular') || is_file(LC_DIR_VAR . '.rebuildBlockMark'))) {
            static::maintenance();
        }
    }

    protected static function maintenance()
    {
        \Includes\ErrorHandler::fireError(
            'We are deploying new changes to our store. One minute and they will go live!',
            \Includes\ErrorHandler::ERROR_MAINTENANCE_MODE
        );
    }

    protected static function getPid()
    {
        if (null === static::$currentPid) {
            static::$currentPid = $_REQUEST['cpid'] ?? md5(uniqid('', true));
        }

        return static::$currentPid;
    }

    protected static function setBlockMark()
    {
        if (Flavour::get('capsular') && !is_file(LC_DIR_VAR . '.rebuildBlockMark')) {
            FileManager::write(LC_DIR_VAR . '.rebuildBlockMark', static::getKey() ?: '_');
            array_map('unlink', glob(LC_DIR_VAR . '.process.*'));
        }
    }

    // }}}

    // {{{ Separate folders of a build that is not yet live

    public static function getKey()
    {
        $key = trim((string) FileManager::read(LC_DIR_VAR . '.rebuildMark'));

        return preg_match('/^[a-zA-Z0-9]{3,32}$/', $key) ? $key : null;
    }

    public static function isCapsular()
    {
        return Flavour::get('capsular')
            && isset($_REQUEST[self::KEY_NAME])
            && static::getKey() === $_REQUEST[self::KEY_NAME];
    }

    protected static function getDir($dir)
    {
        return static::isCapsular() ? rtrim($dir, LC_DS) . '.' . static::getKey() . LC_DS : $dir;
    }

    public static function getCompileDir()
    {
        return static::getDir(LC_DIR_COMPILE);
    }

    protected static function getLiveDirs()
    {
        return array(LC_DIR_COMPILE, LC_DIR_LOCALE, LC_DIR_DATACACHE, LC_DIR_TMP, LC_DIR_CACHE_RESOURCES);
    }

    // }}}

    // {{{ Run

    public static function rebuildCache()
    {
        if (static::isRebuildAllowed()) {
            FileManager::mkdirRecursive(static::getCompileDir());
            if (static::getKey() && Flavour::get('capsular')) {
                $mark = LC_DIR_VAR . '.process.' . getmypid();
                FileManager::write($mark, '');
                register_shutdown_function(function () use ($mark) {
                    FileManager::deleteFile($mark);
                });
            }
            for ($step = 1; $step <= static::getLastStep(); $step++) {
                if (static::isRebuildNeeded($step)) {
                    static::checkIfRebuildStarted();
                    static::runStep($step);
                    exit(0);
                }
            }
        } elseif (static::isRebuildNeeded(1) || !Flavour::get('capsular')) {
            for ($step = 1; $step <= static::getLastStep(); $step++) {
                if (static::isRebuildNeeded($step)) {
                    static::maintenance();
                }
            }
        }
    }

    protected static function runStep($step)
    {
        Checkpoint::pass('rebuild:' . $step . ':before');

        if (1 === $step) {
            FileManager::write(LC_DIR_VAR . '.rebuildStarted', static::getPid());
        }
        BuildLog::step($step, static::getLastStep());
        Steps::run($step);

        if (!static::$skipStepCompletion) {
            FileManager::write(static::getStepFile($step), date('r'));
        }
        if ($step === static::getLastStep()) {
            static::finalizeRebuild();
        }
    }

    protected static function finalizeRebuild()
    {
        Checkpoint::pass('swap:before');
        static::setBlockMark();
        if (static::isCapsular()) {
            $key = static::getKey();
            foreach (static::getLiveDirs() as $dir) {
                FileManager::unlinkRecursive(rtrim($dir, LC_DS));
                if (LC_DIR_DATACACHE === $dir) {
                    Checkpoint::pass('swap:inside');
                }
                rename(rtrim($dir, LC_DS) . '.' . $key, rtrim($dir, LC_DS));
            }
            Checkpoint::pass('swap:after');
        }
        foreach (array('.rebuildStarted', '.rebuildMark', '.rebuildBlockMark', Flavour::get('schemaFile')) as $name) {
            FileManager::deleteFile(LC_DIR_VAR . $name);
        }
        array_map('unlink', glob(LC_DIR_VAR . '.cacheInfo*'));
    }

    /** Step 1: empty folders for what is going to be built */
    public static function cleanupCache()
    {
        foreach (static::getLiveDirs() as $dir) {
            if (static::isCapsular() || LC_DIR_CACHE_RESOURCES !== $dir) {
                FileManager::unlinkRecursive(rtrim(static::getDir($dir), LC_DS));
            }
            FileManager::mkdirRecursive(static::getDir($dir));
        }
        $info = LC_DIR_VAR . '.cacheInfo' . (static::isCapsular() ? '.' . static::getKey() : '');
        FileManager::write($info, serialize(array('initializeRebuild' => time())));
    }

    public static function block()
    {
        static::setBlockMark();
    }

    public static function getResourcesDir()
    {
        return static::getDir(LC_DIR_CACHE_RESOURCES);
    }

    // }}}
}
