<?php

namespace XLite\Upgrade\Entry;

use Includes\Checkpoint;
use Includes\Flavour;
use Includes\Utils\FileManager;
use XLite\Logger;
use XLite\Upgrade\Cell;

/**
 * The core or one module on its way to a new version
 */
abstract class AEntry
{
    protected $repositoryPath;

    protected $errorMessages = array();

    protected $premiumLicenseModules = array();

    protected $customFiles = array();

    protected $wrongPermissions = array();

    protected $postRebuildHelpers = array();

    protected $postUpgradeNotes = array();

    protected $postUpgradeActionsCalled = false;

    abstract public function getActualName();

    abstract public function getOldVersion();

    abstract public function getNewVersion();

    /** Folder of the entry's own data below a tree, with a slash at its end, or nothing for the core */
    abstract public function getBaseDir();

    abstract protected function getLabelFiles();

    abstract protected function getDownloadMessage($path);

    public function isValid()
    {
        return true;
    }

    public function isPostUpgradeActionsCalled()
    {
        return $this->postUpgradeActionsCalled;
    }

    // {{{ Pack

    public function download()
    {
        $market = getenv('XCART_MARKETPLACE') . LC_DS . str_replace('\\', '-', $this->getActualName());
        $action = 'Core' === $this->getActualName() ? 'get_core_pack' : 'get_addon_pack';
        $id = LC_DIR_TMP . uniqid();
        $pack = file_get_contents($market . '.tar.gz');

        Logger::log('Marketplace [' . $action . ']: the "https://market.x-cart.com/api/" URL requested');
        FileManager::write($id . '.php', file_get_contents($market . '.hash.php'));
        if (Checkpoint::wants('download:' . $this->getActualName() . ':inside')) {
            FileManager::write($id . '.gz', substr($pack, 0, strlen($pack) >> 1));
            Checkpoint::fall();
        }
        FileManager::write($id . '.gz', $pack);
        $this->repositoryPath = $id . '.gz';
        Logger::log('Marketplace [' . $action . ']: valid response received');
        Logger::log($this->getDownloadMessage($this->repositoryPath));
        Checkpoint::pass('download:' . $this->getActualName() . ':after');
    }

    public function unpack()
    {
        $archive = $this->repositoryPath;
        $dir = substr($archive, 0, -3);
        $tar = gzdecode(file_get_contents($archive));
        $half = strlen($tar) >> 1;
        $at = 0;
        while ($at + 512 <= strlen($tar) && "\0" !== $tar[$at]) {
            $header = unpack('a100name/a8mode/a8uid/a8gid/a12size/a12mtime/a8sum/atype/a100link/a6magic/a2v/a32u/a32g/a16d/a155prefix', substr($tar, $at, 500));
            $name = rtrim($header['name'], "\0");
            $prefix = rtrim($header['prefix'], "\0");
            $size = octdec(trim($header['size'], "\0 "));
            FileManager::write($dir . LC_DS . ('' === $prefix ? '' : $prefix . '/') . $name, substr($tar, $at + 512, $size));
            $at += 512 + (int) ceil($size / 512) * 512;
            if ($at > $half) {
                Checkpoint::pass('unpack:' . $this->getActualName() . ':inside');
            }
        }
        $this->repositoryPath = $dir;
        FileManager::deleteFile($archive);
        Logger::log('Entry "' . $this->getActualName() . '" archive is unpacked: "' . $dir . '"');
        Checkpoint::pass('unpack:' . $this->getActualName() . ':after');
    }

    protected function getNewHashes()
    {
        $hashes = json_decode(file_get_contents($this->repositoryPath . LC_DS . '.hash'), true);

        return array_combine(str_replace('\\', '/', array_keys($hashes)), $hashes);
    }

    protected function getInstalledHashes()
    {
        $data = array();
        require $this->repositoryPath . '.php';

        return $data;
    }

    // }}}

    // {{{ Files

    protected function isProtected($path)
    {
        foreach (Flavour::get('protected') as $prefix) {
            if (0 === strpos($path, $prefix)) {
                return true;
            }
        }

        return false;
    }

