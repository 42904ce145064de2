<?php

namespace Stores;

/** Makes a store as it is before its upgrade: its files, its database and the account that its settings name */
abstract class Builder
{
    protected $family;

    protected $dir;

    protected $work;

    protected $name;

    protected $content;

    /** Further rows, for large stores */
    protected $rows;

    public function __construct(Family $family, $dir, $work, $name, Content $content, $rows = 0)
    {
        $this->family = $family;
        $this->dir = $dir;
        $this->work = $work;
        $this->name = $name;
        $this->content = $content;
        $this->rows = $rows;
    }

    /** @param string $server Folder of what the maker of the product offers to download */
    abstract public function build($server);

    /** Tables and rows of the old version */
    abstract protected function fill(\mysqli $db);

    /** @param string[] $files Bytes by path */
    protected function write(array $files)
    {
        foreach ($files as $path => $data) {
            $file = $this->dir . '/' . $path;
            is_dir(dirname($file)) || mkdir(dirname($file), 0755, true);
            file_put_contents($file, $data);
        }
    }

    /** A filled database, and an account with a password that files of settings must quote */
    protected function account($password, $charset)
    {
        $db = store_connect($this->work . '/db.sock', '', 'utf8mb4');
        $port = (int) $db->query('SELECT IF(@@skip_networking, 0, @@port)')->fetch_row()[0];
        $db->query("DROP DATABASE IF EXISTS `{$this->name}`");
        // What the rescue of a store of this name has kept beside it
        foreach ($db->query("SHOW DATABASES LIKE '{$this->name}\\_\\_%'")->fetch_all() as $row) {
            $db->query("DROP DATABASE `$row[0]`");
        }
        $db->query("CREATE DATABASE `{$this->name}` DEFAULT CHARACTER SET $charset");
        foreach (array('localhost', '127.0.0.1') as $host) {
            $db->query("DROP USER IF EXISTS '{$this->name}'@'$host'");
            $db->query("CREATE USER '{$this->name}'@'$host' IDENTIFIED BY '" . $db->real_escape_string($password) . "'");
            $db->query("GRANT ALL ON `{$this->name}`.* TO '{$this->name}'@'$host'");
            // The restore engine may load into a database beside the store's
            $db->query("GRANT ALL ON `{$this->name}\\_%`.* TO '{$this->name}'@'$host'");
        }
        $db->select_db($this->name);
        $this->fill($db);

        return array('port' => $port, 'name' => $this->name, 'user' => $this->name, 'password' => $password);
    }
}
