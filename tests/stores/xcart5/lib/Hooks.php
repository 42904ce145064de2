<?php

namespace Xc5;

/**
 * Upgrade hooks of every entry: which there are, which qualify, what they do
 */
final class Hooks
{
    const PHASES = array('pre_upgrade' => 'pre_hooks', 'post_upgrade' => 'post_hooks', 'post_rebuild' => 'rebuild_hooks');

    /** Folders of an entry's hooks: array{in: string[], out: string[]} */
    private static function dirs(Family $family, $entry)
    {
        return 'Core' === $entry ? $family->set['dirs'] : $family->set['modules'];
    }

    /**
     * Hooks that an upgrade runs
     *
     * @return array<string, string> Path below the entry's folder "upgrade" => kind (fixtures, sql, iterative), in their order
     */
    public static function qualifying(Family $family, $entry, $type)
    {
        $result = array();
        foreach (self::inside($family, $entry) as $path => $kind) {
            $name = basename($path);
            $numbered = (bool) preg_match('/_\d+\.php$/', $name);
            if (0 === strpos($name, $type) && (!$numbered || $family->set['numberedHooks'])) {
                $result[$path] = $kind;
            }
        }

        return $result;
    }

    /** Hooks in folders between the two versions, by folder and natural order of names */
    private static function inside(Family $family, $entry)
    {
        $dirs = self::dirs($family, $entry)['in'];
        $last = count($dirs) - 1;
        $hooks = array();
        if ('Core' === $entry) {
            $hooks[$dirs[0]] = array('post_rebuild.php' => 'fixtures');
            for ($i = 1; $i < $last; $i++) {
                $hooks[$dirs[$i]] = 1 === $i
                    ? array('post_rebuild.php' => 'sql', 'pre_upgrade.php' => 'fixtures')
                    : array('post_rebuild.php' => 'fixtures');
            }
            $hooks[$dirs[$last]] = array(
                'post_rebuild.php' => 'sql', 'post_rebuild_1.php' => 'sql', 'post_upgrade.php' => 'sql', 'pre_upgrade.php' => 'sql',
            );
            if ('Core' === $family->set['iterative']) {
                $hooks[$dirs[1]]['post_rebuild.php'] = 'iterative';
            }
        } elseif ('CDev\Paypal' === $entry) {
            $hooks[$dirs[0]] = array('post_rebuild.php' => 'fixtures', 'pre_upgrade.php' => 'sql');
            $hooks[$dirs[1]] = array('post_rebuild.php' => 'sql', 'post_upgrade.php' => 'fixtures');
        } elseif ('XC\Reviews' === $entry) {
            $hooks[$dirs[0]] = array('post_rebuild.php' => 'fixtures');
            $hooks[$dirs[1]] = array('pre_upgrade.php' => 'fixtures');
        } else {
            $hooks[$dirs[0]] = array('post_rebuild.php' => 'sql');
            $hooks[$dirs[1]] = array('post_rebuild.php' => 'sql', 'post_upgrade.php' => 'sql');
            if ($entry === $family->set['iterative']) {
                $hooks[$dirs[1]]['post_rebuild.php'] = 'iterative';
            }
        }

        $result = array();
        foreach ($hooks as $dir => $files) {
            foreach ($files as $name => $kind) {
                $result[$dir . '/' . $name] = $kind;
            }
        }

        return $result;
    }

    /**
     * Files of an entry's folder "upgrade"
     *
     * @param string $which old or new: the installed version lacks what came later
     *
     * @return array<string, string> Path below the shop root => bytes
     */
    public static function files(Family $family, $entry, $which)
    {
        $base = Family::baseDir($entry) . 'upgrade/';
        $result = array();
        $own = 'Core' === $entry
            ? $family->version('old')
            : preg_replace('/^(\d+\.\d+\.\d+)\.0$/', '\1', implode('.', $family->moduleVersion('old')));
        foreach (self::dirs($family, $entry)['out'] as $dir) {
            if ('new' === $which || version_compare(strtr($dir, '/', '.'), $own, '<=')) {
                foreach (array_keys(self::PHASES) as $type) {
                    $result[$base . $dir . '/' . $type . '.php'] = self::sql($entry, $dir . '/' . $type . '.php');
                }
            }
        }
        foreach ('new' === $which ? self::inside($family, $entry) : array() as $path => $kind) {
            $result[$base . $path] = self::$kind($entry, $path);
            if ('fixtures' === $kind) {
                $result[$base . substr($path, 0, -3) . 'yaml'] = self::yaml($entry, $path);
            }
        }

        return $result;
    }

