<?php

namespace Csc;

/** Makes a store as it is before its upgrade */
final class Builder extends \Stores\Builder
{
    public function build($server)
    {
        $account = $this->account("pa'ss\$w\"rd", 'utf8');
        $account['host'] = $account['port'] ? "127.0.0.1:{$account['port']}" : 'localhost';
        $this->write($this->content->store($account));
        if ('A' === $this->family->set['gen']) {
            is_dir($this->dir . '/var/upgrade') || mkdir($this->dir . '/var/upgrade', 0755, true);
            copy($this->dir . '/upgrades/source_restore.php', $this->dir . '/var/upgrade/restore.php');
        }
        if ('L' === $this->family->set['gen']) {
            (new LegacyPack($this->family, $this->content))->offer($server, $this->dir);
        } else {
            (new Pack($this->family, $this->content))->offer($server, $this->dir);
        }
        if ($this->family->set['hardened']) {
            foreach ($this->family->entries() as $name) {
                chmod($this->dir . '/' . $name, 0444);
            }
            chmod($this->dir, 0555);
        }
    }

    protected function fill(\mysqli $db)
    {
        Tables::fill($db, $this->family, $this->rows);
    }
}
