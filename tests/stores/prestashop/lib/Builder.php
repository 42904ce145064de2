<?php

namespace Pst;

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
        foreach ($this->content->store($this->account()) as $path => $data) {
            $file = $this->dir . '/' . $path;
            is_dir(dirname($file)) || mkdir(dirname($file), 0755, true);
            file_put_contents($file, $data);
        }
        chmod($this->dir . ('defines' === $this->family->set['settings'] ? '/config/settings.inc.php' : '/app/config/parameters.php'), 0640);
        if ($this->family->set['large']) {
            $file = fopen($this->dir . '/download/' . sha1('film'), 'r+');
            ftruncate($file, Content::LARGE);
            fclose($file);
        }
        (new Release($this->family, $this->content))->offer($server, $this->dir);
    }

    /** A database and an account with a password that files of settings must quote */
    private function account()
    {
        $db = store_connect($this->work . '/db.sock', '', 'utf8mb4');
        $password = "pa'ss\$w\"rd%1";
        $port = (int) $db->query('SELECT IF(@@skip_networking, 0, @@port)')->fetch_row()[0];
        $db->query("DROP DATABASE IF EXISTS `{$this->name}`");
        // What the rescue of a store of this name has kept beside it
        foreach ($db->query("SHOW DATABASES LIKE '{$this->name}\\_\\_%'")->fetch_all() as $row) {
            $db->query("DROP DATABASE `$row[0]`");
        }
        $db->query("CREATE DATABASE `{$this->name}` DEFAULT CHARACTER SET {$this->family->set['charset']}");
        foreach (array('localhost', '127.0.0.1') as $host) {
            $db->query("DROP USER IF EXISTS '{$this->name}'@'$host'");
            $db->query("CREATE USER '{$this->name}'@'$host' IDENTIFIED BY '" . $db->real_escape_string($password) . "'");
            $db->query("GRANT ALL ON `{$this->name}`.* TO '{$this->name}'@'$host'");
            // The restore engine may load into a database beside the store's
            $db->query("GRANT ALL ON `{$this->name}\\_%`.* TO '{$this->name}'@'$host'");
        }
        $db->select_db($this->name);
        Rows::fill($db, $this->family, $this->rows);

        return array('host' => 'localhost', 'port' => $port, 'socket' => realpath($this->work) . '/db.sock', 'name' => $this->name, 'user' => $this->name,
            'password' => $password);
    }
}
