<?php

namespace Oct;

/** What differs between the stores: one family for each kind of upgrade */
final class Family extends \Stores\Family
{
    /**
     * old, new: releases; says: the constant VERSION of the old one, where it is another
     * kind: request (one for all), models (numbered files), controllers
     * prefix, admin, storage: prefix of tables, name of the admin directory, whether the storage was moved out of the store
     */
    protected static function all()
    {
        $base = array('prefix' => 'oc_', 'admin' => 'admin', 'moved' => false, 'says' => '');

        return array(
            '2.1' => array('old' => '2.0.3.1', 'new' => '2.1.0.2', 'kind' => 'request') + $base,
            '2.3' => array('old' => '2.2.0.0', 'new' => '2.3.0.2', 'kind' => 'models', 'prefix' => 'shop_') + $base,
            '3.0' => array('old' => '3.0.3.9', 'new' => '3.0.5.1', 'kind' => 'models', 'says' => '3.0.3.8') + $base,
            '4.0' => array('old' => '3.0.3.9', 'new' => '4.0.2.3', 'kind' => 'controllers', 'says' => '3.0.3.8', 'prefix' => 'ocx_') + $base,
            '4.1' => array('old' => '4.0.2.3', 'new' => '4.1.0.4', 'kind' => 'controllers', 'admin' => 'shopadmin') + $base,
        );
    }

    /** Names of the files of the steps, in their order */
    public function steps()
    {
        if ('request' === $this->set['kind']) {
            return array('upgrade');
        }
        if ('models' === $this->set['kind']) {
            return array_map('strval', range(1000, '2.3' === $this->name ? 1008 : 1010));
        }

        return array_map(function ($n) {
            return "upgrade_$n";
        }, range(1, '4.0' === $this->name ? 9 : 12));
    }

    /** The number of the step that changes the tables */
    public function schemaStep()
    {
        return 'controllers' === $this->set['kind'] ? 3 : 1;
    }

    public function modern($which)
    {
        return version_compare($this->set[$which], '4.0.0.0', '>=');
    }

    /** Where a version keeps what it writes, below the store */
    public static function storage($version)
    {
        return version_compare($version, '2.2.0.0', '<') ? 'system' : 'system/storage';
    }
}
