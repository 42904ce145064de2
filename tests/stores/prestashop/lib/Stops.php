<?php

namespace Pst;

/**
 * All points at which an upgrade can be stopped, and what is true of the store then
 */
final class Stops
{
    /** How many statements a function of the upgrade runs, where it is more than one */
    const WRITES = array(
        'ps_16110_move_notes_of_stores' => 5, 'ps_1770_preset_tab_enabled' => 2, 'ps_1770_update_order_status_colors' => 3, 'ps_1771_update_customer_note' => 6,
        'ps_1780_add_feature_flag_tab' => 4, 'ps_1783_move_hours_of_stores' => 5, 'ps_800_add_security_tab' => 4, 'ps_remove_controller_tab' => 2,
        'ps_810_update_product_page_feature_flags' => 2, 'ps_810_move_notes_of_stores' => 5, 'ps_900_move_closings_of_stores' => 5,
    );

    private $family;

    private $stops = array();

    /** Whether a good backup of this upgrade exists by now */
    private $backup = 'no';

    /** Put before the names of points: how the upgrade is run */
    private $how = '';

    /** @var array<int, array{string, int, string, string}> Version, number, kind, statement */
    private $statements = array();

    public static function of(Family $family)
    {
        $stops = new self();
        $stops->family = $family;
        foreach (Scripts::of($family) as $version => $all) {
            foreach ($all as $i => $sql) {
                $stops->statements[] = array((string) $version, $i + 1, Scripts::kind($sql), $sql);
            }
        }
        $stops->listStart();
        $stops->listFiles();
        $stops->listSchema();
        $stops->listRest();
        $stops->listModules();
        $stops->listBack();
        if ($stops->is(6, 6) || '1.7' === $family->name) {
            $stops->listCommandLine();
        }

        return $stops->stops;
    }

    private function is($first, $last = 99)
    {
        return $this->family->set['gen'] >= $first && $this->family->set['gen'] <= $last;
    }

    /**
     * @param string $step    Steps that may be named, the true one first; - for none
     * @param string $rescue  none open resume restore
     * @param string $forward safe maybe again unsafe no
     */
    private function add($point, $kill, $step, $rescue, $forward)
    {
        $this->stops[] = array($this->how . $point, $kill, $step, $rescue, $forward, $this->backup);
    }

    private function listStart()
    {
        $this->add('closed', 'hard', '-|open', 'open', 'no');
        if ($this->is(7)) {
            // The backup is a process of its own, and nothing is closed for it
            $this->listBackup('none');
        }
        $this->add('start:begun', 'hard', $this->is(7) ? '-|download' : '-|download|open', $this->is(7) ? 'none' : 'open', 'no');
        $this->add('start:done', 'hard', 'download|-|open', 'open', 'no');
        $this->add('download:half', 'hard', 'download|open', 'open', 'no');
        $this->add('download:half', 'fatal', 'download|open', 'open', 'no');
        // Without a log nothing is left of it
        $this->add('download:fail', 'fail', 'download|open' . ($this->is(3, 3) ? '|-' : ''), 'open', 'no');
        $this->add('unpack:begun', 'hard', 'unpack|download|open', 'open', 'no');
        $this->add('unpack:half', 'hard', 'unpack|open', 'open', 'no');
        if (!$this->is(7)) {
            $this->listBackup('open');
        }
    }

