<?php

namespace AutoUpgrade;

use Checkpoint;

/**
 * The module's own way back: the tables, one file of the dump a request.
 * Up to generation 6 the tables to drop at the end are worked out from the first file alone, so that what later files bring back is lost again.
 */
final class RestoreDb
{
    private $work;

    private $db;

    public function __construct(Work $work)
    {
        $this->work = $work;
    }

    private function tables()
    {
        $skip = array_map(function ($name) {
            return _DB_PREFIX_ . $name;
        }, BackupDb::LEFT_OUT);

        return array_diff(array_map('current', $this->db->executeS("SHOW TABLES LIKE '" . _DB_PREFIX_ . "%'")), $skip);
    }

    private function drop(array $tables)
    {
        foreach ($tables as $table) {
            $this->db->execute("DROP TABLE IF EXISTS `$table`", false);
            $this->db->execute("DROP VIEW IF EXISTS `$table`", false);
        }
    }

    private function read($file)
    {
        $data = file_get_contents($file);

        return '.gz' === substr($file, -3) ? gzdecode($data) : ('.bz2' === substr($file, -4) ? shell_exec('bzip2 -dc ' . escapeshellarg($file)) : $data);
    }

    public function run()
    {
        $work = $this->work;
        $log = $work->log;
        $this->db = $work->database();
        $this->db->execute("SET SESSION sql_mode = ''");
        $this->db->execute('SET FOREIGN_KEY_CHECKS=0');
        $files = $work->state['restoreDbFilenames'];
        if ($work->is(7) && 0 === $work->state['dbStep']) {
            $this->drop($this->tables());
            Checkpoint::at('rollback:db:dropped');
        }
        $file = array_shift($files);
        $ending = substr($file, strrpos($file, '.') + 1);
        $log->debug("Opening backup database file $file in $ending mode");
        preg_match('#auto-backupdb_([0-9]{6})_#', $file, $found);
        $number = (int) $found[1];
        $work->keep('restore', array('restoreDbFilenames' => $files, 'dbStep' => $number));
        $queries = preg_split('/;[\n\r]+/Usm', $this->read("$work->space/backup/{$work->state['restoreName']}/$file"));
        if (!$work->is(7) && 1 === $number) {
            preg_match_all('/`(' . _DB_PREFIX_ . '[a-zA-Z0-9_-]+)`/', implode(";\n", array_map(function ($query) {
                return preg_match('/`(' . _DB_PREFIX_ . '[a-zA-Z0-9_-]+)`/', $query, $first) ? $first[0] : '';
            }, $queries)), $named);
            $work->put('tableToClean.list', array_diff($this->tables(), $named[1]));
        }
        $work->putList('queryToRestore.list', $queries);
        foreach ($queries as $i => $query) {
            $query = trim($query);
            if ('' !== $query && !$this->db->execute($query, false)) {
                $log->error($work->is(7) ? "Error during database restoration:  $query - " . $this->db->getMsgError() : "[SQL ERROR] $query - " . $this->db->getMsgError());
                $work->is(7) || $log->info('Error during database restoration');
                $work->is(7) || $work->drop('queryToRestore.list');

                return 'error';
            }
            $i === count($queries) >> 1 && Checkpoint::at("rollback:db:$number:half");
        }
        $work->drop('queryToRestore.list');
        Checkpoint::at("rollback:db:$number");
        if ($files) {
            $log->info("Database restoration file $number done. " . count($files) . ' file(s) left...');

            return 'restoreDb';
        }
        $log->info("Database restoration file $number done.");
        $log->info('Database has been restored.');
        if (!$work->is(7)) {
            $this->drop($work->get('tableToClean.list'));
            $work->drop('tableToClean.list');
        }

        return 'rollbackComplete';
    }
}
