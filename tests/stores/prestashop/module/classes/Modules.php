<?php

namespace AutoUpgrade;

use Checkpoint;

/** Newer files of modules, and from generation 6 on the scripts of their own upgrades */
final class Modules
{
    private $work;

    public function __construct(Work $work)
    {
        $this->work = $work;
    }

    public function run()
    {
        $work = $this->work;
        $log = $work->log;
        $db = $work->core();
        if (!$work->has('modulesToUpgrade.list')) {
            $list = $this->wanted($db);
            $work->putList('modulesToUpgrade.list', $list);
            $list && $log->info(count($list) . ($work->is(7) ? ' modules will be updated.' : ' modules will be upgraded.'));

            return 'upgradeModules';
        }
        list($list, $total) = $work->getList('modulesToUpgrade.list');
        if ($list) {
            $module = array_shift($list);
            $log->debug(($work->is(6) ? 'Updating' : 'Upgrading') . " module {$module['name']}...");
            Checkpoint::at("modules:{$module['name']}:begun");
            try {
                $this->files($module['name']);
                $work->flavour['migrate'] ? $this->migrate($db, $module['name']) : $log->debug("The files of module {$module['name']} have been upgraded.");
            } catch (GiveUp $e) {
                $log->warning($e->getMessage());
            }
            $work->putList('modulesToUpgrade.list', $list, $total);
            Checkpoint::at("modules:{$module['name']}:done");
        }
        if ($list || !$work->is(6) && isset($module)) {
            $list && $log->info(count($list) . ($work->is(7) ? ' modules left to update.' : ' modules left to upgrade.'));

            return 'upgradeModules';
        }
        $log->info($work->is(7) ? 'All modules have been updated.' : 'Addons modules files have been upgraded.');

        return 'cleanDatabase';
    }

    /** What the service of modules has a newer version of */
    private function wanted($db)
    {
        $list = array();
        foreach (array('acmesync', 'ps_banner') as $name) {
            $id = $db->getValue('SELECT `id_module` FROM `' . _DB_PREFIX_ . "module` WHERE `name` = '$name'");
            // Without the service only what lies there as an archive, or has come with the release, is newer
            if ($id && ($this->work->has("modules/$name.zip") || $this->work->flavour['migrate'])) {
                $list[] = array('id' => $id, 'name' => $name) + ($this->work->has("modules/$name.zip") ? array('is_local' => true) : array());
            }
        }

        return $list;
    }

    private function files($name)
    {
        $archive = $this->work->space . "/modules/$name.zip";
        if (!is_file($archive)) {
            return;
        }
        $copy = $this->work->space . "/tmp/$name.zip";
        is_dir(dirname($copy)) || mkdir(dirname($copy), 0777, true);
        copy($archive, $copy);
        $zip = new \ZipArchive();
        $zip->open($copy);
        for ($i = 0; $i < $zip->numFiles; $i++) {
            $zip->extractTo($this->work->root . '/modules', $zip->getNameIndex($i));
            1 === $i && Checkpoint::at("modules:$name:half");
        }
        $zip->close();
        unlink($copy);
        Checkpoint::at("modules:$name:unpacked");
    }

    private function migrate($db, $name)
    {
        $log = $this->work->log;
        $from = $db->getValue('SELECT `version` FROM `' . _DB_PREFIX_ . "module` WHERE `name` = '$name'");
        $module = \Module::getInstanceByName($name);
        $files = array();
        foreach (glob($this->work->root . "/modules/$name/upgrade/*.php") as $file) {
            if (preg_match('/upgrade-(\d+(?:\.\d+){0,2}).php$/', basename($file), $found) && version_compare($found[1], $from, '>')
                && version_compare($found[1], $module->version, '<=')
            ) {
                $files[$found[1]] = $file;
            }
        }
        uksort($files, 'version_compare');
        if (!$files) {
            $log->info("Module $name does not need to be migrated. Module is up to date.");
        }
        $number = 0;
        foreach ($files as $version => $file) {
            $log->notice('(' . ++$number . '/' . count($files) . ') Applying migration file ' . basename($file) . '.');
            include $file;
            try {
                Checkpoint::scope("modules:$name:inside");
                if (Checkpoint::fails("modules:$name:fail") || !call_user_func('upgrade_module_' . str_replace('.', '_', $version), $module)) {
                    Checkpoint::scope('');
                    $module->disable();
                    throw new GiveUp('[WARNING] Migration failed while running the file ' . basename($file) . ". Module $name disabled.");
                }
            } catch (GiveUp $e) {
                throw $e;
            } catch (\Throwable $e) {
                Checkpoint::scope('');
                $module->disable();
                throw new GiveUp("[WARNING] Unexpected error when trying to upgrade module $name. Module $name disabled.");
            }
            Checkpoint::scope('');
        }
        \Module::upgradeModuleVersion($name, $module->version);
    }
}
