/*
 * Upgrade scripts of PrestaShop in a real database. tests/e2e/prestashop_sql.bats starts a server and names its socket in TEST_DB_SOCKET
 * (root without a password); without it nothing is tested.
 */
#include "files.h"
#include "platform/prestashop/scripts_parts.h"
#include "shop_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DB       "ps_scripts_test"
#define PHP      "/usr/bin/php"
#define SCRIPTS  "modules/autoupgrade/upgrade"
#define NO_BREAK SIZE_MAX

static void any_php(const struct store *s, struct php_want *want)
{
    (void)s;
    memset(want, 0, sizeof *want);
}

static const struct platform stand_in = {.name = "prestashop", .title = "PrestaShop", .php_want = any_php};

/* One store, one case, and a journal of one note a script. */
static struct fixture {
    char root[64];
    struct store s;
    struct store_opts opts;
    struct ps ps;
    struct ps_case c;
    struct arena mem;
    struct work w;
    struct buf said;
    struct err e;
    char notes[4][64]; /* by number of the script */
    size_t script;     /* that runs */
    size_t noted;      /* how many notes were asked for */
    size_t break_at;   /* number of the note at which the program "dies" */
    bool break_before; /* before it is written down, else behind it */
} f;

/* 19 statements: what can be seen in the database and what can't, what may be repeated and what must not. */
static const char script_a[] =
    "SET SESSION sql_mode='';\nSET NAMES 'utf8';\n"
    "INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES\n ('PS_A', '1', NOW(), NOW()),\n ('PS_B', '2', NOW(), NOW())\n;\n"
    "ALTER TABLE `PREFIX_product` ADD `mpn` VARCHAR(40) NULL AFTER `b`;\n"
    "UPDATE `PREFIX_product` SET `mpn` = 'm';\n"
    "/* a comment */\nALTER TABLE `PREFIX_product` CHANGE `b` `bb` VARCHAR(20) NOT NULL DEFAULT 'x';\n"
    "UPDATE `PREFIX_product` SET `a` = `a` + 1;\n"
    "CREATE TABLE `PREFIX_note` (\n  `id` int(10) unsigned NOT NULL,\n  `t` varchar(9) NOT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=ENGINE_TYPE DEFAULT CHARSET=utf8;\n"
    "INSERT INTO `PREFIX_note` SELECT `id`, 'n' FROM `PREFIX_product`;\n"
    "ALTER TABLE `PREFIX_product` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;\n";
static const char script_b[] =
    "DROP TABLE IF EXISTS `PREFIX_old`;\n"
    "ALTER TABLE `PREFIX_product` ADD INDEX `mpn_i` (`mpn`), ADD `c` INT UNSIGNED NOT NULL DEFAULT '5';\n"
    "INSERT INTO `PREFIX_configuration` (`name`, `value`) VALUES ('PS_C', '3');\n"
    "UPDATE `PREFIX_product` SET `a` = `a` * 10;\n"
    "ALTER TABLE `PREFIX_product` DROP `c`;\n"
    "RENAME TABLE `PREFIX_note` TO `PREFIX_remark`;\n"
    "ALTER TABLE `PREFIX_remark` MODIFY `t` VARCHAR(12) NOT NULL;\n";

static void say(struct work *w, const char *fmt, ...)
{
    va_list ap;

    (void)w;
    va_start(ap, fmt);
    buf_vprintf(&f.said, fmt, ap);
    va_end(ap);
    buf_addc(&f.said, '\n');
}

static int note(struct work *w, const char *key, struct str value, struct err *e)
{
    bool breaks = f.noted++ == f.break_at;

    (void)w;
    assert_string_equal(key, "statement");
    if (!(breaks && f.break_before))
        snprintf(f.notes[f.script], sizeof f.notes[0], "%.*s", STR_FMT(value));
    return breaks ? err_set(e, ERR_IO, "the program dies here") : 0;
}

static bool noted(struct work *w, const char *key, struct buf *value)
{
    (void)w;
    (void)key;
    buf_adds(value, f.notes[f.script]);
    return f.notes[f.script][0] != '\0';
}

static void progress(struct work *w, const char *what, uint64_t done, uint64_t total)
{
    (void)w, (void)what, (void)done, (void)total;
}

static void sql(const char *text)
{
    shop_db_run(&f.s, text);
}

static void rows(const char *query, struct buf *out)
{
    shop_db_rows(&f.s, query, out);
}

