<?php

namespace Dumps;

/** Dumps in the forms of programs written in PHP; each form is made as its own writer makes it */
final class Writer
{
    private $db;

    private $tables;

    private $out;

    public function __construct(\mysqli $db)
    {
        $this->db = $db;
        $this->tables = new Tables($db);
    }

    private static function values(array $row, $escape)
    {
        return implode(', ', array_map(function ($value) use ($escape) {
            return null === $value ? 'NULL' : "'" . $escape($value) . "'";
        }, $row));
    }

    private static function names(array $row)
    {
        return implode(', ', array_map('dumps_quote', array_keys($row)));
    }

    /** One statement a row, no comments, no end mark; names bare before 4.13.2, where views are left out as well */
    public function cscart($file, $quoted)
    {
        $this->db->query('SET NAMES utf8');
        $out = fopen($file, 'wb');
        foreach ($this->tables->names() as $name => $view) {
            if ($view && !$quoted) {
                continue;
            }
            $shown = $quoted ? dumps_quote($name) : $name;
            fwrite($out, "\nDROP " . ($view ? 'VIEW' : 'TABLE') . " IF EXISTS $shown;\n" . $this->tables->create($name) . ";\n\n");
            foreach ($view ? array() : $this->tables->rows($name) as $row) {
                fwrite($out, "INSERT INTO $shown (" . self::names($row) . ') VALUES (' . self::values($row, function ($value) {
                    return str_replace("\n", '\n', addslashes($value));
                }) . ");\n");
            }
        }
        fclose($out);
    }

    /** As mysql_real_escape_string does it */
    private static function escape($value)
    {
        return strtr($value, array('\\' => '\\\\', "\0" => '\0', "\n" => '\n', "\r" => '\r', "\x1a" => '\Z', "'" => "\\'", '"' => '\"'));
    }

    /**
     * Several files, each with a header and an end; a table goes on in the next file
     *
     * @return string[] The files, in their order
     */
    public function prestashop($dir, $name, $charset, $limit, $reverse)
    {
        $this->db->query("SET NAMES $charset");
        $files = array();
        $out = null;
        $next = function () use (&$files, &$out, $dir, $name) {
            if ($out) {
                fwrite($out, "SET FOREIGN_KEY_CHECKS=1;\n\n");
                fclose($out);
            }
            $files[] = sprintf('%s/auto-backupdb_%06d_%s.sql', $dir, count($files) + 1, $name);
            $out = fopen(end($files), 'wb');
            fwrite($out, '/* Backup ' . count($files) . " for shop.example.com/\n *  at Sat, 21 Nov 2026 01:54:44 +0000\n */\n\nSET SESSION sql_mode = '';\n\n\n"
                . "SET NAMES 'utf8';\n\n\nSET FOREIGN_KEY_CHECKS=0;\n\n");
        };
        $names = $this->tables->names();
        $views = array_keys(array_filter($names));
        $names = array_keys(array_filter($names, function ($view) {
            return !$view;
        }));
        $next();
        foreach ($reverse ? array_reverse($names) : $names as $table) {
            $quoted = dumps_quote($table);
            fwrite($out, "/* Scheme for table $table */\nDROP TABLE IF EXISTS $quoted;\nDROP VIEW IF EXISTS $quoted;\n" . $this->tables->create($table) . ";\n\n");
            $count = 0;
            foreach ($this->tables->rows($table) as $row) {
                if (0 === $count % 200) {
                    if ($count) {
                        fwrite($out, ";\n\n");
                        if (ftell($out) > $limit) {
                            $next();
                        }
                    }
                    fwrite($out, "INSERT INTO $quoted VALUES\n");
                } else {
                    fwrite($out, ",\n");
                }
                fwrite($out, '(' . implode(',', array_map(function ($value) {
                    return null === $value ? 'NULL' : "'" . self::escape($value) . "'";
                }, $row)) . ')');
                $count++;
            }
            fwrite($out, $count ? ";\n\n" : '');
            if (ftell($out) > $limit) {
                $next();
            }
        }
        // A view on a view must not come before it: the module writes views again with each further one
        for ($round = 0; $round < ($views ? 2 : 0); $round++) {
            foreach (array_reverse($views) as $view) {
                $quoted = dumps_quote($view);
                fwrite($out, "/* Scheme for view$view */\nDROP TABLE IF EXISTS $quoted;\nDROP VIEW IF EXISTS $quoted;\n"
                    . preg_replace('/DEFINER=`[^`]*`@`[^`]*`/', 'DEFINER=CURRENT_USER', $this->tables->create($view)) . ";\n\n");
            }
        }
        fwrite($out, "SET FOREIGN_KEY_CHECKS=1;\n\n");
        fclose($out);

        return $files;
    }

