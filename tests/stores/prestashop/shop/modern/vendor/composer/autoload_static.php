<?php

class ComposerStaticInit@@HASH@@
{
    public static $files = array(__DIR__ . '/../acme/lib/functions.php');
}
