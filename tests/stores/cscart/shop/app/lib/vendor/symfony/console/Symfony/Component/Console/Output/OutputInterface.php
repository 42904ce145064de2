<?php

namespace Symfony\Component\Console\Output;

interface OutputInterface
{
    const VERBOSITY_QUIET = 16;
    const VERBOSITY_NORMAL = 32;
    const VERBOSITY_VERBOSE = 64;

    public function write($messages, $newline = false);

    public function writeln($messages);
}
