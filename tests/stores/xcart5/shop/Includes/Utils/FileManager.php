<?php

namespace Includes\Utils;

/**
 * Files and folders
 */
abstract class FileManager
{
    public static function mkdirRecursive($dir)
    {
        return is_dir($dir) || @mkdir($dir, 0755, true) || is_dir($dir);
    }

    public static function write($path, $data, $flags = 0)
    {
        $fresh = !is_file($path);
        $result = static::mkdirRecursive(dirname($path)) && false !== @file_put_contents($path, $data, $flags);
        if ($result && $fresh) {
            chmod($path, 0644);
        }

        return $result;
    }

    public static function read($path)
    {
        return is_file($path) ? file_get_contents($path) : null;
    }

    public static function deleteFile($path)
    {
        return !file_exists($path) || unlink($path);
    }

    public static function unlinkRecursive($dir)
    {
        if (is_link($dir) || is_file($dir)) {
            unlink($dir);
        } elseif (is_dir($dir)) {
            foreach (array_diff(scandir($dir), array('.', '..')) as $name) {
                static::unlinkRecursive(rtrim($dir, LC_DS) . LC_DS . $name);
            }
            rmdir($dir);
        }
    }

    /** All files below a folder, relative, sorted */
    public static function listFiles($dir, $prefix = '')
    {
        $result = array();
        foreach (is_dir($dir) ? array_diff(scandir($dir), array('.', '..')) : array() as $name) {
            $path = rtrim($dir, LC_DS) . LC_DS . $name;
            if (is_dir($path)) {
                $result = array_merge($result, static::listFiles($path, $prefix . $name . '/'));
            } else {
                $result[] = $prefix . $name;
            }
        }

        return $result;
    }

    public static function getLogDir()
    {
        return LC_DIR_LOG . (\Includes\Flavour::get('logFolders') ? date('Y') . LC_DS . date('m') . LC_DS : '');
    }
}
