<?php

namespace Tygh\UpgradeCenter;

use Tygh\Checkpoint;
use Tygh\Clock;
use Tygh\DataKeeper;
use Tygh\Exceptions\PHPErrorException;
use Tygh\Languages\Po;
use Tygh\Registry;
use Tygh\UpgradeCenter\Migrations\Migration;

/** The upgraders of 4.3.1 and later; what they do in which order depends on their generation */
class App
{
    const BACKUP_ROOTS = array('app', 'design', 'js', '.htaccess', 'api.php', 'config.local.php', 'config.php', 'index.php', 'init.php',
        'robots.txt', 'var/themes_repository', 'var/snapshots', 'upgrades/source_restore.php');

    private $log;

    private $gen;

    private $packages;

    public function __construct()
    {
        $this->log = Log::instance('core');
        $this->gen = Registry::get('flavour.gen');
        $this->packages = DIR_ROOT . '/var/upgrade/packages/';
    }

    /** The first upgraders have own words */
    private function say($words, $first = null)
    {
        $words = 'A' === $this->gen ? $first ?? $words : $words;
        if (false !== $words) {
            $this->log->add($words);
        }
    }

    private function schema($id)
    {
        return json_decode(file_get_contents($this->packages . $id . '/schema.json'), true);
    }

    private function content($id)
    {
        return json_decode(file_get_contents($this->packages . $id . '/content/package.json'), true);
    }

    public function downloadPackage($id)
    {
        Checkpoint::at('download:before');
        $this->say(sprintf('Downloading "%s" upgrade package', $id), sprintf('Download \"%s\" upgrade package', $id));
        $server = getenv('CSCART_SERVER');
        $schema = $this->schema($id);
        $file = $this->packages . $id . '/' . $schema['file'];
        if (Checkpoint::fails('download:fail')) {
            $this->log->add('Cannot download the upgrade package');

            return;
        }
        $data = file_get_contents($server . '/' . $schema['file']);
        if ('download:inside' === getenv('CSCART_STOP')) {
            file_put_contents($file, substr($data, 0, strlen($data) >> 1));
            Checkpoint::at('download:inside');
        }
        file_put_contents($file, $data);
        Checkpoint::at('unpack:before');
        $count = 0;
        fn_mkdir($this->packages . $id . '/content');
        foreach (\Tygh\Zip::entries($file) as $name => $bytes) {
            $target = $this->packages . $id . '/content/' . $name;
            fn_mkdir('/' === substr($name, -1) ? $target : dirname($target));
            if ('/' !== substr($name, -1)) {
                file_put_contents($target, $bytes);
                Checkpoint::count('unpack:inside');
            }
        }
        $this->log->add('Upgrade package has been downloaded and ready to install');
    }

    public function install($id, array $request)
    {
        error_reporting(E_ALL & ~E_ERROR);
        register_shutdown_function(function () {
            $error = error_get_last();
            if (null !== $error && in_array($error['type'], array(E_ERROR, E_PARSE, E_COMPILE_ERROR), true)) {
                $text = (string) new PHPErrorException($error['message'], $error['type'], $error['file'], $error['line']);
                if ('A' !== $this->gen || 'fatal' === getenv('CSCART_KILL')) {
                    $this->log->add($text);
                }
                error_log(addslashes($text));
            }
        });
        set_error_handler(function ($code, $message, $file, $line) {
            if (!(error_reporting() & $code)) {
                return false;
            }
            $text = (string) new PHPErrorException($message, $code, $file, $line);
            $this->log->add($text);
            error_log(addslashes($text));

            return true;
        });
        try {
            $result = $this->installPackage($id, $request);
        } catch (\Exception $e) {
            if ('A' !== $this->gen) {
                $this->log->add(sprintf('Caught an exception: %s', (string) $e));
            }
            $result = false;
        }
        restore_error_handler();

        return array($result, array());
    }

