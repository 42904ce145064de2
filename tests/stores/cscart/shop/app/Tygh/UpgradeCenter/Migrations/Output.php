<?php

namespace Tygh\UpgradeCenter\Migrations;

use Tygh\UpgradeCenter\Log;

class Output extends \Symfony\Component\Console\Output\Output
{
    private $config = array();

    public function setConfig(array $config)
    {
        $this->config = $config;
    }

    protected function doWrite($message, $newline)
    {
        Log::instance($this->config['package_id'])->add($message);
    }
}
