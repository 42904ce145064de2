<?php

function fn_fs_version()
{
    return '@@VERSION@@';
}

function fn_mkdir($dir, $mode = DEFAULT_DIR_PERMISSIONS)
{
    if (is_dir($dir)) {
        return true;
    }
    $umask = umask(0);
    $made = mkdir($dir, $mode, true);
    umask($umask);

    return $made;
}

function fn_rm($path)
{
    if (is_link($path) || is_file($path)) {
        return unlink($path);
    }
    if (is_dir($path)) {
        foreach (array_diff(scandir($path), array('.', '..')) as $name) {
            fn_rm($path . '/' . $name);
        }

        return rmdir($path);
    }

    return false;
}

/** In the order of the directory; the walk ends with the first entry that fails, and few callers look */
function fn_copy($source, $target, $each = null)
{
    if (is_file($source)) {
        if (is_dir($target)) {
            $target .= '/' . basename($source);
        }
        $copied = @copy($source, $target);
        if ($copied) {
            @chmod($target, DEFAULT_FILE_PERMISSIONS);
            if ($each) {
                $each($source, $target);
            }
        }

        return $copied;
    }
    if (is_dir($source)) {
        fn_mkdir($target);
        foreach (array_diff(scandir($source, SCANDIR_SORT_NONE), array('.', '..')) as $name) {
            if (!fn_copy($source . '/' . $name, $target . '/' . $name, $each)) {
                return false;
            }
        }

        return true;
    }

    return false;
}

function fn_mode_text($mode)
{
    $text = 040000 === ($mode & 0170000) ? 'd' : '-';
    foreach (array(0400 => 'r', 0200 => 'w', 0100 => 'x', 040 => 'r', 020 => 'w', 010 => 'x', 04 => 'r', 02 => 'w', 01 => 'x') as $bit => $letter) {
        $text .= $mode & $bit ? $letter : '-';
    }

    return $text;
}

function fn_get_file_perms_info($path)
{
    clearstatcache();

    return fn_mode_text(fileperms($path)) . ' ' . posix_getpwuid(fileowner($path))['name'] . ':' . posix_getgrgid(filegroup($path))['name'];
}

/** As a process that is not root would see it */
function fn_is_writable($path)
{
    clearstatcache();

    return file_exists($path) && fileperms($path) & 0200;
}
