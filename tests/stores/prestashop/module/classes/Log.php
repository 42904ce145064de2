<?php

namespace AutoUpgrade;

/** Generation 3 keeps none, 4 to 6 a file without levels or the output of the command, which has no debugging, 7 a file for each process */
final class Log
{
    private $work;

    private $mode;

    private $file;

    public function __construct(Work $work, $mode)
    {
        $this->work = $work;
        $this->mode = $mode;
    }

    /** Begins the file of a process of generation 7, or goes on with it */
    public function open($process)
    {
        $key = 'active' . ucfirst($process) . 'LogFile';
        $state = $this->work->has('state_logs.var') ? $this->work->get('state_logs.var') : array('timeZone' => 'UTC');
        if (empty($state[$key])) {
            $state[$key] = date('Y-m-d-His', Work::now()) . "-$process.txt";
            $this->work->put('state_logs.var', $state);
        }
        $this->file = $this->work->space . '/logs/' . $state[$key];
    }

    public function close($process)
    {
        $state = $this->work->get('state_logs.var');
        unset($state['active' . ucfirst($process) . 'LogFile']);
        $this->work->put('state_logs.var', $state);
    }

    public function step($name)
    {
        if ('cli' === $this->mode) {
            echo "\n=== Step $name\n";
        }
    }

    private function add($level, $message)
    {
        $message = str_replace('/' . $this->work->admin, '/**admin_folder**', Texts::say($this->work->flavour['language'], $message));
        if ('cli' === $this->mode && 'DEBUG' !== $level) {
            echo "$level - $message\n";
        }
        $time = date('Y-m-d H:i:s', Work::now());
        if ($this->work->is(7)) {
            file_put_contents($this->file, "[$time] $level - $message\n", FILE_APPEND);
        } elseif ($this->work->is(4) && 'web' === $this->mode) {
            file_put_contents($this->work->space . '/tmp/log.txt', "[$time] $message\n", FILE_APPEND);
        }
    }

    public function debug($message)
    {
        $this->add('DEBUG', $message);
    }

    public function info($message)
    {
        $this->add('INFO', $message);
    }

    public function notice($message)
    {
        $this->add('NOTICE', $message);
    }

    public function warning($message)
    {
        $this->add('WARNING', $message);
    }

    public function error($message)
    {
        $this->add('ERROR', $message);
    }

    public function critical($message)
    {
        $this->add('CRITICAL', $message);
    }
}
