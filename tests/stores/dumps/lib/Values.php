<?php

namespace Dumps;

/** Tables with everything that is hard to carry over, in kinds that a form of dump can carry or not */
final class Values
{
    const KINDS = array('plain', 'emoji', 'bytes', 'big', 'many', 'bits', 'shapes', 'json', 'names', 'generated', 'views', 'triggers', 'routines', 'keys',
        'parts');

    private $db;

    private $prefix;

    public function __construct(\mysqli $db, $prefix)
    {
        $this->db = $db;
        $this->prefix = $prefix;
    }

    /** @param int $size Of the largest value, in bytes */
    public function fill(array $kinds, $size)
    {
        foreach (array_intersect(self::KINDS, $kinds) as $kind) {
            $this->{'fill' . ucfirst($kind)}($size);
        }
    }

    private function name($name)
    {
        return dumps_quote($this->prefix . $name);
    }

    private function table($name, $columns, $engine = 'MyISAM', $charset = 'utf8mb3')
    {
        $this->db->query('CREATE TABLE ' . $this->name($name) . " ($columns) ENGINE=$engine DEFAULT CHARSET=$charset");
    }

    private function rows($name, array $rows)
    {
        foreach ($rows as $row) {
            $this->db->query('INSERT INTO ' . $this->name($name) . ' VALUES (' . implode(', ', array_map(function ($value) {
                return null === $value ? 'NULL' : (is_array($value) ? $value[0] : "'" . $this->db->real_escape_string((string) $value) . "'");
            }, $row)) . ')');
        }
    }

    private function fillPlain()
    {
        $this->table('plain', "`id` int(11) unsigned NOT NULL AUTO_INCREMENT, `t` varchar(255) DEFAULT NULL, `long_text` mediumtext, `c` char(10) NOT NULL DEFAULT '',"
            . " `d` date NOT NULL DEFAULT '0000-00-00', `dt` datetime(6) DEFAULT NULL, `ts` timestamp NULL DEFAULT NULL, `tm` time DEFAULT NULL, `y` year(4) DEFAULT NULL,"
            . " `n` decimal(30,10) DEFAULT NULL, `f` float DEFAULT NULL, `dbl` double DEFAULT NULL, `big` bigint(20) unsigned DEFAULT NULL, `tiny` tinyint(1) DEFAULT NULL,"
            . " `e` enum('a','b''c','d,e','') DEFAULT NULL, `s` set('x','y','z''z') DEFAULT NULL, PRIMARY KEY (`id`), KEY `t` (`t`(20))");
        $odd = array('', ' ', "'", '"', '\\', "\\'", '`', '%', '_', "a\nb", "a\r\nb", "\t", "\0", "\x1a", "';\n", "');\nDROP TABLE x;\n", '-- no comment', '# none',
            '/* none */', '/*!50000 x */', 'DELIMITER ;;', 'NULL', "\\N", "\\n", 'é – “ü” 漢字', str_repeat("it's ", 40), "ends in \\", "''", "\\0", "\\Z");
        $rows = array();
        foreach ($odd as $i => $text) {
            $rows[] = array($i + 1, $text, $text . "\n" . $text, substr($text, 0, 3), '0000-00-00', null, null, null, null, null, null, null, null, null, null, null);
        }
        $rows[] = array(500, null, null, '', '9999-12-31', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07', '-838:59:59', 2155,
            '12345678901234567890.0123456789', '1.5', '1.7976931348623157e308', '18446744073709551615', 1, "b'c", "x,z'z");
        $rows[] = array(501, 'zero', '', '', '2017-02-00', '0000-00-00 00:00:00', null, '838:59:59', 0, '-0.0000000001', '-3.40282e38', '-2.5e-308', 0, -1, 'd,e', '');
        $this->rows('plain', $rows);
        $this->table('latin', "`id` int(11) NOT NULL AUTO_INCREMENT, `t` varchar(255) DEFAULT NULL, PRIMARY KEY (`id`)", 'MyISAM', 'latin1');
        $this->db->query('SET NAMES latin1');
        $this->rows('latin', array(array(1, "caf\xe9 \xfc\xdf"), array(2, "\x80 \x93quoted\x94"), array(7, null)));
        $this->db->query('SET NAMES utf8mb4');
        $this->table('inno', '`a` int(11) NOT NULL, `b` varchar(20) NOT NULL, `c` text, PRIMARY KEY (`a`, `b`), UNIQUE KEY `u` (`b`), FULLTEXT KEY `f` (`c`)', 'InnoDB');
        $this->rows('inno', array(array(2, 'two', null), array(1, 'one', "it's\ntext"), array(-2147483648, 'least', '')));
        $this->table('empty_one', '`id` int(11) NOT NULL AUTO_INCREMENT, `x` int(11) DEFAULT NULL, PRIMARY KEY (`id`)', 'InnoDB');
        $this->table('without_key', '`x` int(11) DEFAULT NULL, `y` varchar(10) DEFAULT NULL');
        $this->rows('without_key', array(array(1, 'twice'), array(1, 'twice'), array(null, null)));
        $this->db->query('ALTER TABLE ' . $this->name('empty_one') . ' AUTO_INCREMENT = 700');
    }