    /** One statement a row in the order of the columns, whole numbers bare, each table locked; views and triggers at the end */
    public function danpu($file, $database)
    {
        $this->db->query('SET NAMES utf8');
        $out = fopen($file, 'wb');
        $say = function ($line) use ($out) {
            fwrite($out, $line . "\n");
        };
        $value = function ($value) {
            if (null === $value || (string) (int) $value === $value) {
                return null === $value ? 'NULL' : $value;
            }

            return "'" . self::escape($value) . "'";
        };
        $say("-- 2026-11-21T01:54:44+00:00 - mysql:host=localhost;dbname=$database");
        $say('SET FOREIGN_KEY_CHECKS = 0;');
        $names = $this->tables->names();
        foreach (array_keys($names, false, true) as $table) {
            $say("\n-- Table structure for table `$table`\n");
            $say("DROP TABLE IF EXISTS `$table`;");
            $say($this->tables->create($table) . ';');
            $say("\n-- Dumping data for table `$table`\n");
            $say("LOCK TABLES `$table` WRITE;");
            foreach ($this->tables->rows($table) as $row) {
                $say("INSERT INTO `$table` VALUES (" . implode(',', array_map($value, $row)) . ');');
            }
            $say('UNLOCK TABLES;');
        }
        foreach (array_keys($names, true, true) as $view) {
            $say("\n-- Structure for view `$view`\n");
            $say("DROP VIEW IF EXISTS `$view`;");
            $say($this->tables->create($view) . ';');
        }
        foreach ($this->tables->triggers() as $trigger) {
            $say("\n-- Trigger structure `{$trigger['Trigger']}`\n");
            $say("DROP TRIGGER IF EXISTS `{$trigger['Trigger']}`;");
            $say("DELIMITER //\nCREATE TRIGGER `{$trigger['Trigger']}` {$trigger['Timing']} {$trigger['Event']} ON `{$trigger['Table']}` FOR EACH ROW\n"
                . "{$trigger['Statement']}\n//\nDELIMITER ;");
        }
        $say('SET FOREIGN_KEY_CHECKS = 1;');
        $say("\n-- Completed on: 2026-11-21T01:54:45+00:00");
        fclose($out);
    }

    /** Rows alone; the old escapes lose NUL, 0x1a and some backslashes */
    public function opencart($file, $old)
    {
        $this->db->query('SET NAMES utf8mb4');
        $out = fopen($file, 'wb');
        foreach (array_keys(array_filter($this->tables->names(), function ($view) {
            return !$view;
        })) as $name) {
            fwrite($out, 'TRUNCATE TABLE ' . dumps_quote($name) . ";\n\n");
            foreach ($this->tables->rows($name) as $row) {
                fwrite($out, 'INSERT INTO ' . dumps_quote($name) . ' (' . self::names($row) . ') VALUES (' . self::values($row, $old ? 'Dumps\Writer::oldEscape'
                    : function ($value) {
                        return self::escape($value);
                    }) . ");\n");
            }
            fwrite($out, $old ? "\n\n" : "\n");
        }
        fclose($out);
    }

