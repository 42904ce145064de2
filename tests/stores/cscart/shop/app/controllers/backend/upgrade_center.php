<?php

// @@VERSION@@

$center = 'L' === \Tygh\Registry::get('flavour.gen') ? new \Tygh\UpgradeCenter\Legacy() : new \Tygh\UpgradeCenter\App();

if ('download' === $mode) {
    $center->downloadPackage('core');
} elseif ('install' === $mode) {
    list($result, $data) = $center->install('core', $_REQUEST);
    exit($result ? 0 : 1);
}
