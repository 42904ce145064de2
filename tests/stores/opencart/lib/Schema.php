<?php

namespace Oct;

/** The tables of tables.txt as a version has them */
final class Schema
{
    /** Versions whose tables are InnoDB, and described by PHP */
    const MODERN = '4.0.0.0';

    private $version;

    /** @var array<string, array{columns: array, primary: string[], keys: array}> */
    private $tables = array();

    public function __construct($version)
    {
        $this->version = $version;
        $table = null;
        foreach (file(__DIR__ . '/tables.txt', FILE_IGNORE_NEW_LINES) as $line) {
            $words = preg_split('/\s+/', trim($line));
            $line = '' === $line ? '#' : $line;
            if ('T' === $words[0]) {
                $table = $this->is($words) ? $words[1] : null;
                if (null !== $table) {
                    $this->tables[$table] = array('columns' => array(), 'primary' => array(), 'keys' => array());
                }
            } elseif ('#' !== $line[0] && null !== $table && $this->is($words)) {
                $this->part($this->tables[$table], $words);
            }
        }
    }

    /** Whether the range among these words, if there is one, holds the version */
    private function is(array $words)
    {
        foreach ($words as $word) {
            if (preg_match('/^(>=|<)(\d[\d.]+)$/', $word, $found) && !version_compare($this->version, $found[2], $found[1])) {
                return false;
            }
        }

        return true;
    }

    private function part(array &$table, array $words)
    {
        if ('P' === $words[0]) {
            $table['primary'] = explode(',', $words[1]);
        } elseif ('K' === $words[0]) {
            $table['keys'][$words[1]] = explode(',', $words[2]);
        } else {
            $column = array('type' => $words[1], 'null' => in_array('null', $words, true), 'ai' => in_array('ai', $words, true), 'default' => null);
            if (in_array('unsigned', $words, true)) {
                $column['type'] .= ' unsigned';
            }
            foreach ($words as $word) {
                if ('=' === $word[0]) {
                    $column['default'] = substr($word, 1);
                }
            }
            $table['columns'][$words[0]] = $column;
        }
    }

    public function names()
    {
        return array_keys($this->tables);
    }

    /** @return string[] Names of columns; none when there is no such table */
    public function columns($table)
    {
        return isset($this->tables[$table]) ? array_keys($this->tables[$table]['columns']) : array();
    }

    public function modern()
    {
        return version_compare($this->version, self::MODERN, '>=');
    }

    /** @return array{string, string, string} Engine, character set, collation */
    public function options()
    {
        if ($this->modern()) {
            return array('InnoDB', 'utf8mb4', 'utf8mb4_general_ci');
        }

        return version_compare($this->version, '3.0.5.0', '>=') ? array('MyISAM', 'utf8mb4', 'utf8mb4_unicode_ci') : array('MyISAM', 'utf8', 'utf8_general_ci');
    }

    public static function definition(array $column)
    {
        return $column['type'] . ($column['null'] ? ' DEFAULT NULL' : ' NOT NULL') . (null === $column['default'] ? '' : " DEFAULT '{$column['default']}'")
            . ($column['ai'] ? ' AUTO_INCREMENT' : '');
    }

    public function create($table, $prefix, $begin = 'CREATE TABLE')
    {
        $about = $this->tables[$table];
        $lines = array();
        foreach ($about['columns'] as $name => $column) {
            $lines[] = "  `$name` " . self::definition($column);
        }
        $lines[] = '  PRIMARY KEY (`' . implode('`,`', $about['primary']) . '`)';
        foreach ($about['keys'] as $name => $columns) {
            $lines[] = "  KEY `$name` (`" . implode('`,`', $columns) . '`)';
        }
        list($engine, $charset, $collate) = $this->options();

        return "$begin `$prefix$table` (\n" . implode(",\n", $lines) . "\n) ENGINE=$engine DEFAULT CHARSET=$charset COLLATE=$collate;\n";
    }

    /** Tables of install/opencart.sql up to 3.0 */
    public function sql()
    {
        $text = "-- -----------------------------------------------------------\n\nSET sql_mode = '';\n\n";
        foreach ($this->names() as $table) {
            $rule = str_repeat('-', 57);
            $text .= "-- $rule\n\n--\n-- Table structure for table `oc_$table`\n--\n\n";
            if (version_compare($this->version, '2.1', '<')) {
                $text .= $this->create($table, 'oc_', 'CREATE TABLE IF NOT EXISTS') . "\n";
            } else {
                $text .= "DROP TABLE IF EXISTS `oc_$table`;\n" . $this->create($table, 'oc_') . "\n";
            }
        }

        return $text;
    }

    /** system/helper/db_schema.php */
    public function php()
    {
        list($engine, $charset, $collate) = $this->options();
        $old = version_compare($this->version, '4.0.2.0', '<');
        $text = "<?php\n" . ($old && version_compare($this->version, '4.0.1.0', '>=') ? "namespace Opencart\\System\\Helper\\DbSchema;\n" : '')
            . 'function ' . ($old ? 'db_schema' : 'oc_db_schema') . "() {\n\t\$tables = [];\n";
        foreach ($this->tables as $name => $table) {
            $text .= "\n\t\$tables[] = [\n\t\t'name'  => '$name',\n\t\t'field' => [\n";
            foreach ($table['columns'] as $column => $about) {
                $text .= "\t\t\t[\n\t\t\t\t'name' => '$column',\n\t\t\t\t'type' => '{$about['type']}'" . ($about['null'] ? '' : ",\n\t\t\t\t'not_null' => true")
                    . (null === $about['default'] ? '' : ",\n\t\t\t\t'default' => '{$about['default']}'") . ($about['ai'] ? ",\n\t\t\t\t'auto_increment' => true" : '')
                    . "\n\t\t\t],\n";
            }
            $text .= "\t\t],\n\t\t'primary' => [\n\t\t\t'" . implode("',\n\t\t\t'", $table['primary']) . "'\n\t\t],\n";
            if ($table['keys']) {
                $text .= "\t\t'index' => [\n";
                foreach ($table['keys'] as $key => $columns) {
                    $text .= "\t\t\t[\n\t\t\t\t'name' => '$key',\n\t\t\t\t'key'  => [\n\t\t\t\t\t'" . implode("',\n\t\t\t\t\t'", $columns) . "'\n\t\t\t\t]\n\t\t\t],\n";
                }
                $text .= "\t\t],\n";
            }
            $text .= "\t\t'engine' => '$engine',\n\t\t'charset' => '$charset',\n\t\t'collate' => '$collate'\n\t];\n";
        }

        return $text . "\n\treturn \$tables;\n}\n";
    }
}
