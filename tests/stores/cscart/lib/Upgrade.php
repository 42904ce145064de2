<?php

namespace Csc;

/** Runs the store's own upgrade as its owner would, one process a request, which may be made to die at a point */
final class Upgrade extends \Stores\Upgrade
{
    public function run()
    {
        $point = $this->owned($this->point);
        if ('before' === $point) {
            return true;
        }
        if (preg_match('/^twice:(.*)$/', $point, $found)) {
            return $this->attempt($found[1], $this->kill, 7200) && !$this->attempt('', '', 3600);
        }
        if (preg_match('/^(again|mailed):(.*)$/', $point, $found)) {
            return $this->attempt('again' === $found[1] ? 'check:permissions' : 'mail:fail', 'fail', 7200) && $this->attempt($found[2], $this->kill, 3600);
        }
        if (preg_match('/^restorer:/', $point)) {
            $point = 'restorer:refused' === $point ? '' : $point;

            return $this->attempt('schema:2:fail:1', 'fail', 7200) && $this->restorer($point);
        }
        if ('none' === $point || 'finished' === $point) {
            $good = $this->attempt('', '', 3600);
            if ($good && 'none' === $point) {
                $this->open();
            }

            return $good;
        }

        return $this->attempt($point, $this->kill, 3600);
    }

    protected function attempt($point, $kill, $ago)
    {
        $good = true;
        foreach ('L' === $this->family->set['gen'] ? array('download', 'check', 'backup', 'upgrade') : array('download', 'install') as $mode) {
            if ('download' === $mode && glob($this->dir . '/var/upgrade/{packages/core/content,*.tgz}', GLOB_BRACE)) {
                continue;
            }
            if ('download:done' === $point && 'install' === $mode) {
                return true;
            }
            list($good, $seen) = $this->request(array($this->family->set['admin'], '--dispatch=upgrade_center.' . $mode), $point, $kill, $ago);
            if ($seen) {
                return true;
            }
            if (!$good) {
                break;
            }
        }

        return '' === $point && $good;
    }

    private function restorer($point)
    {
        $script = glob($this->dir . '/upgrades/core_*/restore_*.php')[0];
        preg_match("/^\\\$uak = '([0-9a-f]{64})'/m", file_get_contents($script), $key);

        list($good, $seen) = $this->request(array(substr($script, strlen($this->dir) + 1), 'uak=' . $key[1]), $point, 'hard', 1800);

        return '' === $point ? !$good : $seen;
    }

    protected function prepare($how)
    {
        if ('holed' === $how) {
            symlink('/nonexistent/of/the/old/server', $this->dir . '/app/Tygh/Api/0_link');
        } elseif ('edited' === $how) {
            file_put_contents($this->dir . '/app/functions/fn.cart.php', "\n// changed by the owner\n", FILE_APPEND);
        }
    }

    /** @return array{boolean, boolean} Whether it ended well, whether it passed the point */
    private function request(array $words, $point, $kill, $ago)
    {
        $socket = $this->work . '/db.sock';
        $options = array('-d', "mysqli.default_socket=$socket", '-d', "pdo_mysql.default_socket=$socket");
        list($status, $was) = $this->php(array_merge($options, $words), array('CSCART_SERVER' => $this->server, 'CSCART_SEEN' => $this->seen(),
            'CSCART_STOP' => $point, 'CSCART_KILL' => $kill, 'CSCART_AGO' => (string) $ago,
            'CSCART_CHMOD_FAILS' => 'B' === $this->family->set['gen'] ? '1' : ''));
        if (0 !== $status && !$was && '' !== $point) {
            throw new \RuntimeException('request failed: ' . implode(' ', $words) . "\n" . shell_exec('tail -q -n 30 '
                . escapeshellarg($this->server) . '/output*; tail -n 12 ' . escapeshellarg($this->dir . '/var/error_log') . ' ' . escapeshellarg($this->dir . '/var/upgrade') . '/*log* 2>/dev/null'));
        }

        return array(0 === $status, $was);
    }

    /** The owner opens the shop again */
    private function open()
    {
        $db = new \mysqli('localhost', 'root', '', $this->database(), 0, $this->work . '/db.sock');
        $p = $this->family->set['prefix'];
        if ('storefronts' === $this->family->set['newGate']) {
            $db->query("UPDATE `{$p}storefronts` SET status = 'N'");
        } else {
            $db->query("UPDATE `{$p}settings_objects` SET value = 'N' WHERE name = 'store_mode'");
            $db->query("UPDATE `{$p}settings_vendor_values` SET value = 'N' WHERE object_id = 5");
        }
    }

    private function database()
    {
        $local = is_file($this->dir . '/local_conf.php') ? '/local_conf.php' : '/config.local.php';
        preg_match('/^\$config\[.db_name.\]\s*=\s*[\'"](\w+)/m', file_get_contents($this->dir . $local), $found);

        return $found[1];
    }
}
