<?php

namespace Csc;

/**
 * All points at which an upgrade can be stopped, and what is true of the store then
 */
final class Stops
{
    private $family;

    private $stops = array();

    /** Whether a good backup of this upgrade exists by now */
    private $backup = 'no';

    public static function of(Family $family)
    {
        $stops = new self();
        $stops->family = $family;
        if ('L' === $family->set['gen']) {
            $stops->listLegacy();
        } else {
            $stops->listStart();
            $last = in_array($family->set['gen'], array('A', 'B'), true);
            if (!$last) {
                $stops->listSchema();
            }
            $stops->listFiles();
            if ($last) {
                $stops->listSchema();
            }
            $stops->listEnd();
            $stops->listTwice();
        }

        return $stops->stops;
    }

    /**
     * @param string $step    Steps that may be named, the true one first; - for none
     * @param string $rescue  none open resume restore
     * @param string $forward safe again unsafe no
     */
    private function add($point, $kill, $step, $rescue, $forward)
    {
        $this->stops[] = array($point, $kill, $step, $rescue, $forward, $this->backup);
    }

    private function is($generations)
    {
        return false !== strpos($generations, $this->family->set['gen']);
    }

    private function listStart()
    {
        // Nothing has begun: a new version is offered or lies ready
        $this->add('download:before', 'hard', '-|download', 'none', 'no');
        $this->add('download:inside', 'hard', 'download|-', 'none', 'no');
        $this->add('download:fail', 'fail', 'download|-', 'none', 'no');
        $this->add('unpack:before', 'hard', 'unpack|download|-', 'none', 'no');
        $this->add('unpack:inside:20', 'hard', 'unpack|download|-', 'none', 'no');
        $this->add('download:done', 'hard', '-|check', 'none', 'no');

        $this->add('check:started', 'hard', 'check', 'open', 'no');
        $this->add('check:started', 'fatal', 'check', 'open', 'no');
        $this->add('check:started', 'exception', 'check', 'open', 'no');
        $this->add('check:modes', 'hard', 'check', 'open', 'no');
        foreach (array('collisions', 'permissions', 'restore') as $name) {
            $this->add("check:$name", 'hard', 'check', 'open', 'no');
            $this->add("check:$name", 'fail', 'check', 'open', 'no');
        }
        if ($this->family->set['hardened']) {
            $this->add('check:chmod:1', 'hard', 'check', 'open', 'no');
            $this->add('check:chmod:2', 'hard', 'check', 'open', 'no');
        }
        $this->add('restore:http', 'fail', 'check|backup', 'open', 'no');
        if (!$this->is('A')) {
            $this->add('restore:created', 'hard', 'check|backup', 'open', 'no');
            $this->add('chmod:inside:1', 'hard', 'check|backup', 'open', 'no');
            $this->add('chmod:inside:2', 'hard', 'check|backup', 'open', 'no');
            $this->add('restore:http', 'hard', 'check|backup', 'open', 'no');
        }
        $this->add('restore:after', 'hard', 'check|backup|pre_hooks|close', 'open', 'no');
        if ($this->family->set['preScript']) {
            $this->add('pre:inside', 'hard', 'pre_hooks', 'open', 'no');
            $this->add('pre:inside', 'fatal', 'pre_hooks', 'open', 'no');
            $this->add('pre:inside', 'error', 'pre_hooks', 'open', 'no');
            $this->add('pre:veto', 'fail', 'pre_hooks', 'open', 'no');
        }
        $this->add('close:before', 'hard', 'close|check|backup', 'open', 'no');
        $this->add('close:after', 'hard', 'close|check|backup', 'open', 'no');
        foreach (array('before', 'root:3', 'staged:100', 'table:4', 'dumped', 'moved', 'packed:50', 'zipped') as $point) {
            if ('table:4' !== $point || 'php' === $this->family->set['tool']) {
                $this->add("backup:$point", 'hard', 'backup', 'open', 'no');
            }
        }
        $this->add('backup:table:9', 'php' === $this->family->set['tool'] ? 'fatal' : 'hard', 'backup', 'open', 'no');
        if ('php' !== $this->family->set['tool']) {
            array_pop($this->stops);
        }
        if ($this->is('CD') && 'php' === $this->family->set['tool']) {
            $this->add('backup:validator:2', 'hard', 'backup', 'open', 'no');
        }
        $this->add('backup:staged:40', 'fatal', 'backup', 'open', 'no');
        $this->add('backup:fail', 'fail', 'backup', 'open', 'no');
        $this->add('backup:made', 'hard', 'backup', 'open', 'no');
        $this->backup = 'yes';
        $this->add('backup:after', 'hard', 'backup|mail|schema|files', 'open', 'no');
        if (!$this->is('A')) {
            $this->add('mail:before', 'hard', 'mail|backup', 'open', 'no');
            $this->add('mail:fail', 'fail', 'mail|backup', 'open', 'no');
            $this->add('mail:before', 'error', 'mail|backup', 'open', 'no');
            $this->add('mail:after', 'hard', 'schema|files', 'open', 'no');
        }
    }

