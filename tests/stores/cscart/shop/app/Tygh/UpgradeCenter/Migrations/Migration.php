<?php

namespace Tygh\UpgradeCenter\Migrations;

use Phinx\Console\PhinxApplication;
use Phinx\Db\Adapter\AdapterFactory;
use Tygh\Exceptions\DatabaseException;
use Tygh\Registry;
use Tygh\UpgradeCenter\Console\UpgradePhinxApplication;

class Migration
{
    private static $instance;

    private $config;

    public static function instance($params = array())
    {
        return self::$instance = self::$instance ?? new self($params);
    }

    public function __construct(array $config)
    {
        $this->config = $config;
        Registry::set('config.dir.migrations', $config['migration_dir']);
    }

    public function migrate($minimal_date)
    {
        $_SERVER['argv'] = array('phinx', 'migrate', '-c' . DIR_ROOT . '/app/Tygh/UpgradeCenter/Migrations/config.migrations.php', '-edevelopment');
        $output = new Output();
        $output->setConfig($this->config);
        AdapterFactory::instance()
            ->registerAdapter('mysqli', '\Tygh\UpgradeCenter\Phinx\MysqliAdapter')
            ->registerAdapter('mysql', '\Tygh\UpgradeCenter\Phinx\MysqlAdapter');
        $first = 'A' === Registry::get('flavour.gen');
        $app = version_compare(Registry::get('flavour.phinx'), '0.12', '>=') ? new UpgradePhinxApplication() : new PhinxApplication(Registry::get('flavour.phinx'));
        $app->setAutoExit(false);
        // The first upgraders let the console application write the exception down and go on
        $app->setCatchExceptions($first);
        $output->setVerbosity($first ? Output::VERBOSITY_NORMAL : Output::VERBOSITY_VERBOSE);
        try {
            $code = $app->run(null, $output);
        } catch (\PDOException $e) {
            throw new DatabaseException($e->getMessage(), (int) $e->getCode(), $e);
        }

        return 0 === $code;
    }
}
