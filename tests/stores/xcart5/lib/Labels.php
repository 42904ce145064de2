<?php

namespace Xc5;

/**
 * Language labels of the entries and the YAML they are written in
 */
final class Labels
{
    const WORDS = array(
        'Account', 'Add to cart', 'Address book', 'All categories', 'Apply coupon', 'Attributes', 'Back to shop', 'Billing address',
        'Bestsellers', 'Cart is empty', 'Checkout', 'Clear bag', 'Compare products', 'Contact us', 'Continue shopping', 'Currency',
        'Customer zone', 'Delivery methods', 'Discount', 'Download invoice', 'Edit profile', 'Estimate shipping', 'Featured products',
        'Gift wrap', 'Grand total', 'In stock', 'Items per page', 'Mail subscriptions', 'Minimum order', 'My orders', 'New arrivals',
        'Order details', 'Out of stock', 'Password recovery', 'Payment status', 'Place order', 'Quantity', 'Recently viewed',
        'Reset filter', 'Returns', 'Sale', 'Search results', 'Ship to', 'Sign in', 'Sort by', 'Subtotal', 'Tax', 'Track order',
        'Update cart', 'Wishlist',
    );

    /** Names and texts that need care in YAML, in SQL or in comparisons */
    private static function awkward()
    {
        return array(
            array('Hello {{name}}', array('en' => "It's <b>{{name}}</b>", 'ru' => 'Привет, "{{name}}"')),
            array('Quote " inside', array('en' => 'a "quoted" \\ back\\slash', 'de' => "Grüße \xE2\x82\xAC 5")),
            array("It's here", array('en' => "'single' and ''double''")),
            array('order placed: mail', array('en' => "Dear {{name}},\n\nyour order #{{number}} is placed.\n  Indented line\nBye")),
            array('Case Matters', array('en' => 'capital')),
            array('case matters', array('en' => 'small')),
            array('# not a comment', array('en' => 'value # with a hash')),
            array('percent & <tag>', array('en' => '100% &amp; <a href="?target=main">{{link}}</a>')),
            array('yes', array('en' => 'Yes', 'fr' => 'Oui')),
            array('- dash', array('en' => '- dash: colon, [bracket], {brace}')),
            array('Ünïcödé näme', array('en' => 'Unicode name', 'es' => '¿Qué?')),
            array('empty text', array('en' => '')),
            array("semi;colon", array('en' => "line ends with;\nand goes on; DROP TABLE labels")),
        );
    }

    /** @return array Labels of an entry's main file, each array(name, array(code => text)) */
    public static function of($entry, $which)
    {
        $result = array();
        if ('Core' === $entry) {
            foreach (self::WORDS as $i => $word) {
                if ('new' === $which || $i % 5) {
                    // A text that the vendor has changed: it must never reach a store which has the label.
                    $text = $word . ('new' === $which && 0 === $i % 7 ? ' (reworded)' : '');
                    $result[] = array($word, 0 === $i % 4 ? array('en' => $text, 'ru' => 'Перевод ' . $i) : array('en' => $text));
                }
            }
            foreach (self::awkward() as $i => $label) {
                if ('new' === $which || 1 === $i % 4) {
                    $result[] = $label;
                }
            }
        } else {
            $short = substr(strrchr($entry, '\\'), 1);
            foreach (array('settings', 'title', 'is enabled', 'was removed', 'needs {{what}}', 'help') as $i => $word) {
                if ('new' === $which || $i < 2) {
                    $result[] = array($short . ' ' . $word, array('en' => "The module's \"$word\"", 'de' => "Modul: $word ß"));
                }
            }
        }

        return $result;
    }

    /** @return array Labels of the second file that newer branches read */
    public static function extra($entry, $which)
    {
        $short = 'Core' === $entry ? 'Common' : substr(strrchr($entry, '\\'), 1);

        return array(
            array($short . ' settings', array('ru' => 'Настройки')),
            array($short . ' extra one', array('ru' => 'Ещё один', 'en' => 'One more')),
            array($short . ' extra two', array('ru' => 'Второй')),
            array($short . ' extra three', array('ru' => 'Третий')),
        );
    }

    /** @param boolean $old In the shape of the early branches: a mapping line before the items of a list */
    public static function yaml(array $labels, $old, $before = '', $after = '')
    {
        $text = $before . "XLite\\Model\\LanguageLabel:\n" . ($old ? "  directives: { insert: true }\n" : '');
        foreach ($labels as $i => list($name, $texts)) {
            $lines = false !== strpos(implode('', $texts), "\n");
            if ($lines) {
                $text .= '  - name: ' . self::quote($name) . "\n    translations:\n";
                foreach ($texts as $code => $value) {
                    $text .= "      - code: $code\n        label: |-\n"
                        . preg_replace('/^(?=.)/m', '          ', $value) . "\n";
                }
            } elseif (0 === $i % 3) {
                $text .= '  - name: ' . self::plain($name) . "\n    translations:\n";
                foreach ($texts as $code => $value) {
                    $text .= "      - code: $code\n        label: " . self::single($value) . "\n";
                }
            } else {
                $items = array();
                foreach ($texts as $code => $value) {
                    $items[] = "{ code: $code, label: " . self::quote($value) . ' }';
                }
                $text .= '  - { name: ' . self::quote($name) . ', translations: [' . implode(', ', $items) . "] }\n";
            }
        }

        return $text . ($old ? '' : "  - { directives: { forceInsertCommand: true } }\n") . $after;
    }

    private static function quote($text)
    {
        return '"' . addcslashes($text, "\"\\") . '"';
    }

    private static function single($text)
    {
        return "'" . str_replace("'", "''", $text) . "'";
    }

    private static function plain($text)
    {
        return preg_match('/^[A-Z][A-Za-z {}]*$/', $text) ? $text : self::single($text);
    }
}
