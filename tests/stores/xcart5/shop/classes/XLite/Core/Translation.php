<?php

namespace XLite\Core;

use Includes\Checkpoint;
use Includes\Utils\FileManager;

/**
 * Language labels
 */
class Translation
{
    const MODEL = 'XLite\Model\LanguageLabel';

    protected static $instance;

    /** Labels that the current file has added */
    protected $added;

    public static function getInstance()
    {
        if (null === static::$instance) {
            static::$instance = new static();
        }

        return static::$instance;
    }

    /**
     * Labels that are not there yet; texts that are there stay as they are
     *
     * @return boolean True when something was loaded
     */
    public function loadLabelsFromYaml($file)
    {
        $data = Yaml::parse(file_get_contents($file));
        $labels = array();
        foreach ($data[self::MODEL] ?? array() as $label) {
            if (is_array($label) && isset($label['name'])) {
                $missing = array();
                foreach ($label['translations'] as $translation) {
                    if (null === $this->getText($label['name'], $translation['code'])) {
                        $missing[] = $translation;
                    }
                }
                if ($missing) {
                    $labels[] = array('name' => $label['name'], 'translations' => $missing);
                }
            }
        }
        $this->added = 0;
        foreach ($labels as $label) {
            $this->loadLabel($label);
        }

        return (bool) $labels;
    }

    /** Forgets cached texts */
    public function reset()
    {
        foreach (array(LC_DIR_DATACACHE, LC_DIR_LOCALE) as $dir) {
            FileManager::unlinkRecursive(rtrim($dir, LC_DS));
            FileManager::mkdirRecursive($dir);
        }
    }

    protected function getText($name, $code)
    {
        list($labels, $texts) = $this->getTables();
        $text = Database::getInstance()->getConnection()->fetchColumn(
            "SELECT t.label FROM $labels l INNER JOIN $texts t ON t.id = l.label_id"
            . ' WHERE BINARY l.name = BINARY ? AND t.code = ?',
            array($name, $code)
        );

        return false === $text ? null : $text;
    }

    protected function loadLabel(array $label)
    {
        list($labels, $texts) = $this->getTables();
        $connection = Database::getInstance()->getConnection();

        $id = $connection->fetchColumn("SELECT label_id FROM $labels WHERE BINARY name = BINARY ?", array($label['name']));
        if (!$id) {
            $connection->executeQuery("INSERT INTO $labels (name) VALUES (?)", array($label['name']));
            $id = $connection->lastInsertId();
            if (3 === ++$this->added) {
                // Some labels are in, and this one has no text yet.
                Checkpoint::statement();
            }
        }
        foreach ($label['translations'] as $translation) {
            $params = array($translation['label'], $id, $translation['code']);
            $found = $connection->fetchColumn(
                "SELECT label_id FROM $texts WHERE id = ? AND code = ?",
                array($id, $translation['code'])
            );
            $connection->executeQuery(
                $found
                    ? "UPDATE $texts SET label = ? WHERE id = ? AND code = ?"
                    : "INSERT INTO $texts (label, id, code) VALUES (?, ?, ?)",
                $params
            );
        }
    }

    protected function getTables()
    {
        $prefix = Database::getInstance()->getTablePrefix();

        return array('`' . $prefix . 'language_labels`', '`' . $prefix . 'language_label_translations`');
    }
}
