<?php

namespace Symfony\Component\Console\Input;

class ArgvInput implements InputInterface
{
    private $words;

    public function __construct(?array $argv = null)
    {
        $this->words = array_slice($argv ?? $_SERVER['argv'], 1);
    }

    public function words()
    {
        return $this->words;
    }
}
