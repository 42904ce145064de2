<?php

namespace Oct;

/**
 * All points at which an upgrade can be stopped, and what is true of the store then
 */
final class Stops
{
    /** How many statements a step runs; of the tables see Schema */
    const WRITES = array(
        '2.1' => array(1 => 26),
        '2.3' => array(2 => 2, 3 => 14, 4 => 16, 5 => 8, 6 => 10, 7 => 15, 8 => 12, 9 => 14),
        '3.0' => array(2 => 2, 3 => 14, 4 => 15, 5 => 8, 6 => 10, 7 => 15, 8 => 5, 9 => 14, 10 => 0, 11 => 18),
        '4.0' => array(4 => 26, 5 => 5, 6 => 10, 7 => 16, 8 => 13, 9 => 12),
        '4.1' => array(4 => 24, 5 => 19, 6 => 10, 7 => 15, 8 => 3, 9 => 0, 10 => 31, 11 => 10, 12 => 13),
    );

    private $family;

    private $stops = array();

    public static function of(Family $family)
    {
        $stops = new self();
        $stops->family = $family;
        if ('4.1' === $family->name) {
            $stops->listZip();
        } else {
            $stops->listUpload();
        }
        $stops->listSchema();
        $stops->listSteps();
        $stops->listEnd();

        return $stops->stops;
    }

    /**
     * @param string $step    Steps that may be named, the true one first; - for none
     * @param string $rescue  none unseen gone open resume lost cache hint
     * @param string $forward safe source blind no
     */
    private function add($point, $kill, $step, $rescue, $forward)
    {
        $this->stops[] = array($point, $kill, $step, $rescue, $forward, 'no');
    }

    private function listUpload()
    {
        $files = array_keys((new Content($this->family))->product('new'));
        $last = count($files);
        $shown = (int) array_search('admin/index.php', $files, true) + 1;
        // Behind the first page that names a version and before the other one the store has two; up to the first it shows of the new one nothing at all
        foreach (array(2, $shown - 1, $shown, 40, (int) array_search('index.php', $files, true) + 1) as $n) {
            if ($n < $shown) {
                $this->add("files:copied:$n", 'hard', '-', 'unseen', 'no');
            } else {
                $this->add("files:copied:$n", 'hard', 'files|unpack|schema', 'resume', 'blind');
            }
        }
        $inside = (int) array_search('install/index.php', $files, true) + 1;
        // Of other files nobody can tell that they are torn
        $code = function ($n) use ($files) {
            while ('.php' !== substr($files[$n - 1], -4)) {
                $n--;
            }

            return $n;
        };
        foreach (array("cut:$inside", 'cut:' . $code(60), 'empty:' . $code(90), 'cut:' . $code($last - 20), 'empty:' . $code($last - 3)) as $point) {
            $this->add("files:$point", 'hard', 'files|unpack|download', 'resume', 'source');
        }
        // Everything that names a version says the new one: without the release nobody can know of the files that are missing
        foreach (array($inside, $last - 30) as $n) {
            $this->add("files:copied:$n", 'hard', 'files|unpack|download|schema|pre_hooks:upgrade_1', 'resume', 'blind');
        }
        $this->add('files:done', 'hard', 'schema|pre_hooks:upgrade_1|download', 'resume', 'safe');
        $this->add('begun', 'hard', 'schema|pre_hooks:upgrade_1|download', 'resume', 'safe');
    }

    private function listZip()
    {
        $this->add('download:half', 'hard', '-|download', 'none', 'no');
        $this->add('unpack:2', 'hard', 'unpack|download|-', 'resume', 'safe');
        $this->add('unpacked', 'hard', 'pre_hooks:upgrade_1|files|-', 'resume', 'safe');
        foreach (array('before', 'config', 'admin', 'after') as $place) {
            $this->add("step:1:$place", 'hard', 'pre_hooks:upgrade_1|files', 'resume', 'safe');
        }
        foreach (array('removed:1', 'removed:20', 'copied:1', 'copied:30', 'copied:90', 'copied:120', 'cut:2', 'cut:60', 'page:1', 'page2:removed:3', 'page2:copied:30', 'page2:cut:10', 'all') as $place) {
            $this->add("files:$place", 'hard', 'all' === $place ? 'files|schema' : 'files', 'resume', 'safe');
        }
        $this->add('logged:files:copied:100', 'hard', 'files', 'resume', 'safe');
        $this->add('files:copied:50', 'fatal', 'files', 'resume', 'safe');
        $this->add('zip:truncated', 'error', 'files|download', 'resume', 'source');
        $this->add('zip:html', 'error', 'files|download', 'resume', 'source');
        $this->add('zip:missing', 'error', '-', 'gone', 'no');
        $this->add('moved:step:4:before', 'error', 'pre_hooks:upgrade_1|files', 'resume', 'safe');
        $this->add('moved:error:12', 'error', 'pre_hooks:upgrade_1|files', 'resume', 'safe');
    }