    private function listBackup($rescue)
    {
        $more = 'none' === $rescue ? '|-' : '|open';
        $this->add('backup:files:begun', 'hard', 'backup:files|unpack' . $more, $rescue, 'no');
        $this->add('backup:files:half', 'hard', "backup:files$more", $rescue, 'no');
        $this->add('backup:files:half', 'fatal', "backup:files$more", $rescue, 'no');
        $this->add('backup:files:closing', 'hard', "backup:files$more", $rescue, 'no');
        $this->add('backup:files:fail', 'fail', "backup:files$more", $rescue, 'no');
        $this->add('backup:files:done', 'hard', "backup:db|backup:files$more", $rescue, 'no');
        $this->add('backup:db:half', 'hard', "backup:db$more", $rescue, 'no');
        $this->add('backup:db:cut', 'hard', "backup:db$more", $rescue, 'no');
        $this->add('backup:db:cut', 'exception', "backup:db$more", $rescue, 'no');
        $this->add('backup:db:fail', 'fail', "backup:db$more", $rescue, 'no');
        $this->backup = 'yes';
        $this->add('backup:db:done', 'hard', $this->is(7) ? "-|backup:db$more" : "files|backup:db$more", $rescue, 'no');
    }

    private function listFiles()
    {
        // No list of files yet: nothing was changed
        $this->add('files:begun', 'hard', 'files|backup|open', 'open', 'no');
        foreach (array(1, 2) as $n) {
            $this->add("files:removed:$n", 'hard', 'files', 'resume', 'safe');
        }
        foreach (array(1, 5, 30, 60, 90) as $n) {
            $this->add("files:copied:$n", 'hard', 'files', 'resume', 'safe');
            $this->add("files:cut:$n", 'hard', 'files', 'resume', 'safe');
        }
        $this->add('files:copied:12', 'fatal', 'files', 'resume', 'safe');
        $this->add('files:copied:45', 'error', 'files', 'resume', 'safe');
        $this->add('files:fail:20', 'fail', 'files', 'resume', 'safe');
        $this->add('edited:files:copied:40', 'hard', 'files', 'resume', 'safe');
        $this->add('holed:files:cut:50', 'hard', 'files', 'resume', 'safe');
        $first = $this->statements[0][0];
        $this->add('files:done', 'hard', "schema:$first|files|schema|modules:off", 'resume', 'safe');
        $this->add('schema:begun', 'hard', "schema:$first|files|schema|modules:off", 'resume', 'safe');
        if ($this->is(7)) {
            $this->add('schema:quarantine', 'hard', "schema:$first|schema", 'resume', 'safe');
        }
    }

    /** Going on behind statement AT, where all up to it has run; LOGGED: and the store tells so */
    private function forward($at, $logged)
    {
        if ('cli:' === $this->how) {
            return $this->forwardByOutput($at);
        }
        if ($this->is(3, 3)) {
            return $this->forwardByLandmarks($at);
        }
        // What comes next may have run, too, for all that the store tells
        $unsure = $this->statements[$at + ($logged ? 1 : 0)][2] ?? 'session';
        if (in_array($unsure, array('once', 'php'), true)) {
            return $logged ? 'again' : 'unsafe';
        }

        return 'safe';
    }

    /** Without a log only the schema tells: what lies between two of its changes must be of the kind that does no harm twice */
    private function forwardByLandmarks($at)
    {
        $unsure = array();
        for ($i = $at; $i >= 0 && !$this->isLandmark($i); $i--) {
            $unsure[] = $this->statements[$i][2];
        }
        // Rows that are not there were not added; those that are may have been there before
        for ($i = $at + 1; $i < count($this->statements) && !$this->isLandmark($i) && !preg_match('/^INSERT INTO `PREFIX_hook`/', $this->statements[$i][3]); $i++) {
            $unsure[] = $this->statements[$i][2];
        }

        return array_intersect($unsure, array('once', 'php')) ? 'unsafe' : 'safe';
    }

    /** Output of the command line names the statements that failed; where only weak signs follow, what comes next may be asked about */
    private function forwardByOutput($at)
    {
        if ('unsafe' === $this->forwardByLandmarks($at)) {
            return 'unsafe';
        }
        $unsure = array();
        for ($i = $at + 1; $i < count($this->statements) && !$this->isStrong($i); $i++) {
            $unsure[] = $this->statements[$i][2];
            // A row that only its name tells
            $unsure[] = preg_match('/^INSERT INTO `PREFIX_configuration`/', $this->statements[$i][3]) ? 'once' : 'same';
        }

        return array_intersect($unsure, array('once', 'php')) ? 'maybe' : 'safe';
    }

