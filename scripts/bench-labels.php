<?php

/**
 * What scripts/bench compares the loading of labels with: the same labels one by one, each statement a round trip of its own.
 *
 * bench-labels.php make N FILE               writes N labels in X-Cart's YAML
 * bench-labels.php load N SOCKET DB PREFIX   one look-up and two INSERTs a label, prepared
 * bench-labels.php exact N SOCKET DB PREFIX  three statements a label that compare names byte by byte, as the toolkit does
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
if ('exact' === $argv[1]) {
    $labels = "{$prefix}language_labels";
    $texts = "{$prefix}language_label_translations";
    $statements = array(
        array("INSERT IGNORE INTO $labels (name) VALUES (:name)", array('name')),
        array("UPDATE $texts t JOIN $labels l ON l.label_id = t.id SET t.label = :text
            WHERE BINARY l.name = BINARY :name AND t.code = 'en' AND t.label IS NULL", array('name', 'text')),
        array("INSERT INTO $texts (id, label, code) SELECT l.label_id, :text, 'en' FROM $labels l
            WHERE BINARY l.name = BINARY :name AND NOT EXISTS (SELECT 1 FROM $texts t WHERE t.id = l.label_id AND t.code = 'en')",
            array('name', 'text')),
    );
    foreach ($statements as &$statement) {
        $statement[0] = $pdo->prepare($statement[0]);
    }
    unset($statement);
    for ($i = 0; $i < $argv[2]; $i++) {
        $values = array('name' => "Bench label $i", 'text' => "Text of the label $i");
        foreach ($statements as $statement) {
            $statement[0]->execute(array_intersect_key($values, array_flip($statement[1])));
        }
    }
    exit(0);
}

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
