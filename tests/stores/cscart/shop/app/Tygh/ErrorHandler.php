<?php

namespace Tygh;

/** What a visitor gets; the first line stands for the status line of the answer */
class ErrorHandler
{
    public static function answer(\Throwable $e)
    {
        error_log(addslashes((string) $e));
        if ($e instanceof StoreClosed) {
            echo "HTTP 503\n", file_get_contents(DIR_ROOT . '/store_closed.html');
            exit(3);
        }
        echo "HTTP 500\nService unavailable\nSorry, service is temporarily unavailable.\n<!--\n", get_class($e), "\n", $e->getMessage(), "\n",
            $e->getFile(), ':', $e->getLine(), "\n", $e->getTraceAsString(), "\n-->\n";
        exit(1);
    }
}
