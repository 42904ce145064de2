<?php

namespace Xc5;

/**
 * All points at which an upgrade can be stopped, and what is true of the store then
 */
final class Stops
{
    private $family;

    /** @var array<string, string> Steps in their order => kind of hook, or nothing */
    private $steps = array();

    /** @var array<string, array> */
    private $stops = array();

    private $mapped;

    /** True while what is built is not yet in its place */
    private $unswapped = false;

    public static function of(Family $family)
    {
        $stops = new self();
        $stops->family = $family;
        $stops->mapped = (bool) $family->set['hookMap'];
        $stops->listSteps();
        $stops->listPacks();
        $stops->listFiles();
        $stops->listRebuild();
        $stops->listEnd();

        return $stops->stops;
    }

    private function hooks($type)
    {
        $result = array();
        foreach ($this->family->entries() as $entry) {
            foreach (Hooks::qualifying($this->family, $entry, $type) as $path => $kind) {
                $result[Hooks::PHASES[$type] . ':' . $entry . ':' . $path] = $kind;
            }
        }

        return $result;
    }

    private function fileOrder()
    {
        $entries = $this->family->entries();

        return $this->family->set['coreLast'] ? array_merge(array_slice($entries, 1), array('Core')) : $entries;
    }

    private function listSteps()
    {
        $plain = array();
        foreach (array('download', 'unpack') as $kind) {
            foreach ($this->family->entries() as $entry) {
                $plain[] = $kind . ':' . $entry;
            }
        }
        $plain[] = 'check';
        $this->steps = array_fill_keys($plain, '') + $this->hooks('pre_upgrade');
        foreach ($this->fileOrder() as $entry) {
            $this->steps['files:' . $entry] = '';
        }
        $this->steps += $this->hooks('post_upgrade') + array('rebuild' => '');
        foreach ($this->family->entries() as $entry) {
            foreach (Hooks::qualifying($this->family, $entry, 'post_rebuild') as $path => $kind) {
                $this->steps['rebuild_hooks:' . $entry . ':' . $path] = $kind;
            }
            $this->steps['labels:' . $entry] = '';
        }
        $this->steps['cache'] = '';
    }

    private function next($step)
    {
        $names = array_keys($this->steps);

        return $names[array_search($step, $names, true) + 1];
    }

    private function first($prefix)
    {
        foreach (array_keys($this->steps) as $step) {
            if (0 === strpos($step, $prefix)) {
                return $step;
            }
        }
    }

    /**
     * @param string      $state State of the failed step; null: not begun
     * @param string|null $again Null: follows from the step, which is not begun
     * @param string      $or    Another step that can be named as well, because nothing in the store tells the two apart
     */
    private function add($point, $kill, $step, $state = null, $again = null, $or = '', $resumable = 'yes')
    {
        $mutable = isset($this->steps[$step]) && in_array($this->steps[$step], array('sql', 'iterative'), true);
        if (null === $again) {
            $again = $mutable && !$this->mapped ? 'maybe' : 'no';
        }
        $again = $mutable ? $again : 'no';
        if ('check' === $step && !$this->mapped) {
            // No trace of the check: it looks the same when the first hook behind it had begun
            $again = 'maybe';
        }
        $names = array_unique(array_filter(array($step, $or, $this->unswapped && 'rebuild' !== $step ? 'rebuild' : '')));
        $this->stops[] = array(
            $point, $kill, implode('|', $names), $state ?? ('maybe' === $again && 'check' !== $step ? 'unknown' : 'pending'), $again, $resumable,
        );
    }

    private function listPacks()
    {
        $entries = $this->family->entries();
        $last = end($entries);
        $check = 'check';

        $this->add('download:before', 'hard', 'download:Core', null, null, '', 'no');
        foreach ($entries as $entry) {
            $this->add("download:$entry:inside", 'hard', "download:$entry", 'partial', null, '', 'no');
            $this->add("download:$entry:after", 'hard', $this->next("download:$entry"), null, null, '', $entry === $last ? 'yes' : 'no');
        }
        foreach ($entries as $entry) {
            $this->add("unpack:$entry:inside", 'hard', "unpack:$entry", 'partial');
            $this->add("unpack:$entry:after", 'hard', $this->next("unpack:$entry"));
        }
        $this->add('unpack:saved', 'hard', $check);
        $this->add('check:inside', 'hard', $check);
        $this->add('check:saved', 'hard', $this->next($check), null, null, $check);
        if ($this->mapped) {
            $this->add('map:saved', 'hard', $this->next($check));
        }
    }

