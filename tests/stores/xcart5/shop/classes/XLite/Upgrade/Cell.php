<?php

namespace XLite\Upgrade;

use Includes\Checkpoint;
use Includes\Decorator\Utils\BuildLog;
use Includes\Decorator\Utils\CacheManager;
use Includes\Flavour;
use XLite\Core\TmpVars;
use XLite\Upgrade\Entry\AEntry;

/**
 * All entries of one upgrade; its state is saved when the request ends
 */
class Cell
{
    const CORE_ID = '____CORE____';

    protected static $instance;

    protected $entries = array();

    protected $isUpgraded = false;

    protected $disabledModulesHooks = array();

    protected $incompatibleModules = array();

    protected $preUpgradeWarningModules = array();

    protected $upgradeHooks = array();

    public static function getInstance()
    {
        if (null === static::$instance) {
            static::$instance = new static();
        }

        return static::$instance;
    }

    protected function __construct()
    {
        $state = TmpVars::get('upgradeCell');
        if (is_array($state)) {
            foreach ($this->getLayout() as $i => $name) {
                $this->$name = $state[$i] ?? $this->$name;
            }
        }
    }

    public function __destruct()
    {
        $state = array();
        foreach ($this->getLayout() as $name) {
            $state[] = $this->$name;
        }
        TmpVars::set('upgradeCell', $this->entries ? $state : null);
    }

    protected function getLayout()
    {
        return Flavour::get('cellLayout');
    }

    public function clear()
    {
        $this->entries = array();
        $this->isUpgraded = false;
        $this->upgradeHooks = array();
    }

    // {{{ Stages, in their order

    public function collectEntries()
    {
        $market = json_decode(file_get_contents(getenv('XCART_MARKETPLACE') . LC_DS . 'market.json'), true);
        $this->entries = array(
            static::CORE_ID => new Entry\Core(\XLite\Core\Version::compose($market['core']), $market['size']),
        );
        foreach (\XLite\Core\Database::getInstance()->getModules() as $module) {
            $id = $module['author'] . '\\' . $module['name'];
            if (isset($market['modules'][$id])) {
                $columns = array_flip(array('author', 'name', 'majorVersion', 'minorVersion', 'build'));
                $this->entries[$id] = new Entry\Module\Marketplace(
                    array_intersect_key($module, $columns),
                    $market['modules'][$id]
                );
            }
        }
    }

    public function download()
    {
        foreach ($this->entries as $entry) {
            $entry->download();
        }
    }

    public function unpack()
    {
        foreach ($this->entries as $entry) {
            $entry->unpack();
        }
    }

    public function checkIntegrity()
    {
        foreach ($this->entries as $i => $entry) {
            $entry->upgrade(true, $this->getFilesToRemain());
            if (static::CORE_ID === $i) {
                Checkpoint::pass('check:inside');
            }
        }
    }

    public function fillHooks()
    {
        if (Flavour::get('hookMap')) {
            foreach (array('pre_upgrade', 'post_upgrade', 'post_rebuild') as $type) {
                foreach ($this->entries as $entry) {
                    foreach ($entry->getHelperFiles($type) as $file) {
                        $this->upgradeHooks[$entry->getHookKey($file)] = -1;
                    }
                }
            }
        }
    }

    /** @return boolean False when the request must be repeated */
    public function runHooks($type)
    {
        foreach ($this->entries as $entry) {
            if (!$entry->runHelpers($type)) {
                return false;
            }
        }

        return true;
    }

    public function updateFiles()
    {
        $entries = $this->entries;
        if (Flavour::get('coreLast')) {
            $core = $entries[static::CORE_ID];
            unset($entries[static::CORE_ID]);
            $entries[static::CORE_ID] = $core;
        }
        foreach ($entries as $entry) {
            $entry->upgrade(false, $this->getFilesToRemain());
        }
    }

    public function finalizeFiles()
    {
        Checkpoint::pass('mark:before');
        $this->isUpgraded = true;
        foreach ($this->entries as $entry) {
            $keys = array();
            foreach ($entry->getHelperFiles('post_rebuild') as $file) {
                $keys[$file] = $entry->getHookKey($file);
            }
            $entry->setUpgraded();
            foreach ($keys as $file => $key) {
                if (array_key_exists($key, $this->upgradeHooks) && $key !== $entry->getHookKey($file)) {
                    $this->upgradeHooks[$entry->getHookKey($file)] = $this->upgradeHooks[$key];
                    unset($this->upgradeHooks[$key]);
                }
            }
        }
        CacheManager::requestRebuild();
        Checkpoint::pass('mark:after');
    }

    /** Called by the last step of a rebuild, or by the upgrade page in old versions */
    public function runPostRebuildActions()
    {
        if ($this->isUpgraded) {
            foreach ($this->entries as $entry) {
                if ($entry->isPostUpgradeActionsCalled()) {
                    continue;
                }
                $name = str_replace('\\', '\\\\', $entry->getActualName());
                if (!$entry->isValid()) {
                    BuildLog::append('...Actions can\'t be invoked because entry is not valid: ' . $name . PHP_EOL);
                } elseif ($this->runActions($entry, $name)) {
                    return;
                }
            }
        }
    }

    protected function runActions(AEntry $entry, $name)
    {
        if (Flavour::get('invokeLines')) {
            BuildLog::append('...Invoke actions for ' . $name . PHP_EOL);
        }

        return !$entry->runPostUpgradeActions();
    }

    public function hasUncalledActions()
    {
        $result = false;
        if ($this->isUpgraded) {
            foreach ($this->entries as $entry) {
                $result = $result || ($entry->isValid() && !$entry->isPostUpgradeActionsCalled());
            }
        }

        return $result;
    }

    // }}}

    public function isUpgraded()
    {
        return $this->isUpgraded;
    }

    public function getHookState($key)
    {
        return array_key_exists($key, $this->upgradeHooks) ? $this->upgradeHooks[$key] : -1;
    }

    public function setHookState($key, $state)
    {
        if (Flavour::get('hookMap')) {
            $this->upgradeHooks[$key] = $state;
        }
    }

    protected function getFilesToRemain()
    {
        $files = (array) TmpVars::get('upgradeFilesToRemain');

        return Flavour::get('hookMap') ? array_keys($files) : $files;
    }
}
