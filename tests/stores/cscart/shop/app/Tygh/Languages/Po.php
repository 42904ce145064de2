<?php

namespace Tygh\Languages;

use Tygh\Checkpoint;

/** Texts of *.po files into the database, as an upgrade installs them: texts that are there stay */
class Po
{
    public static function install($dir, $code)
    {
        $files = array($dir . '/core.po');
        if ('MULTIVENDOR' === PRODUCT_EDITION) {
            $files[] = $dir . '/editions/mve.po';
        }
        foreach (db_get_array('SELECT addon FROM ?:addons ORDER BY addon') as $row) {
            $files[] = $dir . '/addons/' . $row['addon'] . '.po';
        }
        foreach (glob(DIR_ROOT . '/design/themes/*/langs/' . $code . '.po') as $file) {
            $files[] = $file;
        }
        foreach (array_filter($files, 'is_file') as $file) {
            foreach (self::parse($file) as $entry) {
                self::save($code, $entry);
                Checkpoint::count("labels:$code:inside");
            }
        }

        return true;
    }

    /** @return array<array{string, string, string}> msgctxt, msgid, msgstr */
    public static function parse($file)
    {
        $result = array();
        foreach (preg_split('/\n\s*\n/', file_get_contents($file)) as $block) {
            $entry = array('msgctxt' => '', 'msgid' => '', 'msgstr' => '');
            $key = null;
            foreach (explode("\n", $block) as $line) {
                if (preg_match('/^(?:(msgctxt|msgid|msgstr)\s+)?"(.*)"\s*$/', trim($line), $found)) {
                    $key = $found[1] ?: $key;
                    $entry[$key] .= stripcslashes($found[2]);
                }
            }
            if ('' !== $entry['msgctxt']) {
                $result[] = array($entry['msgctxt'], $entry['msgid'], '' === $entry['msgstr'] ? $entry['msgid'] : $entry['msgstr']);
            }
        }

        return $result;
    }

    private static function save($code, array $entry)
    {
        list($context, $id, $text) = $entry;
        $parts = explode('::', $context);
        $text = trim($text);
        if ('Languages' === $parts[0]) {
            if (!db_get_array('SELECT name FROM ?:language_values WHERE lang_code = ?s AND name = ?s', $code, $parts[1])) {
                db_query('REPLACE INTO ?:language_values (lang_code, name, value) VALUES (?s, ?s, ?s)', $code, $parts[1], $text);
                db_query('REPLACE INTO ?:original_values (msgctxt, msgid) VALUES (?s, ?s)', $context, $id);
            }
        } elseif ('SettingsOptions' === $parts[0]) {
            $object = db_get_field('SELECT o.object_id FROM ?:settings_objects o JOIN ?:settings_sections s ON s.section_id = o.section_id'
                . ' WHERE s.name = ?s AND o.name = ?s', $parts[1], $parts[2]);
            if ($object) {
                db_query("INSERT INTO ?:settings_descriptions (object_id, object_type, lang_code, value, tooltip) VALUES (?s, 'O', ?s, ?s, '')"
                    . ' ON DUPLICATE KEY UPDATE value = VALUES(value)', $object, $code, $text);
            }
        } elseif ('SettingsSections' === $parts[0]) {
            $section = db_get_field('SELECT section_id FROM ?:settings_sections WHERE name = ?s', $parts[1]);
            if ($section) {
                db_query("INSERT INTO ?:settings_descriptions (object_id, object_type, lang_code, value, tooltip) VALUES (?s, 'S', ?s, ?s, '')"
                    . ' ON DUPLICATE KEY UPDATE value = VALUES(value)', $section, $code, $text);
            }
        } elseif ('SettingsVariants' === $parts[0]) {
            $variant = db_get_field('SELECT v.variant_id FROM ?:settings_variants v JOIN ?:settings_objects o ON o.object_id = v.object_id'
                . ' JOIN ?:settings_sections s ON s.section_id = o.section_id WHERE s.name = ?s AND o.name = ?s AND v.name = ?s',
                $parts[1], $parts[2], $parts[3]);
            if ($variant) {
                db_query("INSERT INTO ?:settings_descriptions (object_id, object_type, lang_code, value, tooltip) VALUES (?s, 'V', ?s, ?s, '')"
                    . ' ON DUPLICATE KEY UPDATE value = VALUES(value)', $variant, $code, $text);
            }
        } elseif ('Addons' === $parts[0]) {
            db_query("UPDATE ?:addon_descriptions SET {$parts[1]} = ?s WHERE addon = ?s AND lang_code = ?s", $text, $parts[2], $code);
        }
    }
}
