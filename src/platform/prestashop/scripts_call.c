/* Calls of PHP functions in upgrade scripts: through the store's own code, one child each, as the upgrade module makes them. */
#include "platform/prestashop/scripts_parts.h"
#include "platform/prestashop/shop_code.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
/* Arguments: folder of the function files, name of the function, its arguments, folder of the installer or "-", version to come. An
 * argument is a letter and what belongs to it: t and a text in hexadecimal, i and a number, T, F, N for true, false, null; with commas
 * between them. The constants are those that the module defines before its scripts run. */
static const char work[] =
"class ToolkitFunction extends ToolkitShop\n"
"{\n"
"    private static function constant($name, $value)\n"
"    {\n"
"        if (!defined($name)) {\n"
"            define($name, $value);\n"
"        }\n"
"    }\n"
"\n"
"    private static function environment($dir, $install, $to)\n"
"    {\n"
"        $install = '-' === $install ? self::$root . '/install' : $install;\n"
"        self::constant('INSTALL_VERSION', $to);\n"
"        self::constant('INSTALL_PATH', $install);\n"
"        self::constant('_PS_CORE_DIR_', self::$root);\n"
"        self::constant('PS_INSTALLATION_IN_PROGRESS', true);\n"
"        self::constant('SETTINGS_FILE', self::$root . '/config/settings.inc.php');\n"
"        self::constant('SETTINGS_FILE_PHP', self::$root . '/app/config/parameters.php');\n"
"        self::constant('SETTINGS_FILE_YML', self::$root . '/app/config/parameters.yml');\n"
"        self::constant('DEFINES_FILE', self::$root . '/config/defines.inc.php');\n"
"        self::constant('_PS_INSTALL_PATH_', $install . '/');\n"
"        foreach (array('DATA' => 'data', 'CONTROLLERS' => 'controllers', 'MODELS' => 'models', 'LANGS' => 'langs',\n"
"            'FIXTURES' => 'fixtures') as $name => $sub) {\n"
"            self::constant('_PS_INSTALL_' . $name . '_PATH_', $install . '/' . $sub . '/');\n"
"        }\n"
"        self::constant('_PS_MODULE_DIR_', self::$root . '/modules/');\n"
"        self::constant('_PS_INSTALLER_PHP_UPGRADE_DIR_', $dir . '/');\n"
"        self::constant('__PS_BASE_URI__', '/');\n"
"        self::constant('_THEMES_DIR_', __PS_BASE_URI__ . 'themes/');\n"
"        self::constant('_PS_MAILS_DIR_', self::$root . '/mails/');\n"
"        self::constant('_PS_TRANSLATIONS_DIR_', self::$root . '/translations/');\n"
"    }\n"
"\n"
"    private static function parameters($text)\n"
"    {\n"
"        $all = array();\n"
"        foreach ('-' === $text ? array() : explode(',', $text) as $one) {\n"
"            switch ($one[0]) {\n"
"                case 't': $all[] = pack('H*', (string) substr($one, 1)); break;\n"
"                case 'i': $all[] = (int) substr($one, 1); break;\n"
"                case 'T': $all[] = true; break;\n"
"                case 'F': $all[] = false; break;\n"
"                default: $all[] = null;\n"
"            }\n"
"        }\n"
"        return $all;\n"
"    }\n"
"\n"
"    public static function work()\n"
"    {\n"
"        list($dir, $name, $parameters, $install, $to) = self::$args;\n"
"        $file = $dir . '/' . strtolower($name) . '.php';\n"
"        self::environment($dir, $install, $to);\n"
"        if (!is_readable($file)) {\n"
"            self::fail('file', 'the file of the function is missing or not readable', $file);\n"
"            exit(70);\n"
"        }\n"
"        require_once $file;\n"
"        if (!function_exists($name)) {\n"
"            self::fail('file', 'the file does not have the function ' . $name, $file);\n"
"            exit(70);\n"
"        }\n"
"        $parameters = self::parameters($parameters);\n"
"        self::call();\n"
"        $result = call_user_func_array($name, $parameters);\n"
"        if (false === $result || (is_array($result) && !empty($result['error']))) {\n"
"            $words = array();\n"
"            foreach (array('error', 'msg') as $key) {\n"
"                if (is_array($result) && !empty($result[$key]) && is_scalar($result[$key])) {\n"
"                    $words[] = $result[$key];\n"
"                }\n"
"            }\n"
"            self::fail('result', $name . ' says that it failed' . ($words ? ': ' . implode(', ', $words) : ''), $file);\n"
"            exit(70);\n"
"        }\n"
"        self::done('ok');\n"
"    }\n"
"}\n";
/* clang-format on */

