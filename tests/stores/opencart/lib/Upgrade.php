<?php

namespace Oct;

/** Runs the store's own upgrade as its owner would, one process a request, which may be made to die at a point */
final class Upgrade
{
    const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

    private $family;

    private $dir;

    private $work;

    private $point;

    private $kill;

    private $user;

    /** @var \mysqli */
    private $db;

    /** @var string[] Answers of the requests as they came */
    private $answers = array();

    private $clock;

    public function __construct(Family $family, $dir, $work, $database, $point, $kill, $user = null)
    {
        $this->family = $family;
        $this->dir = $dir;
        $this->work = $work;
        $this->point = $point;
        $this->kill = $kill;
        $this->user = $user;
        $this->db = store_connect($work . '/db.sock', $database, 'utf8mb4');
        $this->clock = time() - 3600;
    }

    /** @return boolean True when the upgrade was stopped at the point that was asked for, or none was and it came to its end */
    public function run()
    {
        $log = $this->work . '/access.log';
        @unlink($log);
        $this->visit('GET', '/index.php?route=common/home', 200, 8123);
        $point = preg_replace('/^(logged|saved|moved):/', '', $this->point);
        $passed = $this->attempt($point);
        if ($passed && 'saved:' === substr($this->point, 0, 6)) {
            file_put_contents($this->dir . '/upgrade-answers.txt', implode("\n", $this->answers) . "\n");
        }

        return $passed;
    }

    private function attempt($point)
    {
        if ('before' === $point) {
            return true;
        }
        if ('refresh' === $point) {
            return $this->refresh();
        }
        list($part, $how) = explode(':', $point . ':');
        $files = (new Content($this->family))->product('new');
        if ('4.1' === $this->family->name) {
            if (!$this->admin($files, $part, $how)) {
                return true;
            }
        } elseif (!$this->upload($files, $part, $point)) {
            return true;
        }
        if ('begun' === $part) {
            return true;
        }
        if ('config' === $part) {
            file_put_contents($this->dir . '/config.php', '');

            return true;
        }
        $good = $this->requests($point);
        if ('none' === $point || 'finished' === $point || 'stale' === $point) {
            if ('finished' !== $point) {
                self::remove($this->dir . '/install');
            }
            if ('stale' === $point) {
                $this->stale();
            }

            return $good;
        }

        return null === $good;
    }

    /** "Refresh" of the modifications died: the shop is closed, the copies are gone */
    private function refresh()
    {
        $this->db->query("UPDATE `{$this->family->set['prefix']}setting` SET `value` = '1' WHERE `key` = 'config_maintenance' AND store_id = 0");
        foreach (glob($this->dir . '/' . Family::storage($this->family->set['old']) . '/modification/*', GLOB_ONLYDIR) as $folder) {
            self::remove($folder);
        }

        return true;
    }

    /** A copy that a modification had made of a file of the old release stands in for the new one */
    private function stale()
    {
        $old = (new Content($this->family))->product('old');
        $file = $this->dir . '/' . Family::storage($this->family->set['new']) . '/modification/system/library/log.php';
        is_dir(dirname($file)) || mkdir(dirname($file), 0755, true);
        file_put_contents($file, $old['system/library/log.php']);
    }

    /** The owner uploads the new files over the old ones; false when that was stopped */
    private function upload(array $files, $part, $point)
    {
        $n = 0;
        foreach ($files as $path => $data) {
            $n++;
            if ("files:before:$n" === $point) {
                return false;
            }
            $file = Builder::place($this->family, $this->dir, $path);
            is_dir(dirname($file)) || mkdir(dirname($file), 0755, true);
            if ("files:cut:$n" === $point || "files:empty:$n" === $point) {
                file_put_contents($file, "files:cut:$n" === $point ? substr($data, 0, strlen($data) >> 1) : '');

                return false;
            }
            file_put_contents($file, $data);
            if ("files:copied:$n" === $point) {
                return false;
            }
        }

        return 'files:done' !== $point;
    }

