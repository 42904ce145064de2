<?php

namespace Pst;

/** Makes a store as it is before its upgrade */
final class Builder extends \Stores\Builder
{
    public function build($server)
    {
        $account = $this->account("pa'ss\$w\"rd%1", $this->family->set['charset']);
        $this->write($this->content->store($account + array('host' => 'localhost', 'socket' => realpath($this->work) . '/db.sock')));
        chmod($this->dir . ('defines' === $this->family->set['settings'] ? '/config/settings.inc.php' : '/app/config/parameters.php'), 0640);
        if ($this->family->set['large']) {
            $file = fopen($this->dir . '/download/' . sha1('film'), 'r+');
            ftruncate($file, Content::LARGE);
            fclose($file);
        }
        (new Release($this->family, $this->content))->offer($server, $this->dir);
    }

    protected function fill(\mysqli $db)
    {
        Rows::fill($db, $this->family, $this->rows);
    }
}
