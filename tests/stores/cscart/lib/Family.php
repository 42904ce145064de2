<?php

namespace Csc;

/**
 * What differs between the stores: one family for each generation of the upgrader, named by the version that is upgraded
 */
final class Family extends \Stores\Family
{
    /**
     * gen: generation of the upgrader, L A B C D
     * gate: where the open or closed state is kept, settings or storefronts; newGate: the same in the new version
     * local: form of config.local.php, see Config
     * modes: the upgrader stores and puts back the modes of the entry files
     * hardened: entry files and the root are read-only, so that the check of permissions makes them 0777
     * quoted: names of tables stand in backquotes in a dump, and views are dumped
     * keys: an add-on's tables have foreign keys, over which the product's own restore script stumbles
     * throwable: the entry script catches errors that are no exceptions
     */
    protected static function all()
    {
        $base = array(
            'edition' => 'ULTIMATE', 'build' => '', 'status' => '', 'prefix' => 'cscart_', 'admin' => 'admin.php', 'gate' => 'settings',
            'local' => 'plain', 'backend' => 'mysqli', 'modes' => true, 'hardened' => false, 'quoted' => false, 'throwable' => false,
            'phinx' => '0.4.3', 'timezone' => 'UTC', 'views' => false, 'themes' => array('responsive', 'my_theme'), 'https' => 'HTTP',
            'bcrypt' => false, 'postScript' => true, 'preScript' => false, 'packageLanguages' => false, 'keys' => false, 'tool' => 'php',
        );

        return array(
            '4.2' => array(
                'gen' => 'L', 'old' => '4.2.3', 'new' => '4.2.4', 'modes' => false, 'local' => 'plain', 'phinx' => '', 'newGate' => 'settings',
                'themes' => array('responsive', 'my_theme'),
            ) + $base,
            '4.3' => array(
                'gen' => 'A', 'old' => '4.3.2', 'new' => '4.3.3', 'modes' => false, 'phinx' => '0.3.7', 'newGate' => 'settings',
                'timezone' => 'Europe/Berlin', 'packageLanguages' => true,
            ) + $base,
            '4.4' => array(
                'gen' => 'B', 'old' => '4.4.1', 'new' => '4.4.2', 'edition' => 'MULTIVENDOR', 'newGate' => 'settings', 'local' => 'override',
                'admin' => 'backoffice.php',
            ) + $base,
            '4.9' => array(
                'gen' => 'C', 'old' => '4.9.3', 'new' => '4.10.1', 'newGate' => 'storefronts', 'admin' => 'shop_admin.php',
                'timezone' => 'America/New_York', 'prefix' => 'sh0p_', 'backend' => 'pdo', 'tool' => 'mysqldump', 'keys' => true,
            ) + $base,
            '4.12' => array(
                'gen' => 'C', 'old' => '4.12.2.SP2', 'new' => '4.13.1', 'edition' => 'MULTIVENDOR', 'gate' => 'storefronts',
                'newGate' => 'storefronts', 'hardened' => true, 'local' => 'brackets', 'bcrypt' => true, 'timezone' => 'Asia/Tokyo',
            ) + $base,
            '4.18' => array(
                'gen' => 'D', 'old' => '4.18.2', 'new' => '4.20.1', 'gate' => 'storefronts', 'newGate' => 'storefronts', 'quoted' => true,
                'views' => true, 'throwable' => true, 'phinx' => '0.12.9', 'bcrypt' => true, 'backend' => 'pdo', 'local' => 'modern',
                'https' => 'HTTP/HTTPS', 'preScript' => true, 'status' => 'ACTIVE', 'keys' => true,
            ) + $base,
        );
    }

    /** Names of the languages of the store, the first is its own */
    public function languages()
    {
        return array('en', 'de');
    }

    /** What the entry scripts are called in packages => in this store */
    public function entries()
    {
        $names = array('index.php' => 'index.php', 'admin.php' => $this->set['admin'], 'api.php' => 'api.php');
        if ('MULTIVENDOR' === $this->set['edition']) {
            $names['vendor.php'] = 'vendor.php';
        }

        return $names;
    }

    public function short()
    {
        return 'MULTIVENDOR' === $this->set['edition'] ? 'mve' : 'ult';
    }

    public function package()
    {
        $ending = 'L' === $this->set['gen'] ? 'tgz' : 'zip';

        return "upgrade_{$this->set['old']}_{$this->short()}-{$this->set['new']}_{$this->short()}.$ending";
    }

    public function distName($which)
    {
        $parts = array($this->set[$which], $this->set['status'], $this->set['edition'], 'dist');

        return 'var/snapshots/' . strtolower(implode('_', array_filter($parts, 'strlen'))) . '.php';
    }

    /** Settings that the store's own code reads */
    public function flavour()
    {
        $names = array(
            'gen', 'old', 'new', 'edition', 'gate', 'newGate', 'modes', 'quoted', 'throwable', 'phinx', 'https', 'timezone', 'backend', 'tool',
        );

        return array_intersect_key($this->set, array_flip($names));
    }
}
