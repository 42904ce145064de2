<?php

namespace AutoUpgrade;

use Checkpoint;

/** The dump of the tables, in files of limited size */
final class BackupDb
{
    const LEFT_OUT = array('connections', 'connections_page', 'connections_source', 'guest', 'statssearch');

    const TABLES_PER_REQUEST = 30;

    const ROWS = 200;

    /** Bytes after which a file or, from generation 7 on, an INSERT ends; the module's own are megabytes */
    const FILE = 12000;

    const INSERT = 5000;

    private $work;

    private $db;

    private $file;

    private $text = '';

    private $views = '';

    public function __construct(Work $work)
    {
        $this->work = $work;
    }

    public function run()
    {
        $work = $this->work;
        $log = $work->log;
        $this->db = $work->database();
        $dir = "$work->space/backup/{$work->state['backupName']}";
        if (!$work->has('tablesToBackup.list')) {
            is_dir($dir) || mkdir($dir, 0777, true);
            $tables = array_map('current', $this->db->executeS("SHOW TABLES LIKE '" . _DB_PREFIX_ . "%'"));
            $work->putList('tablesToBackup.list', $work->flavour['backwards'] ? array_reverse($tables) : $tables);

            return 'backupDb';
        }
        list($tables, $total) = $work->getList('tablesToBackup.list');
        for ($done = 0; $tables && $done < self::TABLES_PER_REQUEST; $done++) {
            $table = array_shift($tables);
            if (0 !== strpos($table, _DB_PREFIX_) || in_array(substr($table, strlen(_DB_PREFIX_)), self::LEFT_OUT, true)) {
                continue;
            }
            $this->table($table);
            $log->debug("$table table has been saved.");
            if (substr($table, strlen(_DB_PREFIX_)) === 'feature_flag' || substr($table, strlen(_DB_PREFIX_)) === 'hook') {
                Checkpoint::at('backup:db:half');
            }
        }
        $this->finish();
        $work->putList('tablesToBackup.list', $tables, $total);
        $log->info("$done tables have been saved.");
        if (Checkpoint::fails('backup:db:fail')) {
            $log->error('Error during database backup.');

            return 'error';
        }
        if ($tables) {
            $log->info('Database backup: ' . count($tables) . ' table(s) left...');

            return 'backupDb';
        }
        $done = "Database backup done in filename {$work->state['backupName']}.";
        $log->info($work->is(7) ? $done : "$done Now upgrading files...");
        $work->is(7) && $work->drop('tablesToBackup.list');

        return $work->is(7) ? 'backupComplete' : 'upgradeFiles';
    }

    private function table($table)
    {
        $this->file || $this->begin();
        $schema = $this->db->executeS("SHOW CREATE TABLE `$table`")[0];
        if (isset($schema['View'])) {
            $create = preg_replace('/DEFINER=`[^`]*`@`[^`]*`/', 'DEFINER=CURRENT_USER', $schema['Create View']);
            $this->views .= "/* Scheme for view$table */\nDROP TABLE IF EXISTS `$table`;\nDROP VIEW IF EXISTS `$table`;\n$create;\n\n";

            $this->text .= $this->views;

            return;
        }
        $drops = array("DROP TABLE IF EXISTS `$table`;\n", "DROP VIEW IF EXISTS `$table`;\n");
        $this->text .= "/* Scheme for table $table */\n" . implode('', $this->work->is(4) ? $drops : array_reverse($drops)) . $schema['Create Table'] . ";\n\n";
        $this->work->state['backup_table'] = $table;
        for ($offset = 0;; $offset += self::ROWS) {
            $rows = $this->db->executeS("SELECT * FROM `$table` LIMIT $offset, " . self::ROWS);
            $this->rows($table, $rows);
            if (count($rows) < self::ROWS) {
                break;
            }
        }
    }

    private function rows($table, array $rows)
    {
        $size = 0;
        foreach ($rows as $i => $row) {
            $line = '(' . implode(',', array_map(function ($value) {
                return null === $value ? 'NULL' : "'" . $this->db->escape($value, true) . "'";
            }, $row)) . ')';
            if (0 === $size) {
                // A table goes on in the next file without being made there
                $this->next();
                $this->text .= "INSERT INTO `$table` VALUES\n";
            }
            $size += strlen($line);
            $last = $i === count($rows) - 1 || $this->work->is(7) && $size >= self::INSERT;
            $this->text .= $line . ($last ? ";\n\n" : ",\n");
            if (3 === $i && _DB_PREFIX_ . 'acme_log' === $table && Checkpoint::wanted('backup:db:cut')) {
                $this->flush(0.7);
                Checkpoint::at('backup:db:cut');
            }
            $last && $size = 0;
        }
    }

    /** Where the limit is passed, the rest goes into another file */
    private function next()
    {
        if (strlen($this->text) > self::FILE) {
            $this->finish();
            $this->begin();
        }
    }

    private function begin()
    {
        $this->work->keep('backup', array('dbStep' => $this->work->state['dbStep'] + 1));
        $number = $this->work->state['dbStep'];
        $name = $this->work->state['backupName'];
        $this->file = "{$this->work->space}/backup/$name/auto-backupdb_" . sprintf('%06d', $number) . "_$name.sql";
        $this->text = "/* Backup $number for shop.example.com/\n *  at " . date('r', Work::now()) . "\n */\n\nSET SESSION sql_mode = '';\n\n\nSET NAMES 'utf8';\n\n\nSET FOREIGN_KEY_CHECKS=0;\n\n";
    }

    private function finish()
    {
        if ($this->file) {
            $this->text .= "SET FOREIGN_KEY_CHECKS=1;\n\n";
            $this->flush(1);
            $this->file = null;
        }
    }

    /** Writes the file, packed as PHP's own extensions would; PART of 1 is how much of it has come to the disk */
    private function flush($part)
    {
        $ending = '' === $this->work->flavour['zip'] ? '' : '.' . $this->work->flavour['zip'];
        $data = $this->text;
        if ('.gz' === $ending) {
            $data = gzencode($data);
        } elseif ('.bz2' === $ending) {
            file_put_contents($this->file, $data);
            $data = shell_exec('bzip2 -c ' . escapeshellarg($this->file));
            unlink($this->file);
        }
        file_put_contents($this->file . $ending, substr($data, 0, (int) (strlen($data) * $part)));
    }
}