    private function fillEmoji()
    {
        $this->table('emoji', '`id` int(11) NOT NULL, `t` varchar(100) DEFAULT NULL, `u` mediumtext COLLATE utf8mb4_bin, PRIMARY KEY (`id`)', 'InnoDB', 'utf8mb4');
        $this->rows('emoji', array(array(1, "\u{1F600} smile", "\u{10FFFF}"), array(2, "a\u{1F468}\u{200D}\u{1F469}b", "'\u{1F4A9}';\n"), array(3, 'none', null)));
    }

    private function fillBytes()
    {
        $this->table('bytes', '`id` int(11) NOT NULL, `b` blob, `vb` varbinary(300) DEFAULT NULL, `fb` binary(8) DEFAULT NULL, `tb` tinyblob, PRIMARY KEY (`id`)');
        $all = implode('', array_map('chr', range(0, 255)));
        $rows = array(array(1, $all, $all, "\0\1\0\xff", ''), array(2, strrev($all), '', '', null), array(3, "\xf0\x9f\x98\x80", "\xc3\x28", "\x80", "\xff\xfe"));
        for ($i = 0; $i < 256; $i++) {
            $rows[] = array(100 + $i, chr($i), chr($i) . chr($i), 'x' . chr($i), chr($i) . "'");
        }
        $this->rows('bytes', $rows);
    }

    private function fillBig($size)
    {
        $this->table('big', '`id` int(11) NOT NULL, `b` longblob, `t` longtext, PRIMARY KEY (`id`)', 'InnoDB');
        $blob = '';
        for ($i = 0; strlen($blob) < $size; $i++) {
            $blob .= hash('sha512', "big $i", true) . "'\\\n\0;";
        }
        $packet = (int) $this->db->query('SELECT @@max_allowed_packet')->fetch_row()[0];
        $step = max(1024, min($size, intdiv($packet, 4)));
        foreach (array(1 => substr($blob, 0, $size), 2 => substr($blob, 0, intdiv($size, 3))) as $id => $value) {
            $this->rows('big', array(array($id, '', "line;\n")));
            for ($at = 0; $at < strlen($value); $at += $step) {
                $this->db->query('UPDATE ' . $this->name('big') . ' SET b = CONCAT(b, 0x' . bin2hex(substr($value, $at, $step)) . ") WHERE id = $id");
            }
        }
        $this->rows('big', array(array(3, null, str_repeat("text; it's\n", intdiv($size, 40)))));
    }

    private function fillMany()
    {
        for ($i = 1; $i <= 300; $i++) {
            $this->table(sprintf('small_%03d', $i), '`id` int(11) NOT NULL, `t` varchar(30) DEFAULT NULL, PRIMARY KEY (`id`)', $i % 3 ? 'MyISAM' : 'InnoDB');
            $this->rows(sprintf('small_%03d', $i), array(array($i, "table $i")));
        }
    }

