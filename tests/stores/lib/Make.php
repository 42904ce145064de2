<?php

namespace Stores;

/** The command "make" of a folder whose classes Family, Content, Builder and Upgrade are those of this one */
final class Make
{
    /**
     * @param string        $classes Namespace of the folder's classes
     * @param callable|null $built   Is told of the folder of downloads and of WORK once the store stands
     *
     * @return integer Exit status
     */
    public static function main($classes, $built = null)
    {
        $options = store_options(
            array('family', 'dir', 'work', 'db'),
            array('stop' => 'none', 'kill' => 'hard', 'files' => '0', 'rows' => '0', 'owner' => '')
        );
        if (!in_array($options['kill'], array('hard', 'fatal', 'error', 'exception', 'fail'), true)) {
            fwrite(STDERR, "unknown kind of death: {$options['kill']}\n");

            return 2;
        }
        umask(0022);
        ini_set('memory_limit', '1G');
        $family = call_user_func(array($classes . '\Family', 'get'), $options['family']);
        $dir = rtrim($options['dir'], '/');
        if (!is_dir($dir) && !mkdir($dir, 0755, true)) {
            return 1;
        }
        $server = sys_get_temp_dir() . '/' . strtolower($classes) . '-server.' . getmypid();
        mkdir($server, 0755);
        $status = 1;
        try {
            $status = self::make($classes, $family, realpath($dir), realpath($options['work']), $server, $options, $built) ? 0 : 1;
        } catch (\Throwable $exception) {
            fwrite(STDERR, $exception->getMessage() . "\n");
        }
        self::remove($server);

        return $status;
    }

    private static function make($classes, Family $family, $dir, $work, $server, array $options, $built)
    {
        $user = store_user($options['owner']);
        $class = $classes . '\Content';
        $content = new $class($family, (int) $options['files']);
        $class = $classes . '\Builder';
        (new $class($family, $dir, $work, $options['db'], $content, (int) $options['rows']))->build($server);
        if ($built) {
            $built($server, $work);
        }
        if ($user) {
            store_give($user, array($dir, $server));
        }
        $class = $classes . '\Upgrade';
        if ((new $class($family, $dir, $work, $server, $options['stop'], $options['kill'], $user ? $user['uid'] : null))->run()) {
            return true;
        }
        fwrite(STDERR, "the upgrade came to its end without passing: {$options['stop']}\n");

        return false;
    }

    private static function remove($folder)
    {
        foreach (glob($folder . '/*') as $path) {
            is_dir($path) ? self::remove($path) : unlink($path);
        }
        rmdir($folder);
    }
}
