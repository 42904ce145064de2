<?php

namespace Phinx\Migration;

use Phinx\Db\Adapter\AdapterFactory;
use Tygh\Checkpoint;

class Manager
{
    private $config;

    private $output;

    /** The last argument is the output; releases of 0.12 have an input before it */
    public function __construct($config, $input, $output = null)
    {
        $this->config = $config;
        $this->output = $output ?? $input;
    }

    public static function release()
    {
        return '@@PHINX@@';
    }

    public static function modern()
    {
        return version_compare(self::release(), '0.12', '>=');
    }

    /** @return array<string, array{string, string}> Version => class, file */
    private function migrations()
    {
        $found = array();
        foreach ($this->config->getMigrationPaths() as $path) {
            foreach (glob($path . '/*.php') as $file) {
                if (preg_match('/^(\d{14})_([a-z0-9_]+)\.php$/i', basename($file), $parts)) {
                    if (isset($found[$parts[1]])) {
                        throw new \InvalidArgumentException("Duplicate migration - \"$file\" has the same version as another");
                    }
                    $found[$parts[1]] = array(str_replace(' ', '', ucwords(str_replace('_', ' ', $parts[2]))), $file);
                }
            }
        }
        ksort($found, SORT_STRING);

        return $found;
    }

    private function adapter($environment)
    {
        $settings = $this->config->getEnvironment($environment);
        $adapter = AdapterFactory::instance()->getAdapter($settings['adapter'], $settings);
        $adapter->setOutput($this->output);
        $adapter->connect();

        return $adapter;
    }

    public function migrate($environment, $target = null)
    {
        $adapter = $this->adapter($environment);
        $done = $adapter->getVersions();
        $number = 0;
        foreach ($this->migrations() as $version => $about) {
            $version = (string) $version;
            $number++;
            if ($target && $version > $target) {
                break;
            }
            if (!in_array($version, $done, true)) {
                Checkpoint::at("schema:$number:before");
                $this->executeMigration($adapter, $number, $version, $about[0], $about[1]);
            }
        }
    }

    private function executeMigration($adapter, $number, $version, $class, $file)
    {
        require_once $file;
        if (!class_exists($class)) {
            throw new \InvalidArgumentException("Could not find class \"$class\" in file \"$file\"");
        }
        $this->output->writeln('');
        $this->output->writeln(" ==<info> $version $class:</info><comment> migrating</comment>");
        $start = microtime(true);
        $started = date('Y-m-d H:i:s', \Tygh\Clock::now());
        $adapter->number = $number;
        $adapter->statements = 0;
        Checkpoint::at("schema:$number:begun");
        $adapter->begin();
        $migration = self::modern() ? new $class('development', $version) : new $class($version);
        $migration->setAdapter($adapter);
        $migration->up();
        $adapter->commit();
        Checkpoint::at("schema:$number:norow");
        $adapter->migrated($version, $class, $started, date('Y-m-d H:i:s', \Tygh\Clock::now()));
        Checkpoint::at("schema:$number:row");
        $this->output->writeln(sprintf(" ==<info> %s %s:</info><comment> migrated %.4fs</comment>", $version, $class, microtime(true) - $start));
    }

    public function printStatus($environment)
    {
        $adapter = $this->adapter($environment);
        $done = $adapter->getVersions();
        foreach ($this->migrations() as $version => $about) {
            $this->output->writeln(sprintf(' %s  %s  %s', in_array((string) $version, $done, true) ? '  up' : 'down', $version, $about[0]));
        }

        return 0;
    }
}
