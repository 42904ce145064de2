<?php

namespace Csc;

/** The package of an upgrade within 4.0 to 4.2: files, lists of them, statements, a hook */
final class LegacyPack
{
    private $family;

    private $content;

    public function __construct(Family $family, Content $content)
    {
        $this->family = $family;
        $this->content = $content;
    }

    /** @return array<string, string[]> Statements of each dump */
    public static function statements(Family $family)
    {
        $p = $family->set['prefix'];
        $text = function ($code, $name, $value) use ($p) {
            return "REPLACE INTO {$p}language_values (lang_code, name, value) VALUES ('$code', '$name', '$value')";
        };
        $all = array(
            'db_scheme.sql' => array(
                "ALTER TABLE {$p}products CHANGE `list_qty_count` `list_qty_step` smallint(5) NOT NULL DEFAULT 0",
                "ALTER TABLE {$p}products ADD `tracking_mode` char(1) NOT NULL DEFAULT 'B'",
                "CREATE TABLE {$p}product_marks (" . Tables::marks() . ') ENGINE=InnoDB DEFAULT CHARSET=utf8',
                "DROP TABLE IF EXISTS {$p}obsolete_stats",
                "CREATE TABLE {$p}settings_objects_upg (`name` varchar(128) NOT NULL, `value` text NOT NULL, `section_name` varchar(128) NOT NULL) ENGINE=MyISAM"
                    . ' DEFAULT CHARSET=utf8',
            ),
            'db_data.sql' => array(
                "UPDATE {$p}products SET tracking_mode = 'D', amount = amount + 1 WHERE amount > 50",
                "INSERT INTO {$p}product_marks (product_id, mark) SELECT product_id, 'fresh' FROM {$p}products WHERE product_id <= 10 ORDER BY product_id",
                "INSERT INTO {$p}settings_objects_upg (name, value, section_name) VALUES ('monitor_core_changes', 'Y', 'General')",
                "INSERT INTO {$p}settings_objects (object_id, name, section_id, type, value, position) VALUES (170, 'tracking_default', 2, 'S', 'B', 40)",
                "UPDATE {$p}settings_objects SET value = 'N' WHERE name = 'monitor_core_changes'",
            ),
        );
        foreach (array('en' => array('Put into the cart', 'Tracking mode'), 'de' => array('In den Wagen', 'Bestandsführung')) as $code => $texts) {
            $all["db_lang_$code.sql"] = array(
                $text($code, 'add_to_cart', $texts[0]), $text($code, 'tracking_mode', $texts[1]),
                "REPLACE INTO {$p}settings_descriptions (object_id, object_type, lang_code, value, tooltip) VALUES ('170', 'O', '$code', '$texts[1]', '')",
            );
        }
        $all['db_lang_fr.sql'] = array($text('fr', 'add_to_cart', 'Au panier'));

        return $all;
    }

    private static function tar(array $files)
    {
        $data = '';
        foreach ($files as $name => $bytes) {
            $prefix = '';
            if (strlen($name) > 99) {
                $cut = strpos($name, '/', strlen($name) - 99);
                $prefix = substr($name, 0, $cut);
                $name = substr($name, $cut + 1);
            }
            $head = pack('a100a8a8a8a12a12a8a1a100a6a2a32a32a8a8a155a12', $name, '0000644', '0000000', '0000000', sprintf('%011o', strlen($bytes)),
                sprintf('%011o', 1400000000), '        ', '0', '', 'ustar', '00', 'root', 'root', '', '', $prefix, '');
            $head = substr_replace($head, sprintf("%06o\0 ", array_sum(array_map('ord', str_split($head)))), 148, 8);
            $data .= $head . $bytes . str_repeat("\0", -strlen($bytes) & 511);
        }

        return $data . str_repeat("\0", 1024);
    }

    public function offer($server, $store)
    {
        $set = $this->family->set;
        list($files, $about) = (new Pack($this->family, $this->content))->files();
        ksort($about);
        $xml = "<?xml version=\"1.0\"?>\n<upgrade>\n";
        foreach (array('original_files' => 'changed', 'new_files' => 'new', 'deleted_files' => 'deleted') as $section => $status) {
            $xml .= "    <$section>\n";
            foreach ($about as $path => $file) {
                if ($status === $file['status']) {
                    $xml .= '        <item file="' . htmlspecialchars($path) . '">' . ($file['hash'] ?? '') . "</item>\n";
                }
            }
            $xml .= "    </$section>\n";
        }
        $inside = array('uc.xml' => $xml . "</upgrade>\n");
        foreach ($files as $path => $data) {
            $inside["package/$path"] = $data;
        }
        foreach (self::statements($this->family) as $name => $statements) {
            $inside[$name] = implode(";\n", $statements) . ";\n";
        }
        $details = array('name' => "Upgrade {$set['old']} - {$set['new']}", 'from_version' => $set['old'], 'to_version' => $set['new'], 'timestamp' => '1400000000');
        $inside['package_details.php'] = "<?php\nreturn " . var_export($details, true) . ";\n";
        $inside['uc.php'] = "<?php\n\nif ('upgrade' === \$upgrade_type) {\n    \\Tygh\\Checkpoint::at('post:before');\n"
            . "    db_query(\"REPLACE INTO ?:storage_data (data_key, data) VALUES ('post_script', 'half')\");\n    \\Tygh\\Checkpoint::at('post:inside');\n"
            . "    db_query(\"REPLACE INTO ?:storage_data (data_key, data) VALUES ('post_script', 'done')\");\n}\n";
        $inside['restore.php'] = "<?php\n\n//[params]\n//[/params]\n\nif (empty(\$_REQUEST['uak']) || \$_REQUEST['uak'] !== \$uak) {\n    die('Access denied');\n}\n";
        $archive = gzencode(self::tar($inside));
        file_put_contents($server . '/' . $this->family->package(), $archive);
        $item = '';
        foreach (array('file' => $this->family->package(), 'name' => $details['name'], 'timestamp' => '1400000000', 'description' => 'News', 'from_version' => $set['old'],
            'to_version' => $set['new'], 'size' => strlen($archive), 'is_avail' => 'Y') as $key => $value) {
            $item .= '<' . $key . ('file' === $key ? ' md5="' . md5($archive) . '"' : '') . ">$value</$key>";
        }
        mkdir($store . '/var/upgrade', 0777, true);
        file_put_contents($store . '/var/upgrade/packages.xml', "<?xml version=\"1.0\"?>\n<update><packages><item id=\"4711\">$item</item></packages></update>\n");
    }
}