static void rows_are(const char *query, const char *want)
{
    shop_db_rows_are(&f.s, query, want);
}

/* The store before the upgrade. */
static void fresh(void)
{
    sql("DROP DATABASE IF EXISTS " DB);
    sql("CREATE DATABASE " DB " CHARACTER SET utf8");
    sql("USE " DB);
    sql("CREATE TABLE ps_configuration (id_configuration INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, id_shop_group INT, id_shop INT, "
        "name VARCHAR(254) NOT NULL, value TEXT, date_add DATETIME, date_upd DATETIME, KEY name (name))");
    sql("INSERT INTO ps_configuration (name, value) VALUES ('PS_VERSION_DB', '1.7.6.9'), ('PS_HIDE_OPTIMIZATION_TIS', '1'), "
        "('PS_NEED_REBUILD_INDEX', '0'), ('PS_LEGACY_IMAGES', '1')");
    sql("CREATE TABLE ps_product (id INT PRIMARY KEY, a INT NOT NULL, b VARCHAR(10), z INT)");
    sql("INSERT INTO ps_product VALUES (1, 1, 'one', 0), (2, 2, 'two', 0)");
    sql("CREATE TABLE ps_old (x INT)");
    memset(f.notes, 0, sizeof f.notes);
}

static void result(struct buf *out)
{
    buf_reset(out);
    rows("SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '" DB
         "' ORDER BY TABLE_NAME, ORDINAL_POSITION", out);
    rows("SELECT TABLE_NAME, INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = '" DB "' ORDER BY 1, 2", out);
    rows("SELECT id, a, bb, mpn FROM ps_product ORDER BY 1", out);
    rows("SELECT id, t FROM ps_remark ORDER BY 1", out);
    rows("SELECT name, value FROM ps_configuration ORDER BY 1, 2", out);
}

static void put(const char *rel, const char *text)
{
    files_put(f.root, rel, text);
}

static void forget(void)
{
    ps_scripts_free(&f.c.scripts);
    arena_free(&f.mem);
    memset(&f.mem, 0, sizeof f.mem);
    f.c = (struct ps_case){.mem = &f.mem, .from = "1.7.6.9", .to = "8.0.0", .db = true};
}

static void read_scripts(void)
{
    if (ps_scripts_read(&f.s, &f.c, &f.e) < 0 || f.c.scripts.err)
        fail_msg("%s", f.c.scripts.err ? f.c.scripts.err : f.e.text);
}

static void setup_files(void)
{
    snprintf(f.root, sizeof f.root, "/tmp/ps_scripts.XXXXXX");
    assert_non_null(mkdtemp(f.root));
    assert_int_equal(chmod(f.root, 0755), 0);
    put(SCRIPTS "/sql/1.7.7.0.sql", script_a);
    put(SCRIPTS "/sql/8.0.0.sql", script_b);
    put(SCRIPTS "/sql/1.7.6.9.sql", "DROP TABLE `PREFIX_product`;\n");
    put(SCRIPTS "/sql/8.1.0.sql", "DROP TABLE `PREFIX_product`;\n");
    put(SCRIPTS "/sql/index.php", "<?php\n");
    f.s.opts = &f.opts;
    f.s.platform = &stand_in;
    f.s.own = &f.ps;
    f.s.prefix = "ps_";
    f.opts.php = PHP;
    f.ps = (struct ps){.module_version = "4.16.4", .gen = PS_GEN_4, .engine = "InnoDB", .params = {.name = STR(DB)}};
    assert_int_equal(tree_open(&f.s.tree, f.root, &f.e), 0);
    f.w = (struct work){.say = say, .note = note, .noted = noted, .progress = progress};
    f.break_at = NO_BREAK;
}

static int setup(void **state)
{
    (void)state;
    if (!shop_db_there())
        return 0;
    setup_files();
    shop_db_make(DB, "utf8");
    shop_db_use(&f.s, DB);
    fresh();
    forget();
    return 0;
}

static int teardown(void **state)
{
    struct tree tmp = {0};
    struct err ignored = {0};

    (void)state;
    if (!shop_db_there())
        return 0;
    sql("DROP DATABASE " DB);
    ps_scripts_free(&f.c.scripts);
    arena_free(&f.mem);
    buf_free(&f.said);
    store_close(&f.s);
    if (tree_open(&tmp, "/tmp", &ignored) == 0)
        tree_remove_tree(&tmp, f.root + strlen("/tmp/"), false, &ignored);
    tree_close(&tmp);
    return 0;
}

