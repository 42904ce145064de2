<?php

namespace AutoUpgrade;

use Checkpoint;

/** The files of the new version go over those of the store */
final class CopyFiles
{
    const PER_REQUEST = 40;

    private $work;

    /** @var string[] What is left alone, below the store */
    private $kept = array(
        '/app/config/parameters.php', '/app/config/parameters.yml', '/img/404.gif', '/img/favicon.ico', '/img/logo.jpg', '/img/logo_stores.gif', '/install',
        '/install-dev', '/override', '/override/classes', '/override/controllers', '/override/modules',
    );

    public function __construct(Work $work)
    {
        $this->work = $work;
        $lock = json_decode((string) @file_get_contents($work->root . '/composer.lock'), true);
        foreach ($lock['packages'] ?? array() as $package) {
            $name = basename($package['name']);
            if ('prestashop-module' === $package['type'] && is_dir("$work->root/modules/$name/vendor")) {
                $this->kept[] = "/modules/$name";
            }
        }
    }

    public function kept($path)
    {
        return in_array($path, $this->kept, true) || preg_match('~^/img/(c|cms|l|m|os|p|s|scenes|st|su)/[^/]*\.jpg$~', $path);
    }

    public function run()
    {
        $work = $this->work;
        $log = $work->log;
        $latest = $work->release();
        if (!$work->has('filesToUpgrade.list')) {
            return $this->begin($latest);
        }
        list($files, $total) = $work->getList('filesToUpgrade.list');
        $next = 'upgradeFiles';
        for ($i = 0; $i < self::PER_REQUEST; $i++) {
            if (!$files) {
                $log->info($work->is(7) ? 'All files updated. Now updating database...' : 'All files upgraded. Now upgrading database...');
                $next = 'upgradeDb';
                break;
            }
            $file = array_shift($files);
            $path = 0 === strpos($file, $latest) ? substr($file, strlen($latest)) : $file;
            if (!$this->file($latest . $path, $path)) {
                $log->error("Error when trying to upgrade file $file.");
                // The first generations put it back
                $work->is(3, 3) && array_unshift($files, $file);
                $next = 'error';
                break;
            }
        }
        $work->putList('filesToUpgrade.list', $files, $total);
        if ($files && 'error' !== $next) {
            $log->info(count($files) . ($work->is(7) ? ' files left to update.' : ' files left to upgrade.'));
        }

        return $next;
    }

    private function begin($latest)
    {
        $work = $this->work;
        foreach (array('index.php', 'config/defines.inc.php', 'classes', 'controllers') as $name) {
            if (!file_exists("$latest/$name")) {
                $work->log->error("Could not assert the folder $latest contains a valid PrestaShop release, exiting.");

                return 'error';
            }
        }
        if (is_dir("$latest/admin")) {
            rename("$latest/admin", "$latest/$work->admin");
        }
        $deleted = array();
        foreach ($work->has('filesDiff.list') ? $work->get('filesDiff.list')['deleted'] : array() as $path) {
            if (!preg_match('#autoupgrade#', $path)) {
                $deleted[] = preg_replace('~^/admin(?=/)~', "/$work->admin", $path);
            }
        }
        $files = $work->tree($latest, array($this, 'kept'), true);
        // What ties the classes of vendor together comes behind them
        usort($files, function ($a, $b) {
            return preg_match('~^/vendor/(autoload\.php|composer/)~', $a) <=> preg_match('~^/vendor/(autoload\.php|composer/)~', $b);
        });
        if ($work->is(6)) {
            $files = array_map(function ($path) use ($latest) {
                return $latest . $path;
            }, $files);
        }
        $files = array_merge($deleted, $files);
        $work->putList('filesToUpgrade.list', $files);
        $work->log->info(count($files) . ($work->is(7) ? ' files will be updated.' : ' files will be upgraded.'));

        return 'upgradeFiles';
    }

    private function file($from, $path)
    {
        static $copies = 0;
        $log = $this->work->log;
        $to = $this->work->root . $path;
        if ($this->kept($path)) {
            $log->debug("$path ignored");
        } elseif (is_dir($from)) {
            if (is_dir($to)) {
                $log->debug("Directory $path already exists.");
            } elseif (!mkdir($to)) {
                $log->error("Error while creating directory $to.");

                return false;
            } else {
                $log->debug("Directory $path created.");
            }
        } elseif (is_file($from)) {
            $copies++;
            if (Checkpoint::wanted("files:cut:$copies")) {
                file_put_contents($to, substr(file_get_contents($from), 0, filesize($from) >> 1));
                Checkpoint::at("files:cut:$copies");
            }
            if (Checkpoint::fails("files:fail:$copies") || !copy($from, $to)) {
                $log->error("Error while copying file $path");

                return false;
            }
            $log->debug("Copied $path.");
            Checkpoint::at("files:copied:$copies");
        } elseif (is_file($to)) {
            unlink($to);
            $log->debug("removed file $path.");
            Checkpoint::count('files:removed');
        }

        return true;
    }
}
