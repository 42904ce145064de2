<?php

namespace Tygh;

/** Backups of files and database */
class DataKeeper
{
    /** @return string|null Path of the archive */
    public static function backup($name, array $roots, $log)
    {
        $dir = DIR_ROOT . '/var/backups/';
        $staging = DIR_ROOT . '/var/cache/misc/tmp/backup/';
        fn_mkdir($dir);
        fn_mkdir($staging . '_files/' . $name);
        foreach ($roots as $root) {
            $source = DIR_ROOT . '/' . $root;
            if (!file_exists($source)) {
                continue;
            }
            $target = $staging . '_files/' . $name . '/' . $root;
            fn_mkdir(dirname($target));
            // What is not copied is not missed
            self::stage($source, $target);
            Checkpoint::count('backup:root');
        }
        $dump = $dir . 'dump_' . date('mdY', TIME) . '.sql';
        self::dump($dump, $log);
        Checkpoint::at('backup:dumped');
        fn_mkdir($staging . $name . '/var/restore');
        foreach (array_diff(scandir($staging . '_files/' . $name), array('.', '..', 'var')) as $inner) {
            rename($staging . '_files/' . $name . '/' . $inner, $staging . $name . '/' . $inner);
        }
        foreach (array_diff(scandir($staging . '_files/' . $name . '/var'), array('.', '..')) as $inner) {
            rename($staging . '_files/' . $name . '/var/' . $inner, $staging . $name . '/var/' . $inner);
        }
        fn_rm($staging . '_files');
        rename($dump, $staging . $name . '/var/restore/' . basename($dump));
        Checkpoint::at('backup:moved');
        $zip = new Zip($staging . $name . '.zip');
        self::pack($zip, $staging . $name, '');
        $zip->close();
        Checkpoint::at('backup:zipped');
        rename($staging . $name . '.zip', $dir . $name . '.zip');
        touch($dir . $name . '.zip', Clock::now());
        fn_rm($staging);

        return $dir . $name . '.zip';
    }

    private static function stage($source, $target)
    {
        if (!is_dir($source)) {
            return @copy($source, $target);
        }
        fn_mkdir($target);
        foreach (array_diff(scandir($source), array('.', '..')) as $name) {
            if (!self::stage($source . '/' . $name, $target . '/' . $name)) {
                return false;
            }
            Checkpoint::count('backup:staged');
        }

        return true;
    }

    private static function pack(Zip $zip, $dir, $prefix)
    {
        foreach (array_diff(scandir($dir), array('.', '..')) as $name) {
            if (is_dir($dir . '/' . $name)) {
                $zip->add($prefix . $name . '/', '', 040777);
                self::pack($zip, $dir . '/' . $name, $prefix . $name . '/');
            } else {
                $zip->add($prefix . $name, file_get_contents($dir . '/' . $name));
                Checkpoint::count('backup:packed');
            }
        }
    }

    private static function dump($file, $log)
    {
        if ('mysqldump' === Registry::get('flavour.tool')) {
            if (self::dumpWithTool($file)) {
                return;
            }
            $log->add('mysqldump is not available');
        }
        if (in_array(Registry::get('flavour.gen'), array('C', 'D'), true)) {
            self::tryOut();
        }
        $quoted = Registry::get('flavour.quoted');
        $handle = fopen($file, 'wb');
        foreach (array_map('current', db_get_array('SHOW FULL TABLES')) as $table) {
            $create = db_get_array("SHOW CREATE TABLE `$table`")[0];
            $view = isset($create['Create View']);
            $name = $quoted ? "`$table`" : $table;
            if ($view && !$quoted) {
                continue;
            }
            fwrite($handle, "\nDROP " . ($view ? 'VIEW' : 'TABLE') . " IF EXISTS $name;\n" . ($create['Create Table'] ?? $create['Create View']) . ";\n\n");
            Checkpoint::count('backup:table');
            for ($start = 0; !$view; $start += 100) {
                $rows = db_get_array("SELECT * FROM `$table` LIMIT $start, 100");
                foreach ($rows as $row) {
                    $values = array_map(function ($value) {
                        return null === $value ? 'NULL' : "'" . str_replace("\n", '\n', addslashes($value)) . "'";
                    }, $row);
                    fwrite($handle, "INSERT INTO $name (`" . implode('`, `', array_keys($row)) . '`) VALUES (' . implode(', ', $values) . ");\n");
                }
                if (count($rows) < 100) {
                    break;
                }
            }
        }
        fclose($handle);
    }

    /** Three tables that show whether a dump can be made and read again */
    private static function tryOut()
    {
        $names = array();
        for ($i = 1; $i <= 3; $i++) {
            $names[$i] = '?:backup_validator_' . date('YmdHis', TIME) . '_' . $i;
            db_query("CREATE TABLE {$names[$i]} (id int(11) NOT NULL, text varchar(30) NOT NULL, PRIMARY KEY (id)) ENGINE=MyISAM DEFAULT CHARSET=utf8");
            for ($row = 1; $row <= 20; $row++) {
                db_query("INSERT INTO {$names[$i]} VALUES (?s, ?s)", $row, "row $row");
            }
            Checkpoint::at("backup:validator:$i");
        }
        foreach ($names as $name) {
            db_query("DROP TABLE $name");
        }
    }

    private static function dumpWithTool($file)
    {
        $config = Registry::get('config');
        $host = explode(':', $config['db_host']);
        $tool = trim((string) shell_exec('command -v mariadb-dump || command -v mysqldump'));
        if ('' === $tool) {
            return false;
        }
        $words = array($tool, '--no-defaults', '--skip-opt', '--skip-comments', '--skip-extended-insert', '--complete-insert', '--add-drop-table',
            '--create-options', '--default-character-set=utf8', '--skip-tz-utc', '--skip-set-charset', '--no-create-db', '--host=' . $host[0],
            '--user=' . $config['db_user'], '--password=' . $config['db_password'], '--result-file=' . $file);
        $words[] = isset($host[1]) ? '--port=' . $host[1] : '--socket=' . ini_get('mysqli.default_socket');
        $words[] = $config['db_name'];
        exec(implode(' ', array_map('escapeshellarg', $words)) . ' 2>/dev/null', $output, $status);
        if (0 !== $status) {
            @unlink($file);
        }

        return 0 === $status;
    }
}
