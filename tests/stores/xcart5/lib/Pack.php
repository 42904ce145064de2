<?php

namespace Xc5;

/**
 * A pack as the marketplace sends it: tar.gz with a list of hashes and a description
 */
final class Pack
{
    public static function make(array $tree, array $hashes, array $metadata)
    {
        $tar = self::file('.hash', json_encode($hashes)) . self::file('.phar/.metadata.bin', serialize($metadata));
        foreach ($tree as $path => $data) {
            $tar .= self::file($path, $data);
        }

        return gzencode($tar . str_repeat("\0", 1024), 1);
    }

    private static function file($path, $data)
    {
        $prefix = '';
        if (strlen($path) > 100) {
            $cut = strpos($path, '/', strlen($path) - 101);
            $prefix = substr($path, 0, $cut);
            $path = substr($path, $cut + 1);
        }
        $fields = array(
            $path, sprintf('%07o', 0644), sprintf('%07o', 0), sprintf('%07o', 0), sprintf('%011o', strlen($data)),
            sprintf('%011o', 1495440000), '        ', '0', '', "ustar\0", '00', 'root', 'root', '', '', $prefix,
        );
        $header = pack('a100a8a8a8a12a12a8a1a100a6a2a32a32a8a8a155x12', ...$fields);
        $sum = array_sum(unpack('C*', $header));
        $header = substr_replace($header, sprintf("%06o\0 ", $sum), 148, 8);

        return $header . $data . str_repeat("\0", (512 - strlen($data) % 512) % 512);
    }
}
