<?php

namespace Tygh\Exceptions;

/** An error of PHP, as the log of upgrades shows it */
class PHPErrorException extends \Exception
{
    const TYPES = array(
        E_ERROR => 'PHP Fatal Error', E_PARSE => 'PHP Parse Error', E_COMPILE_ERROR => 'PHP Compile Error', E_WARNING => 'PHP Warning',
        E_NOTICE => 'PHP Notice', E_DEPRECATED => 'PHP Deprecated', E_USER_NOTICE => 'Notice',
    );

    public function __construct($message, $code, $file, $line)
    {
        parent::__construct($message, $code);
        $this->file = $file;
        $this->line = $line;
    }

    public function __toString(): string
    {
        $type = self::TYPES[$this->code] ?? 'PHP Error';

        return "$type: {$this->message} in {$this->file} on line {$this->line}";
    }
}