    private function listSchema()
    {
        $counts = Pack::statements($this->family);
        // In the first two generations the files are already those of the new version
        $before = $this->is('AB') ? 'resume' : 'restore';
        $this->add('schema:before', 'hard', 'schema', $this->is('AB') ? 'resume' : 'open', 'safe');
        $this->add('schema:1:before', 'hard', 'schema', $before, 'safe');
        foreach ($counts as $i => $statements) {
            $n = $i + 1;
            $this->add("schema:$n:begun", 'hard', 'schema', 'restore', 'unsafe');
            $this->add("schema:$n:inside:1", 'hard', 'schema', 'restore', 'unsafe');
            $this->add("schema:$n:norow", 'hard', 'schema', 'restore', 'unsafe');
            // The row tells that it ended, though its last line is missing
            $this->add("schema:$n:row", 'hard', count($counts) === $n ? 'schema|files|labels' : 'schema', $before, 'safe');
            if ($n > 1) {
                $this->add("schema:$n:before", 'hard', 'schema', $before, 'safe');
            }
            if ($statements > 1 && !$this->is('B') && !$this->is('A')) {
                $this->add("schema:$n:fail:1", 'fail', 'schema', 'restore', 'unsafe');
            }
        }
        if (!$this->is('AB')) {
            $this->add('schema:1:fail:0', 'fail', 'schema', 'restore', 'unsafe');
            $this->add('schema:2:inside:2', 'fatal', 'schema', 'restore', 'unsafe');
            $this->add('schema:3:inside:1', 'error', 'schema', 'restore', 'unsafe');
            $this->add('schema:after', 'hard', 'schema|files', 'resume', 'safe');
            $this->add('holed:schema:2:fail:1', 'fail', 'schema', 'restore', 'unsafe');
            $this->add('edited:schema:3:inside:1', 'hard', 'schema', 'restore', 'unsafe');
        } else {
            // The run goes on: new files, texts and "completed" over half a database
            $this->add('schema:2:fail:1', 'fail', 'schema', 'restore', 'unsafe');
            $this->add('schema:2:inside:2', 'fatal', 'schema', 'restore', 'unsafe');
            $this->add('schema:after', 'hard', 'schema|labels', 'resume', 'safe');
        }
    }