    private function fillBits()
    {
        $this->table('bits', "`id` int(11) NOT NULL, `b1` bit(1) DEFAULT NULL, `b9` bit(9) NOT NULL DEFAULT b'101', `b64` bit(64) DEFAULT NULL, PRIMARY KEY (`id`)");
        $this->rows('bits', array(array(1, array("b'1'"), array("b'111111111'"), array('0xFFFFFFFFFFFFFFFF')), array(2, null, array("b'0'"), array('39')),
            array(3, array("b'0'"), array("b'1'"), array('0x5C27000A'))));
    }

    private function fillShapes()
    {
        $this->table('shapes', '`id` int(11) NOT NULL, `p` point DEFAULT NULL, `g` geometry NOT NULL, PRIMARY KEY (`id`), SPATIAL KEY `g` (`g`)');
        $this->rows('shapes', array(array(1, array("ST_GeomFromText('POINT(1.5 -2)')"), array("ST_GeomFromText('LINESTRING(0 0,39 92,1 1)')")),
            array(2, null, array("ST_GeomFromText('POLYGON((0 0,10 0,10 10,0 0))')"))));
    }

    private function fillJson()
    {
        $this->table('json_values', '`id` int(11) NOT NULL, `j` json DEFAULT NULL, PRIMARY KEY (`id`)', 'InnoDB', 'utf8mb4');
        $this->rows('json_values', array(array(1, '{"a": "it\'s \"x\"", "n": [1, 2.5, null, true]}'), array(2, null), array(3, '"line\nend\\\\"'), array(4, '[]')));
    }

    private function fillNames()
    {
        $this->table('select', '`order` int(11) NOT NULL, `key` varchar(10) DEFAULT NULL, `group by` int(11) DEFAULT NULL, PRIMARY KEY (`order`), KEY `index` (`key`)');
        $this->rows('select', array(array(1, 'from', 2)));
        $this->table('with space', '`a b` int(11) NOT NULL, `c``d` varchar(10) DEFAULT NULL, `größe` int(11) DEFAULT NULL, PRIMARY KEY (`a b`)');
        $this->rows('with space', array(array(1, '`', 3)));
        $this->table('back`tick', '`id` int(11) NOT NULL, PRIMARY KEY (`id`)', 'InnoDB');
        $this->rows('back`tick', array(array(1)));
        $this->table('größe_表', '`id` int(11) NOT NULL, `値` varchar(10) DEFAULT NULL, PRIMARY KEY (`id`)', 'InnoDB', 'utf8mb4');
        $this->rows('größe_表', array(array(1, 'x')));
        $this->table("quote'd;", '`id` int(11) NOT NULL, PRIMARY KEY (`id`)');
        $this->rows("quote'd;", array(array(1)));
        $this->table('123', '`1` int(11) NOT NULL');
        $this->rows('123', array(array(9)));
    }

    private function fillGenerated()
    {
        $this->table('generated_columns', '`id` int(11) NOT NULL, `net` decimal(10,2) NOT NULL, `gross` decimal(10,2) GENERATED ALWAYS AS (`net` * 1.2) STORED,'
            . " `label` varchar(30) GENERATED ALWAYS AS (concat('n-',`id`)) VIRTUAL, `last` int(11) DEFAULT 5, PRIMARY KEY (`id`)", 'InnoDB');
        foreach (array(array(1, '10.00', 1), array(2, '0.05', 2)) as $row) {
            $this->db->query('INSERT INTO ' . $this->name('generated_columns') . " (`id`, `net`, `last`) VALUES ($row[0], $row[1], $row[2])");
        }
    }

