<?php

namespace Symfony\Component\Console\Output;

/** Texts with the marks of styles taken out */
abstract class Output implements OutputInterface
{
    private $verbosity = self::VERBOSITY_NORMAL;

    public function __construct($verbosity = self::VERBOSITY_NORMAL)
    {
        $this->verbosity = $verbosity;
    }

    abstract protected function doWrite($message, $newline);

    public function setVerbosity($level)
    {
        $this->verbosity = (int) $level;
    }

    public function getVerbosity()
    {
        return $this->verbosity;
    }

    public function write($messages, $newline = false)
    {
        foreach ((array) $messages as $message) {
            $this->doWrite(preg_replace('~</?(?:info|comment|error|question)>~', '', $message), $newline);
        }
    }

    public function writeln($messages)
    {
        $this->write($messages, true);
    }
}
