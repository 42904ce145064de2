<?php

namespace Oct;

/** Backups of the store as it is before its upgrade */
final class Backup
{
    const TAKEN = '2026-11-20 07:00:00';

    private $family;

    private $dir;

    private $work;

    private $database;

    public function __construct(Family $family, $dir, $work, $database)
    {
        $this->family = $family;
        $this->dir = $dir;
        $this->work = $work;
        $this->database = $database;
    }

    /** KIND: full, admin, admin-new: the rows in the escaping of the latest releases */
    public function make($kind)
    {
        $folder = $this->work . '/backup';
        is_dir($folder) || mkdir($folder, 0755, true);
        if ('full' === $kind) {
            $this->tool(array('tar', '-C', dirname($this->dir), '-czf', "$folder/files.tar.gz", basename($this->dir)));
            $this->tool(array('mariadb-dump', '--no-defaults', '--user=root', '--socket=' . $this->work . '/db.sock', '--default-character-set=utf8mb4', "--result-file=$folder/$this->database.sql",
                $this->database));
        } elseif ('admin' === $kind || 'admin-new' === $kind) {
            $time = strtotime(self::TAKEN);
            if ($this->family->modern('old')) {
                $folder = Builder::place($this->family, $this->dir, 'system/storage/backup');
                is_dir($folder) || mkdir($folder, 0755, true);
                $file = "$folder/" . date('Y-m-d H.i.s', $time) . '.sql';
            } else {
                $file = "$folder/{$this->database}_" . date('Y-m-d_H-i-s', $time) . '_backup.sql';
            }
            file_put_contents($file, $this->rows('admin-new' === $kind));
            touch($file, $time);
        } else {
            throw new \RuntimeException("unknown kind of backup: $kind");
        }
    }

    private function tool(array $command)
    {
        passthru(implode(' ', array_map('escapeshellarg', $command)), $status);
        if (0 !== $status) {
            throw new \RuntimeException("$command[0] failed");
        }
    }

    /** What the back office writes: rows alone, in the character set of the shop's connection */
    private function rows($new)
    {
        $modern = $this->family->modern('old');
        $db = store_connect($this->work . '/db.sock', $this->database, $modern ? 'utf8mb4' : 'utf8');
        $prefix = $this->family->set['prefix'];
        $nulls = $new || version_compare($this->family->set['old'], '3.0.3.9', '>=');
        $text = '';
        foreach ($db->query('SHOW TABLES')->fetch_all() as $row) {
            $table = substr($row[0], strlen($prefix));
            // These two are not ticked in the list of 4.x
            if (0 !== strpos($row[0], $prefix) || $modern && in_array($table, array('user', 'user_group'), true)) {
                continue;
            }
            $text .= "TRUNCATE TABLE `$row[0]`;\n\n";
            foreach ($db->query("SELECT * FROM `$row[0]`")->fetch_all(MYSQLI_ASSOC) as $values) {
                $words = array_map(function ($value) use ($new, $nulls) {
                    return null === $value && $nulls ? 'NULL' : "'" . ($new ? self::escape((string) $value) : self::lossy((string) $value)) . "'";
                }, $values);
                $text .= "INSERT INTO `$row[0]` (`" . implode('`, `', array_keys($values)) . '`) VALUES (' . implode(', ', $words) . ");\n";
            }
            $text .= $modern ? "\n" : "\n\n";
        }

        return $text;
    }

    private static function escape($value)
    {
        return str_replace(array('\\', "\0", "\n", "\r", "\x1a", "'", '"'), array('\\\\', '\\0', '\\n', '\\r', '\\Z', "\\'", '\\"'), $value);
    }

    /** The older way: what stood for a control character already becomes one */
    private static function lossy($value)
    {
        $value = str_replace(array("\x00", "\x0a", "\x0d", "\x1a"), array('\0', '\n', '\r', '\Z'), $value);
        $value = str_replace(array("\n", "\r", "\t"), array('\n', '\r', '\t'), $value);
        $value = str_replace('\\', '\\\\', $value);
        $value = str_replace("'", "\\'", $value);

        return str_replace(array('\\\\n', '\\\\r', '\\\\t'), array('\n', '\r', '\t'), $value);
    }
}
