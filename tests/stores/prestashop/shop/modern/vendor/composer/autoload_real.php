<?php

class ComposerAutoloaderInit@@HASH@@
{
    public static function getLoader()
    {
        require_once __DIR__ . '/autoload_static.php';
        foreach (ComposerStaticInit@@HASH@@::$files as $file) {
            require_once $file;
        }
    }
}
