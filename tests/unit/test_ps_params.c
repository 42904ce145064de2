#include "format/ps_params.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef int reader(struct str text, struct arena *a, struct ps_params *out, struct err *e);

/* Reads a copy of its own size, which is gone when the values are looked at only in the arena. */
static void reads(reader *read, const char *text, struct arena *a, struct ps_params *p)
{
    struct err e = {0};

    if (read(str_of(text), a, p, &e) != 0)
        fail_msg("%s: %s", text, e.text);
}

static void refuses(reader *read, struct str text, const char *why)
{
    struct arena a = {0};
    struct err e = {0};
    struct ps_params p;
    char *copy = malloc(text.n ? text.n : 1);

    assert_non_null(copy);
    memcpy(copy, text.p, text.n);
    if (read((struct str){copy, text.n}, &a, &p, &e) != -1 || e.kind != ERR_FORMAT || strstr(e.text, why) == NULL)
        fail_msg("%.*s: \"%s\" instead of \"%s\"", STR_FMT(text), e.text, why);
    if (strstr(e.text, "geheim") != NULL)
        fail_msg("the error tells the password: %s", e.text);
    free(copy);
    arena_free(&a);
}

#define IS(got, want)                                                            \
    do {                                                                         \
        if (!str_is(got, want))                                                  \
            fail_msg("%s is \"%.*s\", not \"%s\"", #got, STR_FMT(got), want);    \
    } while (0)

static void reads_settings(void **state)
{
    struct arena a = {0};
    struct ps_params p;

    (void)state;
    reads(ps_params_settings,
          "<?php\ndefine('_DB_SERVER_', 'db.test:3307');\ndefine('_DB_NAME_', 'shop'); define(\"_DB_USER_\", \"us\\x65r\");\n"
          "define('_DB_PASSWD_', 'it\\'s % a %% secret');\ndefine( '_DB_PREFIX_' , 'ps_' );\ndefine('_MYSQL_ENGINE_', 'InnoDB');\n"
          "// define('_PS_VERSION_', '0.0');\n/* define('_PS_VERSION_', '0.1'); */\n"
          "define('_PS_CACHING_SYSTEM_', 'CacheMemcache');\ndefine('_PS_CACHE_ENABLED_', '1');\n"
          "define('_COOKIE_KEY_', 'kkk');\ndefine('_COOKIE_IV_', 'iv');\ndefine('_PS_CREATION_DATE_', '2015-02-03');\n"
          "if (!defined('_PS_VERSION_'))\n\tdefine('_PS_VERSION_', '1.6.1.24');\ndefine('_RIJNDAEL_KEY_', 'r');\n",
          &a, &p);
    assert_int_equal(p.source, PS_PARAMS_SETTINGS);
    IS(p.server, "db.test:3307");
    IS(p.host, "db.test");
    assert_int_equal(p.port, 3307);
    assert_int_equal(p.socket.n, 0);
    IS(p.name, "shop");
    IS(p.user, "user");
    IS(p.password, "it's % a %% secret");
    IS(p.prefix, "ps_");
    IS(p.engine, "InnoDB");
    IS(p.caching, "CacheMemcache");
    assert_true(p.cache_enabled);
    IS(p.cookie_key, "kkk");
    IS(p.created, "2015-02-03");
    IS(p.version, "1.6.1.24");
    assert_true(p.has_server && p.has_name && p.has_user && p.has_password && p.has_prefix && p.has_engine);
    assert_true(p.has_cookie_key && p.has_cookie_iv && p.has_rijndael_key);
    assert_false(p.has_rijndael_iv || p.has_secret || p.has_new_cookie_key || p.has_api_keys);
    assert_null(p.odd);
    assert_null(p.ambiguous);
    arena_free(&a);
}

static void takes_the_first_define(void **state)
{
    struct arena a = {0};
    struct ps_params p;

    (void)state;
    reads(ps_params_settings,
          "<?php if (getenv('DEV')) { define('_DB_NAME_', 'dev'); } else { define('_DB_NAME_', 'live'); }\n"
          "define('_DB_PREFIX_', 'a_'); define('_DB_PREFIX_', 'a_'); define('_DB_PASSWD_', getenv('PW'));"
          "DEFINE('_DB_USER_', 'u' . 'v'); define('_PS_CACHE_ENABLED_', 0); $x = ['_DB_SERVER_' => 'no'];",
          &a, &p);
    IS(p.name, "dev");
    assert_string_equal(p.ambiguous, "_DB_NAME_");
    IS(p.prefix, "a_");
    assert_false(p.has_user || p.has_password || p.has_server || p.cache_enabled);
    assert_string_equal(p.odd, "_DB_USER_");
    arena_free(&a);
}

#define PARAMETERS                                                                                                     \
    "<?php return array (\n  'parameters' => \n  array (\n    'database_host' => '127.0.0.1',\n    'database_port' => '',\n" \
    "    'database_name' => 'shop',\n    'database_user' => 'root',\n    'database_password' => '100%% geheim\\\\',\n"    \
    "    'database_prefix' => 'ps_',\n    'database_engine' => 'InnoDB',\n    'mailer_host' => NULL,\n"                 \
    "    'secret' => 's3',\n    'ps_caching' => 'CacheMemcache',\n    'ps_cache_enable' => false,\n"                    \
    "    'ps_creation_date' => '2022-01-02',\n    'locale' => 'fr-FR',\n    'use_debug_toolbar' => true,\n"             \
    "    'cookie_key' => 'ck',\n    'cookie_iv' => 'civ',\n    'new_cookie_key' => 'def0',\n"                           \
    "    'api_public_key' => 'pub',\n    'api_private_key' => 'priv',\n  ),\n);\n"

static void reads_parameters(void **state)
{
    struct arena a = {0};
    struct ps_params p;

    (void)state;
    reads(ps_params_php, PARAMETERS, &a, &p);
    assert_int_equal(p.source, PS_PARAMS_PHP);
    IS(p.server, "127.0.0.1");
    IS(p.host, "127.0.0.1");
    assert_int_equal(p.port, 0);
    IS(p.name, "shop");
    IS(p.user, "root");
    IS(p.password, "100% geheim\\");
    IS(p.prefix, "ps_");
    IS(p.engine, "InnoDB");
    IS(p.locale, "fr-FR");
    IS(p.secret, "s3");
    IS(p.created, "2022-01-02");
    IS(p.new_cookie_key, "def0");
    assert_false(p.cache_enabled);
    assert_true(p.has_secret && p.has_cookie_key && p.has_cookie_iv && p.has_new_cookie_key && p.has_api_keys);
    assert_null(p.odd);
    arena_free(&a);
}

static void reads_parameters_by_hand(void **state)
{
    struct arena a = {0};
    struct ps_params p;

    (void)state;
    reads(ps_params_php,
          "<?php\ndeclare(strict_types=1);\n$pw = getenv('PW');\n# 'parameters' => ['database_name' => 'no']\n"
          "$all = ['parameters' => [\n  \"database_host\" => 'localhost:/run/my.sock', 'database_port' => 3308,\n"
          "  'database_name' => 'a', 'database_name' => 'b', // twice\n  'database_user' => null,\n"
          "  'database_password' => $pw ?: 'x', 'nested' => ['database_prefix' => 'no'], 'f' => function () { return [1, 2]; },\n"
          "  'database_prefix' => 'q_', 5, 'loose', 'ps_cache_enable' => 1]];\nreturn $all;",
          &a, &p);
    IS(p.host, "localhost");
    IS(p.socket, "/run/my.sock");
    assert_int_equal(p.port, 3308);
    IS(p.name, "b");
    assert_false(p.has_user || p.has_password);
    IS(p.prefix, "q_");
    assert_true(p.cache_enabled);
    assert_string_equal(p.odd, "database_password");
    assert_null(p.ambiguous);
    reads(ps_params_php, "<?php return ['parameters' => ['database_host' => env('A'), 'database_name' => env('B')]];", &a, &p);
    assert_string_equal(p.odd, "database_host");
    assert_false(p.has_server);
    arena_free(&a);
}

static void reads_yaml(void **state)
{
    struct arena a = {0};
    struct ps_params p;

    (void)state;
    reads(ps_params_yaml,
          "# made by the installer\nimports:\n    - { resource: x.yml }\nparameters:\n    database_host: 127.0.0.1\n"
          "    database_port: 3309\n    database_name: shop\n    database_user: 'ro''ot'\n    database_password: \"1%%\\x41\"\n"
          "    database_prefix: ps_\n    locale: ~\n    ps_cache_enable: false\n    list: [1, 2]\n    cookie_key: null\n",
          &a, &p);
    assert_int_equal(p.source, PS_PARAMS_YAML);
    IS(p.host, "127.0.0.1");
    assert_int_equal(p.port, 3309);
    IS(p.user, "ro'ot");
    IS(p.password, "1%A");
    assert_int_equal(p.locale.n, 0);
    assert_false(p.has_cookie_key || p.cache_enabled);
    arena_free(&a);
}

static void refuses_others(void **state)
{
    (void)state;
    refuses(ps_params_settings, STR(""), "no settings");
    refuses(ps_params_settings, STR("<?php //@deprecated 1.7"), "no settings");
    refuses(ps_params_settings, STR("define('_DB_SERVER_', 'x');"), "no settings");
    refuses(ps_params_settings, STR("<?php define('_DB_NAME_', 'x'); define('_DB_PASSWD_', 'geheim"), "line 1: a string");
    refuses(ps_params_settings, STR("<?php define('_DB_NAME_', 'x'); /* "), "line 1: a string or comment");
    refuses(ps_params_settings, STR("<?php define('_DB_SERVER_', 'geheim:port');"), "neither a host");
    refuses(ps_params_settings, STR("<?php define('_DB_SERVER_', 'h:65536');"), "neither a host");
    refuses(ps_params_php, STR("<?php return array();"), "no settings");
    refuses(ps_params_php, STR("<?php return ['parameters' => ['database_name' => 'a'"), "ends too early");
    refuses(ps_params_php, STR("<?php return ['parameters' => ['database_name' => 'a', 'database_port' => 'geheim']];"), "port");
    refuses(ps_params_php, STR("<?php return ['parameters' => ['database_name' => 'a', 'database_port' => 65536]];"), "port");
    refuses(ps_params_yaml, STR(""), "no settings");
    refuses(ps_params_yaml, STR("parameters: x"), "no settings");
    refuses(ps_params_yaml, STR("- a"), "no mapping");
    refuses(ps_params_yaml, STR("parameters:\n  database_name: 'geheim"), "line");
    refuses(ps_params_yaml, STR("parameters:\n  a: &x 1\n  database_name: *x"), "aliases");
    refuses(ps_params_yaml, STR("parameters: {database_name: {a: 1"), "line");
    for (size_t n = 0; n + 3 < sizeof PARAMETERS; n++)
        refuses(ps_params_php, str_sub(STR(PARAMETERS), 0, n), "");
}

static void refuses_too_much(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_adds(&b, "<?php ");
    for (int i = 0; i < 10100; i++)
        buf_adds(&b, "define('a',1);");
    refuses(ps_params_settings, buf_str(&b), "more than 10000");
    while (b.n <= 1024 * 1024)
        buf_adds(&b, "// more and more and more and more and more and more and more and more and more\n");
    refuses(ps_params_settings, buf_str(&b), "bytes");
    refuses(ps_params_yaml, buf_str(&b), "bytes");
    buf_free(&b);
}

static void server(const char *text, const char *host, const char *socket, unsigned port)
{
    struct ps_params p = {0};

    if (!ps_params_server(str_of(text), &p))
        fail_msg("%s is no server", text);
    IS(p.host, host);
    IS(p.socket, socket);
    assert_int_equal(p.port, port);
}

static void cuts_servers(void **state)
{
    static const char *const bad[] = {"h:", "h:0", "h:x", "h:-1", "h:65536", "[::1", "[::1]x", "[::1]:", "[::1]:0", ":"};
    struct ps_params p;

    (void)state;
    server("", "", "", 0);
    server("localhost", "localhost", "", 0);
    server("db:3307", "db", "", 3307);
    server("localhost:/run/mysqld.sock", "localhost", "/run/mysqld.sock", 0);
    server("/run/mysqld.sock", "", "/run/mysqld.sock", 0);
    server(":/run/mysqld.sock", "", "/run/mysqld.sock", 0);
    server("::1", "::1", "", 0);
    server("[::1]", "::1", "", 0);
    server("[::1]:3306", "::1", "", 3306);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (ps_params_server(str_of(bad[i]), &p))
            fail_msg("%s was taken for a server", bad[i]);
}

static void version(const char *path, const char *bytes, int want, const char *text)
{
    char got[PS_VERSION_MAX];
    struct err e = {0};
    int rc = ps_version_in(str_of(path), str_of(bytes), got, &e);

    if (rc != want || strcmp(got, text) != 0)
        fail_msg("%s %s: %d %s %s", path, bytes, rc, got, e.text);
    if (rc == -1)
        assert_int_equal(e.kind, ERR_FORMAT);
}

static void finds_versions(void **state)
{
    (void)state;
    version("config/settings.inc.php", "<?php define('_PS_VERSION_', '1.6.1.24');", 1, "1.6.1.24");
    version("/srv/shop/config/settings.inc.php", "<?php define('_PS_VERSION_', '1.6.1.24');", 1, "1.6.1.24");
    version("config/autoload.php", "<?php define('_PS_VERSION_', '1.7.6.9');", 1, "1.7.6.9");
    version("config/autoload.php", "<?php define('_PS_VERSION_', AppKernel::VERSION);", 0, "");
    version("app/AppKernel.php", "<?php class AppKernel extends K {\n const MAJOR_VERSION_STRING = '1.7';\n const VERSION = '1.7.8.11';",
            1, "1.7.8.11");
    version("app/AppKernel.php", "<?php class AppKernel { public const VERSION = Version::VERSION; }", 0, "");
    version("src/Core/Version.php", "<?php final class Version {\n /* const VERSION = '1.0.0' */\n public const VERSION = '8.1.2'; }", 1,
            "8.1.2");
    version("src/Core/Version.php", "<?php final class Version { public const string VERSION = '9.0.0-beta.1', A = 'b'; }", 1,
            "9.0.0-beta.1");
    version("src/Core/Version.php", "<?php final class Version { const A = 'b', VERSION = \"9.0.1\"; }", 1, "9.0.1");
    version("install/install_version.php", "<?php define('_PS_INSTALL_VERSION_', '1.6.0.14');", 1, "1.6.0.14");
    version("install-dev/install_version.php", "<?php define('_PS_INSTALL_VERSION_', '1.6.0.14');", 1, "1.6.0.14");
    version("src/Core/Version.php", "<?php final class Version { const X = '1'; }", 0, "");
    version("src/Core/Version.php", "", 0, "");
    version("xconfig/autoload.php", "<?php define('_PS_VERSION_', '1.7.6.9');", 0, "");
    version("config/other.php", "<?php define('_PS_VERSION_', '1.7.6.9');", 0, "");
    version("config/settings.inc.php", "<?php define('_PS_VERSION_', '../../etc');", -1, "");
    version("config/settings.inc.php", "<?php define('_PS_VERSION_', '1.6.1.24", -1, "");
    version("config/settings.inc.php", "<?php define('_PS_VERSION_', '1.1.111111111111111111111111111111111111111');", -1, "");
}

static void reads_modules(void **state)
{
    static const char xml[] = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<module>\n\t<name>autoupgrade</name>\n"
                              "\t<displayName><![CDATA[1-Click <Upgrade> & more]]></displayName>\n"
                              "\t<version><![CDATA[4.16.4]]></version>\n\t<author><![CDATA[ PrestaShop ]]></author>\n"
                              "\t<tab>administration</tab><limited_countries></limited_countries></module>";
    struct arena a = {0};
    struct err e = {0};
    struct ps_module_info m;

    (void)state;
    if (ps_module_config(str_of(xml), &a, &m, &e) != 0)
        fail_msg("%s", e.text);
    IS(m.name, "autoupgrade");
    IS(m.version, "4.16.4");
    IS(m.author, "PrestaShop");
    for (size_t n = 0; n + 1 < sizeof xml; n++) {
        char *copy = malloc(n ? n : 1);

        assert_non_null(copy);
        memcpy(copy, xml, n);
        err_clear(&e);
        assert_int_equal(ps_module_config((struct str){copy, n}, &a, &m, &e), -1);
        assert_int_equal(e.kind, ERR_FORMAT);
        free(copy);
    }
    assert_int_equal(ps_module_config(STR("<theme><name>x</name></theme>"), &a, &m, &e), -1);
    assert_int_equal(ps_module_config(STR("<module><deep><name>x</name></deep></module>"), &a, &m, &e), -1);
    assert_int_equal(ps_module_config(STR("<module><version><![CDATA[1"), &a, &m, &e), -1);
    assert_int_equal(ps_module_config(STR("<module><name>a</name></module><![CDATA[x]]>"), &a, &m, &e), -1);
    arena_free(&a);
}

static void mode(const char *php, int want, bool on, const char *value)
{
    struct ps_define d;
    struct err e = {0};
    int rc = ps_mode_dev(str_of(php), &d, &e);

    if (rc != want || (rc == 1 && (d.on != on || !str_is(str_sub(str_of(php), d.from, d.to), value))))
        fail_msg("%s: %d %s", php, rc, e.text);
}

static void finds_the_debug_mode(void **state)
{
    (void)state;
    mode("<?php\n/* define('_PS_MODE_DEV_', true); */\nif (!defined('_PS_MODE_DEV_')) {\n  define('_PS_MODE_DEV_', false);\n}", 1, false,
         "false");
    mode("<?php define( \"_PS_MODE_DEV_\" , TRUE /* on */ );", 1, true, "TRUE");
    mode("<?php define('_PS_MODE_DEV_', 1);", 1, true, "1");
    mode("<?php define('_PS_MODE_DEV_', 0); define('_PS_MODE_DEV_', 1);", 1, false, "0");
    mode("<?php define('_PS_MODE_DEMO_', true);", 0, false, "");
    mode("<?php define('_PS_MODE_DEV_', getenv('X') == 1);", -1, false, "");
    mode("<?php define('_PS_MODE_DEV_', 'true');", -1, false, "");
    mode("<?php define('_PS_MODE_DEV_', fa", 0, false, "");
    mode("<?php define('_PS_MODE_DEV", -1, false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_settings),
        cmocka_unit_test(takes_the_first_define),
        cmocka_unit_test(reads_parameters),
        cmocka_unit_test(reads_parameters_by_hand),
        cmocka_unit_test(reads_yaml),
        cmocka_unit_test(refuses_others),
        cmocka_unit_test(refuses_too_much),
        cmocka_unit_test(cuts_servers),
        cmocka_unit_test(finds_versions),
        cmocka_unit_test(reads_modules),
        cmocka_unit_test(finds_the_debug_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
