<?php

namespace Stores;

/** The files of a store, in both versions */
abstract class Content
{
    protected $family;

    /** Further files of the core, for large stores */
    protected $more;

    public function __construct(Family $family, $more = 0)
    {
        $this->family = $family;
        $this->more = $more;
    }

    /** Bytes that are the same on every machine */
    public static function filler($seed, $size)
    {
        $text = '';
        for ($i = 0; strlen($text) < $size; $i++) {
            $text .= chunk_split(base64_encode(hash('sha512', "$seed/$i", true)), 76, "\n");
        }

        return substr($text, 0, $size - 1) . "\n";
    }
}
