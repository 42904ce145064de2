<?php

namespace AutoUpgrade;

use Checkpoint;

/** The parts of an upgrade behind the SQL, and its end */
final class Finish
{
    private $work;

    public function __construct(Work $work)
    {
        $this->work = $work;
    }

    public function caches()
    {
        foreach (array('app/cache', 'cache/smarty/cache', 'cache/smarty/compile', 'var/cache') as $dir) {
            foreach (glob("{$this->work->root}/$dir/*") ?: array() as $path) {
                if ('index.php' !== basename($path)) {
                    is_dir($path) ? Work::remove($path) : unlink($path);
                }
            }
        }
    }

    /** Up to 1.6 the version stands in the file of settings */
    public function settings()
    {
        if ('1.6' !== $this->work->flavour['eraNew']) {
            return;
        }
        $file = $this->work->root . '/config/settings.inc.php';
        copy($file, "$file.bck");
        $text = "<?php\n";
        foreach (array('_DB_SERVER_', '_DB_NAME_', '_DB_USER_', '_DB_PASSWD_', '_DB_PREFIX_', '_MYSQL_ENGINE_', '_PS_CACHING_SYSTEM_', '_PS_CACHE_ENABLED_', '_COOKIE_KEY_',
            '_COOKIE_IV_', '_PS_CREATION_DATE_', '_PS_VERSION_', '_PS_DIRECTORY_', '_RIJNDAEL_KEY_', '_RIJNDAEL_IV_') as $name) {
            $text .= "define('$name', '" . addcslashes('_PS_VERSION_' === $name ? $this->work->flavour['new'] : constant($name), "'\\") . "');\n";
        }
        if (Checkpoint::wanted('settings:cut')) {
            file_put_contents($file, substr($text, 0, 150));
            Checkpoint::at('settings:cut');
        }
        file_put_contents($file, $text);
        Checkpoint::at('settings:done');
        $this->work->log->debug('Settings file updated');
    }

    public function recurrent($db)
    {
        $p = _DB_PREFIX_;
        $queries = array(
            "UPDATE `{$p}configuration` SET `name` = 'PS_LEGACY_IMAGES' WHERE name LIKE '0' AND `value` = 1",
            "UPDATE `{$p}configuration` SET `value` = 0 WHERE `name` LIKE 'PS_LEGACY_IMAGES'",
        );
        if ($db->getValue("SELECT COUNT(id_product_download) FROM `{$p}product_download` WHERE `active` = 1") > 0) {
            $queries[] = "UPDATE `{$p}configuration` SET `value` = 1 WHERE `name` LIKE 'PS_VIRTUAL_PROD_FEATURE_ACTIVE'";
        }
        foreach (array('PS_HIDE_OPTIMIZATION_TIS' => '0', 'PS_NEED_REBUILD_INDEX' => '1', 'PS_VERSION_DB' => $this->work->flavour['new']) as $name => $value) {
            $queries[] = "UPDATE `{$p}configuration` SET value=\"$value\" WHERE name = \"$name\"";
        }
        foreach ($queries as $number => $query) {
            Checkpoint::at("recurrent:$number");
            $db->execute($query, false);
        }
        Checkpoint::at('version');
    }

