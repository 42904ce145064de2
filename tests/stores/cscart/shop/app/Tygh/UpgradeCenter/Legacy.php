<?php

namespace Tygh\UpgradeCenter;

use Tygh\Checkpoint;
use Tygh\Logger;
use Tygh\Registry;

/** The wizard of 4.0 to 4.2: one page a step, a lock around each job, statements noted down beside their dump */
class Legacy
{
    private $dir;

    private $package;

    private $path;

    private $log;

    public function __construct()
    {
        $this->dir = DIR_ROOT . '/var/upgrade/';
        preg_match('~<file md5="\w+">([^<]+)</file>~', file_get_contents($this->dir . 'packages.xml'), $found);
        $this->package = $found[1];
        $this->path = $this->dir . $this->package . '/';
        $this->log = new Logger();
        $this->log->logfile = $this->dir . 'upgrade.log';
    }

    /** @return array{boolean, array} */
    public function run($mode)
    {
        register_shutdown_function(function () {
            $error = error_get_last();
            if (null !== $error && E_ERROR === $error['type']) {
                error_log(addslashes("PHP Fatal error:  {$error['message']} in {$error['file']} on line {$error['line']}"));
            }
        });

        return array($this->$mode(), array());
    }

    /** Nothing else may run meanwhile; the lock of a dead job stays */
    private function job($name, ...$arguments)
    {
        $lock = $this->dir . '.upgrade_lock';
        if (is_file($lock)) {
            echo "Possibly another upgrade process is running\n";
            exit(1);
        }
        touch($lock);
        $result = $this->$name(...$arguments);
        unlink($lock);

        return $result;
    }

    private function installed()
    {
        $udata = array();
        if (is_file($this->dir . 'installed_upgrades.php')) {
            include $this->dir . 'installed_upgrades.php';
        }

        return $udata;
    }

    private function note(array $values)
    {
        $udata = $this->installed();
        $udata[$this->package] = $values + ($udata[$this->package] ?? array());
        file_put_contents($this->dir . 'installed_upgrades.php', "<?php\n \$udata = " . var_export($udata, true) . ";\n?>");
    }

    private function download()
    {
        Checkpoint::at('download:before');
        $data = file_get_contents(getenv('CSCART_SERVER') . '/' . $this->package);
        if ('download:inside' === getenv('CSCART_STOP')) {
            file_put_contents($this->dir . 'uc.tgz', substr($data, 0, strlen($data) >> 1));
            Checkpoint::at('download:inside');
        }
        file_put_contents($this->dir . 'uc.tgz', $data);
        Checkpoint::at('unpack:before');
        foreach (self::tar(gzdecode($data)) as $name => $bytes) {
            fn_mkdir(dirname($this->path . $name));
            file_put_contents($this->path . $name, $bytes);
            Checkpoint::count('unpack:inside');
        }
        fn_mkdir($this->path . 'backup');
        unlink($this->dir . 'uc.tgz');

        return true;
    }

    /** @return iterable<string, string> Regular files of an archive */
    private static function tar($data)
    {
        for ($at = 0; $at + 512 <= strlen($data) && "\0" !== $data[$at]; $at += 512 + (($size + 511) & ~511)) {
            $head = unpack('a100name/x24/a12size/x20/atype/x100/x8/x80/a155prefix', substr($data, $at, 512));
            $size = octdec(trim($head['size'], "\0 "));
            if ('0' === $head['type']) {
                $prefix = rtrim(substr($data, $at + 345, 155), "\0");
                yield ('' === $prefix ? '' : $prefix . '/') . rtrim($head['name'], "\0") => substr($data, $at + 512, $size);
            }
        }
    }

    private function xml($section)
    {
        preg_match("~<$section>(.*?)</$section>~s", file_get_contents($this->path . 'uc.xml'), $part);
        preg_match_all('~<item file="([^"]+)">(\w*)</item>~', $part[1], $found);

        return array_combine(array_map('htmlspecialchars_decode', $found[1]), $found[2]);
    }

    private function check()
    {
        Checkpoint::at('close:before');
        fn_close_storefronts();
        db_query("UPDATE ?:settings_objects SET value = 'Y' WHERE name = 'store_mode'");
        Checkpoint::at('close:after');
        $this->job('createThemes');
        $changed = array();
        foreach ($this->xml('original_files') as $file => $sum) {
            if (!is_file(DIR_ROOT . '/' . $file) || md5_file(DIR_ROOT . '/' . $file) !== $sum) {
                $changed[$file] = false;
            }
        }
        Checkpoint::at('check:files');
        $this->note(array('files' => $changed, 'not_installed' => true));
        Checkpoint::at('check:noted');

        return true;
    }

