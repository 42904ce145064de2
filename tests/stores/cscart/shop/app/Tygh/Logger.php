<?php

namespace Tygh;

/** The log of the wizard */
class Logger
{
    public $logfile;

    public function write($message, $file, $line)
    {
        file_put_contents($this->logfile, Clock::now() . " - $message in $file on line $line\n", FILE_APPEND);
    }
}
