<?php

namespace XLite\Upgrade\Entry;

use Includes\Flavour;

/**
 * Core
 */
class Core extends AEntry
{
    protected $majorVersion;

    protected $minorVersion;

    protected $revisionDate;

    protected $size;

    public function __construct($version, $size)
    {
        $parts = explode('.', $version);
        $this->majorVersion = $parts[0] . '.' . $parts[1];
        $this->minorVersion = implode('.', array_slice($parts, 2));
        $this->revisionDate = 1495440000;
        $this->size = $size;
    }

    public function getActualName()
    {
        return 'Core';
    }

    public function getOldVersion()
    {
        return \XLite\Core\Version::get();
    }

    public function getNewVersion()
    {
        return $this->majorVersion . '.' . $this->minorVersion;
    }

    public function getBaseDir()
    {
        return '';
    }

    protected function getLabelFiles()
    {
        return Flavour::get('coreLabels');
    }

    protected function getDownloadMessage($path)
    {
        return 'Core pack (v.' . $this->getNewVersion() . ') is received: "' . $path . '"';
    }
}
