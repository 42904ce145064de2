/*
 * What the store's code may do matters to none of this: the report is open and all arguments are read before it runs, and the
 * shutdown function is the first one registered, thus runs first. A reserve of memory is given back there: the report must get out
 * when memory was the problem.
 */
#include "sys/php_code.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const char report[] =
"abstract class ToolkitReport\n"
"{\n"
"    protected static $stage = 'store', $over = false;\n"
"    private static $report, $reserve;\n"
"\n"
"    /* php://fd is there since 5.3.6; RHEL 6 has 5.3.3. */\n"
"    protected static function open($number, $mode)\n"
"    {\n"
"        $stream = @fopen('php://fd/' . $number, $mode);\n"
"        return $stream ? $stream : @fopen('/proc/self/fd/' . $number, $mode);\n"
"    }\n"
"\n"
"    public static function begin($argv, $script)\n"
"    {\n"
"        self::$report = self::open('3', 'w');\n"
"        self::$reserve = str_repeat('x', 262144);\n"
"        register_shutdown_function(array('ToolkitReport', 'end'));\n"
"        $_SERVER['argv'] = array($script);\n"
"        $_SERVER['argc'] = 1;\n"
"        foreach (array('PHP_SELF', 'SCRIPT_NAME', 'SCRIPT_FILENAME', 'PATH_TRANSLATED') as $name) {\n"
"            $_SERVER[$name] = $script;\n"
"        }\n"
"        return array_slice($argv, 1);\n"
"    }\n"
"\n"
"    protected static function say($line)\n"
"    {\n"
"        @fwrite(self::$report, $line . \"\\n\");\n"
"        @fflush(self::$report);\n"
"    }\n"
"\n"
"    protected static function hex($text)\n"
"    {\n"
"        $text = (string) $text;\n"
"        return '' === $text ? '-' : bin2hex(substr($text, 0, 60000));\n"
"    }\n"
"\n"
"    public static function fail($kind, $text, $file = '', $line = 0)\n"
"    {\n"
"        self::$over = true;\n"
"        self::say('error ' . $kind . ' ' . self::$stage . ' ' . self::hex($text) . ' ' . self::hex($file) . ' '\n"
"            . (int) $line);\n"
"    }\n"
"\n"
"    public static function caught($e)\n"
"    {\n"
"        self::fail($e instanceof Exception ? 'exception' : 'fatal', get_class($e) . ': ' . $e->getMessage(), $e->getFile(),\n"
"            $e->getLine());\n"
"        @fwrite(fopen('php://stderr', 'w'), $e->getTraceAsString() . \"\\n\");\n"
"        exit(70);\n"
"    }\n"
"\n"
"    public static function end()\n"
"    {\n"
"        self::$reserve = null;\n"
"        if (self::$over) {\n"
"            return;\n"
"        }\n"
"        $last = error_get_last();\n"
"        $deadly = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;\n"
"        if ($last && ($last['type'] & $deadly)) {\n"
"            self::fail('fatal', $last['message'], $last['file'], $last['line']);\n"
"        } else {\n"
"            self::$over = true;\n"
"            self::say('quit ' . self::$stage);\n"
"        }\n"
"    }\n"
"\n"
"    /* Stores set limits of their own while they load. */\n"
"    protected static function unlimited()\n"
"    {\n"
"        @ini_set('display_errors', 'stderr');\n"
"        @ini_set('memory_limit', '-1');\n"
"        if (function_exists('set_time_limit')) {\n"
"            @set_time_limit(0);\n"
"        }\n"
"    }\n"
"\n"
"    protected static function call()\n"
"    {\n"
"        self::$stage = 'call';\n"
"        self::say('call');\n"
"    }\n"
"\n"
"    protected static function done($kind = 'any')\n"
"    {\n"
"        self::$over = true;\n"
"        self::say('done ' . $kind);\n"
"        exit(0);\n"
"    }\n"
"}\n"
"\n";
/* clang-format on */

void php_code_report(struct buf *out)
{
    buf_adds(out, report);
}

int php_code_run(const struct php_run *run, const char *code, const char *const *args, child_line *line, void *arg,
                 struct child_result *child, struct err *e)
{
    static const char *const options[] = {PHP_RUN_OPTIONS};
    const size_t noptions = sizeof options / sizeof *options;
    struct child_opts o = {.env = run->env,
                           .cwd = run->dir,
                           .report = true,
                           .as = run->as,
                           .timeout_ms = run->timeout_ms,
                           .cancel = run->cancel,
                           .line = line,
                           .arg = arg,
                           .ops = run->ops};
    struct buf whole = {0};
    const char **argv;
    size_t nargs = 0;
    size_t i = noptions + 1;
    int rc;

    while (args[nargs] != NULL)
        nargs++;
    buf_adds(&whole, report);
    buf_adds(&whole, code);
    argv = mem_array(noptions + nargs + 5, sizeof *argv);
    argv[0] = run->php;
    memcpy(argv + 1, options, sizeof options);
    argv[i++] = "-r";
    argv[i++] = buf_cstr(&whole);
    argv[i++] = "--";
    memcpy(argv + i, args, (nargs + 1) * sizeof *args);
    o.argv = argv;
    rc = child_run(&o, child, e);
    free(argv);
    buf_free(&whole);
    return rc;
}

bool php_code_text(struct arena *mem, struct str field, struct str *text)
{
    char *p;

    *text = (struct str){NULL, 0};
    if (str_is(field, "-"))
        return true;
    if (field.n == 0 || field.n % 2 != 0)
        return false;
    p = arena_alloc(mem, field.n / 2 + 1);
    if (!str_unhex(field, (uint8_t *)p, field.n / 2))
        return false;
    *text = (struct str){p, field.n / 2};
    return true;
}

bool php_code_fault(struct str line, struct php_code_fault *fault)
{
    struct str kind = str_cut(line, ' ', &line);
    struct str stage = str_cut(line, ' ', &line);
    struct str text_hex = str_cut(line, ' ', &line);
    struct str file_hex = str_cut(line, ' ', &line);
    struct arena mem = {0};
    struct str text;
    struct str file;
    uint64_t number;
    bool good = php_code_text(&mem, text_hex, &text) && php_code_text(&mem, file_hex, &file) && str_u64(line, UINT32_MAX, &number);

    if (good) {
        fault->kind = kind;
        fault->stage = stage;
        php_error_set(&fault->error, text, file, (unsigned)number);
    }
    arena_free(&mem);
    return good;
}