    private static function fixtures($entry, $path)
    {
        $yaml = basename($path, '.php') . '.yaml';

        return <<<PHP
<?php

return function () {
    \\XLite\\Core\\Database::getInstance()->loadFixturesFromYaml(__DIR__ . '/$yaml');
};

PHP;
    }

    private static function yaml($entry, $path)
    {
        $name = preg_replace('/\W+/', '_', strtolower($entry . '_' . substr($path, 0, -4)));

        return <<<YAML
XLite\\Model\\Config:
  - { name: {$name}, category: "Upgrade", type: text, orderby: 10, value: "It's \\"on\\"" }
  - name: {$name}_mode
    category: Upgrade
    type: text
    orderby: 20
    value: 'simple # not a comment'
XLite\\Model\\Payment\\Method:
  - { service_name: {$name}, class: "Model\\\\Payment\\\\Processor", enabled: 0, orderby: 90 }

YAML;
    }

    private static function head()
    {
        return <<<'PHP'
<?php

return function () {
    $connection = \XLite\Core\Database::getEM()->getConnection();
    $prefix = \XLite\Core\Database::getInstance()->getTablePrefix();

PHP;
    }

    /** The last statement of a hook counts its complete runs: a second one shows in the final state */
    private static function counter($entry, $path)
    {
        $name = addcslashes($entry . ':' . $path, "'\\");

        return <<<PHP

    \$connection->executeUpdate(
        "INSERT INTO `{\$prefix}hook_runs` (hook, runs) VALUES (?, 1) ON DUPLICATE KEY UPDATE runs = runs + 1",
        array('$name')
    );

PHP;
    }

    private static function sql($entry, $path)
    {
        $statements = array(
            'pre_upgrade'  => <<<'PHP'
    $connection->executeUpdate("UPDATE `{$prefix}products` SET price = ROUND(price, 2)");
    $connection->executeUpdate("UPDATE `{$prefix}config` SET orderby = 5 WHERE category = 'Company'");
PHP
            ,
            'post_upgrade' => <<<'PHP'
    $connection->executeUpdate("UPDATE `{$prefix}payment_methods` SET orderby = orderby + 1 WHERE orderby = 0");
    $connection->executeUpdate("DELETE FROM `{$prefix}config` WHERE category = 'Obsolete'");
PHP
            ,
            'post_rebuild' => <<<'PHP'
    $connection->executeUpdate(
        "UPDATE `{$prefix}products` SET sale_label = CONCAT('Save on ', sku) WHERE price < 20 AND sale_label = ''"
    );
    $connection->executeUpdate(
        "INSERT IGNORE INTO `{$prefix}banner_slides` (slide_id, title) SELECT product_id, name FROM `{$prefix}products`"
        . " WHERE product_id <= 3"
    );
PHP
        );
        $type = preg_replace('/(_\d+)?\.php$/', '', basename($path));

        return self::head() . "\n" . $statements[$type] . "\n" . self::counter($entry, $path) . "};\n";
    }

    private static function iterative($entry, $path)
    {
        $head = str_replace('function ()', 'function ($position = null)', self::head());

        return $head . <<<'PHP'

    $from = is_array($position) ? $position[0] : 0;
    $to = $from + 25;
    $max = (int) $connection->fetchColumn("SELECT COUNT(*) FROM `{$prefix}products`");

    $connection->executeUpdate(
        "UPDATE `{$prefix}products` SET clean_url = CONCAT(LOWER(REPLACE(name, ' ', '-')), '-', product_id)"
        . " WHERE product_id > ? AND product_id <= ?",
        array($from, $to)
    );
    if ($to < $max) {
        return array($to, $max);
    }

PHP
            . self::counter($entry, $path) . "\n    return null;\n};\n";
    }
}
