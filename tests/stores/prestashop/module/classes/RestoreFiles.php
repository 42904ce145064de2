<?php

namespace AutoUpgrade;

use Checkpoint;

/** The module's own way back: the files */
final class RestoreFiles
{
    private $work;

    public function __construct(Work $work)
    {
        $this->work = $work;
    }

    public function now()
    {
        $work = $this->work;
        $name = $work->state['restoreName'];
        $dumps = array_map('basename', glob("$work->space/backup/$name/auto-backupdb_*"));
        sort($dumps);
        $archive = "auto-backupfiles_$name.zip";
        if (!is_file("$work->space/backup/$archive") || !$dumps) {
            $work->log->error("[ERROR] File $archive is missing: unable to restore files. Operation aborted.");

            return 'error';
        }
        $work->keep('restore', array('restoreFilesFilename' => $archive, 'restoreDbFilenames' => $dumps, 'dbStep' => 0));
        $work->log->info('Restoring files ...');

        return 'restoreFiles';
    }

    public function ignored($path)
    {
        return in_array($path, array('/app/config/parameters.php', '/app/config/parameters.yml', '/modules/autoupgrade', '/img/tmp'), true);
    }

    public function run()
    {
        $work = $this->work;
        $zip = new \ZipArchive();
        $zip->open("$work->space/backup/{$work->state['restoreFilesFilename']}");
        $inside = array();
        for ($i = 0; $i < $zip->numFiles; $i++) {
            $inside[] = '/' . $zip->getNameIndex($i);
        }
        $extra = array_values(array_diff($work->tree($work->root, array($this, 'ignored'), false), $inside));
        $work->putList('filesFromArchive.list', $inside);
        $work->putList('filesToRemove.list', $extra);
        $work->log->info(count($extra) . ' file(s) will be removed before restoring the backup files.');
        // Only the last generation removes first
        if ($work->is(7)) {
            $this->remove($extra);
        }
        foreach ($inside as $i => $path) {
            if (!$this->ignored($path)) {
                $zip->extractTo($work->root, substr($path, 1));
            }
            $i === count($inside) >> 1 && Checkpoint::at('rollback:files:half');
        }
        $zip->close();
        if (!$work->is(7)) {
            $this->remove($extra);
        }
        $work->drop('filesFromArchive.list');
        $work->drop('filesToRemove.list');
        $work->log->info('Files restored. Now restoring database...');

        return 'restoreDb';
    }

    private function remove(array $files)
    {
        foreach ($files as $i => $path) {
            unlink($this->work->root . $path);
            1 === $i && Checkpoint::at('rollback:files:removing');
        }
    }

    public function complete()
    {
        $this->work->log->info($this->work->is(7) ? 'Restore process done. Congratulations! You can now reactivate your store.'
            : 'Rollback process done. Congratulations! You can now reactivate your shop.');
        if ($this->work->is(7)) {
            $this->work->log->close('restore');
            $this->work->drop('state_restore.var');
        }

        return '';
    }
}
