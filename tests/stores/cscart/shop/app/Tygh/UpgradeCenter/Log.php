<?php

namespace Tygh\UpgradeCenter;

use Tygh\Clock;
use Tygh\Registry;

class Log
{
    private static $logs = array();

    private $file;

    public static function instance($id)
    {
        return self::$logs[$id] = self::$logs[$id] ?? new self(DIR_ROOT . "/var/upgrade/{$id}_log.txt");
    }

    private function __construct($file)
    {
        $this->file = $file;
    }

    private function write($text)
    {
        file_put_contents($this->file, $text, FILE_APPEND);
    }

    /** The first upgraders give every line the time at which the request began */
    public function add($messages, $newline = true, $stamp = true)
    {
        $when = 'A' === Registry::get('flavour.gen') ? TIME : Clock::now();
        foreach ((array) $messages as $message) {
            $this->write(($stamp ? date('Y-m-d H:i:s', $when) . ': ' : '') . $message . ($newline ? "\n" : ''));
        }

        return $this;
    }

    public function drawHeader()
    {
        $line = str_repeat('#', 80) . "\n";
        $this->write("\n\n$line$line");

        return $this;
    }
}
