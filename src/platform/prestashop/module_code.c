/* Upgrade functions of modules, and the .htaccess, through the store's own code. */
#include "platform/prestashop/shop_code.h"
#include "platform/prestashop/steps.h"
#include "sys/php_code.h"

/* clang-format off */
/* Arguments: name of the module, file below the root or "-", name of the function. */
static const char module[] =
"class ToolkitModule extends ToolkitShop\n"
"{\n"
"    private static function refuse($module, $why)\n"
"    {\n"
"        $module->disable();\n"
"        self::done('refused ' . self::hex($why));\n"
"    }\n"
"\n"
"    public static function work()\n"
"    {\n"
"        list($name, $file, $function) = self::$args;\n"
"        $module = Module::getInstanceByName($name);\n"
"        if (!is_object($module)) {\n"
"            self::fail('module', 'the store can not load the module ' . $name, 'modules/' . $name);\n"
"            exit(70);\n"
"        }\n"
"        self::call();\n"
"        if ('-' === $file) {\n"
"            self::refuse($module, '');\n"
"        }\n"
"        if (!function_exists($function)) {\n"
"            include self::$root . '/' . $file;\n"
"        }\n"
"        if (!function_exists($function)) {\n"
"            self::refuse($module, $file . ' has no function ' . $function);\n"
"        }\n"
"        try {\n"
"            $result = $function($module);\n"
"        } catch (Exception $e) {\n"
"            self::refuse($module, get_class($e) . ': ' . $e->getMessage());\n"
"        } catch (Throwable $e) {\n"
"            self::refuse($module, get_class($e) . ': ' . $e->getMessage());\n"
"        }\n"
"        if (!$result) {\n"
"            self::refuse($module, $function . ' says that it failed');\n"
"        }\n"
"        self::done('ok');\n"
"    }\n"
"}\n";

static const char htaccess[] =
"class ToolkitHtaccess extends ToolkitShop\n"
"{\n"
"    public static function work()\n"
"    {\n"
"        if (!is_callable(array('Tools', 'generateHtaccess'))) {\n"
"            self::fail('code', 'the store has no Tools::generateHtaccess');\n"
"            exit(70);\n"
"        }\n"
"        self::call();\n"
"        if (!Tools::generateHtaccess(null, (bool) Configuration::get('PS_REWRITING_SETTINGS'))) {\n"
"            self::fail('code', 'the store could not write .htaccess');\n"
"            exit(70);\n"
"        }\n"
"        self::done('ok');\n"
"    }\n"
"}\n";
/* clang-format on */

/* "upgrade_module_1_2_0" for "modules/x/upgrade/upgrade-1.2.0.php". */
static const char *function_of(struct arena *mem, const char *file)
{
    struct str f = str_of(file);
    size_t slash = str_rchr(f, '/');
    char *name;

    f = slash == SIZE_MAX ? f : str_sub(f, slash + 1, f.n);
    str_skip(&f, STR("upgrade-"));
    str_skip(&f, STR("install-"));
    str_chop(&f, STR(".php"));
    name = arena_printf(mem, "upgrade_module_%.*s", STR_FMT(f));
    for (char *p = name; *p; p++)
        if (*p == '.')
            *p = '_';
    return name;
}

int ps_module_call(struct store *s, const char *name, const char *file, struct work *w, bool *refused, struct err *e)
{
    struct arena mem = {0};
    const char *args[] = {name, file ? file : "-", file ? function_of(&mem, file) : "-", NULL};
    struct buf said = {0};
    struct str rest;
    struct str why;
    int rc = ps_shop_call(s, "ToolkitModule", module, args, file ? file : name, w, &said, e);

    *refused = false;
    rest = buf_str(&said);
    if (rc == 0 && str_skip(&rest, STR("refused ")) && php_code_text(&mem, rest, &why)) {
        *refused = true;
        if (file)
            err_set(e, ERR_CHILD, "%s: %.*s", file, STR_FMT(why));
    }
    buf_free(&said);
    arena_free(&mem);
    return rc;
}

int ps_htaccess_call(struct store *s, struct work *w, struct err *e)
{
    static const char *const none[] = {NULL};

    return ps_shop_call(s, "ToolkitHtaccess", htaccess, none, ".htaccess", w, NULL, e);
}