    private function fillViews()
    {
        $this->table('viewed', '`id` int(11) NOT NULL, `t` varchar(20) DEFAULT NULL, PRIMARY KEY (`id`)');
        $this->rows('viewed', array(array(1, 'one'), array(2, "t'wo")));
        $this->db->query('CREATE VIEW ' . $this->name('z_first') . ' AS SELECT `id`, `t` FROM ' . $this->name('viewed') . " WHERE `t` <> ';'");
        $this->db->query('CREATE SQL SECURITY INVOKER VIEW ' . $this->name('a_view_of_view') . ' AS SELECT `id` FROM ' . $this->name('z_first'));
    }

    private function fillTriggers()
    {
        $this->table('watched', '`id` int(11) NOT NULL, `t` varchar(40) DEFAULT NULL, PRIMARY KEY (`id`)', 'InnoDB');
        $this->table('watch_log', '`n` int(11) NOT NULL AUTO_INCREMENT, `what` varchar(60) DEFAULT NULL, PRIMARY KEY (`n`)', 'InnoDB');
        $this->rows('watched', array(array(1, 'before the trigger')));
        $log = $this->name('watch_log');
        $this->db->query('CREATE TRIGGER ' . $this->name('watched_bi') . ' BEFORE INSERT ON ' . $this->name('watched')
            . " FOR EACH ROW BEGIN\n  SET NEW.t = CONCAT(NEW.t, ';');\n  INSERT INTO $log (what) VALUES ('it''s in; END');\nEND");
        $this->db->query('CREATE TRIGGER ' . $this->name('watched_au') . ' AFTER UPDATE ON ' . $this->name('watched')
            . " FOR EACH ROW INSERT INTO $log (what) VALUES ('updated')");
    }

    private function fillRoutines()
    {
        $this->db->query('CREATE FUNCTION ' . $this->name('twice') . "(a int) RETURNS int DETERMINISTIC\nBEGIN\n  -- doubles;\n  RETURN a * 2;\nEND");
        $this->db->query('CREATE PROCEDURE ' . $this->name('fill_it') . "(IN n int)\nBEGIN\n  DECLARE s varchar(10) DEFAULT ';';\n  SELECT n, s;\nEND");
    }

    private function fillKeys()
    {
        $this->db->query('SET FOREIGN_KEY_CHECKS = 0');
        $this->table('a_child', '`id` int(11) NOT NULL, `parent` int(11) DEFAULT NULL, PRIMARY KEY (`id`), CONSTRAINT `' . $this->prefix . 'c1` FOREIGN KEY (`parent`)'
            . ' REFERENCES ' . $this->name('m_parent') . ' (`id`) ON DELETE CASCADE', 'InnoDB');
        $this->table('m_parent', '`id` int(11) NOT NULL, `child` int(11) DEFAULT NULL, `own` int(11) DEFAULT NULL, PRIMARY KEY (`id`), CONSTRAINT `' . $this->prefix
            . 'c2` FOREIGN KEY (`child`) REFERENCES ' . $this->name('a_child') . ' (`id`), CONSTRAINT `' . $this->prefix . 'c3` FOREIGN KEY (`own`) REFERENCES '
            . $this->name('m_parent') . ' (`id`) ON UPDATE CASCADE', 'InnoDB');
        $this->table('z_child', '`id` int(11) NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `' . $this->prefix . 'c4` FOREIGN KEY (`id`) REFERENCES ' . $this->name('m_parent')
            . ' (`id`)', 'InnoDB');
        $this->rows('a_child', array(array(1, 10), array(2, null)));
        $this->rows('m_parent', array(array(10, 1, 11), array(11, null, 10)));
        $this->rows('z_child', array(array(11)));
        $this->db->query('SET FOREIGN_KEY_CHECKS = 1');
    }

    private function fillParts()
    {
        $this->db->query('CREATE TABLE ' . $this->name('parts') . ' (`id` int(11) NOT NULL, `t` varchar(10) DEFAULT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT'
            . ' CHARSET=utf8mb3 PARTITION BY RANGE (`id`) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)');
        $this->rows('parts', array(array(1, 'low'), array(10, 'high'), array(2000, null)));
    }
}