    /** Languages, rules of the web server, caches, overrides, theme */
    public function after($db)
    {
        $log = $this->work->log;
        $log->info($this->work->is(7) ? 'Updating languages' : 'Upgrading languages');
        foreach ($db->executeS('SELECT * FROM `' . _DB_PREFIX_ . 'lang` WHERE `active` = 1 ORDER BY `id_lang`') as $lang) {
            Checkpoint::at("labels:{$lang['iso_code']}:begun");
            $result = \Language::downloadAndInstallLanguagePack($lang['iso_code'], $this->work->flavour['new'], null, false);
            if (true !== $result && '1.6' !== $this->work->flavour['eraNew']) {
                throw new GiveUp("Download of the language pack {$lang['iso_code']} failed. " . implode('; ', $result));
            }
        }
        $log->info('Regenerating htaccess');
        Checkpoint::at('htaccess:begun');
        \Tools::generateHtaccess(null, (bool) $db->getValue('SELECT `value` FROM `' . _DB_PREFIX_ . "configuration` WHERE name='PS_REWRITING_SETTINGS'"));
        Checkpoint::at('htaccess:done');
        $log->info('Cleaning XML files');
        foreach (array('config/xml/blog-fr', 'config/xml/default_country_modules_list', 'config/xml/modules_list', 'config/xml/modules_native_addons',
            'config/xml/must_have_modules_list', 'config/xml/tab_modules_list', 'config/xml/trusted_modules_list', 'config/xml/untrusted_modules_list') as $name) {
            @unlink("{$this->work->root}/$name.xml");
            'config/xml/modules_list' === $name && Checkpoint::at('xml:half');
        }
        foreach (array('cache', 'app/cache/dev', 'app/cache/prod', 'var/cache/dev', 'var/cache/prod') as $dir) {
            @unlink("{$this->work->root}/$dir/class_index.php");
        }
        // Up to 4.14 overrides go with the modules of others; later the setting is the owner's alone
        $off = $this->work->flavour['native'] && version_compare($this->work->flavour['module'], '4.15', '<');
        $log->info($off ? 'Disabling overrides' : 'Keeping overrides in place');
        Checkpoint::at('overrides:begun');
        if ($off) {
            $db->execute('UPDATE `' . _DB_PREFIX_ . "configuration` SET `value` = '1' WHERE `name` = 'PS_DISABLE_OVERRIDES'");
            \PrestaShopAutoload::getInstance()->_include_override_path = false;
            \PrestaShopAutoload::getInstance()->generateIndex();
        }
        Checkpoint::at('overrides:done');
        $log->info('Keeping current theme');
        $this->caches();
        Checkpoint::at('cache:done');
    }

    public function clean()
    {
        $db = $this->work->core();
        foreach ($db->executeS('SELECT DISTINCT id_parent FROM ' . _DB_PREFIX_ . 'tab') as $parent) {
            $i = 1;
            foreach ($db->executeS('SELECT id_tab FROM ' . _DB_PREFIX_ . 'tab WHERE id_parent = ' . (int) $parent['id_parent']
                . ' ORDER BY IF(class_name IN ("AdminHome", "AdminDashboard"), 1, 2), position ASC') as $child) {
                $db->execute('UPDATE ' . _DB_PREFIX_ . 'tab SET position = ' . (int) ($i++) . ' WHERE id_tab = ' . (int) $child['id_tab'] . ' AND id_parent = '
                    . (int) $parent['id_parent']);
                Checkpoint::count('clean:inside');
            }
        }
        $this->work->log->info('The database has been cleaned.');

        return 'upgradeComplete';
    }

    public function complete()
    {
        $work = $this->work;
        $warned = !empty($work->state['warning_exists']);
        if ($work->is(7)) {
            $work->log->info("Shop updated to {$work->flavour['new']}" . ($warned ? ', but some warnings have been found.' : '. Congratulations! You can now reactivate your shop.'));
        } else {
            $work->log->info($warned ? 'Upgrade process done, but some warnings have been found.' : 'Upgrade process done. Congratulations! You can now reactivate your shop.');
        }
        if (is_file("$work->space/download/prestashop.zip")) {
            unlink("$work->space/download/prestashop.zip");
            $work->log->debug("$work->space/download/prestashop.zip removed");
        }
        Checkpoint::at('complete:half');
        Work::remove($work->release());
        $work->log->debug($work->release() . ' removed');
        foreach (glob("$work->space/*.list") as $file) {
            unlink($file);
        }
        if ($work->is(7)) {
            $work->drop('state_update.var');
            $work->log->close('update');
        }

        return '';
    }
}
