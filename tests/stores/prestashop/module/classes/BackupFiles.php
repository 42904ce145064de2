<?php

namespace AutoUpgrade;

use Checkpoint;

/** The archive of the files */
final class BackupFiles
{
    const PER_REQUEST = 60;

    private $work;

    public function __construct(Work $work)
    {
        $this->work = $work;
    }

    public function now()
    {
        $this->work->log->info('Starting backup...');
        $this->name();

        return 'backupFiles';
    }

    private function name()
    {
        $work = $this->work;
        $name = 'V' . $work->flavour['old'] . date('_Ymd-His-', Work::now()) . dechex(mt_rand(1, 0x7fffffff));
        $work->keep('backup', array('backupName' => $name, 'backupFilesFilename' => "auto-backupfiles_$name.zip", 'backupDbFilename' => "auto-backupdb_XXXXXX_$name.sql",
            'dbStep' => 0));
    }

    public function run()
    {
        $work = $this->work;
        $log = $work->log;
        if (!$work->has('filesToBackup.list')) {
            isset($work->state['backupName']) || $this->name();
            $files = array_map(function ($path) use ($work) {
                return $work->root . $path;
            }, $work->tree($work->root, array($this, 'skipped'), false));
            $work->putList('filesToBackup.list', $files);
            $log->info('Backup files initialized in ' . $this->file());
            $log->info(sprintf('Backup files in progress. %d files left', count($files)));

            return 'backupFiles';
        }
        list($files, $total) = $work->getList('filesToBackup.list');
        static $requests = 0;
        if (3 === ++$requests) {
            Checkpoint::at('backup:files:half');
        }
        $zip = new \ZipArchive();
        if (Checkpoint::fails('backup:files:fail') || true !== $zip->open($this->file(), \ZipArchive::CREATE)) {
            $log->error("Could not close the Zip file: {$this->file()} properly. Check you are allowed to write on the disk and there is available space on it.");

            return 'error';
        }
        for ($i = 0; $i < self::PER_REQUEST && $files; $i++) {
            $file = array_shift($files);
            $name = substr($file, strlen($work->root) + 1);
            if (!is_file($file)) {
                continue;
            }
            if (filesize($file) >= 15728640) {
                $log->debug("File $name (size: " . filesize($file) . ') has been skipped during backup.');
                continue;
            }
            $zip->addFile($file, $name);
            $zip->setCompressionName($name, \ZipArchive::CM_STORE);
            $log->debug("$name added to archive. " . count($files) . ' files left.');
        }
        if (Checkpoint::wanted('backup:files:closing')) {
            // What libzip leaves when it is killed while it writes the archive anew
            file_put_contents($this->file() . '.k3Xa9Q', is_file($this->file()) ? substr(file_get_contents($this->file()), 0, 30000) : 'PK');
            Checkpoint::at('backup:files:closing');
        }
        $zip->close();
        $work->putList('filesToBackup.list', $files, $total);
        if ($files) {
            $log->info(sprintf('Backup files in progress. %d files left', count($files)));

            return 'backupFiles';
        }
        $log->info('All files saved. Now backing up database');
        $work->is(7) && $work->drop('filesToBackup.list');

        return 'backupDb';
    }

    private function file()
    {
        $dir = "{$this->work->space}/backup";
        is_dir($dir) || mkdir($dir, 0777, true);

        return "$dir/{$this->work->state['backupFilesFilename']}";
    }

    public function skipped($path)
    {
        return in_array($path, array(
            '/app/cache', '/cache/smarty/compile', '/cache/smarty/cache', '/cache/tcpdf', '/cache/cachefs', '/var/cache', '/modules/autoupgrade', '/img/tmp',
        ), true);
    }

    public function complete()
    {
        $this->work->log->info('Backup completed successfully');
        $this->work->log->close('backup');
        $this->work->drop('state_backup.var');

        return '';
    }
}