    private function isStrong($i)
    {
        return $this->isLandmark($i) && !preg_match('/^INSERT |^ALTER TABLE \S+ CONVERT /', $this->statements[$i][3]);
    }

    /** How a column is defined proves nothing: it may have been so before */
    private function isLandmark($i)
    {
        return 'ddl' === $this->statements[$i][2] && !preg_match('/^ALTER TABLE \S+ CHANGE /', $this->statements[$i][3]);
    }

    private function addSchema($point, $kill, $version, $forward)
    {
        $this->add($point, $kill, "schema:$version|schema", 'unsafe' === $forward ? 'restore' : 'resume', $forward);
    }

    private function listSchema()
    {
        foreach ($this->statements as $at => $statement) {
            list($version, $number, $kind, $sql) = $statement;
            $point = "schema:$version:$number";
            if (1 === $number) {
                $this->addSchema("schema:$version:begun", 'hard', $version, $at ? $this->forward($at - 1, true) : 'safe');
            }
            if (preg_match('/CREATE TABLE /', $sql)) {
                $this->addSchema("$point:dropped", 'hard', $version, $at ? $this->forward($at - 1, true) : 'safe');
            }
            if ('session' !== $kind) {
                $this->addSchema("$point:unlogged", 'hard', $version, $this->forward($at, false));
            }
            if ($this->is(7)) {
                $this->addSchema("$point:unsaved", 'hard', $version, 'safe');
            }
            $next = $this->statements[$at + 1][0] ?? $version;
            $forward = $this->forward($at, true);
            $this->add($point, 'hard', $next === $version ? "schema:$version|schema" : "schema:$next|schema:$version|schema", 'unsafe' === $forward ? 'restore' : 'resume',
                $forward);
            if (preg_match('~/\* PHP:(\w+)~', $sql, $found)) {
                $this->listFunction($point, $version, $found[1], $this->is(3, 3) ? $this->forward($at, false) : ('php' === $kind ? 'unsafe' : 'safe'));
            } elseif (0 === strpos($sql, 'INSERT INTO `PREFIX_configuration`') && false === strpos($sql, 'SELECT') && !$this->is(3, 3)) {
                // The upgrade logs the error and goes on to its end
                $this->add("$point:fail", 'fail', "schema:$version", 'resume', 'safe');
            }
        }
        $first = $this->statements[0][0];
        $this->add("schema:$first:2", 'fatal', "schema:$first|schema", 'unsafe' === $this->forward(1, true) ? 'restore' : 'resume', $this->forward(1, true));
        $last = end($this->statements)[0];
        $this->add('edited:schema:' . Scripts::middle($this->family) . ':2', 'hard', 'schema', 'restore', $this->forwardOf(Scripts::middle($this->family), 2));
        $forward = $this->is(3, 3) ? $this->forward(count($this->statements) - 1, true) : 'safe';
        $this->add('schema:ran', 'hard', ($this->family->set['doctrine'] ? 'schema:doctrine|' : '') . "schema:settings|schema:$last|schema",
            'unsafe' === $forward ? 'restore' : 'resume', $forward);
    }

    private function forwardOf($version, $number)
    {
        foreach ($this->statements as $at => $statement) {
            if ($version === $statement[0] && $number === $statement[1]) {
                return $this->forward($at, true);
            }
        }
    }

    private function listFunction($point, $version, $name, $forward)
    {
        $writes = self::WRITES[$name] ?? 1;
        for ($n = 1; $n <= $writes; $n++) {
            $this->addSchema("$point:inside:$n", 'hard', $version, $forward);
        }
        if ($writes > 1) {
            foreach (array('fatal', 'error', 'exception') as $kill) {
                $this->addSchema("$point:inside:1", $kill, $version, $forward);
            }
        }
    }

