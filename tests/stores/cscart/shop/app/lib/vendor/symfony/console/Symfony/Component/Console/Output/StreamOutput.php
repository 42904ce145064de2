<?php

namespace Symfony\Component\Console\Output;

class StreamOutput extends Output
{
    private $stream;

    public function __construct($stream, $verbosity = self::VERBOSITY_NORMAL)
    {
        parent::__construct($verbosity);
        $this->stream = $stream;
    }

    protected function doWrite($message, $newline)
    {
        fwrite($this->stream, $message . ($newline ? PHP_EOL : ''));
        fflush($this->stream);
    }
}
