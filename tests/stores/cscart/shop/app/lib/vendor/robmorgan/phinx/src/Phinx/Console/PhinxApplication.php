<?php

namespace Phinx\Console;

use Phinx\Config\Config;
use Phinx\Migration\Manager;
use Symfony\Component\Console\Input\ArgvInput;
use Symfony\Component\Console\Output\ConsoleOutput;

/** The commands of the migration tool; of them migrate and status are here */
class PhinxApplication
{
    private $version;

    private $catch = true;

    private $exit = true;

    public function __construct($version = null)
    {
        $this->version = $version;
    }

    public function setAutoExit($exit)
    {
        $this->exit = (bool) $exit;
    }

    public function setCatchExceptions($catch)
    {
        $this->catch = (bool) $catch;
    }

    public function run($input = null, $output = null)
    {
        $input = $input ?? new ArgvInput();
        $output = $output ?? new ConsoleOutput();
        try {
            $code = $this->doRun($input, $output);
        } catch (\Exception $e) {
            if (!$this->catch) {
                throw $e;
            }
            $output->writeln(array('', '', '  [' . get_class($e) . ']  ', '  ' . $e->getMessage() . '  ', '', ''));
            $code = 1;
        }
        if ($this->exit) {
            exit($code);
        }

        return $code;
    }

    private function doRun($input, $output)
    {
        $options = array('configuration' => 'phinx.php', 'environment' => null, 'target' => null);
        $command = '';
        $words = $input->words();
        while (null !== ($word = array_shift($words))) {
            if (preg_match('/^(?:-([cet])|--(configuration|environment|target)(?:=|$))(.*)$/s', $word, $found)) {
                $names = array('c' => 'configuration', 'e' => 'environment', 't' => 'target');
                $options[$found[1] ? $names[$found[1]] : $found[2]] = '' !== $found[3] ? $found[3] : array_shift($words);
            } elseif ('-' !== $word[0]) {
                $command = $word;
            }
        }
        $modern = Manager::modern();
        $output->writeln($modern ? 'Phinx by CakePHP - <info>https://phinx.org</info>.'
            : 'Phinx by Rob Morgan - <info>' . ('0.3.7' === $this->version ? 'http' : 'https') . "://phinx.org</info>. <info>version {$this->version}</info>");
        $output->writeln('');

        $file = realpath($options['configuration']);
        if (false === $file) {
            throw new \InvalidArgumentException("The file \"{$options['configuration']}\" does not exist");
        }
        $output->writeln('<info>using config file</info> .' . str_replace(getcwd(), '', $file));
        $output->writeln('<info>using config parser</info> php');
        $config = new Config(require $file, $file);
        if ($modern) {
            $output->writeln('<info>using migration paths</info> ');
            foreach ($config->getMigrationPaths() as $path) {
                $output->writeln('<info> - ' . realpath($path) . '</info>');
            }
        } else {
            $output->writeln('<info>using migration path</info> ' . $config->getMigrationPath());
        }
        $environment = $options['environment'] ?? $config->getDefaultEnvironment();
        $settings = $config->getEnvironment($environment);
        if (!$settings) {
            throw new \InvalidArgumentException("The environment \"$environment\" does not exist");
        }
        $output->writeln("<info>using environment</info> $environment");
        $output->writeln("<info>using adapter</info> {$settings['adapter']}");
        $output->writeln("<info>using database</info> {$settings['name']}");
        if ($modern) {
            $output->writeln('<info>ordering by</info> creation time');
        }

        $manager = $modern ? new Manager($config, $input, $output) : new Manager($config, $output);
        if ('status' === $command) {
            return $manager->printStatus($environment);
        }
        if ('migrate' !== $command) {
            throw new \InvalidArgumentException("Command \"$command\" is not defined.");
        }
        $start = microtime(true);
        $manager->migrate($environment, $options['target']);
        $output->writeln('');
        $output->writeln(sprintf('<comment>All Done. Took %.4fs</comment>', microtime(true) - $start));

        return 0;
    }
}