static void needs_server(void)
{
    shop_db_need();
    forget();
    fresh();
    f.break_at = NO_BREAK;
    unlink(arena_printf(&f.mem, "%s/" SCRIPTS "/sql/1.7.8.0.sql", f.root));
    f.w.again = f.w.dry_run = false;
    f.ps.gen = PS_GEN_4;
    buf_reset(&f.said);
}

/* Sends the first n statements as the module would. */
static void as_the_module(size_t n)
{
    forget();
    read_scripts();
    for (size_t i = 0; i < n; i++) {
        const struct ps_statement *st = ps_scripts_at(&f.c.scripts, i);

        if (!st->php)
            sql(arena_dup(&f.mem, st->text.p, st->text.n));
    }
    forget();
}

/* Runs both scripts to their end, or to the first error. */
static int run_both(void)
{
    static const char *const versions[] = {"1.7.7.0", "8.0.0"};

    err_clear(&f.e);
    for (f.script = 0; f.script < 2; f.script++)
        if (ps_run_script(&f.s, &f.c, versions[f.script], &f.w, &f.e) < 0 || ps_recheck_script(&f.s, &f.c, versions[f.script], &f.e) < 0)
            return -1;
    return 0;
}

static void whole(struct buf *out)
{
    fresh();
    as_the_module(17);
    result(out);
    fresh();
}

static void selection(void **state)
{
    (void)state;
    needs_server();
    read_scripts();
    assert_int_equal(f.c.scripts.all.n, 2);
    assert_string_equal(f.c.scripts.all.v[0].version, "1.7.7.0");
    assert_string_equal(f.c.scripts.all.v[1].version, "8.0.0");
    assert_int_equal(f.c.scripts.statements, 17);
    assert_int_equal(f.c.scripts.all.v[0].all.v[2].line, 3);
    assert_true(str_starts(f.c.scripts.all.v[0].all.v[2].text, STR("INSERT INTO `ps_configuration`")));
    forget();
    f.c.to = NULL;
    assert_int_equal(ps_scripts_read(&f.s, &f.c, &f.e), 0);
    assert_non_null(f.c.scripts.err);
}

/* However far the module came, nothing that ran counts as not run or the other way round; what is not known is so by right. */
static void check_cut(size_t cut, size_t doubts_allowed)
{
    size_t doubts = 0;

    for (size_t i = 0; i < f.c.scripts.statements; i++) {
        const struct ps_statement *st = ps_scripts_at(&f.c.scripts, i);

        if (!st->php && st->effect.does == PS_DOES_SESSION)
            continue;
        if (i < cut && st->ran == PS_RAN_NO)
            fail_msg("cut %zu: statement %zu ran, and is taken for not run: %.*s", cut, i, STR_FMT(st->text));
        if (i >= cut && st->ran == PS_RAN_YES)
            fail_msg("cut %zu: statement %zu did not run, and is taken for run: %.*s", cut, i, STR_FMT(st->text));
        if (st->ran == PS_RAN_MAYBE && !st->repeatable) {
            doubts++;
            /* Only next to the cut. */
            assert_true(i + 1 == cut || i == cut);
            assert_non_null(st->danger);
            assert_non_null(st->why);
        }
    }
    if (doubts > doubts_allowed)
        fail_msg("cut %zu: %zu doubts", cut, doubts);
}

static void by_the_database(void **state)
{
    struct buf want = {0};
    struct buf is = {0};

    (void)state;
    needs_server();
    whole(&want);
    for (size_t cut = 0; cut <= 17; cut++) {
        bool doubt;

        fresh();
        as_the_module(cut);
        read_scripts();
        check_cut(cut, 1);
        doubt = ps_scripts_at(&f.c.scripts, 6)->ran == PS_RAN_MAYBE || ps_scripts_at(&f.c.scripts, 13)->ran == PS_RAN_MAYBE;
        if (doubt) {
            /* Nothing is sent that might be sent twice. */
            assert_int_equal(run_both(), -1);
            assert_int_equal(f.e.kind, ERR_REFUSED);
            continue;
        }
        if (run_both() < 0)
            fail_msg("cut %zu: %s", cut, f.e.text);
        result(&is);
        if (!str_eq(buf_str(&is), buf_str(&want)))
            fail_msg("cut %zu:\n%s\ninstead of\n%s", cut, buf_cstr(&is), buf_cstr(&want));
    }
    buf_free(&want);
    buf_free(&is);
}