    /**
     * @param boolean $test Look only
     * @param array   $keep Modified files that stay as they are
     */
    public function upgrade($test, array $keep)
    {
        $old = $this->getInstalledHashes();
        $new = $this->getNewHashes();
        $custom = array();
        $todo = array();

        foreach ($old as $path => $hash) {
            $file = LC_DIR_ROOT . $path;
            if (is_file($file)) {
                $current = md5_file($file);
                if (isset($new[$path])) {
                    $action = $current !== $new[$path] && !$this->isProtected($path) ? 'update' : null;
                } else {
                    $action = 'delete';
                }
                $modified = $current !== $hash;
            } else {
                $action = isset($new[$path]) ? 'add' : null;
                $modified = true;
            }
            unset($new[$path]);
            if ($action) {
                $todo[] = array($action, $path);
                if ($modified) {
                    $custom[$path] = true;
                }
            }
        }
        foreach ($new as $path => $hash) {
            if (is_file(LC_DIR_ROOT . $path) && md5_file(LC_DIR_ROOT . $path) !== $hash) {
                $custom[$path] = true;
            }
            $todo[] = array('add', $path);
        }

        $this->customFiles = $custom;
        if (!$test) {
            $this->carryOut($todo, $custom, $keep);
        }
    }

    protected function carryOut(array $todo, array $custom, array $keep)
    {
        $step = 'files:' . $this->getActualName();
        $count = 0;
        $writes = 0;
        Checkpoint::pass($step . ':before');
        foreach ($todo as list($action, $path)) {
            if (isset($custom[$path]) && in_array($path, $keep, true)) {
                continue;
            }
            if ('delete' === $action) {
                $this->deleteFile($path);
            } else {
                $this->copyFile($action, $path, $step . ':cut:' . ++$writes);
            }
            Checkpoint::pass($step . ':copied:' . ++$count);
        }
        Checkpoint::pass($step . ':copied');
        $this->updateDatabaseRow();
        Checkpoint::pass($step . ':after');
    }

    protected function copyFile($action, $path, $cut)
    {
        $data = file_get_contents($this->repositoryPath . LC_DS . $path);
        if (Checkpoint::wants($cut)) {
            FileManager::write(LC_DIR_ROOT . $path, substr($data, 0, strlen($data) >> 1));
            Checkpoint::fall();
        }
        $done = FileManager::write(LC_DIR_ROOT . $path, $data);
        if ($done) {
            Logger::log('File is ' . ('add' === $action ? 'added' : 'updated') . ': "' . $path . '"');
        } else {
            $this->errorMessages[] = 'Unable to ' . $action . ' file: "' . $path . '"';
            Logger::log('Unable to ' . $action . ' file: "' . $path . '"', 'error');
        }
    }

    protected function deleteFile($path)
    {
        FileManager::deleteFile(LC_DIR_ROOT . $path);
        Logger::log('File is deleted: "' . $path . '"');
        $dir = dirname(LC_DIR_ROOT . $path);
        if (!array_diff(scandir($dir), array('.', '..'))) {
            rmdir($dir);
            Logger::log('Directory is deleted: "' . dirname($path) . '"');
        }
    }

    protected function updateDatabaseRow()
    {
    }

    /** From here on the entry's files are the live ones */
    public function setUpgraded()
    {
        $this->postRebuildHelpers = $this->getHelperFiles('post_rebuild');
        $this->repositoryPath = LC_DIR;
    }

    // }}}

    // {{{ Hooks

    public function getHelperFiles($type)
    {
        $result = array();
        $base = $this->getBaseDir() . 'upgrade/';
        foreach ($this->getVersionDirs($base) as $major) {
            if (version_compare($this->majorOf($this->getOldVersion()), $major, '>')
                || version_compare($major, $this->majorOf($this->getNewVersion()), '>')
            ) {
                continue;
            }
            foreach ($this->getVersionDirs($base . $major . '/') as $minor) {
                $version = $major . '.' . $minor;
                if (version_compare($this->getOldVersion(), $version, '<')
                    && version_compare($version, $this->getNewVersion(), '<=')
                ) {
                    $dir = $base . $major . '/' . $minor . '/';
                    $pattern = Flavour::get('numberedHooks') ? $type . '*.php' : $type . '.php';
                    $names = array_map('basename', glob($this->repositoryPath . LC_DS . $dir . $pattern));
                    natsort($names);
                    foreach ($names as $name) {
                        $result[] = $dir . $name;
                    }
                }
            }
        }

        return $result;
    }

