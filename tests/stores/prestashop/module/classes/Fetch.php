<?php

namespace AutoUpgrade;

use Checkpoint;

/** From the beginning to the unpacked new version */
final class Fetch
{
    private $work;

    public function __construct(Work $work)
    {
        $this->work = $work;
    }

    public function now()
    {
        $work = $this->work;
        $log = $work->log;
        if ($work->is(4, 6)) {
            is_file("$work->space/tmp/log.txt") && unlink("$work->space/tmp/log.txt");
        }
        $work->keep('update', array(
            'originVersion' => $work->flavour['old'], 'install_version' => $work->flavour['new'], 'currentVersion' => $work->flavour['old'],
            'destinationVersion' => $work->flavour['new'], 'warning_exists' => false, 'warningDetected' => false, 'installedLanguagesIso' => array('en', 'de'),
            'progressPercentage' => 0,
        ));
        $log->info($work->is(7) ? 'Starting update...' : 'Starting upgrade...');
        // Left lists of an attempt before this one
        foreach (glob("$work->space/*.list") as $file) {
            unlink($file);
        }
        $this->compare();
        if ($work->is(7)) {
            $log->info('Destination version: ' . $work->flavour['new']);
            $db = $work->database();
            $db->execute('UPDATE `' . _DB_PREFIX_ . "configuration` SET `value` = '0' WHERE `name` = 'PS_SHOP_ENABLE'");
            $log->info('Store deactivated. Now downloading... (this can take a while)');
        } else {
            $log->info('Shop deactivated. Now downloading... (this can take a while)');
        }
        $log->debug('Downloaded archive will come from https://api.prestashop.com/releases/download/prestashop_' . $work->flavour['new'] . '.zip');
        $log->debug('MD5 hash will be checked against ' . md5_file($this->offered()));

        return 'download';
    }

    private function offered()
    {
        return getenv('PS_TEST_SERVER') . '/prestashop.zip';
    }

    /** Which files the new version changes and deletes, by the checksums of both */
    private function compare()
    {
        $sums = array();
        foreach (array('old', 'new') as $which) {
            $sums[$which] = $this->sums(file("{$this->work->root}/config/xml/{$this->work->flavour[$which]}.xml"));
        }
        $changed = array_filter(array_keys(array_intersect_key($sums['old'], $sums['new'])), function ($path) use ($sums) {
            return $sums['old'][$path] !== $sums['new'][$path];
        });
        $this->work->put('filesDiff.list', array('deleted' => array_keys(array_diff_key($sums['old'], $sums['new'])), 'modified' => array_values($changed)));
    }

    /** @return array<string, string> Path => sum, from the lines of a list of checksums */
    private function sums(array $lines)
    {
        $sums = $path = array();
        foreach ($lines as $line) {
            if (preg_match('~<dir name="(.*)">~', $line, $found)) {
                $path[] = $found[1];
            } elseif (false !== strpos($line, '</dir>')) {
                array_pop($path);
            } elseif (preg_match('~<md5file name="(.*)">(\w+)<~', $line, $found)) {
                $sums['/' . implode('/', array_merge($path, array($found[1])))] = $found[2];
            }
        }

        return $sums;
    }

    public function download()
    {
        $work = $this->work;
        $data = file_get_contents($this->offered());
        $file = "$work->space/download/prestashop.zip";
        is_dir(dirname($file)) || mkdir(dirname($file), 0777, true);
        if (Checkpoint::fails('download:fail')) {
            $work->log->error('Error during download');

            return 'error';
        }
        file_put_contents($file, substr($data, 0, strlen($data) >> 1));
        Checkpoint::at('download:half');
        file_put_contents($file, $data);
        $work->log->info('Download complete. Now extracting...');

        return 'unzip';
    }

    private function extract($file, $to)
    {
        $zip = new \ZipArchive();
        $zip->open($file);
        for ($i = 0; $i < $zip->numFiles; $i++) {
            $zip->extractTo($to, $zip->getNameIndex($i));
            $i === $zip->numFiles >> 1 && Checkpoint::at('unpack:half');
        }
        $zip->close();
    }

    public function unzip()
    {
        $work = $this->work;
        $latest = $work->release();
        is_dir($latest) && Work::remove($latest);
        mkdir($latest, 0777, true);
        $this->extract("$work->space/download/prestashop.zip", $latest);
        if (is_file("$latest/prestashop.zip")) {
            $inner = "$latest/prestashop.zip";
            $this->extract($inner, $latest);
            unlink($inner);
            @unlink("$latest/Install_PrestaShop.html");
        } elseif (is_dir("$latest/prestashop")) {
            rename("$latest/prestashop", "$latest.tmp");
            Work::remove($latest);
            rename("$latest.tmp", $latest);
        }
        if ($work->is(7)) {
            $work->log->info('File extraction complete. Now updating files...');

            return 'upgradeFiles';
        }
        $work->log->info($work->is(6) ? 'File extraction complete. Now backing up files...' : 'File extraction complete. Removing sample files...');

        return $work->is(6) ? 'backupFiles' : 'removeSamples';
    }

    /** Pictures of the sample products come with a release and are not wanted */
    public function removeSamples()
    {
        $this->work->log->info('All sample files removed. Now backing up files.');

        return 'backupFiles';
    }
}
