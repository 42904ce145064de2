<?php

namespace Dumps;

/** Two databases row by row and definition by definition, with what a form of dump is known to lose taken off the first one */
final class Compare
{
    private $left;

    private $right;

    private $loses;

    public $differences = 0;

    public function __construct(\mysqli $left, \mysqli $right, array $loses)
    {
        $this->left = $left;
        $this->right = $right;
        $this->loses = array_flip($loses);
    }

    private function say($text)
    {
        if (++$this->differences <= 60) {
            echo $text, "\n";
        }
    }

    private static function things(\mysqli $db)
    {
        $things = array();
        foreach ($db->query('SHOW FULL TABLES')->fetch_all() as $row) {
            $things[('VIEW' === $row[1] ? 'view ' : 'table ') . $row[0]] = array($row[0], 'SHOW CREATE TABLE', 1);
        }
        foreach ($db->query('SHOW TRIGGERS')->fetch_all() as $row) {
            $things["trigger $row[0]"] = array($row[0], 'SHOW CREATE TRIGGER', 2);
        }
        foreach (array('PROCEDURE', 'FUNCTION') as $kind) {
            foreach ($db->query("SHOW $kind STATUS WHERE Db = DATABASE()")->fetch_all() as $row) {
                $things[strtolower($kind) . " $row[1]"] = array($row[1], "SHOW CREATE $kind", 2);
            }
        }
        ksort($things, SORT_STRING);

        return $things;
    }

    private static function definition(\mysqli $db, array $thing)
    {
        $text = $db->query($thing[1] . ' ' . dumps_quote($thing[0]))->fetch_row()[$thing[2]];

        // Which account a thing belongs to, and in which database it lies, may differ
        $own = $db->query('SELECT DATABASE()')->fetch_row()[0];

        return preg_replace('/ DEFINER=`[^`]*`@`[^`]*`/', '', str_replace(dumps_quote($own) . '.', '', $text));
    }

    public function all(array $ignored)
    {
        $left = self::things($this->left);
        $right = self::things($this->right);
        foreach ($ignored as $name) {
            unset($left["table $name"], $right["table $name"]);
        }
        foreach (array_keys(array_diff_key($left, $right)) as $name) {
            $this->say("missing: $name");
        }
        foreach (array_keys(array_diff_key($right, $left)) as $name) {
            $this->say("too much: $name");
        }
        foreach (array_intersect_key($left, $right) as $name => $thing) {
            $was = self::definition($this->left, $thing);
            $is = self::definition($this->right, $thing);
            if (isset($this->loses['schema'])) {
                $was = preg_replace('/ AUTO_INCREMENT=\d+/', '', $was);
                $is = preg_replace('/ AUTO_INCREMENT=\d+/', '', $is);
            }
            if (isset($this->loses['layout']) && 0 === strpos($name, 'trigger ')) {
                $was = preg_replace('/\s+/', ' ', str_replace('`', '', $was));
                $is = preg_replace('/\s+/', ' ', str_replace('`', '', $is));
            }
            if ($was !== $is) {
                $this->say("differs: $name\n  was: " . str_replace("\n", "\n       ", $was) . "\n  is:  " . str_replace("\n", "\n       ", $is));
            }
            if (0 === strpos($name, 'table ')) {
                $this->rows($thing[0]);
            }
        }

        return 0 === $this->differences;
    }

    /** As a server reads what stands between quotes */
    private static function unescape($text)
    {
        return preg_replace_callback('/\\\\(.)/s', function ($found) {
            $known = array('0' => "\0", 'n' => "\n", 'r' => "\r", 't' => "\t", 'b' => "\x08", 'Z' => "\x1a");

            return $known[$found[1]] ?? $found[1];
        }, $text);
    }

    /** @return array<string, int> Sum of a row => how often it is there; and the rows by sum */
    private function sums(\mysqli $db, $name, $lossy)
    {
        $columns = array_values((new Tables($db))->columns($name));
        $sums = $shown = array();
        $result = $db->query('SELECT * FROM ' . dumps_quote($name), MYSQLI_USE_RESULT);
        while ($row = $result->fetch_row()) {
            foreach ($row as $i => $value) {
                $row[$i] = $lossy && null !== $value ? $this->lose($value, $columns[$i]) : $value;
            }
            $text = implode(', ', array_map(function ($value) {
                return null === $value ? 'NULL' : strlen($value) . ":'" . $value . "'";
            }, $row));
            $sum = md5($text);
            $sums[$sum] = ($sums[$sum] ?? 0) + 1;
            $shown[$sum] = addcslashes(substr($text, 0, 160), "\0..\37\177..\377");
        }
        $result->free();

        return array($sums, $shown);
    }

    private function lose($value, array $column)
    {
        if (isset($this->loses['four']) && 'utf8mb4' === $column['character_set_name']) {
            $value = preg_replace('/[\x{10000}-\x{10FFFF}]/u', '?', $value) ?? $value;
        }
        if (isset($this->loses['oldescape'])) {
            $value = self::unescape(Writer::oldEscape($value));
            // What a column is too short for is cut off
            if (null !== $column['character_octet_length'] && 'utf8mb4' !== $column['character_set_name']) {
                $value = preg_match('/^(var)?(char|binary)/', $column['data_type']) ? substr($value, 0, (int) $column['character_octet_length']) : $value;
            }
        }

        return $value;
    }

    private function rows($name)
    {
        list($was, $shownWas) = $this->sums($this->left, $name, true);
        list($is, $shownIs) = $this->sums($this->right, $name, false);
        foreach ($was as $sum => $count) {
            if (($is[$sum] ?? 0) !== $count) {
                $this->say("row of $name, {$count} times, is there " . ($is[$sum] ?? 0) . " times: {$shownWas[$sum]}");
            }
        }
        foreach (array_diff_key($is, $was) as $sum => $count) {
            $this->say("row of $name that was not there: {$shownIs[$sum]}");
        }
    }
}