/* The log tells of a statement when it has run: then nothing but the one behind it may be in doubt. */
static void by_the_log(void **state)
{
    struct buf want = {0};
    struct buf is = {0};

    (void)state;
    needs_server();
    whole(&want);
    for (size_t cut = 1; cut <= 17; cut++) {
        const struct ps_script *script;

        fresh();
        as_the_module(cut);
        read_scripts();
        script = ps_scripts_of(&f.c.scripts, cut - 1);
        f.c.trail.last_sql.version = arena_strdup(&f.mem, script->version);
        f.c.trail.last_sql.query = arena_printf(&f.mem, " %.*s\n", STR_FMT(script->all.v[cut - 1 - script->first].text));
        f.c.trail.last_sql.ref.source = "tmp/log.txt";
        read_scripts();
        check_cut(cut, 1);
        if (cut >= 7 && ps_scripts_at(&f.c.scripts, 6)->ran != PS_RAN_YES)
            fail_msg("cut %zu: the log shows the update as carried out", cut);
        if (cut != 6 && cut != 13) {
            if (run_both() < 0)
                fail_msg("cut %zu: %s", cut, f.e.text);
            result(&is);
            assert_true(str_eq(buf_str(&is), buf_str(&want)));
        }
    }
    buf_free(&want);
    buf_free(&is);
}

/* A database that was put back after the log was written. */
static void log_of_another_database(void **state)
{
    (void)state;
    needs_server();
    read_scripts();
    f.c.trail.last_sql.version = "8.0.0";
    f.c.trail.last_sql.query = arena_dup(&f.mem, ps_scripts_at(&f.c.scripts, 15)->text.p, ps_scripts_at(&f.c.scripts, 15)->text.n);
    read_scripts();
    /* Little speaks against so short a log: it is believed, unless what it shows is missing in many places. */
    assert_non_null(f.c.scripts.basis);
    f.c.trail.last_sql.version = "1.5.0.0";
    read_scripts();
    check_cut(0, 1);
}

static void put_list(size_t from)
{
    struct ps_list *l = &f.c.trail.sql_to_execute;

    f.c.trail.has_sql_to_execute = true;
    l->n = f.c.scripts.statements - from;
    l->items = arena_array(&f.mem, l->n + 1, sizeof *l->items);
    for (size_t i = 0; i < l->n; i++) {
        const struct ps_statement *st = ps_scripts_at(&f.c.scripts, from + i);
        struct err ignored = {0};
        struct phps_doc doc;
        struct str text = str_of(arena_printf(&f.mem, "a:2:{s:7:\"version\";s:%zu:\"%s\";s:5:\"query\";s:%zu:\"%.*s\";}",
                                              strlen(ps_scripts_of(&f.c.scripts, from + i)->version),
                                              ps_scripts_of(&f.c.scripts, from + i)->version, st->text.n, STR_FMT(st->text)));

        assert_int_equal(phps_parse(text, &f.mem, &doc, &ignored), 0);
        l->items[i].value = doc.root;
    }
}

static void by_the_list(void **state)
{
    (void)state;
    needs_server();
    for (size_t cut = 0; cut <= 17; cut++) {
        fresh();
        as_the_module(cut);
        read_scripts();
        put_list(cut);
        read_scripts();
        check_cut(cut, 1);
        /* Saved before the statement that was under way was taken off. */
        if (cut > 0) {
            forget();
            read_scripts();
            put_list(cut - 1);
            read_scripts();
            check_cut(cut, 1);
            if (cut == 7)
                assert_int_equal(ps_scripts_at(&f.c.scripts, 6)->ran, PS_RAN_MAYBE);
            /* Unless the log has it as well. */
            f.c.trail.last_sql.version = ps_scripts_of(&f.c.scripts, cut - 1)->version;
            f.c.trail.last_sql.query = arena_dup(&f.mem, ps_scripts_at(&f.c.scripts, cut - 1)->text.p, ps_scripts_at(&f.c.scripts, cut - 1)->text.n);
            f.c.trail.last_sql.version = arena_strdup(&f.mem, f.c.trail.last_sql.version);
            read_scripts();
            if (cut != 6 && cut != 13)
                check_cut(cut, 1);
            assert_int_equal(ps_scripts_at(&f.c.scripts, cut - 1)->ran, PS_RAN_YES);
        }
    }
}

