<?php

namespace AutoUpgrade;

use Checkpoint;

/** The tables, and what is done between them and the modules */
final class UpgradeDb
{
    private $work;

    private $db;

    public function __construct(Work $work)
    {
        $this->work = $work;
    }

    public function run()
    {
        try {
            return $this->work->is(7) ? $this->byList() : $this->atOnce();
        } catch (GiveUp $e) {
            $this->work->log->error($this->work->is(7) ? 'Error during database update. You may need to restore your database.'
                : 'Error during database upgrade. You may need to restore your database.');
            $this->work->log->error($e->getMessage());

            return 'error';
        }
    }

    /** Up to generation 6: all in one request */
    private function atOnce()
    {
        $log = $this->work->log;
        $log->info('Cleaning file cache');
        (new Finish($this->work))->caches();
        $log->info('Running opcache_reset');
        $this->db = $this->work->core();
        $log->info('Initializing required environment constants');
        // The module's own clock from here on
        date_default_timezone_set('Europe/Paris');
        $log->info('Checking version validity');
        $this->check();
        $log->info('Checking connection to database');
        $this->modulesOfOthers();
        $log->info('Updating database data and structure');
        $sql = new Sql($this->work, $this->db);
        list($last, $number) = array('', 0);
        foreach ($sql->all() as $one) {
            if ($last !== $one['version']) {
                list($last, $number) = array($one['version'], 0);
                Checkpoint::at("schema:$last:begun");
            }
            $point = "schema:{$one['version']}:" . ++$number;
            $sql->run($one['version'], $one['query'], $point);
            Checkpoint::at($point);
        }
        Checkpoint::at('schema:ran');
        $this->finish();

        return 'upgradeModules';
    }

    /** From generation 7 on: one statement a request, and the rest of the list is kept behind each */
    private function byList()
    {
        $work = $this->work;
        $log = $work->log;
        if (!$work->has('sqlToExecute.list')) {
            $log->info('Cleaning file cache');
            (new Finish($work))->caches();
            $this->db = $work->core();
            $log->info('Updating database data and structure');
            $this->db->execute('UPDATE `' . _DB_PREFIX_ . 'module` m SET `name` = CONCAT("UA_", `name`)');
            Checkpoint::at('schema:quarantine');
            $log->info('Checking version validity');
            $this->check();
            $this->modulesOfOthers();
            $all = (new Sql($work, $this->db))->all();
            $total = count($all);
        } else {
            $this->db = $work->core();
            list($all, $total) = $work->getList('sqlToExecute.list');
        }
        $sql = new Sql($work, $this->db);
        $numbers = array();
        foreach ($sql->all() as $at => $one) {
            $numbers[$at] = ($at && $one['version'] === $last ? end($numbers) : 0) + 1;
            $last = $one['version'];
        }
        while ($all) {
            $log->info('Update database in progress. ' . count($all) . ' queries left');
            $at = $total - count($all);
            $one = array_shift($all);
            1 === $numbers[$at] && Checkpoint::at("schema:{$one['version']}:begun");
            $point = "schema:{$one['version']}:{$numbers[$at]}";
            $sql->run($one['version'], $one['query'], $point);
            Checkpoint::at("$point:unsaved");
            $work->putList('sqlToExecute.list', $all, $total);
            Checkpoint::at($point);
        }
        $work->drop('sqlToExecute.list');
        Checkpoint::at('schema:ran');
        $this->db->execute('UPDATE `' . _DB_PREFIX_ . 'module` m SET `name` = REPLACE(`name`, "UA_", "")');
        $this->finish();

        return 'upgradeModules';
    }

    private function check()
    {
        $new = $this->work->flavour['new'];
        $current = $this->db->getValue('SELECT `value` FROM `' . _DB_PREFIX_ . "configuration` WHERE `name` = 'PS_VERSION_DB'");
        if ($current === $new) {
            throw new GiveUp("You already have the $new version.");
        }
    }

    private function modulesOfOthers()
    {
        if ($this->work->flavour['native']) {
            $this->work->log->info('Disabling all non native modules');
            $where = 'install' === $this->work->flavour['scripts'] ? $this->work->release() . '/install/upgrade/' : dirname(__DIR__) . '/upgrade/';
            require_once $where . 'php/deactivate_custom_modules.php';
            deactivate_custom_modules();
        } else {
            $this->work->log->info('Keeping non native modules enabled');
        }
    }

    private function finish()
    {
        $log = $this->work->log;
        $finish = new Finish($this->work);
        $this->work->flavour['doctrine'] && $this->doctrine();
        $finish->settings();
        $log->info('Running generic queries');
        $finish->recurrent($this->db);
        $log->info($this->work->is(7) ? 'Database update OK' : 'Database upgrade OK');
        $finish->after($this->db);
        $warned = !empty($this->work->state['warning_exists']);
        $word = $this->work->is(7) ? 'update' : 'upgrade';
        $warned ? $log->warning("Warning detected during $word.") : $log->info("Database $word completed");
        $log->info($this->work->is(7) ? 'Database updated. Now updating your Addons modules...' : 'Database upgraded. Now upgrading your Addons modules...');
    }

    /** What Symfony's entities want changed */
    private function doctrine()
    {
        Checkpoint::at('doctrine:begun');
        $command = escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg($this->work->root . '/bin/console') . ' prestashop:schema:update-without-foreign --env=prod 2>&1';
        $output = array();
        // Its own process dies there, and the module's with it
        Checkpoint::fails('doctrine:fail') ? $status = 1 : exec($command, $output, $status);
        if (is_file((string) getenv('PS_TEST_SEEN')) && preg_match('/^doctrine:\d$/', (string) getenv('PS_TEST_STOP'))) {
            posix_kill(getmypid(), SIGKILL);
        }
        if (0 !== $status) {
            throw new GiveUp('Error upgrading Doctrine schema');
        }
        Checkpoint::at('doctrine:done');
    }
}
