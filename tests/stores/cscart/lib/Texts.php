<?php

namespace Csc;

/** Files of texts: what both versions say, and what only the new one does */
final class Texts
{
    const NAMES = array(
        'add_to_cart' => array('Add to cart', 'In den Warenkorb'),
        'text_quote' => array('He said "yes" \\ no', 'Er sagte "ja" \\ nein'),
        'text_lines' => array("First line\nsecond\tline", "Erste Zeile\nzweite\tZeile"),
        'text_html' => array('<b>Bold</b> & [name]', '<b>Fett</b> & [name]'),
        'empty_cart' => array('Your cart is empty', ''),
    );

    const FRESH = array(
        'tracking_mode' => array('Tracking mode', 'Bestandsführung'),
        'product_marks' => array('Marks of "products"', 'Marken von „Produkten“'),
        'text_two_lines' => array("One\ntwo", "Eins\nzwei"),
        'only_english' => array('English alone', ''),
        'add_to_cart' => array('Add to basket', 'In den Korb'),
    );

    private static function quote($text)
    {
        $text = addcslashes($text, "\"\\\t");
        if (false === strpos($text, "\n")) {
            return '"' . $text . '"';
        }

        return "\"\"\n\"" . implode("\\n\"\n\"", explode("\n", $text)) . '"';
    }

    private static function entry($context, $id, $text)
    {
        return 'msgctxt ' . self::quote($context) . "\nmsgid " . self::quote($id) . "\nmsgstr " . self::quote($text) . "\n\n";
    }

    private static function header($code)
    {
        $names = array('en' => array('English', 'en_US'), 'de' => array('German', 'de_DE'));

        return "msgid \"\"\nmsgstr \"Project-Id-Version: tygh\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
            . "\"Language-Team: {$names[$code][0]}\\n\"\n\"Language: {$names[$code][1]}\\n\"\n\n";
    }

    /** @return array<string, string> Path => contents */
    public static function files(Family $family, $code, $which)
    {
        $own = array_search($code, $family->languages(), true);
        $texts = self::NAMES;
        $core = self::header($code);
        for ($i = 1; $i <= 40; $i++) {
            $texts["text_number_$i"] = array("Text number $i", "Text Nummer $i");
        }
        if ('new' === $which) {
            $texts = self::FRESH + $texts;
            for ($i = 41; $i <= 60; $i++) {
                $texts["text_number_$i"] = array("Text number $i", "Text Nummer $i");
            }
        }
        foreach ($texts as $name => $values) {
            $core .= self::entry("Languages::$name", $values[0], $values[$own]);
        }
        $core .= self::entry('SettingsSections::General', 'General', $own ? 'Allgemein' : 'General');
        $mark = 'new' === $which ? ' *' : '';
        $core .= self::entry('SettingsOptions::General::store_mode', 'Close storefront', ($own ? 'Laden schließen' : 'Close storefront') . $mark);
        $core .= self::entry('SettingsOptions::Appearance::timezone', 'Time zone', ($own ? 'Zeitzone' : 'Time zone') . $mark);
        $core .= self::entry('SettingsVariants::Appearance::timezone::UTC', 'UTC', 'UTC' . $mark);
        if ('new' === $which) {
            $core .= self::entry('SettingsOptions::General::tracking_default', 'Default tracking', $own ? 'Vorgabe' : 'Default tracking');
        }
        $files = array("var/langs/$code/core.po" => $core);
        if ('MULTIVENDOR' === $family->set['edition']) {
            $files["var/langs/$code/editions/mve.po"] = self::header($code) . self::entry('Languages::vendor', 'Vendor', $own ? 'Händler' : 'Vendor')
                . ('new' === $which ? self::entry('Languages::vendor_plan', 'Plan', 'Plan') : '');
        }
        foreach (Content::CORE_ADDONS as $addon) {
            $files["var/langs/$code/addons/$addon.po"] = self::header($code)
                . self::entry("Addons::name::$addon", ucfirst($addon), ucfirst($addon) . ($own ? ' (de)' : '') . $mark)
                . self::entry("Addons::description::$addon", "About $addon", "About $addon")
                . self::entry("Languages::{$addon}_title", "Title of $addon", $own ? "Titel von $addon" : "Title of $addon")
                . ('new' === $which ? self::entry("Languages::{$addon}_fresh", "News of $addon", $own ? "Neues von $addon" : "News of $addon") : '');
        }

        return $files;
    }
}