    private function installPackage($id, array $request)
    {
        $about = $this->schema($id);
        $schema = $this->content($id);
        $content = $this->packages . $id . '/content/';
        if ('A' === $this->gen) {
            $this->log->add(array('', sprintf('Start installation of the "%s" upgrade package', $id), str_repeat('=', 48)));
        } else {
            $this->log->drawHeader()->add(array(
                sprintf('Starting installation of the "%s" upgrade package', $id),
                sprintf('Upgrading version %s to %s', $about['from_version'], $about['to_version']),
                sprintf('Running as user "%s"', posix_getpwuid(posix_geteuid())['name']),
            ));
        }
        Checkpoint::at('check:started');
        if (Registry::get('flavour.modes')) {
            $this->storeEntryModes();
        }
        Checkpoint::at('check:modes');
        if (!$this->validate($schema, $content)) {
            return false;
        }

        $backup = date('dMY_His', TIME);
        if ('A' !== $this->gen) {
            $backup = "upg_{$id}_{$about['from_version']}-{$about['to_version']}_$backup";
        }
        $skip = !empty($request['no-backup']);
        $this->say($skip ? 'Files and database backup skipped' : sprintf('Backup filename is "%s"', $backup), false);
        if (!$skip && !$this->prepareRestore($id, $about, $backup . '.zip')) {
            return false;
        }
        Checkpoint::at('restore:after');

        if (!empty($schema['scripts']['pre'])) {
            $script = $content . 'scripts/' . $schema['scripts']['pre'];
            $this->say(sprintf('Executing pre-upgrade script "%s"', $script), false);
            $verdict = include_once $script;
            if ('D' === $this->gen && (false === $verdict || is_array($verdict) && false === $verdict[0])) {
                return false;
            }
            $this->say('Pre-upgrade script executed successfully', false);
        }
        $this->say('Closing storefront', false);
        Checkpoint::at('close:before');
        fn_close_storefronts();
        Checkpoint::at('close:after');
        if (!$skip && !$this->backup($backup)) {
            return false;
        }

        $this->say('Sending upgrade information e-mail to: admin@example.com, boss@example.com', false);
        Checkpoint::at('mail:before');
        if (Checkpoint::fails('mail:fail')) {
            $this->say('Failed to send e-mail', false);

            return false;
        }
        $this->say('E-mail was successfully sent', false);
        Checkpoint::at('mail:after');

        $last = in_array($this->gen, array('A', 'B'), true);
        if (!$last && !$this->migrate($schema, $content)) {
            return false;
        }
        $this->copyFiles($schema, $content);
        if ($last) {
            $this->migrate($schema, $content);
        }
        if ('D' === $this->gen) {
            $this->log->add('Cleaning cache');
            fn_clear_cache();
        }
        $this->installLanguages($schema, $content);
        if (!empty($schema['scripts']['post'])) {
            $script = $content . 'scripts/' . $schema['scripts']['post'];
            $this->say(sprintf('Executing post-upgrade script "%s"', $script), false);
            Checkpoint::at('post:before');
            $upgrade_notes = array();
            include_once $script;
            $this->say('Post-upgrade script executed successfully', false);
            if ($upgrade_notes) {
                $this->say('Sending upgrade information e-mail to: admin@example.com', false);
                $this->say(Checkpoint::fails('notes:fail') ? 'Failed to send e-mail' : 'Upgrade information e-mail was successfully sent', false);
            }
            Checkpoint::at('post:after');
        }
        $this->finish($id, $about);

        return true;
    }

    private function entries()
    {
        $names = array('index.php', Registry::get('config.admin_index'), 'api.php');
        if ('MULTIVENDOR' === PRODUCT_EDITION) {
            $names[] = Registry::get('config.vendor_index');
        }
        $names[] = '';

        return $names;
    }

    private static function modeText($name, $mode)
    {
        return sprintf('%s ==> %d (%s)', $name, $mode, fn_mode_text($mode));
    }

    private function storeEntryModes()
    {
        $this->log->add('Storing entry point files permissions...');
        $modes = array();
        foreach ($this->entries() as $name) {
            $path = DIR_ROOT . '/' . $name;
            $modes[$path] = fileperms($path);
            $this->log->add(self::modeText($name, $modes[$path]));
        }
        fn_set_storage_data('uc.entry_point_file_permissions', serialize($modes));
    }

    private function validate(array $schema, $content)
    {
        $this->say('Executing pre-upgrade validators', 'Get all available validators');
        $own = $schema['validators'] ?? array();
        $this->say(sprintf('Found %u validators at package', count($own)), false);
        foreach (array_merge($own, array('collisions', 'permissions', 'restore')) as $name) {
            $this->say(sprintf('Executing "%s" validator', $name), sprintf('Execute "%s" validator', $name));
            Checkpoint::at("check:$name");
            $good = !Checkpoint::fails("check:$name");
            if ('collisions' === $name) {
                $good = $this->checkCollisions($schema) && $good;
            } elseif ('permissions' === $name) {
                $this->correctModes($schema);
            } elseif ('restore' === $name) {
                $file = 'A' === $this->gen ? 'var/upgrade/restore.php' : 'upgrades/source_restore.php';
                $good = is_readable(DIR_ROOT . '/' . $file) && $good;
            }
            if (!$good) {
                $this->say(sprintf('Upgrade stopped: awaiting resolving "%s" validator errors', $name),
                    sprintf('Upgrade stopped: Awaiting resolving validation errors: %s', $name));

                return false;
            }
        }

        return true;
    }