    /** The back office of 4.x downloads the zip and unpacks the installer; false when that was stopped */
    private function admin(array $files, $part, $how)
    {
        $new = $this->family->set['new'];
        $admin = $this->family->set['admin'];
        $zip = Builder::place($this->family, $this->dir, "system/storage/download/opencart-$new.zip");
        $this->visit('GET', "/$admin/index.php?route=tool/upgrade&user_token=0123456789abcdef", 200, 9100);
        $this->visit('GET', "/$admin/index.php?route=tool/upgrade.download&user_token=0123456789abcdef&version=$new", 'download' === $part ? 499 : 200, 120);
        $this->zip($zip, $files, 'download' === $part || 'zip' === $part ? $how : '');
        if ('download' === $part) {
            return false;
        }
        $this->visit('GET', "/$admin/index.php?route=tool/upgrade.install&user_token=0123456789abcdef&version=$new", 200, 300);
        $n = 0;
        foreach ($files as $path => $data) {
            if (0 === strpos($path, 'install/')) {
                $n++;
                is_dir(dirname("$this->dir/$path")) || mkdir(dirname("$this->dir/$path"), 0755, true);
                if ('unpack' === $part && $n === (int) $how) {
                    file_put_contents("$this->dir/$path", substr($data, 0, 20));

                    return false;
                }
                file_put_contents("$this->dir/$path", $data);
            }
        }
        if ('zip' === $part && 'truncated' === $how) {
            // The installer is unpacked from a good one, which then breaks
            file_put_contents($zip, substr(file_get_contents($zip), 0, filesize($zip) >> 1));
        } elseif ('zip' === $part && 'html' === $how) {
            file_put_contents($zip, "<!DOCTYPE html>\n<html><body>504 Gateway Time-out</body></html>\n");
        } elseif ('zip' === $part && 'missing' === $how) {
            unlink($zip);
        } elseif ($this->family->set['moved'] && in_array($this->point, array('moved:none', 'moved:finished'), true)) {
            // Who knows it puts the zip and the libraries where the installer looks for them
            is_dir("$this->dir/system/storage/download") || mkdir("$this->dir/system/storage/download", 0755, true);
            is_dir("$this->dir/system/storage/logs") || mkdir("$this->dir/system/storage/logs", 0755);
            rename($zip, "$this->dir/system/storage/download/opencart-$new.zip");
            foreach ($files as $path => $data) {
                if (0 === strpos($path, 'system/storage/vendor/')) {
                    is_dir(dirname("$this->dir/$path")) || mkdir(dirname("$this->dir/$path"), 0755, true);
                    file_put_contents("$this->dir/$path", $data);
                }
            }
        }

        return 'unpacked' !== $part;
    }

    /** The zip as the maker offers it; half: cut off; damaged: a byte of one entry is another one */
    private function zip($file, array $files, $how)
    {
        is_dir(dirname($file)) || mkdir(dirname($file), 0755, true);
        $top = 'opencart-' . $this->family->set['new'];
        $zip = new \ZipArchive();
        $zip->open($file, \ZipArchive::CREATE | \ZipArchive::OVERWRITE);
        $zip->addEmptyDir($top);
        $zip->addFromString("$top/README.md", "# OpenCart\n");
        $zip->addEmptyDir("$top/upload");
        $folders = array('.' => true);
        foreach ($files as $path => $data) {
            $missing = array();
            for ($folder = dirname($path); !isset($folders[$folder]); $folder = dirname($folder)) {
                $folders[$folder] = true;
                array_unshift($missing, $folder);
            }
            foreach ($missing as $folder) {
                $zip->addEmptyDir("$top/upload/$folder");
            }
            $zip->addFromString("$top/upload/$path", $data);
            $zip->setCompressionName("$top/upload/$path", 'damaged' === $how && 'system/library/url.php' === $path ? \ZipArchive::CM_STORE : \ZipArchive::CM_DEFLATE);
        }
        $zip->close();
        if ('half' === $how) {
            file_put_contents($file, substr(file_get_contents($file), 0, filesize($file) >> 1));
        } elseif ('damaged' === $how) {
            $bytes = file_get_contents($file);
            $at = strpos($bytes, $files['system/library/url.php']);
            $bytes[$at + 40] = chr(ord($bytes[$at + 40]) ^ 1);
            file_put_contents($file, $bytes);
        }
        chmod($file, 0644);
    }