/* Killed at every note, before it is on disk and behind, and run again: nothing is sent twice, nothing is left out. */
static void killed_and_run_again(void **state)
{
    struct buf want = {0};
    struct buf is = {0};
    size_t notes;

    (void)state;
    needs_server();
    whole(&want);
    read_scripts();
    f.noted = 0;
    assert_int_equal(run_both(), 0);
    notes = f.noted;
    assert_true(notes > 12);
    for (size_t i = 0; i < 2 * notes; i++) {
        bool doubt;

        fresh();
        forget();
        read_scripts();
        f.noted = 0;
        f.break_at = i / 2;
        f.break_before = i % 2 == 0;
        assert_int_equal(run_both(), -1);
        f.break_at = NO_BREAK;
        forget();
        read_scripts();
        if (run_both() < 0) {
            /* Of one update that makes values out of themselves the database shows nothing. */
            doubt = f.e.kind == ERR_REFUSED && strstr(f.e.text, "out of themselves");
            if (!doubt)
                fail_msg("note %zu %s: %s", i / 2, i % 2 ? "written" : "not written", f.e.text);
            continue;
        }
        result(&is);
        if (!str_eq(buf_str(&is), buf_str(&want)))
            fail_msg("note %zu %s:\n%s\ninstead of\n%s", i / 2, i % 2 ? "written" : "not written", buf_cstr(&is), buf_cstr(&want));
    }
    buf_free(&want);
    buf_free(&is);
}

static void errors(void **state)
{
    (void)state;
    needs_server();
    put(SCRIPTS "/sql/1.7.8.0.sql", "ALTER TABLE `PREFIX_product` ADD `y` INT, ADD `a` INT;\nALTER TABLE `PREFIX_missing` ADD x INT;\n"
                                    "INSERT INTO `PREFIX_configuration` (`name`, `value`) VALUES ('PS_D', '4');\n");
    fresh();
    forget();
    f.c.to = "1.7.8.0";
    f.c.from = "1.7.7.0";
    f.script = 0;
    read_scripts();
    assert_int_equal(ps_run_script(&f.s, &f.c, "1.7.8.0", &f.w, &f.e), -1);
    assert_int_equal(f.e.db_code, 1146);
    assert_non_null(strstr(f.e.text, "1.7.8.0.sql line 2, statement 2 of 3"));
    assert_non_null(strstr(buf_cstr(&f.said), "forgets this error"));
    assert_string_equal(f.notes[0][0] ? "noted" : "", "noted");
    /* --again passes over what is refused once more, and only that. */
    f.w.again = true;
    err_clear(&f.e);
    if (ps_run_script(&f.s, &f.c, "1.7.8.0", &f.w, &f.e) < 0)
        fail_msg("%s", f.e.text);
    rows_are("SELECT COUNT(*) FROM ps_configuration WHERE name = 'PS_D'", "1;");
    assert_int_equal(ps_recheck_script(&f.s, &f.c, "1.7.8.0", &f.e), 0);
}