    /** What collides is noted down, and taken as agreed to */
    private function checkCollisions(array $schema)
    {
        $files = array();
        foreach ($schema['files'] as $path => $about) {
            $file = DIR_ROOT . '/' . $path;
            $same = isset($about['hash']) && is_file($file) && md5_file($file) === $about['hash'];
            $collides = array('changed' => !$same, 'deleted' => is_file($file) && !$same, 'new' => is_file($file));
            if ($collides[$about['status']]) {
                $files[$path] = $about + array('collision' => true);
            }
        }
        if ($files) {
            fn_set_storage_data('collision_files', serialize($files));
            fn_set_storage_data('collisions_hash', md5(serialize($files)));
        }

        return true;
    }

    private function correctModes(array $schema)
    {
        $paths = array_merge(array(''), array_keys($schema['files']), array_map('dirname', array_keys($schema['files'])), array('var/backups', 'upgrades'));
        foreach (array_unique($paths) as $path) {
            $file = rtrim(DIR_ROOT . '/' . $path, '/.');
            if (file_exists($file) && !fn_is_writable($file)) {
                chmod($file, 0777);
                Checkpoint::count('check:chmod');
            }
        }
    }

    private function chmod($path, $mode)
    {
        $this->log->add(str_repeat('-', 10));
        $this->log->add(sprintf('Changing permissions of "%s" to %o', $path, $mode));
        $this->log->add('Using chmod()... ', false);
        Checkpoint::count('chmod:inside');
        $done = chmod($path, $mode) && !getenv('CSCART_CHMOD_FAILS');
        $this->log->add($done ? 'OK' : 'FAILED', true, false);
        if (!$done) {
            $this->log->add(array('Using FTP...', 'Failed to establish connection', 'FTP chmod result: FAILED'));
        }
        $this->log->add(str_repeat('-', 10));
    }

    private function restoreScript($source, $backup)
    {
        $data = array(
            "'%UC_SETTINGS%'" => Registry::get('settings.Upgrade_center'),
            "'%CONFIG%'" => Registry::get('config'),
            "'%BACKUP_FILENAME%'" => $backup,
            "'%RESTORE_KEY%'" => hash('sha256', $backup . Registry::get('config.crypt_key')),
            "'%STATS_DATA%'" => array('product_version' => PRODUCT_VERSION, 'license_number' => 'NONE'),
            "'%RESTORE_DATA%'" => array('backup' => array('filename' => $backup, 'created_at' => date('Y-m-d H:i:s', TIME),
                'created_on_version' => PRODUCT_VERSION)),
        );

        return str_replace(array_keys($data), array_map(function ($value) {
            return var_export($value, true);
        }, $data), file_get_contents($source));
    }

    private function prepareRestore($id, array $about, $backup)
    {
        if ('A' === $this->gen) {
            $file = DIR_ROOT . '/var/upgrade/restore.php';
            if (Checkpoint::fails('restore:http')) {
                $this->log->add('Upgrade stopped: Unable to prepare restore file. restore.php was locally modified/removed or renamed.');

                return false;
            }
            $filled = $this->restoreScript(DIR_ROOT . '/upgrades/source_restore.php', $backup);
            preg_match('~//\[params\].*//\[/params\]~s', $filled, $params);
            file_put_contents($file, preg_replace_callback('~//\[params\].*//\[/params\]~s', function () use ($params) {
                return $params[0];
            }, file_get_contents($file)));

            return true;
        }
        $log = $this->log;
        $log->add('Preparing restore script');
        $root = DIR_ROOT . '/upgrades';
        $source = $root . '/source_restore.php';
        $name = "{$id}_{$about['from_version']}-{$about['to_version']}";
        $dir = "$root/$name/";
        $file = $dir . 'restore_' . date('Y-m-d_H-i-s', TIME) . '.php';
        $log->add('Upgrades directory permissions: ' . fn_get_file_perms_info($root));
        $log->add('Source restore script permissions: ' . fn_get_file_perms_info($source));
        if (is_dir($dir)) {
            $log->add(sprintf('Directory "%s" for restore script already created', $dir));
        } else {
            fn_mkdir($dir, 0755);
            $log->add(array(sprintf('Created directory for restore script at "%s"', $dir), 'Directory permissions: ' . fn_get_file_perms_info($dir)));
        }
        file_put_contents($file, $this->restoreScript($source, $backup));
        chmod($file, 0644);
        $log->add(array(sprintf('Created restore script at "%s"', $file), 'Restore script permissions: ' . fn_get_file_perms_info($file)));
        Checkpoint::at('restore:created');
        $log->add('Correcting target restore script directory permissions...');
        $this->chmod($dir, 0755);
        $log->add('Target restore script directory permissions: ' . fn_get_file_perms_info($dir));
        $log->add('Correcting upgrades directory permissions...');
        $this->chmod($root, 0755);
        $log->add('Upgrades directory permissions: ' . fn_get_file_perms_info($root));
        $log->add('Checking restore script availability via ' . Registry::get('flavour.https'));
        Checkpoint::at('restore:http');
        if (Checkpoint::fails('restore:http')) {
            $log->add('HTTP error: SSL certificate problem: self signed certificate');
            $log->add(sprintf('Restore script is NOT available via HTTP at "https://shop.example.com/upgrades/%s/%s".', $name, basename($file)));
            $log->add('Upgrade stopped: unable to prepare restore file.');

            return false;
        }

        return true;
    }

