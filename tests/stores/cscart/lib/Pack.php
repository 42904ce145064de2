<?php

namespace Csc;

/** The package of an upgrade of 4.3.1 and later, as the server gives it away */
final class Pack
{
    private $family;

    private $content;

    public function __construct(Family $family, Content $content)
    {
        $this->family = $family;
        $this->content = $content;
    }

    /** @return array{array<string, string>, array<string, array>} Files of the package; what package.json says of them */
    public function files()
    {
        $old = $this->content->product('old');
        $new = $this->content->product('new');
        $files = $about = array();
        foreach ($new as $path => $data) {
            if (!isset($old[$path])) {
                $about[$path] = array('status' => 'new');
            } elseif ($old[$path] !== $data) {
                $about[$path] = array('status' => 'changed', 'hash' => md5($old[$path]));
            } else {
                continue;
            }
            $files[$path] = $data;
        }
        foreach (array_diff_key($old, $new) as $path => $data) {
            $about[$path] = array('status' => 'deleted', 'hash' => md5($data));
        }
        unset($files['.htaccess'], $about['.htaccess']);

        return array($files, $about);
    }

    private function migration($name, $body)
    {
        $class = str_replace(' ', '', ucwords(str_replace('_', ' ', substr($name, 15))));

        return "<?php\n\nuse Phinx\\Migration\\AbstractMigration;\n\nclass $class extends AbstractMigration\n{\n    public function up()\n    {\n"
            . "        \$options = \$this->adapter->getOptions();\n        \$pr = \$options['prefix'];\n\n" . preg_replace('/^(?=.)/m', '        ', $body)
            . "    }\n\n    public function down()\n    {\n    }\n}\n";
    }

    /** @return array<string, string> Names, in their order, => source; statements are counted by Stops */
    public function migrations()
    {
        $all = array(
            '20170615103931_core_change_language_variables' =>
                "\$this->execute(\"UPDATE {\$pr}language_values SET value = 'Put into the cart' WHERE name = 'add_to_cart' AND lang_code = 'en'\");\n"
                . "\$this->execute(\"REPLACE INTO {\$pr}language_values (lang_code, name, value) VALUES ('en', 'mig_fresh', 'It''s \\\"new\\\"'), ('de', 'mig_fresh', 'Neu')\");\n",
            '20170724083412_products_change_columns' =>
                "\$table = \$this->table(\"{\$pr}products\");\n\$table->renameColumn('list_qty_count', 'list_qty_step');\n"
                . "\$table->addColumn('tracking_mode', 'char', array('limit' => 1, 'default' => 'B'))->update();\n"
                . "\$this->execute(\"UPDATE {\$pr}products SET tracking_mode = 'D', amount = amount + 1 WHERE amount > 50\");\n",
            '20170801120000_add_product_marks' =>
                '$this->execute("CREATE TABLE {$pr}product_marks (' . str_replace('`', '', Tables::marks()) . ") ENGINE=InnoDB DEFAULT CHARSET=utf8\");\n"
                . "\$this->execute(\"INSERT INTO {\$pr}product_marks (product_id, mark) SELECT product_id, 'fresh' FROM {\$pr}products WHERE product_id <= 10 ORDER BY product_id\");\n",
            '20170805090000_drop_obsolete_stats' => "\$this->dropTable(\"{\$pr}obsolete_stats\");\n",
            '20170809101112_settings_add_tracking' =>
                "\$this->execute(\"INSERT INTO {\$pr}settings_objects (object_id, name, section_id, type, value, position) VALUES (170, 'tracking_default', 2, 'S', 'B', 40)\");\n"
                . "\$row = \$this->fetchRow(\"SELECT object_id FROM {\$pr}settings_objects WHERE name = 'monitor_core_changes'\");\n"
                . "if (!empty(\$row['object_id'])) {\n    \$this->execute(\"UPDATE {\$pr}settings_objects SET value = 'N' WHERE object_id = {\$row['object_id']}\");\n}\n",
        );
        if ('settings' === $this->family->set['gate'] && 'storefronts' === $this->family->set['newGate']) {
            $all['20170810080000_create_storefronts'] =
                '$this->execute("CREATE TABLE {$pr}storefronts (' . str_replace('`', '', Tables::storefronts()) . ") ENGINE=MyISAM DEFAULT CHARSET=utf8\");\n"
                . "\$this->execute(\"INSERT INTO {\$pr}storefronts (storefront_id, url, is_default, status, access_key, name) SELECT c.company_id, c.storefront, c.company_id = 1,"
                . " COALESCE(v.value, o.value), '', c.company FROM {\$pr}companies c JOIN {\$pr}settings_objects o ON o.name = 'store_mode' LEFT JOIN {\$pr}settings_vendor_values v"
                . " ON v.object_id = o.object_id AND v.company_id = c.company_id ORDER BY c.company_id\");\n";
        }
        $result = array();
        foreach ($all as $name => $body) {
            $result[$name . '.php'] = $this->migration($name, $body);
        }

        return $result;
    }

