<?php

namespace Pst;

/** What the maker of the product offers for download: release, checksums, language packs, a newer module */
final class Release
{
    const TIME = 1702298024;

    private $family;

    private $content;

    public function __construct(Family $family, Content $content)
    {
        $this->family = $family;
        $this->content = $content;
    }

    private static function zip($file, array $files)
    {
        $zip = new \ZipArchive();
        $zip->open($file, \ZipArchive::CREATE | \ZipArchive::OVERWRITE);
        foreach ($files as $path => $data) {
            $zip->addFromString($path, $data);
            $zip->setCompressionName($path, \ZipArchive::CM_STORE);
            $zip->setMtimeName($path, self::TIME);
        }
        $zip->close();
    }

    private static function tar($file, array $files)
    {
        // The class tells the kind of archive by the name
        $plain = dirname($file) . '/' . basename($file, '.gzip') . '.tar';
        $tar = new \PharData($plain);
        foreach ($files as $path => $data) {
            $tar->addFromString($path, $data);
        }
        unset($tar);
        file_put_contents($file, gzencode(file_get_contents($plain)));
        unlink($plain);
    }

    /** Files in SERVER, lists of checksums and the newer module in the store */
    public function offer($server, $store)
    {
        $set = $this->family->set;
        $new = $this->content->product('new');
        $inner = $server . '/inner.zip';
        if ('1.6' === $this->family->era('new')) {
            self::zip($server . '/prestashop.zip', array_combine(array_map(function ($path) {
                return "prestashop/$path";
            }, array_keys($new)), $new));
        } else {
            self::zip($inner, $new);
            self::zip($server . '/prestashop.zip', array('prestashop.zip' => file_get_contents($inner), 'index.php' => "<?php\n\n// Unpacks itself\n",
                'Install_PrestaShop.html' => "<html></html>\n"));
            unlink($inner);
        }
        foreach (array('old' => $this->content->product('old'), 'new' => $new) as $which => $files) {
            file_put_contents($store . "/config/xml/{$set[$which]}.xml", self::checksums($set[$which], $files));
        }
        mkdir($server . '/packs');
        $era = $this->family->era('new');
        foreach ($this->family->languages() as $iso => $locale) {
            $texts = Content::texts($era, $iso, $locale, $set['new']);
            '1.6' === $era ? self::tar("$server/packs/$iso.gzip", $texts) : self::zip("$server/packs/$locale.zip", $texts);
        }
        if (version_compare($set['module'], '4.16.3', '>=')) {
            $dir = "$store/{$set['admin']}/autoupgrade/modules";
            is_dir($dir) || mkdir($dir);
            self::zip("$dir/acmesync.zip", Content::acmesync('2.2.0'));
        }
    }

    private static function checksums($version, array $files)
    {
        $tree = array();
        foreach ($files as $path => $data) {
            $at = &$tree;
            foreach (explode('/', dirname($path)) as $dir) {
                if ('.' !== $dir) {
                    $at = &$at["$dir/"];
                }
            }
            $at[basename($path)] = md5($data);
            unset($at);
        }

        return "<?xml version=\"1.0\"?>\n<checksum_list>\n\t<ps_root_dir version=\"$version\">\n" . self::level($tree, "\t\t") . "\t</ps_root_dir>\n</checksum_list>\n";
    }

    private static function level(array $tree, $indent)
    {
        $text = '';
        foreach ($tree as $name => $value) {
            $text .= is_array($value) ? "$indent<dir name=\"" . rtrim($name, '/') . "\">\n" . self::level($value, "$indent\t") . "$indent</dir>\n"
                : "$indent<md5file name=\"$name\">$value</md5file>\n";
        }

        return $text;
    }
}
