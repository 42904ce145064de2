<?php

namespace AutoUpgrade;

/** What all steps share: where things lie, the lists, the state that is carried from request to request, the log */
final class Work
{
    public $root;

    /** Name of the folder of the administration */
    public $admin;

    /** Folder of the workspace */
    public $space;

    public $flavour;

    /** @var Log */
    public $log;

    /** @var array Carried by the browser or the command line up to generation 6, kept in files from 7 on */
    public $state = array();

    public function __construct($admin, $mode)
    {
        $this->root = dirname(__DIR__, 3);
        $this->admin = $admin;
        $this->space = "$this->root/$admin/autoupgrade";
        $this->flavour = require dirname(__DIR__) . '/flavour.php';
        $this->log = new Log($this, $mode);
    }

    /** The time of this store: tests let attempts of an upgrade lie hours apart */
    public static function now()
    {
        return time() - (int) getenv('PS_TEST_AGO');
    }

    public function is($first, $last = 99)
    {
        return $this->flavour['gen'] >= $first && $this->flavour['gen'] <= $last;
    }

    /** The unpacked new version */
    public function release()
    {
        return $this->space . ($this->is(7) ? '/tmp/releases' : '/latest');
    }

    public function has($file)
    {
        return is_file("$this->space/$file");
    }

    public function put($file, $value)
    {
        file_put_contents("$this->space/$file", base64_encode(serialize($value)));
    }

    public function get($file)
    {
        return unserialize(base64_decode(file_get_contents("$this->space/$file")));
    }

    public function drop($file)
    {
        @unlink("$this->space/$file");
    }

    /** @param array $items What is left to do, the next first */
    public function putList($file, array $items, $total = null)
    {
        $items = array_values($items);
        switch ($this->flavour['list']) {
            case 'front':
                return $this->put($file, $items);
            case 'reversed':
                return $this->put($file, array_reverse($items));
        }
        $this->put($file, array('backlog' => array_reverse($items), 'initialTotal' => null === $total ? count($items) : $total));
    }

    /** @return array{array, int} What is left to do, the next first; how much there was */
    public function getList($file)
    {
        $list = $this->get($file);
        switch ($this->flavour['list']) {
            case 'front':
                return array($list, count($list));
            case 'reversed':
                return array(array_reverse($list), count($list));
        }

        return array(array_reverse($list['backlog']), $list['initialTotal']);
    }

    /** From generation 7 on the state of a process lies in a file of its own */
    public function keep($process, array $more = array())
    {
        $this->state = $more + $this->state;
        if ($this->is(7)) {
            $this->put("state_$process.var", $this->state);
        }
    }

    public function recall($process)
    {
        if ($this->is(7) && $this->has("state_$process.var")) {
            $this->state = $this->get("state_$process.var") + $this->state;
        }
    }

    /** The store's settings and its database, without the rest of its code */
    public function database()
    {
        require_once $this->root . '/config/defines.inc.php';
        require_once $this->root . '/config/autoload.php';

        return \Db::getInstance();
    }

    /** All of the store's code */
    public function core()
    {
        defined('_PS_ADMIN_DIR_') || define('_PS_ADMIN_DIR_', $this->root . '/' . $this->admin);
        require_once $this->root . '/config/config.inc.php';

        return \Db::getInstance();
    }

    /** @return string[] Names of files below a folder, with a leading slash; folders too when asked for */
    public function tree($dir, callable $skip, $folders, $below = '')
    {
        $result = array();
        foreach (array_diff(scandir($dir . $below), array('.', '..')) as $name) {
            $path = "$below/$name";
            if (in_array($name, array('.svn', '.git', 'autoupgrade'), true) || $skip($path)) {
                continue;
            }
            if (is_dir($dir . $path)) {
                $folders && $result[] = $path;
                array_push($result, ...$this->tree($dir, $skip, $folders, $path));
            } else {
                $result[] = $path;
            }
        }

        return $result;
    }

    public static function remove($dir)
    {
        foreach (array_diff(scandir($dir), array('.', '..')) as $name) {
            is_dir("$dir/$name") && !is_link("$dir/$name") ? self::remove("$dir/$name") : unlink("$dir/$name");
        }

        return rmdir($dir);
    }
}
