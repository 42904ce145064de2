<?php

namespace Xc5;

/**
 * Drives the store's own upgrade as a browser does: one process a request, which may be made to die at a point
 */
final class Upgrade
{
    private $family;

    private $dir;

    private $market;

    private $stop;

    private $kill;

    private $seen;

    public function __construct(Family $family, $dir, $market, $stop, $kill)
    {
        $this->family = $family;
        $this->dir = $dir;
        $this->market = $market;
        $this->stop = $stop;
        $this->kill = $kill;
        $this->seen = $market . '/stopped';
    }

    /** The first rebuild of a new store */
    public function install()
    {
        $this->rebuild(false);
        foreach (glob($this->dir . '/var/log/{,*/*/}{decorator,php_errors}.log.' . date('Y-m-d') . '.php', GLOB_BRACE) as $file) {
            unlink($file);
        }
        file_put_contents($this->dir . '/var/tmp/leftover.txt', "from long ago\n");
    }

    /** @return boolean True when the upgrade was stopped at the point that was asked for, or none was and it came to its end */
    public function run()
    {
        putenv('XCART_MARKETPLACE=' . $this->market);
        if ('' !== $this->stop) {
            putenv('XCART_STOP=' . $this->stop);
            putenv('XCART_KILL=' . $this->kill);
            putenv('XCART_STOP_SEEN=' . $this->seen);
        }
        $this->carryOut();

        return '' === $this->stop || 'finished' === $this->stop || is_file($this->seen);
    }

    private function carryOut()
    {
        $plan = array('install_updates' => 'download:before', 'download' => 'download:saved', 'unpack' => 'unpack:saved',
            'check_integrity' => 'check:saved', 'install_upgrades' => 'install:saved');
        if ($this->family->set['hookMap']) {
            $plan += array('pre_upgrade_hooks' => 'pre_hooks:saved', 'update_files' => 'install:saved');
            $plan['install_upgrades'] = 'map:saved';
        }
        $plan[array_key_last($plan)] = 'rebuild:requested';

        foreach ($plan as $action => $point) {
            if (!$this->request(array('target' => 'upgrade', 'action' => $action)) || $this->stopHere($point)) {
                return;
            }
        }
        if (!$this->rebuild($this->family->set['capsular']) || $this->stopHere('rebuild:done')) {
            return;
        }
        if ($this->request(array('target' => 'upgrade'))) {
            $this->stopHere('finished');
        }
    }

    /** Between two requests nothing runs: stopping is not going on */
    private function stopHere($point)
    {
        if ($point !== $this->stop) {
            return false;
        }
        touch($this->seen);

        return true;
    }

    private function rebuild($capsular)
    {
        $pid = md5('browser');
        for ($count = 1; $count < 60; $count++) {
            $key = @file_get_contents($this->dir . '/var/.rebuildMark');
            if (!$key && is_file($this->dir . "/var/run/.cacheGenerated.{$this->family->set['steps']}.step")) {
                return true;
            }
            $request = array('cpid' => $pid) + ($capsular && $key ? array('__cache_key__' => $key) : array());
            if (!$this->request($request) || ($count >= $this->family->set['steps'] && $this->stopHere('rebuild_hooks:saved'))) {
                return false;
            }
        }
        throw new \RuntimeException('the rebuild does not come to its end');
    }

    /** @return boolean False when the request died */
    private function request(array $arguments)
    {
        $child = pcntl_fork();
        if (0 === $child) {
            ob_start(function () {
                return '';
            });
            $_REQUEST = $arguments;
            $_SERVER['REQUEST_METHOD'] = isset($arguments['action']) ? 'POST' : 'GET';
            $_SERVER['REQUEST_URI'] = '/admin.php?' . http_build_query($arguments);
            define('LC_IS_CLI_MODE', false);
            chdir($this->dir);
            try {
                require $this->dir . '/admin.php';
            } catch (\Throwable $exception) {
                \Includes\ErrorHandler::handleException($exception);
            }
            exit(0);
        }
        pcntl_waitpid($child, $status);
        $good = pcntl_wifexited($status) && 0 === pcntl_wexitstatus($status);
        if (!$good && !is_file($this->seen)) {
            throw new \RuntimeException('request failed: ' . json_encode($arguments) . "\n"
                . shell_exec('tail -n 25 ' . escapeshellarg($this->dir) . '/var/log/{,*/*/}php_errors.log.* 2>/dev/null'));
        }

        return $good;
    }
}