    public static function oldEscape($value)
    {
        $value = str_replace(array("\x00", "\x0a", "\x0d", "\x1a"), array('\0', '\n', '\r', '\Z'), $value);
        $value = str_replace(array("\n", "\r", "\t"), array('\n', '\r', '\t'), $value);
        $value = str_replace('\\', '\\\\', $value);
        $value = str_replace("'", "\\'", $value);

        return str_replace(array('\\\\n', '\\\\r', '\\\\t'), array('\n', '\r', '\t'), $value);
    }

    /** Keys, numbering and foreign keys follow at the end; bytes in hex; stand-ins for views */
    public function phpmyadmin($file, $database)
    {
        $this->db->query('SET NAMES utf8mb4');
        $out = fopen($file, 'wb');
        fwrite($out, "-- phpMyAdmin SQL Dump\n-- version 5.2.1\n-- https://www.phpmyadmin.net/\n--\n-- Host: localhost\n-- Server version: 10.11.6-MariaDB\n\n"
            . "SET SQL_MODE = \"NO_AUTO_VALUE_ON_ZERO\";\nSTART TRANSACTION;\nSET time_zone = \"+00:00\";\n\n\n"
            . "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n/*!40101 SET NAMES utf8mb4 */;\n\n--\n-- Database: `$database`\n--\n\n");
        $line = str_repeat('-', 56);
        $late = $numbers = $foreign = array();
        $this->db->query("SET time_zone = '+00:00'");
        foreach (array_keys(array_filter($this->tables->names(), function ($view) {
            return !$view;
        })) as $name) {
            fwrite($out, "-- $line\n\n--\n-- Table structure for table `$name`\n--\n\nDROP TABLE IF EXISTS " . dumps_quote($name) . ";\n");
            list($body, $keys, $number, $constraints) = self::split($this->tables->create($name));
            fwrite($out, $body . ";\n\n");
            $late[$name] = $keys;
            $numbers[$name] = $number;
            $foreign[$name] = $constraints;
            $this->phpmyadminRows($out, $name);
        }
        foreach ($this->tables->triggers() as $trigger) {
            fwrite($out, "--\n-- Triggers `{$trigger['Table']}`\n--\nDROP TRIGGER IF EXISTS " . dumps_quote($trigger['Trigger']) . ";\nDELIMITER \$\$\n"
                . preg_replace('/ DEFINER=`[^`]*`@`[^`]*`/', '', $trigger['text']) . "\n\$\$\nDELIMITER ;\n\n");
        }
        $views = array_keys(array_filter($this->tables->names()));
        foreach ($views as $view) {
            $columns = array_map(function ($column) {
                return dumps_quote($column['column_name']) . ' ' . $column['column_type'];
            }, $this->tables->columns($view));
            fwrite($out, "-- $line\n\n--\n-- Stand-in structure for view `$view`\n-- (See below for the actual view)\n--\nDROP VIEW IF EXISTS " . dumps_quote($view)
                . ";\nCREATE TABLE " . dumps_quote($view) . " (\n" . implode("\n,", $columns) . "\n);\n\n");
        }
        foreach ($views as $view) {
            fwrite($out, "-- $line\n\n--\n-- Structure for view `$view`\n--\nDROP TABLE IF EXISTS " . dumps_quote($view) . ";\n\n" . $this->tables->create($view) . ";\n\n");
        }
        fwrite($out, "--\n-- Indexes for dumped tables\n--\n\n");
        foreach (array(array('Indexes', $late), array('AUTO_INCREMENT', $numbers), array('Constraints', $foreign)) as $part) {
            foreach (array_filter($part[1]) as $name => $changes) {
                fwrite($out, "--\n-- {$part[0]} for table `$name`\n--\nALTER TABLE " . dumps_quote($name) . "\n  " . implode(",\n  ", $changes) . ";\n\n");
            }
        }
        fwrite($out, "COMMIT;\n\n/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n");
        fclose($out);
    }

