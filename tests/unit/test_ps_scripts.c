/* Which upgrade scripts take part, and what is known of them without a database. */
#include "files.h"
#include "platform/prestashop/scripts_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define OWN    "modules/autoupgrade/upgrade/sql/"
#define LATEST "admin1/autoupgrade/latest/install/upgrade/sql/"

static char root[64];
static struct store s;
static struct ps ps;
static struct ps_case c;
static struct arena mem;
static struct err e;

static void forget(void)
{
    ps_scripts_free(&c.scripts);
    arena_free(&mem);
    memset(&mem, 0, sizeof mem);
    c = (struct ps_case){.mem = &mem};
}

static int setup(void **state)
{
    static const char *const own[] = {"1.6.0.1", "1.6.1.0", "1.7.0.0", "1.7.7.0", "1.7.10.0", "1.7.8.8", "8.0.0", "8.1.7", "8.1.7-catchup", "8.1.10",
                                      "9.0.0"};
    char rel[200];

    (void)state;
    snprintf(root, sizeof root, "/tmp/ps_select.XXXXXX");
    assert_non_null(mkdtemp(root));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        snprintf(rel, sizeof rel, OWN "%s.sql", own[i]);
        files_put(root, rel, "SET NAMES 'utf8';\nUPDATE PREFIX_a SET b = 1;\nINSERT INTO PREFIX_a VALUES (1);\n");
    }
    files_put(root, OWN "index.php", "<?php\n");
    files_put(root, OWN ".hidden.sql", "DROP TABLE x;\n");
    files_put(root, OWN "8.1.0.sql.bak", "DROP TABLE x;\n");
    files_put(root, LATEST "1.7.7.0.sql", "UPDATE PREFIX_latest SET a = 1;\n");
    s.own = &ps;
    s.prefix = "x_";
    ps = (struct ps){.admin = "admin1", .workspace = "admin1/autoupgrade", .module_version = "4.16.4", .gen = PS_GEN_4, .engine = "InnoDB"};
    assert_int_equal(tree_open(&s.tree, root, &e), 0);
    forget();
    return 0;
}

static int teardown(void **state)
{
    struct tree tmp = {0};
    struct err ignored = {0};

    (void)state;
    forget();
    tree_close(&s.tree);
    arena_free(&s.mem);
    if (tree_open(&tmp, "/tmp", &ignored) == 0)
        tree_remove_tree(&tmp, root + strlen("/tmp/"), false, &ignored);
    tree_close(&tmp);
    return 0;
}

static void chosen(const char *from, const char *to, const char *want)
{
    struct buf out = {0};

    forget();
    c.from = from;
    c.to = to;
    assert_int_equal(ps_scripts_read(&s, &c, &e), 0);
    for (size_t i = 0; i < c.scripts.all.n; i++)
        buf_printf(&out, "%s%s", i ? " " : "", c.scripts.all.v[i].version);
    if (strcmp(buf_cstr(&out), want) != 0)
        fail_msg("from %s to %s: \"%s\" instead of \"%s\"", from, to, buf_cstr(&out), want);
    buf_free(&out);
}

static void choice(void **state)
{
    (void)state;
    chosen("1.7.7.0", "8.0.0", "1.7.8.8 1.7.10.0 8.0.0");
    chosen("1.7.6.9", "1.7.8.11", "1.7.7.0 1.7.8.8");
    /* "1.7" is 1.7.0.0, "8.1" is 8.1.0. */
    chosen("1.7", "1.7.7.0", "1.7.7.0");
    chosen("8.1", "8.1.10", "8.1.7 8.1.7-catchup 8.1.10");
    /* The catch-up file compares lower than its version and comes behind it. */
    chosen("8.1.6", "8.1.7", "8.1.7 8.1.7-catchup");
    chosen("8.1.7", "8.1.9", "");
    chosen("1.6.1.24", "1.7.0.0", "1.7.0.0");
    chosen("8.1.10", "9.0.0-beta.1", "");
    chosen("9.0.0", "9.0.0", "");
}

static void places(void **state)
{
    (void)state;
    ps.module_version = "4.12.0";
    chosen("1.7.6.9", "1.7.8.0", "1.7.7.0");
    assert_true(str_is(c.scripts.all.v[0].all.v[0].text, "UPDATE x_latest SET a = 1"));
    assert_non_null(strstr(c.scripts.php_dir, "latest/install/upgrade/php"));
    ps.module_version = "4.13.0";
    chosen("1.7.6.9", "1.7.8.0", "1.7.7.0");
    assert_int_equal(c.scripts.statements, 3);
    ps.module_version = NULL;
    chosen("1.7.6.9", "1.7.8.0", "1.7.7.0");
    assert_int_equal(c.scripts.statements, 3);
    ps.module_version = "4.16.4";
    s.prefix = NULL;
    chosen("1.7.6.9", "1.7.8.0", "");
    assert_non_null(c.scripts.err);
    s.prefix = "x_";
}

/* Without a database only the module's own words count. */
static void without_database(void **state)
{
    (void)state;
    chosen("1.7.6.9", "1.7.8.8", "1.7.7.0 1.7.8.8");
    assert_int_equal(c.scripts.maybe, 6);
    c.trail.last_sql = (struct ps_sql_ref){.version = "1.7.7.0", .query = "INSERT  INTO x_a\nVALUES (1)"};
    assert_int_equal(ps_scripts_read(&s, &c, &e), 0);
    assert_int_equal(c.scripts.all.v[0].done, 3);
    assert_int_equal(c.scripts.all.v[1].maybe, 1);
    assert_int_equal(c.scripts.done, 3);
    c.trail.version_written = true;
    assert_int_equal(ps_scripts_read(&s, &c, &e), 0);
    assert_int_equal(c.scripts.done, 6);
    c.trail.version_written = false;
    c.sql_done = true;
    assert_int_equal(ps_scripts_read(&s, &c, &e), 0);
    assert_int_equal(c.scripts.done, 6);
}

static void doctrine(void **state)
{
    static const struct {
        const char *module, *to;
        bool runs;
    } all[] = {{"1.6.8", "1.7.0.0", false}, {"2.0.0", "1.7.0.0", true}, {"4.16.4", "8.0.5", true}, {"4.16.4", "8.1.0", false},
               {"5.0.1", "1.7.8.8", true},  {"5.0.2", "1.7.8.8", false}, {"4.14.2", "1.6.1.24", false}, {NULL, "1.7.8.8", false}};

    (void)state;
    forget();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        ps.module_version = all[i].module;
        c.to = all[i].to;
        assert_int_equal(ps_has_doctrine(&s, &c), all[i].runs);
    }
    ps.module_version = "4.16.4";
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(choice), cmocka_unit_test(places), cmocka_unit_test(without_database),
                                       cmocka_unit_test(doctrine)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
