<?php

class LanguageCore
{
    const STAMP = '@@VERSION@@';

    public $id;

    public $iso_code;

    private static $languages = array();

    public function __construct($id)
    {
        $this->id = $id;
        $this->iso_code = self::$languages[$id]['iso_code'] ?? 'en';
    }

    public static function loadLanguages()
    {
        self::$languages = array();
        foreach ((array) Db::getInstance()->executeS('SELECT * FROM `' . _DB_PREFIX_ . 'lang`') as $row) {
            self::$languages[$row['id_lang']] = $row;
        }
    }

    public static function getLanguages($active = true, $id_shop = false, $ids_only = false)
    {
        self::$languages || self::loadLanguages();
        $found = array_filter(self::$languages, function ($row) use ($active) {
            return !$active || $row['active'];
        });

        return $ids_only ? array_keys($found) : array_values($found);
    }

    public static function getIdByIso($iso)
    {
        foreach (self::getLanguages(false) as $row) {
            if ($row['iso_code'] === $iso) {
                return (int) $row['id_lang'];
            }
        }

        return false;
    }

    /** Where the pack of a language lies, and what it is unpacked into */
    private static function places($iso, $version)
    {
        $locale = 'en' === $iso ? 'en-US' : "$iso-" . strtoupper($iso);
        if ('@@ERA@@' === '1.6') {
            return array("http://translations.prestashop.com/download/lang_packs/gzip/$version/$iso.gzip", _PS_TRANSLATIONS_DIR_ . "$iso.gzip", _PS_ROOT_DIR_);
        }
        $host = '@@ERA@@' === '1.7' ? 'http://i18n.prestashop.com' : 'https://i18n.prestashop-project.org';

        return array("$host/translations/$version/$locale/$locale.zip", _PS_TRANSLATIONS_DIR_ . "sf-$locale.zip",
            '@@ERA@@' === '1.7' ? _PS_ROOT_DIR_ . '/app/Resources/translations' : rtrim(_PS_TRANSLATIONS_DIR_, '/'));
    }

    /** @return true|string[] Errors */
    public static function downloadAndInstallLanguagePack($iso, $version = _PS_VERSION_, $params = null, $install = true)
    {
        list($url, $file, $dir) = self::places($iso, $version);
        $offered = getenv('PS_TEST_SERVER') . '/packs/' . basename($url);
        if (Checkpoint::fails("labels:$iso:fail") || !is_file($offered)) {
            return array('Language pack unavailable. ' . $url);
        }
        copy($offered, $file);
        Checkpoint::at("labels:$iso:fetched");
        if ('@@ERA@@' === '1.6') {
            $plain = _PS_ROOT_DIR_ . "/cache/smarty/cache/$iso.tar";
            file_put_contents($plain, gzdecode(file_get_contents($file)));
            $tar = new PharData($plain);
            $tar->extractTo($dir, "translations/$iso/admin.php", true);
            Checkpoint::at("labels:$iso:half");
            $tar->extractTo($dir, null, true);
            unlink($plain);
        } elseif (!self::unpack($file, $dir, $iso)) {
            return array("Cannot open $file");
        }
        Checkpoint::at("labels:$iso:done");

        return true;
    }

    private static function unpack($file, $dir, $iso)
    {
        $zip = new ZipArchive();
        if (true !== $zip->open($file)) {
            return false;
        }
        for ($i = 0; $i < $zip->numFiles; $i++) {
            $zip->extractTo($dir, $zip->getNameIndex($i));
            Checkpoint::at("labels:$iso:half");
        }

        return $zip->close();
    }
}
