<?php

namespace Symfony\Component\Console\Output;

class ConsoleOutput extends StreamOutput
{
    public function __construct($verbosity = self::VERBOSITY_NORMAL)
    {
        parent::__construct(fopen('php://stdout', 'w'), $verbosity);
    }
}