    /** Files of the base theme for the installed themes, inside of the package */
    private function createThemes()
    {
        $base = $this->path . 'package/var/themes_repository/responsive/';
        foreach (glob(DIR_ROOT . '/design/themes/*', GLOB_ONLYDIR) as $theme) {
            if (!is_dir($base) || 'responsive' !== basename($theme)) {
                continue;
            }
            $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($base, \FilesystemIterator::SKIP_DOTS));
            foreach ($files as $path) {
                $target = $this->path . 'package/design/themes/' . basename($theme) . '/' . substr($path, strlen($base));
                if ('manifest.json' !== basename($path) && !file_exists($target)) {
                    fn_mkdir(dirname($target));
                    $this->log->write('Copying file: ' . $target, __FILE__, __LINE__);
                    copy($path, $target);
                    Checkpoint::count('check:themes');
                }
            }
        }
    }

    private function backup()
    {
        $files = array();
        $this->job('backupFiles', $this->path . 'package', DIR_ROOT, $files);
        $files = array_merge($files, $this->job('backupObsolete'));
        sort($files);
        if (Checkpoint::fails('backup:fail')) {
            return false;
        }
        $tables = $this->job('backupDatabase');
        $this->note(array('backup_details' => array('files' => $files, 'tables' => $tables), 'not_installed' => true));
        Checkpoint::at('backup:noted');
        $config = Registry::get('config');
        $data = '$db = ' . var_export(array_intersect_key($config, array_flip(array('db_host', 'db_user', 'db_password', 'db_name'))), true) . ";\n\n\$uak = '"
            . md5(uniqid()) . "';";
        $script = preg_replace_callback('~(//\[params\]\n).*?(\n//\[/params\])~s', function ($found) use ($data) {
            return $found[1] . $data . $found[2];
        }, file_get_contents($this->path . 'restore.php'));
        file_put_contents($this->path . 'restore.php', $script);
        Checkpoint::at('backup:after');

        return true;
    }

    private function backupFiles($source, $target, array &$done)
    {
        if (is_file($source)) {
            $this->log->write('Backing up: ' . $source, __FILE__, __LINE__);
            if (is_file($target)) {
                $inner = substr($target, strlen(DIR_ROOT) + 1);
                fn_mkdir(dirname($this->path . 'backup/' . $inner));
                copy($target, $this->path . 'backup/' . $inner);
                $done[] = $inner;
                Checkpoint::count('backup:file');
            }

            return true;
        }
        foreach (array_diff(scandir($source, SCANDIR_SORT_NONE), array('.', '..')) as $name) {
            $this->log->write('Backing up: ' . $name, __FILE__, __LINE__);
            $this->backupFiles($source . '/' . $name, $target . '/' . $name, $done);
        }

        return true;
    }

    private function obsolete()
    {
        $files = array_keys($this->xml('deleted_files'));
        foreach ($files as $file) {
            $base = 'var/themes_repository/responsive/';
            $copy = 'design/themes/responsive/' . substr($file, strlen($base));
            if (0 === strpos($file, $base) && is_file(DIR_ROOT . '/' . $copy)) {
                $files[] = $copy;
            }
        }

        return $files;
    }

    private function backupObsolete()
    {
        foreach ($this->obsolete() as $file) {
            $this->log->write('Backing up:' . $file, __FILE__, __LINE__);
            fn_mkdir(dirname($this->path . 'backup/' . $file));
            copy(DIR_ROOT . '/' . $file, $this->path . 'backup/' . $file);
        }

        return $this->obsolete();
    }

    private function backupDatabase()
    {
        $this->log->write('Backing up database: ' . $this->path, __FILE__, __LINE__);
        $tables = array();
        foreach (array('db_scheme.sql', 'db_data.sql', 'db_lang_en.sql') as $name) {
            preg_match_all('/(?:INSERT INTO|REPLACE INTO|UPDATE|ALTER TABLE|DELETE FROM|DROP TABLE|CREATE TABLE)(?: IF EXISTS| IF NOT EXISTS)? `?(\w+)`?/',
                file_get_contents($this->path . $name), $found);
            $tables += array_flip($found[1]);
        }
        $out = fopen($this->path . 'backup/uc.sql', 'wb');
        foreach (array_keys($tables) as $table) {
            $this->log->write('Backing up table: ' . $table, __FILE__, __LINE__);
            fwrite($out, "\nDROP TABLE IF EXISTS $table;\n");
            Checkpoint::count('backup:table');
            if (!db_get_array('SHOW TABLES LIKE ?s', addcslashes($table, '_%'))) {
                continue;
            }
            fwrite($out, db_get_array("SHOW CREATE TABLE `$table`")[0]['Create Table'] . ";\n\n");
            foreach (db_get_array("SELECT * FROM `$table`") as $row) {
                fwrite($out, "INSERT INTO $table (`" . implode('`, `', array_keys($row)) . '`) VALUES (' . implode(', ', array_map(function ($value) {
                    return null === $value ? 'NULL' : "'" . str_replace("\n", '\n', addslashes($value)) . "'";
                }, $row)) . ");\n");
            }
        }
        fclose($out);
        file_put_contents($this->path . 'db_backup_tables.txt', implode("\n", array_keys($tables)));

        return array_keys($tables);
    }

    private function upgrade()
    {
        Checkpoint::at('files:before');
        $this->job('copyFiles', $this->path . 'package', DIR_ROOT);
        Checkpoint::at('files:copied');
        $this->job('removeFiles');
        Checkpoint::at('files:after');
        $dumps = array('db_scheme.sql', 'db_data.sql', 'db_lang_en.sql');
        foreach (db_get_array('SELECT lang_code FROM ?:languages') as $row) {
            if ('en' !== $row['lang_code'] && is_file($this->path . "db_lang_{$row['lang_code']}.sql")) {
                $dumps[] = "db_lang_{$row['lang_code']}.sql";
            }
        }
        foreach ($dumps as $dump) {
            $this->job('import', $dump);
            Checkpoint::at("sql:$dump:after");
        }
        $this->job('hook');
        Checkpoint::at('post:after');
        $this->restoreSettings();
        Checkpoint::at('settings:after');
        $this->job('cleanup', $dumps);
        fn_clear_cache();
        Checkpoint::at('saving:before');
        $this->note(array('not_installed' => false));

        return true;
    }

    private $copied = 0;

    private function copyFiles($source, $target)
    {
        fn_mkdir($target);
        foreach (array_diff(scandir($source, SCANDIR_SORT_NONE), array('.', '..')) as $name) {
            if (is_dir($source . '/' . $name)) {
                $this->copyFiles($source . '/' . $name, $target . '/' . $name);
                continue;
            }
            $number = ++$this->copied;
            if ("files:cut:$number" === getenv('CSCART_STOP')) {
                file_put_contents($target . '/' . $name, substr(file_get_contents($source . '/' . $name), 0, 100));
                Checkpoint::at("files:cut:$number");
            }
            copy($source . '/' . $name, $target . '/' . $name);
            Checkpoint::at("files:copied:$number");
        }
    }

    private function removeFiles()
    {
        foreach ($this->obsolete() as $file) {
            @unlink(DIR_ROOT . '/' . $file);
            Checkpoint::count('files:deleted');
        }
    }

    /** Statements that were carried out by an earlier try are left out; errors are noted and passed over */
    private function import($dump)
    {
        $notes = $this->path . $dump . '.tmp';
        $done = is_file($notes) ? unserialize(file_get_contents($notes)) : array();
        foreach (preg_split('/;\n/', file_get_contents($this->path . $dump), -1, PREG_SPLIT_NO_EMPTY) as $number => $statement) {
            $statement = trim($statement);
            if ('' === $statement || in_array($statement, $done, true)) {
                continue;
            }
            try {
                db_query($statement);
            } catch (\Exception $e) {
                $this->log->write("DB error in $dump: {$e->getMessage()}: <code>$statement</code>", __FILE__, __LINE__);
            }
            Checkpoint::at("sql:$dump:untracked:" . ($number + 1));
            $done[] = $statement;
            file_put_contents($notes, serialize($done));
            Checkpoint::at("sql:$dump:done:" . ($number + 1));
        }
    }

    private function hook()
    {
        $upgrade_type = 'upgrade';
        include $this->path . 'uc.php';
    }

    private function restoreSettings()
    {
        if (!db_has_table('settings_objects_upg')) {
            return;
        }
        foreach (db_get_array('SELECT * FROM ?:settings_objects_upg') as $row) {
            db_query('UPDATE ?:settings_objects o JOIN ?:settings_sections s ON s.section_id = o.section_id SET o.value = ?s WHERE o.name = ?s AND s.name = ?s',
                $row['value'], $row['name'], $row['section_name']);
        }
        Checkpoint::at('settings:inside');
        db_query('DROP TABLE ?:settings_objects_upg');
    }

    private function cleanup(array $dumps)
    {
        foreach ($dumps as $dump) {
            @unlink($this->path . $dump . '.tmp');
        }
    }
}