    private function listFiles()
    {
        $rescue = 'resume';
        $this->add('files:before', 'hard', 'files', $this->is('AB') ? 'open' : 'resume', 'safe');
        foreach (array(1, 5, 30, 60) as $n) {
            $this->add("files:copied:$n", 'hard', 'files', $rescue, 'safe');
            $this->add("files:cut:$n", 'hard', 'files', $rescue, 'safe');
        }
        $this->add('files:copied:12', 'fatal', 'files', $rescue, 'safe');
        $this->add('edited:files:copied:40', 'hard', 'files', $rescue, 'safe');
        // One file that can't be written ends the copying, and nobody notices: the log says "completed", the package is gone
        $this->add('files:refused:40', 'fail', 'files|-', 'restore', 'no');
        $this->add('files:copied', 'hard', 'files', $rescue, 'safe');
        $this->add('files:deleted:2', 'hard', 'files', $rescue, 'safe');
        $this->add('themes:before', 'hard', 'files', $rescue, 'safe');
        $this->add('themes:inside:3', 'hard', 'files', $rescue, 'safe');
        $this->add('themes:after', 'hard', $this->is('AB') ? 'files|schema' : 'files|cache|labels', $rescue, 'safe');
    }

    private function listEnd()
    {
        $this->add('labels:before', 'hard', 'labels', 'resume', 'safe');
        $this->add('labels:en:inside:1', 'hard', 'labels', 'resume', 'safe');
        $this->add('labels:en:inside:20', 'fatal', 'labels', 'resume', 'safe');
        $this->add('labels:en:after', 'hard', 'labels', 'resume', 'safe');
        // The first upgraders say nothing behind the last language, so that the script may have begun from there on
        $again = $this->is('A') ? 'again' : 'safe';
        $this->add('labels:de:inside:30', 'hard', 'labels', 'resume', $again);
        if (!$this->is('A')) {
            $this->add('labels:de:fail', 'fail', 'labels', 'resume', 'safe');
        }
        $this->add('labels:de:after', 'hard', 'labels|post_hooks', 'resume', $again);
        $this->add('post:before', 'hard', $this->is('A') ? 'post_hooks|labels' : 'post_hooks', 'resume', 'again');
        $this->add('post:inside', 'hard', $this->is('A') ? 'post_hooks|labels' : 'post_hooks', 'resume', 'again');
        $this->add('post:inside', 'error', $this->is('A') ? 'post_hooks|labels' : 'post_hooks', 'resume', 'again');
        $this->add('post:after', 'hard', $this->is('A') ? 'cache|post_hooks|labels' : 'post_hooks|cache', 'resume', $again);
        $tail = $this->is('A') ? 'cache|post_hooks|labels' : 'cache';
        foreach (array('cache:before', 'cache:after', 'saving:before') as $point) {
            $this->add($point, 'hard', $tail, 'resume', $again);
        }
        // The row of the upgrade tells that all before it is done
        foreach (array('saving:after', 'statistics:inside', 'package:inside:5') as $point) {
            $this->add($point, 'hard', $tail . ('package:inside:5' === $point ? '|open' : ''), 'resume', 'safe');
        }
        $this->add('package:deleted', 'hard', $tail . '|open', 'resume', 'safe');
        if ($this->family->set['modes']) {
            $this->add('modes:inside:1', 'hard', 'cache|open', 'resume', 'safe');
            $this->add('modes:inside:3', 'hard', 'cache|open', 'resume', 'safe');
        }
        $this->add('modes:after', 'hard', $tail . '|open', 'resume', 'safe');
        if (!$this->is('A')) {
            $this->add('notes:fail', 'fail', 'open|-', 'open', 'safe');
        }
        $this->add('finished', 'hard', 'open|-', 'open', 'safe');
    }

    private function listTwice()
    {
        if ($this->is('AB')) {
            return;
        }
        // The second attempt's backup shows the damage of the first
        $this->add('twice:schema:2:row', 'hard', 'schema', 'restore', 'unsafe');
        $this->add('twice:schema:3:inside:1', 'hard', 'schema', 'restore', 'unsafe');
        $this->add('twice:schema:2:fail:1', 'fail', 'schema', 'restore', 'unsafe');
        $this->add('twice:files:copied:30', 'hard', 'schema', 'restore', 'unsafe');
        $this->add('twice:labels:de:inside:3', 'hard', 'schema', 'restore', 'unsafe');
        // An attempt before it that changed nothing: its zip is clean where it made one
        $this->add('again:schema:2:fail:1', 'fail', 'schema', 'restore', 'unsafe');
        $this->add('mailed:schema:2:fail:1', 'fail', 'schema', 'restore', 'unsafe');
        $this->add('again:files:copied:20', 'hard', 'files', 'resume', 'safe');
        foreach (array('before', 'removed:app', 'removed:js', 'copied:30', $this->family->set['keys'] ? 'refused' : 'statement:20') as $point) {
            $this->add("restorer:$point", 'hard', 'schema', 'restore', 'unsafe');
        }
    }

