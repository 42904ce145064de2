<?php

// @@VERSION@@

if ('L' === \Tygh\Registry::get('flavour.gen')) {
    list($result, $data) = (new \Tygh\UpgradeCenter\Legacy())->run($mode);
    exit($result ? 0 : 1);
}

$center = new \Tygh\UpgradeCenter\App();

if ('download' === $mode) {
    $center->downloadPackage('core');
} elseif ('install' === $mode) {
    list($result, $data) = $center->install('core', $_REQUEST);
    exit($result ? 0 : 1);
}
