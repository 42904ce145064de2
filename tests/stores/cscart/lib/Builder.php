<?php

namespace Csc;

/** Makes a store as it is before its upgrade */
final class Builder
{
    private $family;

    private $dir;

    private $work;

    private $name;

    private $content;

    private $rows;

    public function __construct(Family $family, $dir, $work, $name, $files = 0, $rows = 0)
    {
        $this->family = $family;
        $this->dir = $dir;
        $this->work = $work;
        $this->name = $name;
        $this->content = new Content($family, $files);
        $this->rows = $rows;
    }

    public function build($server)
    {
        $account = $this->account();
        foreach ($this->content->store($account) as $path => $data) {
            $file = $this->dir . '/' . $path;
            is_dir(dirname($file)) || mkdir(dirname($file), 0755, true);
            file_put_contents($file, $data);
        }
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

    /** A database and an account with a password that config files must quote */
    private function account()
    {
        $db = @new \mysqli('localhost', 'root', '', '', 0, $this->work . '/db.sock');
        if ($db->connect_error) {
            throw new \RuntimeException('no server behind ' . $this->work . '/db.sock');
        }
        mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        $password = "pa'ss\$w\"rd";
        $port = (int) $db->query('SELECT IF(@@skip_networking, 0, @@port)')->fetch_row()[0];
        $db->query("DROP DATABASE IF EXISTS `{$this->name}`");
        // What the rescue of a store of this name has kept beside it
        foreach ($db->query("SHOW DATABASES LIKE '{$this->name}\\_\\_%'")->fetch_all() as $row) {
            $db->query("DROP DATABASE `$row[0]`");
        }
        $db->query("CREATE DATABASE `{$this->name}` DEFAULT CHARACTER SET utf8");
        foreach (array('localhost', '127.0.0.1') as $host) {
            $db->query("DROP USER IF EXISTS '{$this->name}'@'$host'");
            $db->query("CREATE USER '{$this->name}'@'$host' IDENTIFIED BY '" . $db->real_escape_string($password) . "'");
            $db->query("GRANT ALL ON `{$this->name}`.* TO '{$this->name}'@'$host'");
            // The restore engine may load into a database beside the store's
            $db->query("GRANT ALL ON `{$this->name}\\_%`.* TO '{$this->name}'@'$host'");
        }
        $db->select_db($this->name);
        Tables::fill($db, $this->family, $this->rows);

        return array('host' => $port ? "127.0.0.1:$port" : 'localhost', 'name' => $this->name, 'user' => $this->name, 'password' => $password);
    }
}