    private function listLegacy()
    {
        $this->add('download:before', 'hard', '-|download', 'none', 'no');
        $this->add('download:inside', 'hard', 'download|-', 'none', 'no');
        $this->add('unpack:before', 'hard', 'unpack|download|-', 'none', 'no');
        $this->add('unpack:inside:20', 'hard', 'unpack|download|-', 'none', 'no');
        $this->add('close:before', 'hard', '-|check|close', 'none', 'no');
        foreach (array('close:after', 'check:themes:3', 'check:files') as $point) {
            $this->add($point, 'hard', 'check|close', 'open', 'no');
        }
        $this->add('check:noted', 'hard', 'check|backup', 'open', 'no');
        foreach (array('file:1', 'file:30', 'table:1', 'table:3') as $point) {
            $this->add("backup:$point", 'hard', 'backup', 'open', 'no');
        }
        $this->add('backup:fail', 'fail', 'backup', 'open', 'no');
        $this->add('backup:table:2', 'fatal', 'backup', 'open', 'no');
        $this->backup = 'yes';
        $this->add('backup:noted', 'hard', 'backup|files', 'open', 'no');
        $this->add('backup:after', 'hard', 'files|backup', 'open', 'no');
        $this->add('files:before', 'hard', 'files|backup', 'open', 'no');
        foreach (array(1, 30) as $n) {
            $this->add("files:copied:$n", 'hard', 'files', 'resume', 'safe');
            $this->add("files:cut:$n", 'hard', 'files', 'resume', 'safe');
        }
        $this->add('files:copied:20', 'fatal', 'files', 'resume', 'safe');
        $this->add('files:copied', 'hard', 'files', 'resume', 'safe');
        $this->add('files:deleted:2', 'hard', 'files', 'resume', 'safe');
        $this->add('files:after', 'hard', 'schema|files', 'resume', 'safe');
        foreach (LegacyPack::statements($this->family) as $dump => $statements) {
            if ('db_lang_fr.sql' === $dump) {
                continue;
            }
            $step = 0 === strpos($dump, 'db_lang') ? 'labels|schema' : 'schema';
            // What ran last is not noted down yet: a changed table shows it, a text is the same when it is written twice, a number counted up is not
            $sure = 'db_data.sql' !== $dump;
            $this->add("sql:$dump:untracked:1", 'hard', $step, $sure ? 'resume' : 'restore', $sure ? 'safe' : 'unsafe');
            $this->add("sql:$dump:done:1", 'hard', $step, 'resume', 'safe');
            // Behind the last statement the package's script may have begun, and nothing tells
            $this->add("sql:$dump:done:" . count($statements), 'hard', $step . ('labels|schema' === $step ? '|post_hooks' : '|labels'), 'resume',
                'db_lang_de.sql' === $dump ? 'again' : 'safe');
        }
        foreach (array('post:before', 'post:inside', 'post:after', 'settings:inside') as $point) {
            $this->add($point, 'hard', 'post_hooks|cache|labels|schema', 'resume', 'again');
        }
        foreach (array('settings:after', 'saving:before') as $point) {
            $this->add($point, 'hard', 'cache|post_hooks|labels|schema', 'resume', 'safe');
        }
        $this->add('finished', 'hard', 'open|-', 'open', 'safe');
    }
}
