<?php

namespace Xc5;

/**
 * What differs between the branches of X-Cart 5.0 - 5.3: versions, places and shapes of logs and state
 */
final class Family extends \Stores\Family
{
    const MODULES = array('XC\Reviews', 'CDev\Paypal', 'QSL\Banner');

    /**
     * dirs: folders of the core's hooks; in = between the two versions, in their order; out = must be left alone
     * modules: version parts old and new, folders as above
     */
    protected static function all()
    {
        $old = array(
            'prefix' => 'xlite_', 'binaryNames' => true, 'constant' => false, 'build' => false, 'coreLast' => false,
            'numberedHooks' => false, 'hookMap' => false, 'invokeLines' => false, 'logFolders' => false,
            'coreLabels' => array('sql/xlite_data.yaml'), 'moreLabelFiles' => false, 'schemaFile' => '.decorator.dbSchema.php',
            'protected' => array('skins/common/images/flags_svg/'), 'template' => 'tpl', 'oldYaml' => true,
            'capsular' => false, 'actionsInRebuild' => false, 'rebuildOnStart' => true, 'logGuard' => false,
            'upgradeLog' => 'dated', 'iterative' => null,
        );
        $capsular = array(
            'capsular' => true, 'actionsInRebuild' => true, 'logGuard' => true, 'steps' => 13, 'stepWords' => 'timed',
            'coreLabels' => array('sql/xlite_data.yaml', 'sql/xlite_data_lng.yaml'), 'moreLabelFiles' => true,
        ) + $old;
        $mapped = array(
            'prefix' => 'xc_', 'binaryNames' => false, 'constant' => true, 'numberedHooks' => true, 'invokeLines' => true,
            'oldYaml' => false, 'cellLayout' => array(
                'entries', 'isUpgraded', 'disabledModulesHooks', 'incompatibleModules', 'preUpgradeWarningModules',
                'upgradeHooks',
            ),
        ) + $capsular;
        $four = array(
            'build' => true, 'coreLast' => true, 'schemaFile' => '.decorator.migration.php', 'template' => 'twig',
            'protected' => array('skins/common/images/flags_svg/', 'changelog/'), 'hookMap' => 'relative',
        ) + $mapped;

        return array(
            '5.0' => array(
                'old' => '5.0.11', 'new' => '5.0.13', 'steps' => 9, 'stepWords' => 'rebuilding', 'upgradeLog' => 'bare',
                'cellLayout' => array('entries', 'incompatibleModules', 'isUpgraded', 'disabledModulesHooks'),
                'dirs' => array('in' => array('5.0/12', '5.0/13'), 'out' => array('4.9/13', '5.0/9', '5.0/11', '5.0/14')),
                'modules' => self::modules('5.0', '8', '10', array('9', '10'), array('1', '8', '11')),
            ) + $old,
            '5.1' => array(
                'old' => '5.1.3', 'new' => '5.1.5', 'steps' => 11, 'stepWords' => 'deploying',
                'cellLayout' => array('entries', 'isUpgraded', 'disabledModulesHooks', 'incompatibleModules'),
                'dirs' => array('in' => array('5.1/4', '5.1/5'), 'out' => array('5.0/14', '5.1/3', '5.1/10', '5.2/0')),
                'modules' => self::modules('5.1', '3', '11', array('9', '10'), array('2', '3', '12')),
            ) + $old,
            '5.2' => array(
                'old' => '5.2.4', 'new' => '5.2.6',
                'cellLayout' => array(
                    'entries', 'isUpgraded', 'disabledModulesHooks', 'incompatibleModules', 'preUpgradeWarningModules',
                ),
                'dirs' => array('in' => array('5.2/5', '5.2/6'), 'out' => array('5.1/5', '5.2/4', '5.2/7', '5.2/10')),
                'modules' => self::modules('5.2', '8', '10', array('9', '10'), array('8', '11', '100')),
            ) + $capsular,
            '5.2.15' => array(
                'old' => '5.2.14', 'new' => '5.2.16', 'hookMap' => 'absolute', 'iterative' => 'Core',
                'dirs' => array('in' => array('5.2/15', '5.2/16'), 'out' => array('5.1/15', '5.2/2', '5.2/14', '5.2/17')),
                'modules' => self::modules('5.2', '8', '16', array('9', '13'), array('8', '17')),
            ) + $mapped,
            '5.3' => array(
                'old' => '5.3.2.0', 'new' => '5.3.3.3', 'iterative' => 'QSL\Banner',
                'dirs' => array(
                    'in'  => array('5.3/2.5', '5.3/3', '5.3/3.1', '5.3/3.3'),
                    'out' => array('5.2/16', '5.3/0', '5.3/2', '5.3/3.13', '5.3/4'),
                ),
                'modules' => self::modules('5.3', '0.0', '2.1', array('1', '2.1'), array('0', '2.2', '2.10')),
            ) + $four,
            '5.3.6' => array(
                'old' => '5.3.5.5', 'new' => '5.3.6.0', 'iterative' => 'Core', 'logFolders' => true, 'rebuildOnStart' => false,
                'dirs' => array(
                    'in'  => array('5.3/5.9', '5.3/5.13', '5.3/6'),
                    'out' => array('5.2/21', '5.3/0', '5.3/1.5', '5.3/5.5', '5.3/6.1', '5.4/0'),
                ),
                'modules' => self::modules('5.3', '2.8', '5.0', array('2.9', '2.13'), array('1', '2.8', '5.1', '6')),
            ) + $four,
        );
    }

    private static function modules($major, $old, $new, array $in, array $out)
    {
        $below = function ($name) use ($major) {
            return $major . '/' . $name;
        };

        return array(
            'major' => $major, 'old' => $old, 'new' => $new,
            'in' => array_map($below, $in), 'out' => array_map($below, $out),
        );
    }

    /** Version of the core as the upgrade's log names it */
    public function version($which)
    {
        return preg_replace('/^(\d+\.\d+\.\d+)\.0$/', '\1', $this->set[$which]);
    }

    /** @return string[] Core first, then modules as the database lists them */
    public function entries()
    {
        return array_merge(array('Core'), self::MODULES);
    }

    /** @return array{majorVersion: string, minorVersion: string, build?: string} */
    public function moduleVersion($which)
    {
        $parts = explode('.', $this->set['modules'][$which]);
        $result = array('majorVersion' => $this->set['modules']['major'], 'minorVersion' => $parts[0]);
        if ($this->set['build']) {
            $result['build'] = $parts[1] ?? '0';
        }

        return $result;
    }

    public static function baseDir($entry)
    {
        return 'Core' === $entry ? '' : 'classes/XLite/Module/' . str_replace('\\', '/', $entry) . '/';
    }

    /** Settings that the store's own code reads */
    public function flavour()
    {
        $names = array(
            'steps', 'stepWords', 'capsular', 'upgradeLog', 'logGuard', 'logFolders', 'rebuildOnStart', 'hookMap', 'invokeLines',
            'numberedHooks', 'coreLast', 'coreLabels', 'moreLabelFiles', 'schemaFile', 'protected', 'cellLayout',
            'actionsInRebuild',
        );

        return array_intersect_key($this->set, array_flip($names));
    }
}
