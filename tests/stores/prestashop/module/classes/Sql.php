<?php

namespace AutoUpgrade;

use Checkpoint;

/** The statements of an upgrade and how each is run */
final class Sql
{
    /** Errors that are forgotten: exists, unknown column, column, key and row twice, nothing to drop */
    const IGNORED = array(1050, 1054, 1060, 1061, 1062, 1091);

    private $work;

    private $db;

    private $where;

    public function __construct(Work $work, $db)
    {
        $this->work = $work;
        $this->db = $db;
        $this->where = 'install' === $work->flavour['scripts'] ? $work->release() . '/install/upgrade/' : dirname(__DIR__) . '/upgrade/';
        defined('_PS_INSTALLER_PHP_UPGRADE_DIR_') || define('_PS_INSTALLER_PHP_UPGRADE_DIR_', $this->where . 'php/');
        defined('INSTALL_VERSION') || define('INSTALL_VERSION', $work->flavour['new']);
        defined('_PS_INSTALL_PATH_') || define('_PS_INSTALL_PATH_', $work->release() . '/install/');
    }

    /** @return array<int, array{version: string, query: string}> */
    public function all()
    {
        $names = array_map(function ($file) {
            return basename($file, '.sql');
        }, glob($this->where . 'sql/*.sql'));
        natcasesort($names);
        $old = $this->padded($this->work->flavour['old']);
        $all = array();
        foreach ($names as $version) {
            if (1 !== version_compare($version, $old) || -1 === version_compare($this->work->flavour['new'], $version)) {
                continue;
            }
            $text = str_replace(array('PREFIX_', 'ENGINE_TYPE', 'DB_NAME'), array(_DB_PREFIX_, defined('_MYSQL_ENGINE_') ? _MYSQL_ENGINE_ : 'MyISAM', _DB_NAME_),
                file_get_contents($this->where . "sql/$version.sql") . "\n");
            foreach (preg_split("/;\s*[\r\n]+/", $text) as $query) {
                if ('' !== trim($query)) {
                    $all[] = array('version' => $version, 'query' => $query);
                }
            }
        }

        return $all;
    }

    private function padded($version)
    {
        $parts = explode('.', $version);

        return implode('.', array_pad($parts, '1' === $parts[0] ? 4 : 3, '0'));
    }

    /** @param string $point Name of the statement's points, schema:VERSION:NUMBER */
    public function run($version, $query, $point)
    {
        $query = trim($query);
        if (false !== strpos($query, '/* PHP:')) {
            $this->php($version, $query, $point);
        } else {
            $this->sql($version, $query, $point);
        }
    }

    private function good($kind, $version, $query)
    {
        $this->work->log->debug($this->work->is(7) ? "Migration file: $version, Query: $query"
            : "<div class=\"upgradeDbOk\">[OK] $kind $version " . ('PHP' === $kind ? ': ' : '') . "$query</div>");
    }

    private function warn()
    {
        $this->work->keep('update', array('warning_exists' => true, 'warningDetected' => true));
    }

    private function php($version, $query, $point)
    {
        preg_match('~/\* PHP:(\w+)\((.*)\); \*/~s', $query, $call);
        $function = $call[1];
        if ($this->work->is(7)) {
            $parameters = eval("return [$call[2]];");
        } else {
            preg_match_all('/([^,]+),? ?/', $call[2], $found);
            $parameters = str_replace('\'', '', $found[1]);
        }
        $file = $this->where . 'php/' . strtolower($function) . '.php';
        if (!is_file($file)) {
            $this->work->log->error("[ERROR] $file PHP - missing file $query");

            return $this->warn();
        }
        require_once $file;
        Checkpoint::scope("$point:inside");
        $result = $function(...$parameters);
        Checkpoint::scope('');
        Checkpoint::at("$point:unlogged");
        if (false === $result || is_array($result) && !empty($result['error'])) {
            $this->work->log->error($this->work->is(7) ? "PHP $version $query: \n" : "\n                [ERROR] PHP $version $query\n");

            return $this->warn();
        }
        $this->good('PHP', $version, $query);
    }

    private function sql($version, $query, $point)
    {
        $log = $this->work->log;
        if (false !== strpos($query, 'CREATE TABLE') && preg_match('/CREATE TABLE.*[`]*' . _DB_PREFIX_ . '([^`]*)[`]*\s\(/', $query, $found)) {
            $this->db->execute('DROP TABLE IF EXISTS `' . _DB_PREFIX_ . $found[1] . '`;', false);
            $dropped = 'SQL `' . _DB_PREFIX_ . $found[1] . '` table has been dropped.';
            $log->debug($this->work->is(7) ? $dropped : "<div class=\"upgradeDbOk\">[DROP] $dropped</div>");
            Checkpoint::at("$point:dropped");
        }
        list($number, $message) = array(1205, 'Lock wait timeout exceeded; try restarting transaction');
        if (!Checkpoint::fails("$point:fail")) {
            $good = $this->db->execute($query, false);
            list($number, $message) = array($this->db->getNumberError(), $this->db->getMsgError());
            Checkpoint::at("$point:unlogged");
            if ($good) {
                return $this->good('SQL', $version, $query);
            }
        }
        $ignored = in_array($number, self::IGNORED, true);
        if ($this->work->is(7)) {
            $level = $ignored ? 'debug' : 'warning';
            $log->$level("The execution of the query failed: $number, $message" . ($ignored ? '. This error code can be safely ignored.' : ''));
            $log->$level("Migration file: $version, Query: $query");
        } else {
            $log->warning("\n            <div class=\"upgradeDbError\">\n            [WARNING] SQL $version\n            $number in $query: $message</div>");
            $ignored || $log->error("SQL $version $number in $query: $message");
        }
        $ignored || $this->warn();
    }
}