    private function listRest()
    {
        $old = '1.6' === $this->family->era('new');
        $sure = $this->is(3, 3) ? $this->forward(count($this->statements) - 1, true) : 'safe';
        $rescue = 'unsafe' === $sure ? 'restore' : 'resume';
        if ($this->family->set['doctrine']) {
            foreach (array('begun', '0', '1', 'done') as $name) {
                $this->add("doctrine:$name", 'hard', 'schema:doctrine|schema:settings', 'resume', 'safe');
            }
            $this->add('doctrine:fail', 'fail', 'schema:doctrine', 'resume', 'safe');
        }
        if ($old) {
            // The account of the database is gone with the rest of the file; where its log tells how far it came, the copy beside it is enough
            $logged = !$this->is(3, 3);
            $this->add('settings:cut', 'hard', 'schema:settings|schema', $logged ? 'resume' : 'restore', $logged ? 'safe' : 'unsafe');
            $this->add('settings:done', 'hard', 'schema:settings|schema', 'resume', 'safe');
        }
        foreach (array(0, 2, 4) as $n) {
            $this->add("recurrent:$n", 'hard', 'schema:settings|schema', $old ? 'resume' : $rescue, $old ? 'safe' : $sure);
        }
        $this->add('version', 'hard', 'labels:en|schema:settings|labels', 'resume', 'safe');
        foreach (array('en' => 'de', 'de' => '') as $iso => $next) {
            foreach (array('begun', 'fetched', 'half') as $name) {
                $this->add("labels:$iso:$name", 'hard', "labels:$iso|labels|schema:settings|rebuild", 'resume', 'safe');
            }
            if (!$old) {
                $this->add("labels:$iso:fail", 'fail', "labels:$iso|labels", 'resume', 'safe');
            }
            $this->add("labels:$iso:done", 'hard', ('' === $next ? 'rebuild:htaccess|rebuild' : "labels:$next") . '|labels', 'resume', 'safe');
        }
        $this->add('labels:de:half', 'fatal', 'labels:de|labels|rebuild', 'resume', 'safe');
        $tail = 'rebuild|labels|cache|modules';
        $this->add('htaccess:begun', 'hard', "rebuild:htaccess|$tail", 'resume', 'safe');
        $this->add('htaccess:done', 'hard', "rebuild:overrides|$tail", 'resume', 'safe');
        $this->add('xml:half', 'hard', "rebuild:overrides|$tail", 'resume', 'safe');
        $this->add('overrides:begun', 'hard', "rebuild:overrides|$tail", 'resume', 'safe');
        $this->add('overrides:done', 'hard', "cache|$tail", 'resume', 'safe');
        $this->add('cache:done', 'hard', "cache|$tail", 'resume', 'safe');
        $this->add('schema:done', 'hard', "modules|cache|$tail", 'resume', 'safe');
    }

