<?php

namespace Pst;

/** The upgrade's SQL as a family's upgrade runs it */
final class Scripts
{
    /** Functions of the upgrade that look before they do something, or set what does not depend on what was there */
    const SAME_TWICE = array(
        'add_hook', 'drop_column_if_exists', 'ps_1770_preset_tab_enabled', 'ps_1770_update_order_status_colors', 'ps_811_update_redirect_type',
    );

    /** @return array<string, string[]> Version => statements, in the order of the upgrade */
    public static function of(Family $family)
    {
        $names = array_map(function ($file) {
            return basename($file, '.sql');
        }, glob(dirname(__DIR__) . '/upgrade/sql/*.sql'));
        natcasesort($names);
        $result = array();
        foreach ($names as $version) {
            if (1 === version_compare($version, $family->set['old']) && -1 !== version_compare($family->set['new'], $version)) {
                $pieces = preg_split("/;\s*[\r\n]+/", file_get_contents(dirname(__DIR__) . "/upgrade/sql/$version.sql") . "\n");
                $result[$version] = array_values(array_filter(array_map('trim', $pieces), 'strlen'));
            }
        }

        return $result;
    }

    /** @return array<string, string> The upgrade's SQL and functions below a folder, as they come with the release or the module */
    public static function shipped(Family $family, $where)
    {
        $root = dirname(__DIR__) . '/upgrade/';
        $first = $family->set['gen'] < 5 ? '0' : '1.7.0.5';
        $last = 'install' === $family->set['scripts'] ? $family->set['new'] : ($family->set['gen'] < 7 ? '9.0.0' : '99');
        $files = array();
        foreach (glob($root . '*/*') as $file) {
            $version = basename($file, '.sql');
            if ('.sql' !== substr($file, -4) || version_compare($version, $first, '>=') && version_compare($version, $last, '<=')) {
                $files[$where . substr($file, strlen($root))] = file_get_contents($file);
            }
        }

        return $files;
    }

    /** The version in whose SQL a first attempt breaks */
    public static function middle(Family $family)
    {
        $all = array_keys(self::of($family));

        return $all[count($all) >> 1];
    }

    /** session: a setting of the connection; ddl: the database shows whether it ran; same: does the same twice; once: must not run twice; php */
    public static function kind($sql)
    {
        $sql = preg_replace('~/\*(?! PHP:).*?\*/|^\s*(#|--).*$~ms', '', $sql);
        $sql = trim($sql);
        if (preg_match('~/\* PHP:(\w+)~', $sql, $found)) {
            return in_array($found[1], self::SAME_TWICE, true) ? 'same' : 'php';
        }
        if (preg_match('/^SET\b/i', $sql)) {
            return 'session';
        }
        // What changes nothing that shows, or is there already
        if (preg_match('/^ALTER TABLE \S+ (ENGINE =|ADD COLUMN `round_type`)/', $sql)) {
            return 'same';
        }
        if (preg_match('/^(CREATE|ALTER|DROP|RENAME)\b/i', $sql)) {
            return 'ddl';
        }
        if (preg_match('/^(DELETE|REPLACE|INSERT IGNORE)\b/i', $sql)) {
            return 'same';
        }
        if (preg_match('/^UPDATE\b/i', $sql)) {
            return preg_match('/`(\w+)` = `\1`/', $sql) ? 'once' : 'same';
        }
        // Rows of constants tell by their names, and a table that the upgrade itself makes and nothing else fills has rows or has none
        if (preg_match('/^INSERT INTO `PREFIX_(configuration` [^;]*\bVALUES\b|api_client` )/', $sql)) {
            return 'ddl';
        }
        // A unique name makes the second time an error that the upgrade forgets
        return preg_match('/^INSERT INTO `PREFIX_(hook|feature_flag|tag_hits|product_attribute_lang)`/', $sql) ? 'same' : 'once';
    }
}
