<?php

namespace Includes\Decorator\Utils;

use Includes\Checkpoint;
use Includes\Flavour;
use Includes\Utils\FileManager;

/**
 * What each step of a rebuild does
 */
abstract class Steps
{
    const PLUGINS = array(
        3  => 'Doctrine_Plugin_ModelHandler',
        4  => 'Doctrine_Plugin_UpdateModules',
        5  => 'Doctrine_Plugin_UpdateSchema',
        6  => 'Doctrine_Plugin_LoadFixtures',
        7  => 'ModuleHandlers',
        8  => 'Templates_Plugin_ViewLists',
        9  => 'Doctrine_Plugin_QuickData',
        10 => 'StaticRoutines',
        11 => 'AutoLoad_Plugin_Classes',
        12 => 'Doctrine_Plugin_DocBlockCorrector',
    );

    public static function run($step)
    {
        $inside = 'rebuild:' . $step . ':inside';

        if (1 === $step) {
            BuildLog::begin('Cleaning up the cache...');
            CacheManager::cleanupCache();
            BuildLog::end();
            Checkpoint::pass($inside);
        } elseif (2 === $step) {
            BuildLog::begin('Building classes tree...');
            static::writeClasses($inside);
            BuildLog::end();
        } elseif (13 === $step) {
            BuildLog::plugin('Upgrade_PostRebuildActions', function () {
                \XLite\Upgrade\Cell::getInstance()->runPostRebuildActions();
            });
            BuildLog::plugin('Upgrade_PostprocessPostRebuildActions', function () {
                CacheManager::$skipStepCompletion = \XLite\Upgrade\Cell::getInstance()->hasUncalledActions();
            });
        } else {
            BuildLog::plugin(static::PLUGINS[$step], function () use ($step, $inside) {
                if (5 === $step) {
                    static::updateSchema($inside);
                } elseif (10 === $step || $step === CacheManager::getLastStep()) {
                    static::writeResources($inside);
                } else {
                    Checkpoint::pass($inside);
                }
            });
        }
    }

    /** Compiled copies of the core's classes and of those of enabled modules */
    protected static function writeClasses($inside)
    {
        $enabled = array();
        foreach (\XLite\Core\Database::getInstance()->getModules() as $module) {
            if ($module['enabled']) {
                $enabled[] = 'XLite/Module/' . $module['author'] . '/' . $module['name'] . '/';
            }
        }

        $count = 0;
        foreach (FileManager::listFiles(LC_DIR_CLASSES) as $path) {
            $module = 0 === strpos($path, 'XLite/Module/')
                ? implode('/', array_slice(explode('/', $path), 0, 4)) . '/' : '';
            if ('.php' !== substr($path, -4) || false !== strpos($path, '/upgrade/')
                || ($module && !in_array($module, $enabled, true))
            ) {
                continue;
            }
            $code = file_get_contents(LC_DIR_CLASSES . $path);
            FileManager::write(CacheManager::getCompileDir() . 'classes/' . $path, $code);
            if (5 === ++$count) {
                Checkpoint::pass($inside);
            }
        }
    }

    /** Tables and columns that the models declare and the database lacks */
    protected static function updateSchema($inside)
    {
        CacheManager::block();
        $database = \XLite\Core\Database::getInstance();
        $queries = array();
        foreach (FileManager::listFiles(CacheManager::getCompileDir() . 'classes') as $path) {
            if (preg_match('~/Model/\w+\.php$~', $path)) {
                $class = str_replace('/', '\\', substr($path, 0, -4));
                $queries = array_merge($queries, $database->getSchemaUpdate($class::TABLE, $class::$columns, $class::$keys));
            }
        }
        $file = LC_DIR_VAR . Flavour::get('schemaFile');
        FileManager::write($file, '<' . '?php' . PHP_EOL . 'return ' . var_export($queries, true) . ';' . PHP_EOL);
        foreach ($queries as $i => $query) {
            $database->getConnection()->executeUpdate($query);
            if (0 === $i) {
                Checkpoint::pass($inside);
            }
        }
        FileManager::deleteFile($file);
    }

    protected static function writeResources($inside)
    {
        Checkpoint::pass($inside);
        $css = '';
        foreach (FileManager::listFiles(LC_DIR_ROOT . 'skins') as $path) {
            if ('.css' === substr($path, -4)) {
                $css .= trim(file_get_contents(LC_DIR_ROOT . 'skins/' . $path)) . PHP_EOL;
            }
        }
        FileManager::write(CacheManager::getResourcesDir() . 'default/css/all.css', $css);
    }
}
