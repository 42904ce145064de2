<?php

class ToolsCore
{
    const STAMP = '@@VERSION@@';

    public static function strtolower($text)
    {
        return mb_strtolower($text, 'utf-8');
    }

    public static function passwdGen($length = 8)
    {
        return substr(bin2hex(random_bytes($length)), 0, $length);
    }

    public static function version_compare($a, $b, $operator = '<')
    {
        return version_compare($a, $b, $operator);
    }

    /** The owner's own rules around the marked part stay */
    public static function generateHtaccess($path = null, $rewrite_settings = null)
    {
        $path = $path ?: _PS_ROOT_DIR_ . '/.htaccess';
        $own = array('', '');
        if (is_file($path) && preg_match('/^(.*?)# ~~start~~.*?# ~~end~~[^\n]*\n?(.*)$/s', file_get_contents($path), $found)) {
            $own = array($found[1], $found[2]);
        }
        $rules = "# ~~start~~ Do not remove this comment, Prestashop will keep automatically the code outside this comment when .htaccess will be generated again\n"
            . "# rules of @@VERSION@@\n" . ($rewrite_settings ? "RewriteEngine on\nRewriteRule ^images_ie/?([^/]+)\\.(jpe?g|png|gif)\$ js/jquery/plugins/fancybox/images/\$1.\$2 [L]\n" : '')
            . "# ~~end~~ Do not remove this comment, Prestashop will keep automatically the code outside this comment when .htaccess will be generated again\n";

        return false !== file_put_contents($path, $own[0] . $rules . $own[1]);
    }

    public static function clearSmartyCache()
    {
        foreach (array('cache', 'compile') as $dir) {
            foreach (glob(_PS_ROOT_DIR_ . "/{cache,var/cache/prod}/smarty/$dir/*.php", GLOB_BRACE) as $file) {
                'index.php' === basename($file) || unlink($file);
            }
        }
    }
}
