<?php

namespace Includes;

/**
 * Uncaught exceptions and fatal errors
 */
abstract class ErrorHandler
{
    const ERROR_MAINTENANCE_MODE = -9999;

    public static function fireError($message, $code)
    {
        throw new \Exception($message, $code);
    }

    public static function handleException(\Throwable $exception)
    {
        static::logInfo($exception->getMessage(), $exception->getCode(), $exception->getTraceAsString());
        if (LC_IS_CLI_MODE) {
            fwrite(STDERR, $exception->getMessage() . PHP_EOL);
        }
        exit(255);
    }

    public static function shutdown()
    {
        $error = error_get_last();
        if ($error && in_array($error['type'], array(E_ERROR, E_CORE_ERROR, E_COMPILE_ERROR), true)) {
            $call = 'Includes\ErrorHandler::handleError(Array ([type] => ' . $error['type'] . ',[message] => '
                . $error['message'] . ',[file] => ' . $error['file'] . ',[line] => ' . $error['line'] . '))';
            static::logInfo(
                $error['message'],
                $error['type'],
                '#0  ' . $call . ' called at [' . __FILE__ . ':' . __LINE__ . ']' . PHP_EOL
                . '#1  Includes\ErrorHandler::shutdown()' . PHP_EOL
            );
        }
    }

    public static function getLogFile()
    {
        $file = \Includes\Utils\FileManager::getLogDir() . 'php_errors.log.' . date('Y-m-d') . '.php';
        if (!is_file($file)) {
            \Includes\Utils\FileManager::write($file, '<' . '?php die(1); ?' . '>' . PHP_EOL);
        }

        return $file;
    }

    protected static function logInfo($message, $code, $backtrace)
    {
        $record = '[' . date('d-M-Y H:i:s') . '] Error (code: ' . $code . '): ' . $message . PHP_EOL
            . 'Server API: ' . (LC_IS_CLI_MODE ? PHP_SAPI : 'fpm-fcgi') . ';' . PHP_EOL
            . 'Request method: ' . ($_SERVER['REQUEST_METHOD'] ?? '') . ';' . PHP_EOL
            . 'URI: ' . ($_SERVER['REQUEST_URI'] ?? '') . ';' . PHP_EOL
            . 'Backtrace: ' . PHP_EOL . $backtrace . PHP_EOL . PHP_EOL;
        file_put_contents(static::getLogFile(), $record, FILE_APPEND);
    }
}