    private function backup($name)
    {
        fn_set_storage_data('collisions_hash', null);
        $this->say('Backing up files and database', 'Backup files and Database');
        Checkpoint::at('backup:before');
        $roots = array_merge(self::BACKUP_ROOTS, 'A' === $this->gen ? array() : array('var/langs'),
            array_filter($this->entries(), 'strlen'));
        $file = Checkpoint::fails('backup:fail') ? null : DataKeeper::backup($name, $roots, $this->log);
        Checkpoint::at('backup:made');
        if (!$file) {
            $this->say('Upgrade stopped: failed to backup DB/files', 'Upgrade stopped: Failed to backup DB/Files');

            return false;
        }
        $this->log->add(sprintf('Backup created at "%s"', $file));
        Checkpoint::at('backup:after');

        return true;
    }

    private function migrate(array $schema, $content)
    {
        if (empty($schema['migrations'])) {
            $this->say('No migrations found at package', false);

            return true;
        }
        $this->say(sprintf('Executing %u migrations found at package', count($schema['migrations'])), 'Run migrations');
        Checkpoint::at('schema:before');
        $good = false;
        try {
            $good = Migration::instance(array('migration_dir' => realpath($content . 'migrations/'), 'package_id' => 'core'))->migrate(0);
        } catch (\Throwable $e) {
            $this->log->add((string) $e);
        }
        $this->say($good ? 'Migrations were executed successfully' : 'Failed to execute migrations', false);
        Checkpoint::at('schema:after');

        return $good;
    }

    /** Ends with the first file that can't be written; nobody asks for the result */
    private function copyTree($source, $target)
    {
        fn_mkdir($target);
        foreach (array_diff(scandir($source, SCANDIR_SORT_NONE), array('.', '..')) as $name) {
            $from = $source . '/' . $name;
            $to = $target . '/' . $name;
            if (is_dir($from)) {
                if (!$this->copyTree($from, $to)) {
                    return false;
                }
                continue;
            }
            $number = ++$this->copied;
            if (Checkpoint::fails("files:refused:$number")) {
                return false;
            }
            if ("files:cut:$number" === getenv('CSCART_STOP')) {
                file_put_contents($to, substr(file_get_contents($from), 0, intdiv(filesize($from), 2)));
                Checkpoint::at("files:cut:$number");
            }
            if (!@copy($from, $to)) {
                return false;
            }
            @chmod($to, DEFAULT_FILE_PERMISSIONS);
            Checkpoint::at("files:copied:$number");
        }

        return true;
    }

    private $copied = 0;

    private function copyFiles(array $schema, $content)
    {
        $this->say('Copying package files', 'Copy package files');
        Checkpoint::at('files:before');
        $this->copyTree($content . 'package', DIR_ROOT);
        Checkpoint::at('files:copied');
        $this->say('Deleting files removed at new version', false);
        foreach ($schema['files'] as $path => $about) {
            if ('deleted' === $about['status']) {
                @unlink(DIR_ROOT . '/' . $path);
                Checkpoint::count('files:deleted');
            }
        }
        $this->say('Processing themes files', false);
        Checkpoint::at('themes:before');
        foreach (glob(DIR_ROOT . '/design/themes/*', GLOB_ONLYDIR) as $theme) {
            $place = 'var/themes_repository/' . basename($theme) . '/';
            foreach ($schema['files'] as $path => $about) {
                if (0 !== strpos($path, $place)) {
                    continue;
                }
                $target = $theme . '/' . substr($path, strlen($place));
                if ('deleted' === $about['status']) {
                    @unlink($target);
                } else {
                    fn_mkdir(dirname($target));
                    copy($content . 'package/' . $path, $target);
                    @chmod($target, DEFAULT_FILE_PERMISSIONS);
                }
                Checkpoint::count('themes:inside');
            }
        }
        Checkpoint::at('themes:after');
    }

