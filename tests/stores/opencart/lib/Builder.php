<?php

namespace Oct;

/** Makes a store as it is before its upgrade */
final class Builder
{
    private $family;

    private $dir;

    private $work;

    private $name;

    private $rows;

    public function __construct(Family $family, $dir, $work, $name, $rows = 0)
    {
        $this->family = $family;
        $this->dir = $dir;
        $this->work = $work;
        $this->name = $name;
        $this->rows = $rows;
    }

    /** Where the storage lies when it was moved out of the store, with "/" at the end; else '' */
    public static function storage(Family $family, $dir)
    {
        return $family->set['moved'] ? "$dir-storage/" : '';
    }

    /** Where a path of the product lies in the store */
    public static function place(Family $family, $dir, $path)
    {
        if (0 === strpos($path, 'admin/')) {
            return "$dir/{$family->set['admin']}/" . substr($path, 6);
        }
        if ($family->set['moved'] && 0 === strpos($path, 'system/storage/')) {
            return self::storage($family, $dir) . substr($path, 15);
        }

        return "$dir/$path";
    }

    public function build()
    {
        $content = new Content($this->family);
        $files = $content->product('old');
        foreach (array_keys($files) as $path) {
            if (0 === strpos($path, 'install/')) {
                unset($files[$path]);
            }
        }
        foreach ($files + $content->own() as $path => $data) {
            $this->write(self::place($this->family, $this->dir, $path), $data);
        }
        foreach (Config::files($this->family, $this->dir . '/', self::storage($this->family, $this->dir), $this->account()) as $path => $data) {
            $this->write("$this->dir/$path", $data);
        }
    }

    private function write($file, $data)
    {
        is_dir(dirname($file)) || mkdir(dirname($file), 0755, true);
        file_put_contents($file, $data);
    }

    /** A database and an account; the upgrade of 4.x would spoil a password with a quote */
    private function account()
    {
        $db = store_connect($this->work . '/db.sock', '', 'utf8mb4');
        $password = 'controllers' === $this->family->set['kind'] ? 'p-a.ss$w(o)rd%1' : "pa'ss\$w(o)rd%1";
        $port = (int) $db->query('SELECT IF(@@skip_networking, 3306, @@port)')->fetch_row()[0];
        $db->query("DROP DATABASE IF EXISTS `{$this->name}`");
        // What the rescue of a store of this name has kept beside it
        foreach ($db->query("SHOW DATABASES LIKE '{$this->name}\\_\\_%'")->fetch_all() as $row) {
            $db->query("DROP DATABASE `$row[0]`");
        }
        list(, $charset, $collate) = (new Schema($this->family->set['old']))->options();
        $db->query("CREATE DATABASE `{$this->name}` DEFAULT CHARACTER SET $charset COLLATE $collate");
        foreach (array('localhost', '127.0.0.1') as $host) {
            $db->query("DROP USER IF EXISTS '{$this->name}'@'$host'");
            $db->query("CREATE USER '{$this->name}'@'$host' IDENTIFIED BY '" . $db->real_escape_string($password) . "'");
            $db->query("GRANT ALL ON `{$this->name}`.* TO '{$this->name}'@'$host'");
            // The restore engine may load into a database beside the store's
            $db->query("GRANT ALL ON `{$this->name}\\_%`.* TO '{$this->name}'@'$host'");
        }
        $db->select_db($this->name);
        Rows::fill($db, $this->family, $this->rows);

        return array('host' => '127.0.0.1', 'port' => (string) $port, 'name' => $this->name, 'user' => $this->name, 'password' => $password);
    }
}