static void order_is_kept(void **state)
{
    (void)state;
    needs_server();
    read_scripts();
    f.script = 1;
    assert_int_equal(ps_run_script(&f.s, &f.c, "8.0.0", &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_REFUSED);
    assert_int_equal(ps_run_settings(&f.s, &f.c, &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_REFUSED);
    rows_are("SELECT COUNT(*) FROM ps_product WHERE a > 2", "0;");
    f.w.dry_run = true;
    f.script = 0;
    assert_int_equal(ps_run_script(&f.s, &f.c, "1.7.7.0", &f.w, &f.e), 0);
    rows_are("SELECT COUNT(*) FROM ps_configuration WHERE name = 'PS_A'", "0;");
}

static void tables_that_are_there(void **state)
{
    (void)state;
    needs_server();
    sql("CREATE TABLE ps_note (id INT UNSIGNED NOT NULL PRIMARY KEY, other INT)");
    sql("INSERT INTO ps_note VALUES (7, 7)");
    read_scripts();
    f.script = 0;
    assert_int_equal(ps_run_script(&f.s, &f.c, "1.7.7.0", &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_REFUSED);
    rows_are("SELECT * FROM ps_note", "7|7;");
    sql("DELETE FROM ps_note");
    forget();
    read_scripts();
    err_clear(&f.e);
    if (ps_run_script(&f.s, &f.c, "1.7.7.0", &f.w, &f.e) < 0)
        fail_msg("%s", f.e.text);
    rows_are("SELECT * FROM ps_note ORDER BY 1", "1|n;2|n;");
    rows_are("SELECT a FROM ps_product ORDER BY 1", "2;3;");
}

static void settings(void **state)
{
    (void)state;
    needs_server();
    read_scripts();
    if (run_both() < 0)
        fail_msg("%s", f.e.text);
    assert_int_equal(ps_recheck_settings(&f.s, &f.c, &f.e), -1);
    if (ps_run_settings(&f.s, &f.c, &f.w, &f.e) < 0 || ps_recheck_settings(&f.s, &f.c, &f.e) < 0)
        fail_msg("%s", f.e.text);
    assert_true(f.c.sql_done);
    rows_are("SELECT name, value FROM ps_configuration WHERE name IN ('PS_VERSION_DB', 'PS_HIDE_OPTIMIZATION_TIS', 'PS_NEED_REBUILD_INDEX', "
             "'PS_LEGACY_IMAGES') ORDER BY 1",
             "PS_HIDE_OPTIMIZATION_TIS|0;PS_LEGACY_IMAGES|0;PS_NEED_REBUILD_INDEX|1;PS_VERSION_DB|8.0.0;");
    read_scripts();
    assert_int_equal(f.c.scripts.done, f.c.scripts.statements);
}

static void functions(void **state)
{
    (void)state;
    needs_server();
    if (access(PHP, X_OK) != 0)
        skip();
    put("config/config.inc.php", "<?php\ndefine('_DB_PREFIX_', 'ps_');\n");
    put(SCRIPTS "/php/make_mark.php", "<?php\nfunction make_mark($a, $b) { file_put_contents(dirname(__DIR__) . '/mark', \"$a|$b|\" . INSTALL_VERSION . "
                                      "\"\\n\", FILE_APPEND); return 'x' !== $a; }\n");
    put(SCRIPTS "/sql/1.7.8.0.sql", "/* PHP:make_mark('a', 'b c'); */;\n/* PHP:Tools::boom('a'); */;\n/* PHP:drop_column_if_exists('product', 'z'); */;\n");
    put(SCRIPTS "/php/drop_column_if_exists.php", "<?php\nfunction drop_column_if_exists($t, $c) { return true; }\n");
    forget();
    f.c.from = "1.7.7.0";
    f.c.to = "1.7.8.0";
    read_scripts();
    f.script = 0;
    /* Of a function nobody knows whether it ran. */
    assert_int_equal(ps_run_script(&f.s, &f.c, "1.7.8.0", &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_REFUSED);
    f.w.again = true;
    err_clear(&f.e);
    if (ps_run_script(&f.s, &f.c, "1.7.8.0", &f.w, &f.e) < 0)
        fail_msg("%s", f.e.text);
    assert_non_null(strstr(buf_cstr(&f.said), "a method is to be called"));
    f.e.text[0] = '\0';
    {
        struct buf mark = {0};

        assert_int_equal(tree_read(&f.s.tree, SCRIPTS "/mark", 100, &mark, &f.e), 0);
        assert_string_equal(buf_cstr(&mark), "a|b c|1.7.8.0\n");
        buf_free(&mark);
    }
    /* One that fails, and one whose file is not there. */
    put(SCRIPTS "/sql/1.7.8.0.sql", "/* PHP:make_mark('x', 'b'); */;\n");
    memset(f.notes, 0, sizeof f.notes);
    forget();
    f.c.from = "1.7.7.0";
    f.c.to = "1.7.8.0";
    read_scripts();
    assert_int_equal(ps_run_script(&f.s, &f.c, "1.7.8.0", &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_CHILD);
    assert_non_null(strstr(f.e.text, "says that it failed"));
    put(SCRIPTS "/sql/1.7.8.0.sql", "/* PHP:not_there(); */;\n");
    memset(f.notes, 0, sizeof f.notes);
    forget();
    f.c.from = "1.7.7.0";
    f.c.to = "1.7.8.0";
    read_scripts();
    assert_int_equal(ps_run_script(&f.s, &f.c, "1.7.8.0", &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selection),     cmocka_unit_test(by_the_database),
        cmocka_unit_test(by_the_log),    cmocka_unit_test(log_of_another_database),
        cmocka_unit_test(by_the_list),   cmocka_unit_test(killed_and_run_again),
        cmocka_unit_test(errors),        cmocka_unit_test(order_is_kept),
        cmocka_unit_test(tables_that_are_there), cmocka_unit_test(settings),
        cmocka_unit_test(functions),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
