<?php

namespace Tygh;

/** Archives as PHP's own extension writes them */
class Zip
{
    private $handle;

    private $directory = '';

    private $count = 0;

    public function __construct($file)
    {
        $this->handle = fopen($file, 'wb');
    }

    public function add($name, $data, $mode = 0100666)
    {
        $packed = '' === $data ? '' : gzdeflate($data);
        $store = strlen($packed) >= strlen($data);
        $packed = $store ? $data : $packed;
        $zone = getdate(Clock::now());
        $common = pack('vvvvvVVVvv', 20, 0, $store ? 0 : 8, $zone['hours'] << 11 | $zone['minutes'] << 5 | $zone['seconds'] >> 1,
            ($zone['year'] - 1980) << 9 | $zone['mon'] << 5 | $zone['mday'], crc32($data), strlen($packed), strlen($data), strlen($name), 0);
        $offset = ftell($this->handle);
        fwrite($this->handle, "PK\3\4" . $common . $name . $packed);
        $this->directory .= "PK\1\2" . pack('v', 0x0314) . $common . pack('vvvVV', 0, 0, 0, $mode << 16 | ('/' === substr($name, -1) ? 16 : 0), $offset)
            . $name;
        $this->count++;
    }

    public function close()
    {
        $start = ftell($this->handle);
        fwrite($this->handle, $this->directory . "PK\5\6" . pack('vvvvVVv', 0, 0, $this->count, $this->count, strlen($this->directory), $start, 0));
        fclose($this->handle);
    }

    /** @return iterable<string, string> Name => contents */
    public static function entries($file)
    {
        $data = file_get_contents($file);
        $end = unpack('vcount/Vsize/Vstart', substr($data, strrpos($data, "PK\5\6") + 10, 10));
        $at = $end['start'];
        for ($i = 0; $i < $end['count']; $i++) {
            $e = unpack('vmethod/Vtime/Vcrc/Vpacked/Vsize/vname/vextra/vcomment/vdisk/vinner/Vouter/Voffset', substr($data, $at + 10, 36));
            $name = substr($data, $at + 46, $e['name']);
            $at += 46 + $e['name'] + $e['extra'] + $e['comment'];
            $inner = unpack('vname/vextra', substr($data, $e['offset'] + 26, 4));
            $packed = substr($data, $e['offset'] + 30 + $inner['name'] + $inner['extra'], $e['packed']);
            yield $name => 8 === $e['method'] ? gzinflate($packed) : $packed;
        }
    }
}