    /** @return boolean|null Whether all requests were answered well; null: the point was passed, or what had been prepared broke one of them */
    private function requests($point)
    {
        $kind = $this->family->set['kind'];
        $base = array('request' => 'route=upgrade', 'models' => 'route=upgrade/upgrade/next&step=', 'controllers' => 'route=upgrade/upgrade_')[$kind];
        $handed = "&version={$this->family->set['new']}&admin={$this->family->set['admin']}";
        $this->visit('GET', '/install/index.php?route=' . ('request' === $kind ? 'upgrade' : ('models' === $kind ? 'upgrade/upgrade' : 'upgrade/upgrade_1' . $handed)), 200, 2200);
        $query = $base . ('request' === $kind ? '' : '1') . ('controllers' === $kind ? $handed : '');
        for ($n = 1; null !== $query; $n++) {
            $number = preg_match('/(?:step=|upgrade_)(\d+)/', $query, $found) ? (int) $found[1] : 1;
            if ("pause:$number" === $point) {
                return null;
            }
            if ("error:$number" === $point) {
                $this->prepare($number);
            }
            list($seen, $said) = $this->request('models' === $kind && false !== strpos($query, 'step=' . (count($this->family->steps()) + 1)) ? 'GET' : 'POST', $query, $point);
            if ($seen) {
                return null;
            }
            // Warnings may stand before it
            $json = preg_match('/\{"(?:success|error|text|next)".*\}\s*$/s', $said, $found) ? json_decode($found[0], true) : null;
            if ('request' === $kind) {
                return '' === trim($said);
            }
            if (isset($json['success']) && empty($json['next'])) {
                return !preg_match('/^(zip|error)/', $point) ? true : null;
            }
            if (!is_array($json) || isset($json['error'])) {
                // Something was prepared to fail
                if (preg_match('/^(zip|error)/', $point) || $this->family->set['moved']) {
                    return null;
                }
                throw new \RuntimeException("request failed: $query\n" . substr($said, -3000));
            }
            $query = substr(strstr($json['next'], '?'), 1);
        }

        return false;
    }

    /** What makes a step fail by itself */
    private function prepare($step)
    {
        $prefix = $this->family->set['prefix'];
        $name = $this->family->steps()[$step - 1];
        if ('upgrade_8' === $name) {
            // Somebody has begun to tidy up the table of carts by hand
            $this->db->query("ALTER TABLE `{$prefix}cart` DROP COLUMN recurring_id, DROP COLUMN subscription_plan_id");
        } else {
            // A table without rows that the step works on
            $this->db->query("DROP TABLE `{$prefix}" . array('1006' => 'voucher_theme', 'upgrade_4' => 'voucher_theme', 'upgrade_10' => 'identifier', '1007' => 'banner_image_description')[$name] . '`');
        }
    }

    /** @return array{boolean, string} Whether the point was passed, what was said */
    private function request($method, $query, $point)
    {
        $seen = $this->work . '/oct-seen';
        @unlink($seen);
        $command = array(PHP_BINARY, '-d', 'display_errors=1', '-d', 'html_errors=0', '-d', 'log_errors=0', '-d', 'mysqli.default_socket=' . $this->work . '/db.sock');
        if ($this->user) {
            $command = array_merge(array('setpriv', '--reuid=' . $this->user, '--regid=' . $this->user, '--clear-groups'), $command);
        }
        $env = array('OC_TEST_SEEN' => $seen, 'OC_TEST_STOP' => $point, 'OC_TEST_KILL' => $this->kill, 'PATH' => getenv('PATH'));
        if (getenv('OC_TEST_COUNT')) {
            $env['OC_TEST_COUNT'] = getenv('OC_TEST_COUNT');
        }
        if (in_array($point, array('none', 'finished', 'stale'), true)) {
            $env['OC_TEST_MEANT'] = '1';
        }
        $output = $this->work . '/oct-output';
        $process = proc_open(array_merge($command, array(__DIR__ . '/drive.php', $this->dir, $method, $query)), array(array('file', '/dev/null', 'r'), array('file', $output, 'w'), array('file', $output, 'a')), $pipes, null, $env);
        proc_close($process);
        $said = file_get_contents($output);
        $was = is_file($seen);
        unlink($output);
        @unlink($seen);
        $this->visit($method, "/install/index.php?$query", $was ? 500 : 200, strlen($said));
        if (!$was) {
            $this->answers[] = $said;
        }

        return array($was, $said);
    }

    /** A line of the web server's log */
    private function visit($method, $address, $status, $bytes)
    {
        $this->clock += 2;
        file_put_contents($this->work . '/access.log', sprintf("192.0.2.7 - - [%s] \"%s %s HTTP/1.1\" %d %d \"http://shop.test/\" \"%s\"\n", gmdate('d/M/Y:H:i:s +0000', $this->clock), $method, $address, $status,
            $bytes, self::AGENT), FILE_APPEND);
    }

    public static function remove($path)
    {
        if (is_dir($path) && !is_link($path)) {
            foreach (array_diff(scandir($path), array('.', '..')) as $name) {
                self::remove("$path/$name");
            }
            rmdir($path);
        } elseif (file_exists($path)) {
            unlink($path);
        }
    }
}
