<?php

/**
 * What scripts/bench compares the loading of labels with: one look-up and two INSERTs a label, each a round trip of its own.
 *
 * bench-labels.php make N FILE             writes N labels in X-Cart's YAML
 * bench-labels.php load N SOCKET DB PREFIX  loads the same labels, one by one
 */

if ('make' === $argv[1]) {
    $text = "XLite\\Model\\LanguageLabel:\n";
    for ($i = 0; $i < $argv[2]; $i++) {
        $text .= "  - { name: \"Bench label $i\", translations: [{ code: en, label: \"Text of the label $i\" }] }\n";
    }
    exit(false === file_put_contents($argv[3], $text) ? 1 : 0);
}

$prefix = $argv[5];
$pdo = new PDO("mysql:unix_socket={$argv[3]};dbname={$argv[4]};charset=utf8", 'root', '', array(
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
    PDO::ATTR_EMULATE_PREPARES => false,
));
$find = $pdo->prepare("SELECT label_id FROM {$prefix}language_labels WHERE name = ?");
$label = $pdo->prepare("INSERT INTO {$prefix}language_labels (name) VALUES (?)");
$text = $pdo->prepare("INSERT INTO {$prefix}language_label_translations (id, label, code) VALUES (?, ?, 'en')");
for ($i = 0; $i < $argv[2]; $i++) {
    $find->execute(array("Bench label $i"));
    if (false === $find->fetchColumn()) {
        $label->execute(array("Bench label $i"));
        $text->execute(array($pdo->lastInsertId(), "Text of the label $i"));
    }
    $find->closeCursor();
}