    protected function majorOf($version)
    {
        return implode('.', array_slice(explode('.', $version), 0, 2));
    }

    protected function getVersionDirs($dir)
    {
        $result = array_map('basename', glob($this->repositoryPath . LC_DS . $dir . '*', GLOB_ONLYDIR));
        usort($result, 'version_compare');

        return $result;
    }

    /** Name of a hook in the record of what was called */
    public function getHookKey($file)
    {
        return Flavour::get('hookMap') === 'absolute' ? $this->repositoryPath . LC_DS . $file : $file;
    }

    /**
     * @return boolean False when a hook wants to be called again by the next request
     */
    public function runHelpers($type)
    {
        $phase = array('pre_upgrade' => 'pre_hooks', 'post_upgrade' => 'post_hooks', 'post_rebuild' => 'rebuild_hooks');
        $files = 'post_rebuild' === $type ? $this->postRebuildHelpers : $this->getHelperFiles($type);
        $cell = Cell::getInstance();

        foreach ($files as $file) {
            $key = $this->getHookKey($file);
            $argument = $cell->getHookState($key);
            if (Flavour::get('hookMap') && null === $argument) {
                continue;
            }
            $argument = -1 === $argument ? null : $argument;
            $short = substr($file, strlen($this->getBaseDir() . 'upgrade/'));
            $point = $phase[$type] . ':' . $this->getActualName() . ':' . $short;
            if (is_array($argument)) {
                $point .= ':slice2';
            }

            Checkpoint::pass($point . ':before');
            $progress = $this->getProgress($argument);
            if (Flavour::get('invokeLines')) {
                \Includes\Decorator\Utils\BuildLog::append(
                    '...Invoke ' . $file . ' hook for ' . str_replace('\\', '\\\\', $this->getActualName())
                    . ' (' . $progress . ')...' . PHP_EOL
                );
            }
            Checkpoint::begin($point);
            $function = require $this->repositoryPath . LC_DS . $file;
            $result = Flavour::get('hookMap') ? $function($argument) : $function();
            Checkpoint::end();
            $cell->setHookState($key, $result);
            Logger::log(
                'Update hook is run: ' . $this->getActualName() . ':' . $file
                . (Flavour::get('hookMap') ? ' (' . $progress . ')' : '')
            );
            Checkpoint::pass($point . (is_array($result) ? ':slice1' : ':after'));
            if ($result && Flavour::get('hookMap')) {
                return false;
            }
        }

        return true;
    }

    protected function getProgress($argument)
    {
        if (is_array($argument)) {
            return $argument[0] . '/' . $argument[1] . ' [' . (int) ($argument[0] * 100 / $argument[1]) . '%]';
        }

        return (string) $argument;
    }

    // }}}

    // {{{ After the rebuild

    /** @return boolean False when there is more to do */
    public function runPostUpgradeActions()
    {
        if (!$this->runHelpers('post_rebuild')) {
            return false;
        }
        $step = 'labels:' . $this->getActualName();
        $loaded = false;
        Checkpoint::pass($step . ':before');
        Checkpoint::begin($step);
        foreach ($this->getLabelFiles() as $file) {
            if (is_file(LC_DIR_ROOT . $file)) {
                $loaded = \XLite\Core\Translation::getInstance()->loadLabelsFromYaml(LC_DIR_ROOT . $file);
            }
        }
        Checkpoint::end();
        \XLite\Core\Translation::getInstance()->reset();
        Logger::log(
            "Common update hook 'add_labels' is run for " . $this->getActualName()
            . ' (labels were ' . ($loaded ? '' : 'not ') . 'uploaded)'
        );
        $this->postUpgradeActionsCalled = true;
        Checkpoint::pass($step . ':after');

        return true;
    }

    // }}}
}
