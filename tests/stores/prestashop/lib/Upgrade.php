<?php

namespace Pst;

/** Runs the store's own upgrade as its owner would, one process a request or two, which may be made to die at a point */
final class Upgrade extends \Stores\Upgrade
{
    /** Steps before which the module's own command asks to be started anew */
    const BREAKS = 'upgradeFiles,upgradeDb,upgradeModules';

    /** Whether the owner works on the command line and keeps what it prints */
    private $cli = false;

    public function run()
    {
        $point = $this->owned($this->point);
        if ('before' === $point) {
            return true;
        }
        if (preg_match('/^cli:(.*)$/', $point, $found)) {
            $this->cli = true;
            $point = $found[1];
        }
        $this->close();
        if ('closed' === $point) {
            return true;
        }
        // A first attempt broke, and the module's own way back was taken
        if (preg_match('/^rollback/', $point)) {
            return $this->broken() && $this->request($this->back(), $point, $this->kill, 1800)[1];
        }
        if ('rolledback' === $point) {
            return $this->broken() && $this->request($this->back(), '', '', 1800)[0];
        }
        // An attempt in which everything behind the backup is begun anew
        if (preg_match('/^twice:(.*)$/', $point, $found)) {
            return $this->broken() && $this->attempt($found[1], $this->kill, 3600);
        }
        if ('none' === $point || 'finished' === $point) {
            $good = $this->attempt('', '', 3600);
            if ($good && 'none' === $point) {
                $this->enable(1);
            }

            return $good;
        }

        return $this->attempt($point, $this->kill, 3600);
    }

    private function broken()
    {
        return $this->attempt('schema:' . Scripts::middle($this->family) . ':2', 'hard', 7200);
    }

    protected function attempt($point, $kill, $ago)
    {
        $good = true;
        foreach ('7' === (string) $this->family->set['gen'] ? $this->processes() : array(null) as $process) {
            $next = null;
            do {
                list($good, $seen, $next) = $this->request($process ?: $this->step($next), $point, $kill, $ago);
                if ($seen) {
                    return true;
                }
            } while ($good && !$process && null !== $next);
            if (!$good) {
                break;
            }
        }

        return '' === $point && $good;
    }

    /** @return string[][] Backup and update are processes of their own from generation 7 on */
    private function processes()
    {
        $console = 'modules/autoupgrade/bin/console';
        $processes = array(array($console, 'backup:create', $this->family->set['admin']));
        foreach (array('UpdateInitialization', 'UpdateDatabase', 'UpdateModules') as $step) {
            $processes[] = array($console, 'update:start', $this->family->set['admin'], "--action=$step", '--before=UpdateDatabase,UpdateModules');
        }

        return $processes;
    }

    /** @param array{string, string}|null $next Step and data of the request that is to come */
    private function step($next)
    {
        $words = $next ? array("--action=$next[0]", "--data=$next[1]") : array();
        if ($this->cli) {
            return array_merge(array('modules/autoupgrade/cli-upgrade.php', '--dir=' . $this->family->set['admin']), $words);
        }

        return array_merge(array($this->family->set['admin'] . '/autoupgrade/ajax-upgradetab.php', '--before=' . self::BREAKS), $words ?: array('--action=upgradeNow'));
    }

    /** @return string[] The module's own way back to the last backup */
    private function back()
    {
        $backups = glob("{$this->dir}/{$this->family->set['admin']}/autoupgrade/backup/V*", GLOB_ONLYDIR);
        $name = basename(end($backups));
        if ($this->family->set['gen'] >= 7) {
            return array('modules/autoupgrade/bin/console', 'backup:restore', $this->family->set['admin'], "--backup=$name");
        }
        if ($this->cli) {
            return array('modules/autoupgrade/cli-rollback.php', '--dir=' . $this->family->set['admin'], "--backup=$name");
        }
        $data = base64_encode(json_encode(array('nextParams' => array('restoreName' => $name))));

        return array($this->family->set['admin'] . '/autoupgrade/ajax-upgradetab.php', '--action=rollback', "--data=$data");
    }

    protected function prepare($how)
    {
        if ('holed' === $how) {
            symlink('/nonexistent/of/the/old/server', $this->dir . '/img/cms_link');
        } elseif ('edited' === $how) {
            file_put_contents($this->dir . '/classes/Product.php', "\n// changed by the owner\n", FILE_APPEND);
        }
    }

    /** @return array{boolean, boolean, array{string, string}|null} Whether it ended well, whether it passed the point, what comes next */
    private function request(array $words, $point, $kill, $ago)
    {
        list($status, $was) = $this->php($words, array('PS_TEST_SERVER' => $this->server, 'PS_TEST_SEEN' => $this->seen(), 'PS_TEST_STOP' => $point,
            'PS_TEST_KILL' => $kill, 'PS_TEST_AGO' => (string) $ago));
        $output = $this->server . '/output';
        $said = file_get_contents($output);
        if ($this->cli) {
            file_put_contents($this->dir . '/upgrade-output.log', $said, FILE_APPEND);
        }
        $errors = file_get_contents("$output.errors");
        if (0 !== $status && !$was || preg_match('/PHP (Warning|Notice|Deprecated)/', $errors)) {
            throw new \RuntimeException('request failed: ' . implode(' ', $words) . "\n" . substr($said, -3000) . $errors . shell_exec('tail -q -n 12 '
                . escapeshellarg($this->dir) . "/{var/logs,log}/*php_errors.log {$this->dir}/*/autoupgrade/tmp/log.txt 2>/dev/null"));
        }

        return array(0 === $status, $was, $this->next($said));
    }

    /** @return array{string, string}|null Step and data that the answer asks for */
    private function next($said)
    {
        if (preg_match('/ --action=(\w+) --data=(\S+)/', $said, $found)) {
            return array($found[1], $found[2]);
        }
        $answer = json_decode(strrchr("\n" . rtrim($said), "\n"), true);
        if (empty($answer['next']) || $answer['error']) {
            return null;
        }

        return array($answer['next'], base64_encode(json_encode(array('nextParams' => $answer['nextParams']))));
    }

    /** The owner closes the shop: the module up to generation 6 asks for it */
    private function close()
    {
        if ($this->family->set['gen'] < 7 || 'closed' === $this->point) {
            $this->enable(0);
        }
    }

    private function enable($value)
    {
        $db = store_connect($this->work . '/db.sock', $this->database(), 'utf8mb4');
        $db->query("UPDATE `{$this->family->set['prefix']}configuration` SET value = '$value' WHERE name = 'PS_SHOP_ENABLE'");
    }

    private function database()
    {
        if ('defines' === $this->family->set['settings']) {
            preg_match("/'_DB_NAME_', '(\w+)'/", file_get_contents($this->dir . '/config/settings.inc.php'), $found);

            return $found[1];
        }

        return (require $this->dir . '/app/config/parameters.php')['parameters']['database_name'];
    }
}
