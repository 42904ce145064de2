<?php

namespace XLite\Controller\Admin;

use Includes\Checkpoint;
use Includes\Flavour;
use XLite\Upgrade\Cell;

/**
 * Upgrade page
 */
abstract class Upgrade
{
    public static function run($action)
    {
        $cell = Cell::getInstance();

        switch ($action) {
            case 'install_updates':
                $cell->collectEntries();
                break;

            case 'download':
                $cell->download();
                break;

            case 'unpack':
                $cell->unpack();
                break;

            case 'check_integrity':
                $cell->checkIntegrity();
                break;

            case 'install_upgrades':
                $cell->fillHooks();
                if (!Flavour::get('hookMap')) {
                    $cell->runHooks('pre_upgrade');
                    static::updateFiles($cell);
                }
                break;

            case 'pre_upgrade_hooks':
                $cell->runHooks('pre_upgrade');
                break;

            case 'update_files':
                static::updateFiles($cell);
                break;

            default:
                static::view($cell);
        }
    }

    protected static function updateFiles(Cell $cell)
    {
        $cell->updateFiles();
        $cell->runHooks('post_upgrade');
        $cell->finalizeFiles();
    }

    protected static function view(Cell $cell)
    {
        if ($cell->isUpgraded()) {
            if (!Flavour::get('actionsInRebuild')) {
                $cell->runPostRebuildActions();
            }
            if (!$cell->hasUncalledActions()) {
                Checkpoint::pass('cache:before');
                $cell->clear();
            }
        }
    }
}