    private function listModules()
    {
        $tail = 'cache|rebuild|labels|open';
        $this->add('modules:begun', 'hard', "modules|$tail", 'resume', 'safe');
        if (version_compare($this->family->set['module'], '4.16.3', '>=')) {
            foreach (array('begun', 'half', 'unpacked') as $name) {
                $this->add("modules:acmesync:$name", 'hard', "modules:acmesync|modules|$tail", 'resume', 'safe');
            }
            $this->add('modules:acmesync:done', 'hard', "modules:ps_banner|modules|$tail", 'resume', 'safe');
        }
        if ($this->family->set['migrate']) {
            foreach (array(1, 2, 3, 4) as $n) {
                $this->add("modules:acmesync:inside:$n", 'hard', 'modules:acmesync|modules', 'restore', 'unsafe');
            }
            $this->add('modules:acmesync:inside:1', 'fatal', 'modules:acmesync|modules', 'restore', 'unsafe');
            // The module's upgrade throws: it is switched off, and the upgrade goes on to its end
            $this->add('modules:acmesync:inside:1', 'error', 'modules:acmesync|modules|-|open', 'restore', 'unsafe');
            $this->add('modules:acmesync:fail', 'fail', 'modules:acmesync|modules|-|open', 'resume', 'again');
            $this->add('modules:ps_banner:begun', 'hard', 'modules:ps_banner|modules', 'resume', 'safe');
            foreach (array(1, 2, 4) as $n) {
                $this->add("modules:ps_banner:inside:$n", 'hard', 'modules:ps_banner|modules', 'restore', 'unsafe');
            }
            $this->add('modules:ps_banner:done', 'hard', "modules|$tail", 'resume', 'safe');
        }
        $this->add('modules:done', 'hard', "modules|$tail", 'resume', 'safe');
        $this->add('clean:begun', 'hard', "modules|$tail", 'resume', 'safe');
        $this->add('clean:inside:3', 'hard', "modules|$tail", 'resume', 'safe');
        $this->add('clean:done', 'hard', "open|modules|$tail", 'resume', 'safe');
        $this->add('complete:half', 'hard', "open|$tail|-", 'resume', 'safe');
        $this->add('finished', 'hard', 'open|-', 'open', 'safe');
    }

    /** A first attempt died in the SQL, and the module's own way back was taken; or the whole was begun once more */
    private function listBack()
    {
        $middle = Scripts::middle($this->family);
        $step = "schema:$middle|schema|files|backup|-";
        if ($this->is(5)) {
            // Nothing was done or written then: the store is as the first attempt had left it
            $this->add('rollback:begun', 'hard', $step, 'restore', $this->forwardOf($middle, 2));
            if ($this->is(7)) {
                $this->add('rollback:files:removing', 'hard', $step, 'restore', 'unsafe');
            }
            $this->add('rollback:files:half', 'hard', $step, 'restore', 'unsafe');
            $this->add('rollback:files:done', 'hard', $step, 'restore', 'unsafe');
            if ($this->is(7)) {
                $this->add('rollback:db:dropped', 'hard', $step, 'restore', 'unsafe');
            }
            foreach (array('1:half', '1', '2', '2:half', '3') as $name) {
                $this->add("rollback:db:$name", 'hard', $step, 'restore', 'unsafe');
            }
            $this->add('rollback:db:2:half', 'fatal', $step, 'restore', 'unsafe');
            // Up to generation 6 it ends with the loss of every table that the second file or a later one makes, later with that of characters
            // of four bytes, since the dump's own SET NAMES is followed
            $this->add('rolledback', 'hard', $this->is(7) ? '-|open' : $step, 'restore', $this->is(7) ? 'no' : 'unsafe');
        }
        $first = $this->statements[0][0];
        $this->add('twice:files:copied:30', 'hard', 'files|schema|modules:off', 'restore', 'unsafe');
        $this->add("twice:schema:$first:2", 'hard', "schema:$first|schema|modules:off", 'restore', 'unsafe');
    }

    /** The module's own command, and what it printed, kept by the owner */
    private function listCommandLine()
    {
        $this->how = 'cli:';
        $this->add('files:copied:30', 'hard', 'files', 'resume', 'safe');
        $this->add('schema:begun', 'hard', 'schema|files', 'resume', 'safe');
        foreach ($this->statements as $at => $statement) {
            if (0 === $at % 5) {
                $this->addSchema("schema:$statement[0]:$statement[1]", 'hard', $statement[0], $this->forward($at, true));
            }
        }
        $this->add('labels:de:fail', 'fail', 'labels:de|labels', 'resume', 'safe');
        $this->add('modules:acmesync:begun', 'hard', 'modules:acmesync|modules|cache|rebuild|labels|open', 'resume', 'safe');
        if ($this->family->set['migrate']) {
            $this->add('modules:acmesync:inside:2', 'hard', 'modules:acmesync|modules', 'restore', 'unsafe');
        }
        $this->add('finished', 'hard', 'open|-', 'open', 'safe');
        $this->how = '';
    }
}
