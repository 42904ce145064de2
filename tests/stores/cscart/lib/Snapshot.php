<?php

namespace Csc;

/** The list of checksums that a version ships; its keys mix path and contents */
final class Snapshot
{
    const LEFT_OUT = array('config.local.php', 'robots.txt', 'admin.php', 'vendor.php', 'install.html', 'README.rst', 'copyright.txt', 'changelog.txt');

    public static function dist(Family $family, array $product, $which)
    {
        $files = $themes = $dirs = $addons = array();
        foreach ($product as $path => $data) {
            $sum = md5($data);
            if (0 === strpos($path, 'var/themes_repository/responsive/')) {
                $inner = substr($path, strlen('var/themes_repository/'));
                $themes[md5($inner . $sum)] = '/design/themes/' . $inner;
            } elseif (preg_match('~^(app|js|design/backend)/~', $path) || false === strpos($path, '/') && '.' !== $path[0]
                && !in_array($path, self::LEFT_OUT, true)
            ) {
                $files[md5('/' . $path . $sum)] = '/' . $path;
                for ($dir = dirname($path); '.' !== $dir; $dir = dirname($dir)) {
                    $dirs[md5('/' . $dir)] = '/' . $dir;
                }
            }
            if (preg_match('~^app/addons/([a-z_]+)/addon\.xml$~', $path, $found)) {
                $addons[] = $found[1];
            }
        }
        $tables = Tables::schema($family, $which, 'cscart_');
        $snapshot = array(
            'time' => 'new' === $which ? 1502298024 : 1496298024, 'files' => $files, 'dirs' => $dirs,
            'themes' => array('responsive' => array('files' => $themes, 'dirs' => array())),
            'db_scheme' => implode("\n", array_map(function ($sql) {
                return $sql . ';';
            }, $tables)), 'db_tables' => array_keys($tables), 'addons' => $addons,
        );

        return '<?php $snapshot_dist = ' . var_export($snapshot, true) . ";\n?>";
    }
}
