<?php

namespace Stores;

/** Runs a store's own upgrade as its owner would, in processes that may be made to die at a point */
abstract class Upgrade
{
    protected $family;

    protected $dir;

    protected $work;

    protected $server;

    protected $point;

    protected $kill;

    protected $user;

    public function __construct(Family $family, $dir, $work, $server, $point, $kill, $user = null)
    {
        $this->family = $family;
        $this->dir = $dir;
        $this->work = $work;
        $this->server = $server;
        $this->point = $point;
        $this->kill = $kill;
        $this->user = $user;
    }

    /** @return boolean True when the upgrade was stopped at the point that was asked for, or none was and it came to its end */
    abstract public function run();

    /** @return boolean True when the point was passed, or none is given and the upgrade came to its end */
    abstract protected function attempt($point, $kill, $ago);

    /** What the owner has done to the store before */
    abstract protected function prepare($how);

    /** A point without what the owner did before, which is done to the store here */
    protected function owned($point)
    {
        if (preg_match('/^(holed|edited):(.*)$/', $point, $found)) {
            $this->prepare($found[1]);

            return $found[2];
        }

        return $point;
    }

    /**
     * One process of PHP, as the store's owner
     *
     * @param string[] $words Options of PHP, the script and its arguments
     * @param string[] $env   By name; PATH is given anyway
     *
     * @return array{integer, boolean} Its exit status, and whether it passed the point; what it says is in "output" and "output.errors"
     */
    protected function php(array $words, array $env)
    {
        $seen = $this->seen();
        @unlink($seen);
        $command = array(PHP_BINARY, '-d', 'display_errors=0');
        if ($this->user) {
            $command = array_merge(array('setpriv', '--reuid=' . $this->user, '--regid=' . $this->user, '--clear-groups'), $command);
        }
        $output = $this->server . '/output';
        $process = proc_open(array_merge($command, $words), array(array('file', '/dev/null', 'r'), array('file', $output, 'w'), array('file', "$output.errors", 'w')),
            $pipes, $this->dir, $env + array('PATH' => getenv('PATH')));
        $status = proc_close($process);

        return array($status, is_file($seen));
    }

    /** The file that a store leaves where it passes the point */
    protected function seen()
    {
        return $this->server . '/seen';
    }
}
