#include "platform/prestashop/shop_code.h"

#include "platform/prestashop/ps.h"
#include "sys/php_call.h"

/* clang-format off */
static const char load[] =
"abstract class ToolkitShop extends ToolkitReport\n"
"{\n"
"    protected static $root, $args;\n"
"\n"
"    public static function start($argv)\n"
"    {\n"
"        $all = self::begin($argv, 'index.php');\n"
"        self::$root = $all[0];\n"
"        self::$args = array_slice($all, 2);\n"
"        $_SERVER['REQUEST_METHOD'] = 'GET';\n"
"        $_SERVER['REQUEST_URI'] = '/index.php';\n"
"        $_SERVER['HTTP_HOST'] = $_SERVER['SERVER_NAME'] = 'localhost';\n"
"        if ('-' !== $all[1]) {\n"
"            define('_PS_ADMIN_DIR_', $all[0] . '/' . $all[1]);\n"
"            define('PS_ADMIN_DIR', _PS_ADMIN_DIR_);\n"
"        }\n"
"        return $all[0] . '/config/config.inc.php';\n"
"    }\n"
"\n"
"    /* From 1.7 on much of a module's code asks the container; 9 has a kernel a side, and that of all is abstract. */\n"
"    private static function boot()\n"
"    {\n"
"        global $kernel;\n"
"        if (is_object($kernel) || !is_file(self::$root . '/app/AppKernel.php')) {\n"
"            return;\n"
"        }\n"
"        require_once self::$root . '/app/AppKernel.php';\n"
"        if (!class_exists('AppKernel') || !method_exists('AppKernel', 'boot')) {\n"
"            return;\n"
"        }\n"
"        $class = new ReflectionClass('AppKernel');\n"
"        $name = $class->isAbstract() ? 'AdminKernel' : 'AppKernel';\n"
"        $debug = defined('_PS_MODE_DEV_') && _PS_MODE_DEV_;\n"
"        $kernel = new $name($debug ? 'dev' : 'prod', $debug);\n"
"        if (method_exists($kernel, 'loadClassCache')) {\n"
"            $kernel->loadClassCache();\n"
"        }\n"
"        $kernel->boot();\n"
"    }\n"
"\n"
"    public static function loaded()\n"
"    {\n"
"        self::unlimited();\n"
"        self::$stage = 'prepare';\n"
"        self::boot();\n"
"        if (class_exists('Context') && class_exists('Employee')) {\n"
"            Context::getContext()->employee = new Employee(1);\n"
"        }\n"
"    }\n"
"}\n"
"\n";

static const char run[] =
"\n"
"$toolkit_config = %s::start($argv);\n"
"$argv = $_SERVER['argv'];\n"
"$argc = 1;\n"
"try {\n"
"    if (!is_readable($toolkit_config)) {\n"
"        %s::fail('file', 'config/config.inc.php is missing or not readable');\n"
"        exit(70);\n"
"    }\n"
"    require $toolkit_config;\n"
"    %s::loaded();\n"
"    %s::work();\n"
"} catch (Exception $e) {\n"
"    %s::caught($e);\n"
"} catch (Throwable $e) {\n"
"    %s::caught($e);\n"
"}\n";
/* clang-format on */

static void show(void *arg, enum child_stream from, struct str line)
{
    struct work *w = arg;

    (void)from;
    w->say(w, "  %.*s", STR_FMT(line));
}

/* The start, with the name of the class in its places. */
static void add_start(struct buf *out, const char *name)
{
    struct str rest = str_of(run);
    size_t at;

    while ((at = str_find(rest, STR("%s"), 0)) != SIZE_MAX) {
        buf_add(out, rest.p, at);
        buf_adds(out, name);
        rest = str_sub(rest, at + 2, rest.n);
    }
    buf_addstr(out, rest);
}

int ps_shop_call(struct store *s, const char *name, const char *source, const char *const *args, const char *what, struct work *w,
                 struct buf *said, struct err *e)
{
    const struct ps *x = s->own;
    const char *all[SHOP_ARGS_MAX + 3] = {s->tree.path, x->admin ? x->admin : "-"};
    struct php_call call = {.what = what, .args = all, .said = said};
    struct php_run how;
    struct buf code = {0};
    int rc;

    if (store_php_run(s, &how, e) < 0)
        return -1;
    how.output = w->verbose ? show : NULL;
    how.arg = w;
    for (size_t i = 0; i < SHOP_ARGS_MAX && args[i]; i++)
        all[i + 2] = args[i];
    buf_adds(&code, load);
    buf_adds(&code, source);
    add_start(&code, name);
    call.code = buf_cstr(&code);
    rc = php_call_run(&how, &call, e);
    buf_free(&code);
    return rc;
}