bool ps_call_repeatable(const char *name)
{
    /* Each looks before it does something, or sets what does not depend on what was there. */
    static const char *const known[] = {"add_hook", "add_missing_unique_key_from_authorization_role", "add_supplier_manufacturer_routes",
                                        "alter_ignore_drop_key", "delete_hook", "drop_column_from_product_lang_if_exists",
                                        "drop_column_if_exists", "ps_1751_update_module_sf_tab", "ps_1760_update_configuration",
                                        "ps_1760_copy_data_from_currency_to_currency_lang", "ps_1761_update_currencies",
                                        "ps_1770_preset_tab_enabled", "ps_1770_update_order_status_colors", "ps_811_update_redirect_type",
                                        "ps_update_tab_lang", "update_null_values"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return false;
}

static bool read_args(struct store *s, struct ps_case *c, const struct ps_statement *st, struct ps_args *out)
{
    const struct ps *ps = s->own;

    if (ps->gen == PS_GEN_7)
        return ps_script_args_php(str_of(st->args), c->mem, out);
    ps_script_args_plain(str_of(st->args), c->mem, out);
    return true;
}

static const char *encode(struct arena *mem, const struct ps_args *args)
{
    struct buf text = {0};
    const char *out;

    for (size_t i = 0; i < args->all.n; i++) {
        const struct ps_arg *a = &args->all.v[i];

        if (i > 0)
            buf_addc(&text, ',');
        if (a->kind == PS_ARG_TEXT) {
            char *hex = mem_alloc(a->text.n * 2 + 1);

            str_hex((const uint8_t *)a->text.p, a->text.n, hex);
            buf_printf(&text, "t%s", hex);
            free(hex);
        } else if (a->kind == PS_ARG_INT) {
            buf_printf(&text, "i%.*s", STR_FMT(a->text));
        } else {
            buf_addc(&text, a->kind == PS_ARG_TRUE ? 'T' : a->kind == PS_ARG_FALSE ? 'F' : 'N');
        }
    }
    out = args->all.n > 0 ? arena_strdup(mem, buf_cstr(&text)) : "-";
    buf_free(&text);
    return out;
}

/* ---- without PHP ---------------------------------------------------------------------------------------------------------------- */

/* Functions that do nothing but drop columns that are there. Fills in names without prefix; 0: it is another function. */
static size_t columns_to_drop(struct store *s, struct ps_case *c, const struct ps_statement *st, const char **table, const char *columns[2])
{
    struct ps_args args = {0};
    size_t n = 0;

    if (strcmp(st->call, "drop_column_from_product_lang_if_exists") == 0) {
        *table = "product_lang";
        columns[0] = "social_sharing_title";
        columns[1] = "social_sharing_description";
        return 2;
    }
    if (strcmp(st->call, "drop_column_if_exists") == 0 && read_args(s, c, st, &args) && args.all.n == 2 &&
        args.all.v[0].kind == PS_ARG_TEXT && args.all.v[1].kind == PS_ARG_TEXT) {
        *table = arena_dup(c->mem, args.all.v[0].text.p, args.all.v[0].text.n);
        columns[0] = arena_dup(c->mem, args.all.v[1].text.p, args.all.v[1].text.n);
        n = 1;
    }
    free(args.all.v);
    return n;
}

static int drop_column(struct store *s, const char *table, const char *column, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    bool there = false;
    int rc = -1;

    if (db) {
        mysql_sqlf(db, &sql,
                   "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s AND COLUMN_NAME = %s",
                   store_table(s, table), column);
        rc = mysql_value(db, buf_str(&sql), &value, &there, e);
    }
    if (rc == 0 && there) {
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "ALTER TABLE %i DROP COLUMN %i", store_table(s, table), column);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

/* ---- both ------------------------------------------------------------------------------------------------------------------------ */

bool ps_call_possible(struct store *s, struct ps_case *c, const struct ps_statement *st, const char **why)
{
    const char *columns[2];
    struct err no_php = {0};
    const char *table;

    if (store_php(s, &no_php) || columns_to_drop(s, c, st, &table, columns) > 0)
        return true;
    *why = arena_printf(c->mem, "%s is a function in PHP, and %s", st->call, no_php.text);
    return false;
}

static const char *install_dir(struct store *s, struct ps_case *c)
{
    const struct ps *ps = s->own;
    const char *rel;

    if (c->release.dir) {
        rel = c->release.dir[0] ? arena_printf(c->mem, "%s/install", c->release.dir) : "install";
        if (tree_exists(c->release.tree, rel))
            return arena_printf(c->mem, "%s/%s", c->release.tree->path, rel);
    }
    rel = ps->workspace ? arena_printf(c->mem, "%s/latest/install", ps->workspace) : NULL;
    return rel && tree_exists(&s->tree, rel) ? arena_printf(c->mem, "%s/%s", s->tree.path, rel) : "-";
}

int ps_call_make(struct store *s, struct ps_case *c, const struct ps_statement *st, struct work *w, struct err *e)
{
    const char *all[6] = {c->scripts.php_dir, st->call, NULL, install_dir(s, c), c->to, NULL};
    const char *columns[2];
    struct err no_php = {0};
    struct ps_args args = {0};
    const char *table;
    size_t n;
    int rc = 0;

    if (store_php(s, &no_php) == NULL) {
        n = columns_to_drop(s, c, st, &table, columns);
        if (n == 0) {
            *e = no_php;
            e->kind = ERR_ABSENT;
            return err_wrap(e, "%s is a function in PHP", st->call);
        }
        for (size_t i = 0; rc == 0 && i < n; i++)
            rc = drop_column(s, table, columns[i], e);
        return rc;
    }
    if (!read_args(s, c, st, &args))
        return err_set(e, ERR_ABSENT, "%s(%s): these arguments are no plain texts and numbers", st->call, st->args);
    all[2] = encode(c->mem, &args);
    free(args.all.v);
    return ps_shop_call(s, "ToolkitFunction", work, all, arena_printf(c->mem, "%s()", st->call), w, NULL, e);
}