    private function installLanguages(array $schema, $content)
    {
        $own = !empty($schema['languages']);
        $this->say($own ? 'Installing languages provided by package' : 'Installing languages using upgraded *.po files',
            'Install langauges from the upgrade package');
        Checkpoint::at('labels:before');
        $installed = array_column(db_get_array('SELECT lang_code FROM ?:languages ORDER BY lang_id'), 'lang_code');
        $offered = $own ? $schema['languages'] : array_map('basename', glob(DIR_ROOT . '/var/langs/*', GLOB_ONLYDIR));
        if ('A' === $this->gen && !$own) {
            return;
        }
        $this->say('Already installed languages: ' . implode(', ', $installed), false);
        $this->say('Languages to be installed: ' . implode(', ', $offered), false);
        $failed = array();
        foreach ($installed as $code) {
            if ('A' === $this->gen) {
                $this->log->add(sprintf('Install the \"%s\" language', $code));
            } else {
                $this->log->add(sprintf('Installing "%s" language... ', $code), false);
            }
            $dir = ($own ? $content . 'languages/' : DIR_ROOT . '/var/langs/') . $code;
            $result = !is_dir($dir) ? 'SKIPPED' : (Checkpoint::fails("labels:$code:fail") || !Po::install($dir, $code) ? 'FAILED' : 'OK');
            if ('A' !== $this->gen) {
                $this->log->add($result, true, false);
            }
            if ('FAILED' === $result) {
                $failed[] = $code;
            }
            Checkpoint::at("labels:$code:after");
        }
        if ($failed) {
            $this->say('Failed to install languages: ' . implode(', ', $failed), false);
        }
    }

    private function finish($id, array $about)
    {
        $this->say('Cleaning cache', false);
        Checkpoint::at('cache:before');
        fn_clear_cache();
        Checkpoint::at('cache:after');
        $this->say('Saving upgrade information to DB', false);
        Checkpoint::at('saving:before');
        if (db_has_table('installed_upgrades')) {
            $collisions = fn_get_storage_data('collision_files');
            $conflicts = array();
            foreach ($collisions ? array_keys(unserialize($collisions)) : array() as $path) {
                $conflicts[] = array('file_path' => $path, 'status' => 'C');
            }
            db_query("INSERT INTO ?:installed_upgrades (type, name, timestamp, description, conflicts) VALUES ('core', ?s, ?s, ?s, ?s)",
                $about['name'], TIME, $about['description'], $conflicts ? serialize($conflicts) : '');
        }
        Checkpoint::at('saving:after');
        fn_set_storage_data('collision_files', null);
        fn_set_storage_data('collisions_hash', null);
        $this->say('Sending statistics', false);
        Checkpoint::at('statistics:inside');
        $this->say('Deleting package contents', false);
        $this->deletePackage($this->packages . $id);
        Checkpoint::at('package:deleted');
        if (Registry::get('flavour.modes')) {
            $this->restoreEntryModes();
        }
        Checkpoint::at('modes:after');
        $this->say('Upgrade completed!', 'Upgrade completed');
    }

    private function deletePackage($path)
    {
        if (is_dir($path)) {
            foreach (array_diff(scandir($path), array('.', '..')) as $name) {
                $this->deletePackage($path . '/' . $name);
            }
            rmdir($path);
        } else {
            unlink($path);
            Checkpoint::count('package:inside');
        }
    }

    private function restoreEntryModes()
    {
        $this->log->add('Restoring entry point files permissions...');
        $stored = fn_get_storage_data('uc.entry_point_file_permissions');
        if (!$stored) {
            $this->log->add('Warning: No stored entry point files permissions was found!');

            return;
        }
        foreach (unserialize($stored) as $path => $mode) {
            $this->log->add(self::modeText(ltrim(substr($path, strlen(DIR_ROOT)), '/'), $mode));
            $this->log->add(str_repeat('-', 10));
            $this->log->add(sprintf('Changing permissions of "%s" to %o', $path, $mode));
            $this->log->add('Using chmod()... ', false);
            Checkpoint::count('modes:inside');
            $this->log->add(chmod($path, $mode & 07777) ? 'OK' : 'FAILED', true, false);
            $this->log->add(str_repeat('-', 10));
        }
        fn_set_storage_data('uc.entry_point_file_permissions', null);
    }
}
