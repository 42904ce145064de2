<?php

namespace AutoUpgrade;

use Checkpoint;

/** Leads through the steps of a process, each of which names the one after it */
final class Runner
{
    /** Step => class, method, name of its points, process */
    const STEPS = array(
        'upgradeNow' => array('Fetch', 'now', 'start', 'update'),
        'download' => array('Fetch', 'download', 'download', 'update'),
        'unzip' => array('Fetch', 'unzip', 'unpack', 'update'),
        'removeSamples' => array('Fetch', 'removeSamples', 'samples', 'update'),
        'backupFiles' => array('BackupFiles', 'run', 'backup:files', 'backup'),
        'backupDb' => array('BackupDb', 'run', 'backup:db', 'backup'),
        'upgradeFiles' => array('CopyFiles', 'run', 'files', 'update'),
        'upgradeDb' => array('UpgradeDb', 'run', 'schema', 'update'),
        'upgradeModules' => array('Modules', 'run', 'modules', 'update'),
        'cleanDatabase' => array('Finish', 'clean', 'clean', 'update'),
        'upgradeComplete' => array('Finish', 'complete', 'complete', 'update'),
        'rollback' => array('RestoreFiles', 'now', 'rollback', 'restore'),
        'restoreFiles' => array('RestoreFiles', 'run', 'rollback:files', 'restore'),
        'restoreDb' => array('RestoreDb', 'run', 'rollback:db', 'restore'),
        'rollbackComplete' => array('RestoreFiles', 'complete', 'rollback:complete', 'restore'),
        'backupNow' => array('BackupFiles', 'now', 'backup', 'backup'),
        'backupComplete' => array('BackupFiles', 'complete', 'backup:complete', 'backup'),
    );

    /** Names of the steps from generation 7 on */
    const NAMES = array(
        'upgradeNow' => 'UpdateInitialization', 'download' => 'Download', 'unzip' => 'Unzip', 'upgradeFiles' => 'UpdateFiles', 'upgradeDb' => 'UpdateDatabase',
        'upgradeModules' => 'UpdateModules', 'cleanDatabase' => 'CleanDatabase', 'upgradeComplete' => 'UpdateComplete', 'backupNow' => 'BackupInitialization',
        'backupFiles' => 'BackupFiles', 'backupDb' => 'BackupDatabase', 'backupComplete' => 'BackupComplete', 'rollback' => 'RestoreInitialization',
        'restoreFiles' => 'RestoreFiles', 'restoreDb' => 'RestoreDatabase', 'rollbackComplete' => 'RestoreComplete',
    );

    private $work;

    public function __construct(Work $work)
    {
        $this->work = $work;
        set_exception_handler(array($this, 'died'));
        register_shutdown_function(function () {
            $error = error_get_last();
            if ($error && in_array($error['type'], array(E_ERROR, E_PARSE, E_CORE_ERROR, E_COMPILE_ERROR), true)) {
                $this->internal($error['file'], $error['line'], $error['message']);
            }
        });
    }

    private function internal($file, $line, $message)
    {
        $this->work->log->critical('[INTERNAL] ' . str_replace($this->work->root, '', $file) . " line $line - $message");
    }

    public function died(\Throwable $e)
    {
        $this->internal($e->getFile(), $e->getLine(), get_class($e) . ': ' . $e->getMessage() . "\n" . $e->getTraceAsString());
        exit(1);
    }

    private function name($step)
    {
        return $this->work->is(7) ? self::NAMES[$step] : $step;
    }

    private function step($name)
    {
        $found = array_search($name, self::NAMES, true);

        return false === $found ? $name : $found;
    }

    /**
     * @param string[] $before Steps that another request begins
     *
     * @return string The step that comes next; empty when the process is at its end, "error" when it gave up
     */
    public function chain($step, array $before)
    {
        $step = $this->step($step);
        $before = array_map(array($this, 'step'), $before);
        $begun = null;
        while ('' !== $step && 'error' !== $step) {
            list($class, $method, $point, $process) = self::STEPS[$step];
            if ($step !== $begun) {
                if (null !== $begun && in_array($step, $before, true)) {
                    break;
                }
                if ($this->work->is(7)) {
                    $this->work->log->open($process);
                    $this->work->recall($process);
                }
                Checkpoint::at("$point:begun");
                $begun = $step;
            }
            $this->work->log->step($this->name($step));
            $class = __NAMESPACE__ . '\\' . $class;
            $step = (new $class($this->work))->$method();
            if ($this->work->is(7) && 'error' !== $step && '' !== $step) {
                $this->work->keep($process);
            }
            if ($step !== $begun) {
                Checkpoint::at("$point:done");
            }
        }

        return 'error' === $step || '' === $step ? $step : $this->name($step);
    }
}
