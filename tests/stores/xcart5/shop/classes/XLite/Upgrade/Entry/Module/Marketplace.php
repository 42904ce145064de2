<?php

namespace XLite\Upgrade\Entry\Module;

use Includes\Flavour;

/**
 * Module of the marketplace
 */
class Marketplace extends AModule
{
    protected $moduleInfoInstalled;

    protected $moduleInfoForUpgrade;

    public function __construct(array $installed, array $new)
    {
        $this->moduleInfoInstalled = $installed;
        $this->moduleInfoForUpgrade = $new;
    }

    public function getActualName()
    {
        return $this->moduleInfoInstalled['author'] . '\\' . $this->moduleInfoInstalled['name'];
    }

    public function getOldVersion()
    {
        return $this->composeVersion($this->moduleInfoInstalled);
    }

    public function getNewVersion()
    {
        return $this->composeVersion($this->moduleInfoForUpgrade);
    }

    public function getBaseDir()
    {
        return 'classes/XLite/Module/' . str_replace('\\', '/', $this->getActualName()) . '/';
    }

    public function isValid()
    {
        foreach (\XLite\Core\Database::getInstance()->getModules() as $module) {
            if ($module['author'] . '\\' . $module['name'] === $this->getActualName()) {
                return (bool) $module['enabled'];
            }
        }

        return false;
    }

    protected function composeVersion(array $info)
    {
        return \XLite\Core\Version::compose(
            $info['majorVersion'] . '.' . $info['minorVersion'] . (isset($info['build']) ? '.' . $info['build'] : '')
        );
    }

    protected function getLabelFiles()
    {
        $files = array($this->getBaseDir() . 'install.yaml');
        if (Flavour::get('moreLabelFiles')) {
            foreach (glob(LC_DIR_ROOT . $this->getBaseDir() . 'install_*.yaml') as $file) {
                $files[] = substr($file, strlen(LC_DIR_ROOT));
            }
        }

        return $files;
    }

    protected function getDownloadMessage($path)
    {
        return 'Module pack ("' . $this->getActualName() . '") is received: "' . $path . '"';
    }

    protected function updateDatabaseRow()
    {
        $info = $this->moduleInfoForUpgrade;
        $set = 'majorVersion = ?, minorVersion = ?' . (isset($info['build']) ? ', build = ?' : '');
        $params = array($info['majorVersion'], $info['minorVersion']);
        if (isset($info['build'])) {
            $params[] = $info['build'];
        }
        \XLite\Core\Database::getInstance()->getConnection()->executeUpdate(
            'UPDATE `' . \XLite\Core\Database::getInstance()->getTablePrefix() . 'modules` SET ' . $set
            . ' WHERE author = ? AND name = ? AND installed = 1',
            array_merge($params, array($info['author'], $info['name']))
        );
    }
}