    /** Stops inside and after a hook */
    private function addHook($step, $kind, $or = '')
    {
        if ('iterative' === $kind) {
            return $this->addIterative($step);
        }
        $this->add("$step:inside", 'hard', $step, $this->mapped ? 'partial' : 'unknown', $this->mapped ? 'yes' : 'maybe', $or);
        $this->add("$step:inside", 'soft', $step, 'failed', 'yes');
        $this->add("$step:inside", 'fatal', $step, 'failed', $this->mapped ? 'yes' : 'maybe', $or);
        $this->add("$step:after", 'hard', $this->next($step));
    }

    private function addIterative($step)
    {
        $this->add("$step:inside", 'hard', $step, 'partial', 'yes');
        // The line is there, the state that tells how far it came is not.
        $this->add("$step:slice1", 'hard', $step, 'partial', 'maybe');
        foreach (array('before', 'inside', 'after') as $when) {
            $this->add("swap:$when", 'hard', $step, 'partial', 'maybe');
        }
        $this->unswapped = false;
        $this->add('rebuild_hooks:saved', 'hard', $step, 'partial', 'no');
        $this->add("$step:slice2:inside", 'hard', $step, 'partial', 'yes');
        $this->add("$step:slice2:inside", 'soft', $step, 'failed', 'yes');
        // Its last call ended and the row was not saved: nothing in the store tells whether it wanted another one
        $this->add("$step:slice2:after", 'hard', $step, 'partial', 'lost', $this->next($step));
    }

    private function listFiles()
    {
        $first = $this->first('pre_hooks');
        $unsure = $this->mapped ? '' : 'check';

        $this->add("$first:before", 'hard', $first, null, null, $unsure);
        foreach ($this->hooks('pre_upgrade') as $step => $kind) {
            $this->addHook($step, $kind, $step === $first ? $unsure : '');
        }
        foreach ($this->fileOrder() as $entry) {
            $step = 'files:' . $entry;
            $this->add("$step:before", 'hard', $step);
            foreach (array('copied:1', 'cut:1', 'copied:3', 'cut:4', 'cut:7') as $point) {
                $this->add("$step:$point", 'hard', $step, 'partial');
            }
            if ('Core' === $entry) {
                $this->add("$step:cut:20", 'hard', $step, 'partial');
            } else {
                $this->add("$step:copied", 'hard', $step, 'partial');
            }
            $this->add("$step:after", 'hard', $this->next($step));
        }
        foreach ($this->hooks('post_upgrade') as $step => $kind) {
            $this->addHook($step, $kind);
        }
        foreach (array('mark:before', 'mark:after', 'rebuild:requested') as $point) {
            $this->add($point, 'hard', 'rebuild');
        }
    }

    private function listRebuild()
    {
        $capsular = $this->family->set['capsular'];
        $steps = $capsular ? 12 : $this->family->set['steps'];
        for ($i = 1; $i <= $steps; $i++) {
            $this->add("rebuild:$i:before", 'hard', 'rebuild', 1 === $i ? 'pending' : 'partial');
            $this->add("rebuild:$i:inside", 'hard', 'rebuild', 'partial');
        }
        foreach (array(2, 5) as $i) {
            $this->add("rebuild:$i:inside", 'fatal', 'rebuild', 'failed');
        }
        $this->unswapped = $capsular;
        $this->add($capsular ? 'rebuild:13:before' : 'rebuild:done', 'hard', $this->first('rebuild_hooks'));

        foreach ($this->family->entries() as $entry) {
            $hook = null;
            foreach (Hooks::qualifying($this->family, $entry, 'post_rebuild') as $path => $kind) {
                $hook = "rebuild_hooks:$entry:$path";
                $this->addHook($hook, $kind);
            }
            if ($hook && 'iterative' === $this->steps[$hook]) {
                // As after slice 2: no line stands behind that of the hook's last call yet
                $this->add("labels:$entry:inside", 'hard', $hook, 'partial', 'lost', "labels:$entry");
            } else {
                $this->add("labels:$entry:inside", 'hard', "labels:$entry", 'partial');
            }
            $this->add("labels:$entry:after", 'hard', $this->next("labels:$entry"));
        }
    }

    private function listEnd()
    {
        if ($this->unswapped) {
            foreach (array('before', 'inside', 'after') as $when) {
                $this->add("swap:$when", 'hard', 'cache');
            }
            $this->unswapped = false;
        }
        $this->add('cache:before', 'hard', 'cache');
        $this->stops[] = array('finished', 'hard', '-', 'finished', 'no', 'yes');
    }
}