    /** @return array Statement without keys; clauses that add keys, numbering, foreign keys */
    private static function split($create)
    {
        $lines = explode("\n", $create);
        $columns = $keys = $numbers = $foreign = array();
        $end = 0;
        for ($i = 1; $i < count($lines) && 0 === strpos($lines[$i], '  '); $i++) {
            $text = rtrim(trim($lines[$i]), ',');
            $end = $i;
            if (preg_match('/^(PRIMARY|UNIQUE|FULLTEXT|SPATIAL|KEY)/', $text)) {
                $keys[] = 'ADD ' . $text;
            } elseif (preg_match('/^CONSTRAINT .* FOREIGN KEY/', $text)) {
                $foreign[] = 'ADD ' . $text;
            } elseif (preg_match('/^(.*) AUTO_INCREMENT(.*)$/', $text, $found)) {
                $columns[] = $found[1] . $found[2];
                $numbers[] = 'MODIFY ' . $text;
            } else {
                $columns[] = $text;
            }
        }
        $tail = implode("\n", array_slice($lines, $end + 1));
        if (preg_match('/ AUTO_INCREMENT=(\d+)/', $tail, $found)) {
            $numbers[0] .= ', AUTO_INCREMENT=' . $found[1];
            $tail = str_replace($found[0], '', $tail);
        }
        if (false !== strpos($tail, 'PARTITION')) {
            // What is parted must have its key from the start
            $columns = array_merge($columns, array_map(function ($key) {
                return substr($key, 4);
            }, $keys));
            $keys = array();
        }

        return array($lines[0] . "\n  " . implode(",\n  ", $columns) . "\n" . $tail, $keys, $numbers, $foreign);
    }

    /** Digits of a number that may be too large for one of PHP's */
    private static function bits($number)
    {
        $bits = '';
        do {
            $rest = 0;
            $half = '';
            foreach (str_split($number) as $digit) {
                $now = $rest * 10 + (int) $digit;
                $half .= intdiv($now, 2);
                $rest = $now % 2;
            }
            $bits = $rest . $bits;
            $number = ltrim($half, '0');
        } while ('' !== $number);

        return $bits;
    }

    private function phpmyadminRows($out, $name)
    {
        $columns = array_filter($this->tables->columns($name), function ($column) {
            return false === stripos($column['extra'], 'GENERATED');
        });
        $count = $size = 0;
        foreach ($this->tables->rows($name) as $row) {
            $values = array();
            foreach ($columns as $column => $about) {
                $value = $row[$column];
                $type = $about['data_type'];
                if (null === $value) {
                    $values[] = 'NULL';
                } elseif ('bit' === $type) {
                    $values[] = "b'" . self::bits($value) . "'";
                } elseif (preg_match('/blob|binary|geometry|point/', $type)) {
                    $values[] = '' === $value ? "''" : '0x' . bin2hex($value);
                } elseif (preg_match('/int|decimal/', $type)) {
                    $values[] = $value;
                } else {
                    $values[] = "'" . strtr($value, array('\\' => '\\\\', "\0" => '\0', "\n" => '\n', "\r" => '\r', "\x1a" => '\Z', "'" => "''")) . "'";
                }
            }
            $text = '(' . implode(', ', $values) . ')';
            if (0 === $count || $size > 50000) {
                fwrite($out, ($count ? ";\n" : "--\n-- Dumping data for table `$name`\n--\n\n") . 'INSERT INTO ' . dumps_quote($name) . ' ('
                    . self::names($columns) . ") VALUES\n$text");
                $size = 0;
            } else {
                fwrite($out, ",\n" . $text);
            }
            $size += strlen($text);
            $count++;
        }
        fwrite($out, $count ? ";\n\n" : '');
    }
}