    /** How many statements each migration runs */
    public static function statements(Family $family)
    {
        $counts = array(2, 3, 2, 1, 2);

        return 'settings' === $family->set['gate'] && 'storefronts' === $family->set['newGate'] ? array_merge($counts, array(2)) : $counts;
    }

    private function script($kind)
    {
        if ('pre' === $kind) {
            return "<?php\n\nif (\\Tygh\\Checkpoint::fails('pre:veto')) {\n    return array(false, 'Not on this server');\n}\n\\Tygh\\Checkpoint::at('pre:inside');\n";
        }

        return "<?php\n\nuse Tygh\\Checkpoint;\n\ndb_query(\"REPLACE INTO ?:storage_data (data_key, data) VALUES ('post_script', 'half')\");\nCheckpoint::at('post:inside');\n"
            . "db_query(\"REPLACE INTO ?:storage_data (data_key, data) VALUES ('post_script', 'done')\");\n\$upgrade_notes = array('Read the notes');\n";
    }

    /** Archive in SERVER, schema.json in the store's folder of packages */
    public function offer($server, $store)
    {
        $set = $this->family->set;
        $file = $server . '/' . $this->family->package();
        list($files, $about) = $this->files();
        ksort($about);
        $schema = array('files' => $about, 'migrations' => array_keys($this->migrations()), 'languages' => array(), 'validators' => array());
        $inside = array();
        foreach ($files as $path => $data) {
            $inside["package/$path"] = $data;
        }
        foreach ($this->migrations() as $name => $source) {
            $inside["migrations/$name"] = $source;
        }
        if ($set['packageLanguages']) {
            foreach ($this->family->languages() as $code) {
                $schema['languages'][] = $code;
                foreach (Texts::files($this->family, $code, 'new') as $path => $text) {
                    $inside['languages/' . substr($path, strlen('var/langs/'))] = $text;
                }
            }
        }
        if ($set['preScript']) {
            $schema['scripts']['pre'] = 'pre_script.php';
            $inside['scripts/pre_script.php'] = $this->script('pre');
        }
        if ($set['postScript']) {
            $schema['scripts']['post'] = 'post_script.php';
            $inside['scripts/post_script.php'] = $this->script('post');
        }
        $inside['package.json'] = json_encode($schema, JSON_UNESCAPED_SLASHES);
        require_once dirname(__DIR__) . '/shop/app/Tygh/Clock.php';
        require_once dirname(__DIR__) . '/shop/app/Tygh/Zip.php';
        $zip = new \Tygh\Zip($file);
        foreach ($inside as $path => $data) {
            $zip->add($path, $data);
        }
        $zip->close();
        $dir = $store . '/var/upgrade/packages/core';
        mkdir($dir, 0777, true);
        file_put_contents($dir . '/schema.json', json_encode(array(
            'file' => basename($file), 'name' => "Upgrade {$set['old']} - {$set['new']}", 'description' => "<p>All the news of {$set['new']}</p>",
            'from_version' => $set['old'], 'to_version' => $set['new'], 'timestamp' => 1502298024, 'size' => filesize($file), 'package_id' => '191148',
            'md5' => md5_file($file), 'id' => 'core', 'type' => 'core',
        )));
    }
}