    private function listSchema()
    {
        $step = $this->family->schemaStep();
        if ('request' === $this->family->set['kind']) {
            // It does nothing to the tables
            return;
        }
        $names = (new Schema($this->family->set['new']))->names();
        $old = array_flip((new Schema($this->family->set['old']))->names());
        $this->add("step:$step:before", 'hard', 'schema|files', 'resume', 'safe');
        $both = array_values(array_filter($names, function ($name) use ($old) {
            return isset($old[$name]);
        }));
        foreach (array(0, 1, (int) (count($both) / 3), (int) (count($both) / 2), count($both) - 2) as $n) {
            foreach (array('before', 'columns', 'dropped', 'primary', 'keys', 'done') as $place) {
                // What is left may be the same in both versions
                $this->add("schema:$both[$n]:$place", 'hard', $n > count($both) - 3 ? 'schema|post_hooks' : 'schema', 'resume', 'safe');
            }
        }
        foreach (array('order', 'setting', 'customer') as $name) {
            $this->add("schema:$name:columns", 'fatal', 'schema', 'resume', 'safe');
        }
        $this->add('logged:schema:product:dropped', 'hard', 'schema', 'resume', 'safe');
        $this->add('schema:' . end($names) . ':done', 'hard', 'schema|post_hooks', 'resume', 'safe');
        $this->add("step:$step:after", 'hard', 'schema|post_hooks', 'resume', 'safe');
    }

    private function listSteps()
    {
        $first = $this->family->schemaStep() + ('request' === $this->family->set['kind'] ? 0 : 1);
        foreach ($this->family->steps() as $i => $name) {
            $n = $i + 1;
            if ($n < $first) {
                continue;
            }
            // The one request leaves the tables as they are, so that they are what is missing first
            $id = ('request' === $this->family->set['kind'] ? 'schema|' : '') . "post_hooks:$name";
            $next = isset($this->family->steps()[$n]) ? 'post_hooks:' . $this->family->steps()[$n] : '-';
            $this->add("pause:$n", 'hard', "$id|post_hooks|schema", 'resume', 'safe');
            $writes = self::WRITES[$this->family->name][$n] ?? 0;
            // Between these an image of a banner is nowhere, or has the titles of some languages only
            $lost = '2.3' === $this->family->name && '1007' === $name ? array(6, 7, 9, 10) : array();
            // The tiles of the dashboard are put in where there are none: cut among them, neither a repeat of the product's nor of ours puts in the rest
            $middle = '1008' === $name ? 1 : (int) (($writes + 1) / 2);
            foreach (array_unique(array_merge(array(1, $middle, $writes), '1007' === $name ? array(3, 4) : array(), $lost ? array(7, 8, 10) : array())) as $k) {
                if ($k > 0 && $k <= $writes) {
                    $rescue = in_array($k, $lost, true) ? 'lost' : 'resume';
                    // Behind the last statement of the last step all work is there
                    $nothing = '-' === $next && $k === $writes ? '|-' : '';
                    $this->add("step:$n:$k", 'hard', "$id|post_hooks$nothing", $rescue, 'safe');
                    $this->add("logged:step:$n:$k", 'hard', "$id$nothing", $rescue, 'safe');
                }
            }
            $this->add("step:$n:after", 'hard', ('request' === $this->family->set['kind'] ? 'schema|' : '') . "$next|post_hooks|-", 'resume', 'safe');
            $this->add("logged:step:$n:after", 'hard', '-' === $next ? "$id|-" : "$id|$next", 'resume', 'safe');
            $this->add("saved:step:$n:before", 'hard', "$id|post_hooks", 'resume', 'safe');
        }
    }

    private function listEnd()
    {
        $errors = array('2.3' => array(7), '3.0' => array(7), '4.0' => array(4, 8), '4.1' => array(10));
        foreach ($errors[$this->family->name] ?? array() as $n) {
            $id = 'post_hooks:' . $this->family->steps()[$n - 1];
            foreach (array('', 'logged:', 'saved:') as $how) {
                $this->add("{$how}error:$n", 'error', '' === $how ? "$id|schema|post_hooks" : "$id|schema", 'resume', 'safe');
            }
        }
        if (!$this->family->modern('old')) {
            $this->add('refresh', 'hard', '-', 'open', 'no');
        }
        if ('2.1' === $this->family->name || '3.0' === $this->family->name) {
            $this->add('stale', 'hard', '-', 'cache', 'no');
        }
        $this->add('before', 'hard', '-', 'none', 'no');
        $this->add('config', 'hard', '-', 'hint', 'no');
        $this->add('finished', 'hard', '-|post_hooks', 'resume', 'safe');
    }
}
