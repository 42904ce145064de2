<?php

namespace Pst;

/**
 * What differs between the stores: one family for each generation of the upgrade module
 */
final class Family extends \Stores\Family
{
    /**
     * module: version of the upgrade module; gen: its generation
     * list: form of its lists: front (next is first), reversed (next is last), backlog
     * charset: of the tables that the product ships; connection: what the store's PHP talks
     * settings: form of the file of settings: defines, array, brackets
     * server: how the settings name the server: socket (a path), named (localhost:/path), tcp (host and port; a socket where there is no port)
     * scripts: where the upgrade's SQL lies, install or module
     * backwards: tables are saved in reverse order
     * native: modules of others are switched off by the upgrade
     * migrate: the module runs the scripts of modules' own upgrades
     * view: name of a view; zeta_names stands in front of its tables in a dump that is written backwards, which the module's last generation
     * is not able to load itself
     * language: of the owner, and so of what the module says
     * large: a file that is too large for the backup lies in the store
     */
    protected static function all()
    {
        $base = array(
            'prefix' => 'ps_', 'admin' => 'admin123xyz', 'charset' => 'utf8', 'connection' => 'utf8', 'settings' => 'array', 'server' => 'tcp', 'scripts' => 'module',
            'backwards' => false, 'native' => false, 'migrate' => false, 'large' => false, 'doctrine' => false, 'zip' => 'bz2',
            'view' => 'zeta_names', 'language' => 'en',
        );

        return array(
            '1.6' => array(
                'old' => '1.6.1.4', 'new' => '1.6.1.24', 'era' => '1.6', 'module' => '3.0.5', 'gen' => 3, 'list' => 'front', 'settings' => 'defines',
                'scripts' => 'install', 'large' => true, 'server' => 'named', 'zip' => 'gz',
            ) + $base,
            '1.6-v4' => array(
                'old' => '1.6.1.17', 'new' => '1.6.1.24', 'era' => '1.6', 'module' => '4.14.2', 'gen' => 4, 'list' => 'reversed', 'settings' => 'defines',
                'native' => true, 'prefix' => 'sh_op_', 'admin' => 'backoffice', 'language' => 'de',
            ) + $base,
            '1.7' => array(
                'old' => '1.7.6.9', 'new' => '1.7.8.11', 'era' => '1.7', 'module' => '4.16.4', 'gen' => 4, 'list' => 'reversed', 'large' => true,
                'doctrine' => true,
            ) + $base,
            '1.7-v5' => array(
                'old' => '1.7.8.7', 'new' => '8.0.4', 'era' => '8', 'module' => '5.0.1', 'gen' => 5, 'list' => 'reversed', 'charset' => 'utf8mb4',
                'connection' => 'utf8mb4', 'doctrine' => true, 'settings' => 'brackets', 'server' => 'named',
            ) + $base,
            '8' => array(
                'old' => '8.0.5', 'new' => '8.1.7', 'era' => '8', 'module' => '6.2.0', 'gen' => 6, 'list' => 'backlog', 'charset' => 'utf8mb4',
                'connection' => 'utf8mb4', 'backwards' => true, 'migrate' => true, 'admin' => 'admin-dev8x', 'settings' => 'brackets',
            ) + $base,
            '9' => array(
                'old' => '8.2.1', 'new' => '9.0.1', 'era' => '9', 'module' => '7.2.0', 'gen' => 7, 'list' => 'backlog', 'charset' => 'utf8mb4',
                'connection' => 'utf8mb4', 'backwards' => true, 'migrate' => true, 'server' => 'socket', 'prefix' => 'px_', 'zip' => '',
                'view' => 'acme_names',
            ) + $base,
        );
    }

    /** 1.6, 1.7, 8 or 9: the layout of a version */
    public function era($which)
    {
        $version = $this->set[$which];

        return 0 === strpos($version, '1.') ? substr($version, 0, 3) : $version[0];
    }

    /** Languages of the store: code => locale; the first is its own */
    public function languages()
    {
        return array('en' => 'en-US', 'de' => 'de-DE');
    }

    /** Settings that the upgrade module reads */
    public function flavour()
    {
        $names = array('old', 'new', 'module', 'gen', 'list', 'scripts', 'backwards', 'native', 'migrate', 'doctrine', 'zip', 'admin', 'language', 'connection');

        return array_intersect_key($this->set, array_flip($names)) + array('eraOld' => $this->era('old'), 'eraNew' => $this->era('new'));
    }
}
