/*
 * OpenCart's change of tables in a real database. tests/e2e/opencart_tables.bats starts a server and names its socket in TEST_DB_SOCKET (root without a
 * password); without it nothing is tested. Tables are composed from the marks of versions, with some that are described here.
 */
#include "files.h"
#include "platform/opencart/schema_work.h"
#include "platform/opencart/steps.h"
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

#define DB       "oc_schema_test"
#define OLD      "3.0.3.2"
#define TO       "4.0.2.3"
#define NO_BREAK SIZE_MAX

static const struct platform stand_in = {.name = "opencart", .title = "OpenCart"};

static struct fixture {
    char root[64];
    struct store s;
    struct store_opts opts;
    struct oc oc;
    struct oc_case c;
    struct arena mem;
    struct work w;
    struct buf said;
    struct err e;
    size_t noted;
    size_t break_at;     /* number of the note at which the program "dies" */
} f;

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
    (void)w, (void)value;
    assert_true(str_starts(str_of(key), STR("schema:")));
    return f.noted++ == f.break_at ? err_set(e, ERR_IO, "the program dies here") : 0;
}

static bool noted(struct work *w, const char *key, struct buf *value)
{
    (void)w, (void)key, (void)value;
    return false;
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

/* All that tells how tables are, and the rows of those that have some. */
static struct buf state_of_all(void)
{
    struct buf out = {0};

    rows("SELECT TABLE_NAME, ENGINE, TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = '" DB "' ORDER BY 1", &out);
    rows("SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, EXTRA FROM information_schema.COLUMNS"
         " WHERE TABLE_SCHEMA = '" DB "' ORDER BY TABLE_NAME, ORDINAL_POSITION", &out);
    rows("SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = '" DB
         "' ORDER BY 1, 2, 3", &out);
    rows("SELECT * FROM oc_basket ORDER BY 1", &out);
    rows("SELECT * FROM oc_setting ORDER BY 1", &out);
    return out;
}

/* ---- tables of versions --------------------------------------------------------------------------------------------------------- */

static bool has(const struct oc_mark *m, const char *version)
{
    return (m->since == NULL || oc_version_compare(m->since, version) <= 0) && (m->gone == NULL || oc_version_compare(m->gone, version) > 0);
}

static bool is_first(const struct oc_mark *all, size_t i, const char *version)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(all[k].table, all[i].table) == 0 && has(&all[k], version))
            return false;
    return true;
}

/* Each table has a number, the columns that are marks, and a word. */
static void describe(const char *version, struct buf *php)
{
    size_t n;
    const struct oc_mark *all = oc_marks(&n);

    buf_adds(php, "<?php\nfunction oc_db_schema(): array {\n\t$tables = [];\n");
    for (size_t i = 0; i < n; i++) {
        if (!has(&all[i], version) || !is_first(all, i, version))
            continue;
        buf_printf(php, "\t$tables[] = ['name' => '%s', 'field' => [['name' => 'id', 'type' => 'int(11)', 'not_null' => true, 'auto_increment' => true],",
                   all[i].table);
        for (size_t k = i; k < n; k++)
            if (all[k].column && has(&all[k], version) && strcmp(all[k].table, all[i].table) == 0)
                buf_printf(php, "['name' => '%s', 'type' => 'varchar(64)', 'not_null' => true],", all[k].column);
        buf_adds(php, "['name' => 'word', 'type' => 'varchar(64)', 'not_null' => true, 'default' => '']], 'primary' => ['id'],"
                        " 'index' => [['name' => 'word', 'key' => ['word']]], 'engine' => 'InnoDB', 'charset' => 'utf8mb4',"
                        " 'collate' => 'utf8mb4_general_ci'];\n");
    }
    buf_adds(php, "\t$tables[] = ['name' => 'basket', 'field' => [['name' => 'basket_id', 'type' => 'int(11)', 'not_null' => true, 'auto_increment' => true],"
                  "['name' => 'added', 'type' => 'datetime', 'not_null' => true], ['name' => 'text', 'type' => 'varchar(8)', 'not_null' => true],"
                  "['name' => 'amount', 'type' => 'int(11)', 'not_null' => true, 'default' => 1]], 'primary' => ['basket_id'],"
                  " 'index' => [['name' => 'added', 'key' => ['added', 'amount']]], 'engine' => 'InnoDB', 'charset' => 'utf8mb4',"
                  " 'collate' => 'utf8mb4_general_ci'];\n\treturn $tables;\n}\n");
}

/* The same tables as 3.x has them. */
static void install(const char *version)
{
    size_t n;
    const struct oc_mark *all = oc_marks(&n);
    struct buf text = {0};

    for (size_t i = 0; i < n; i++) {
        if (!has(&all[i], version) || !is_first(all, i, version))
            continue;
        buf_reset(&text);
        buf_printf(&text, "CREATE TABLE `oc_%s` (id int(11) NOT NULL AUTO_INCREMENT", all[i].table);
        for (size_t k = i; k < n; k++)
            if (all[k].column && has(&all[k], version) && strcmp(all[k].table, all[i].table) == 0)
                buf_printf(&text, ", `%s` varchar(64) NOT NULL", all[k].column);
        buf_adds(&text, ", word varchar(32), PRIMARY KEY (id)) ENGINE=MyISAM DEFAULT CHARSET=utf8");
        sql(buf_cstr(&text));
    }
    buf_free(&text);
    sql("CREATE TABLE oc_basket (basket_id int(11) NOT NULL AUTO_INCREMENT, added datetime NOT NULL, text varchar(64) NOT NULL, gone int(11) NOT NULL,"
        " PRIMARY KEY (basket_id), KEY added (added)) ENGINE=MyISAM DEFAULT CHARSET=utf8");
    sql("INSERT INTO oc_basket VALUES (1, '0000-00-00 00:00:00', 'one', 5), (2, '2024-01-02 03:04:05', 'f\xc3\xbcr', 6)");
    sql("INSERT INTO oc_setting (code, word) VALUES ('config', 'a'), ('config', NULL)");
}

static void forget(void)
{
    oc_marked_free(&f.c.marked);
    schema_free(&f.c.live);
    schema_free(&f.c.target);
    arena_free(&f.mem);
    memset(&f.mem, 0, sizeof f.mem);
    f.c = (struct oc_case){.mem = &f.mem, .from = OLD, .to = TO, .db = true};
    buf_reset(&f.said);
    f.noted = 0;
    f.break_at = NO_BREAK;
    f.w.dry_run = false;
    err_clear(&f.e);
}

static int fresh(void **state)
{
    (void)state;
    if (f.root[0] == '\0')
        return 0;
    forget();
    sql("DROP DATABASE IF EXISTS " DB);
    sql("CREATE DATABASE " DB " CHARACTER SET utf8");
    sql("USE " DB);
    install(OLD);
    return 0;
}

static int setup(void **state)
{
    struct buf php = {0};

    (void)state;
    if (!shop_db_there())
        return 0;
    snprintf(f.root, sizeof f.root, "/tmp/oc_schema.XXXXXX");
    assert_non_null(mkdtemp(f.root));
    describe(TO, &php);
    files_put(f.root, "system/helper/db_schema.php", buf_cstr(&php));
    buf_free(&php);
    f.s.opts = &f.opts;
    f.s.platform = &stand_in;
    f.s.own = &f.oc;
    f.s.prefix = "oc_";
    assert_int_equal(tree_open(&f.s.tree, f.root, &f.e), 0);
    f.w = (struct work){.say = say, .note = note, .noted = noted, .progress = progress};
    f.s.db_config.sql_mode = "";
    shop_db_make(DB, "utf8mb4");
    shop_db_use(&f.s, DB);
    return 0;
}

static int teardown(void **state)
{
    struct tree tmp = {0};
    struct err ignored = {0};

    (void)state;
    if (f.root[0] == '\0')
        return 0;
    sql("DROP DATABASE IF EXISTS " DB);
    forget();
    arena_free(&f.mem);
    buf_free(&f.said);
    store_close(&f.s);
    if (tree_open(&tmp, "/tmp", &ignored) == 0)
        tree_remove_tree(&tmp, f.root + strlen("/tmp/"), false, &ignored);
    tree_close(&tmp);
    return 0;
}

static void need(void)
{
    if (f.root[0] == '\0')
        skip();
}

static void read_case(void)
{
    if (oc_case_schema(&f.s, &f.c, &f.e) < 0)
        fail_msg("%s", f.e.text);
}

static void run(void)
{
    if (oc_run_schema(&f.s, &f.c, &f.w, &f.e) < 0 || oc_recheck_schema(&f.s, &f.c, &f.e) < 0)
        fail_msg("%s", f.e.text);
}

static void is_said(const char *words)
{
    if (strstr(buf_cstr(&f.said), words) == NULL)
        fail_msg("\"%s\" is not said in\n%s", words, buf_cstr(&f.said));
}

/* ---- tests ---------------------------------------------------------------------------------------------------------------------- */

static void test_whole(void **state)
{
    (void)state;
    need();
    read_case();
    assert_true(f.c.target_known);
    assert_string_equal(f.c.marked.version, OLD);
    assert_string_equal(f.oc.schema_version, OLD);
    assert_int_equal(f.c.tables_new, 0);
    assert_null(f.c.torn_table);
    run();
    read_case();
    assert_string_equal(f.c.marked.version, TO);
    assert_int_equal(f.c.tables_old, 0);
    assert_true(f.c.tables_new > 50);
    rows_are("SELECT basket_id, added, text, gone, amount FROM oc_basket ORDER BY 1", "1|0000-00-00 00:00:00|one|5|1;2|2024-01-02 03:04:05|f\xc3\xbcr|6|1;");
    rows_are("SELECT id, code, word FROM oc_setting ORDER BY 1", "1|config|a;2|config|;");
    is_said("1 row has no value in word");
    /* what the later steps move is there */
    rows_are("SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '" DB "' AND TABLE_NAME = 'oc_seo_url' AND COLUMN_NAME = 'query'", "1;");
    buf_reset(&f.said);
    f.noted = 0;
    run();
    assert_int_equal(f.noted, 0);
    is_said("0 tables created, 0 changed");
}

static void test_dry_run_changes_nothing(void **state)
{
    struct buf before;
    struct buf after;

    (void)state;
    need();
    before = state_of_all();
    f.w.dry_run = true;
    if (oc_run_schema(&f.s, &f.c, &f.w, &f.e) < 0)
        fail_msg("%s", f.e.text);
    after = state_of_all();
    assert_string_equal(buf_cstr(&before), buf_cstr(&after));
    assert_int_equal(f.noted, 0);
    is_said("would carry out: ALTER TABLE `oc_basket` ");
    is_said("would carry out: CREATE TABLE IF NOT EXISTS `oc_antispam` (");
    buf_free(&before);
    buf_free(&after);
}

/* Each table has two notes, before and behind its statement. */
static void test_killed(void **state)
{
    struct buf whole;
    size_t notes;

    (void)state;
    need();
    run();
    notes = f.noted;
    whole = state_of_all();
    assert_true(notes > 100);
    for (size_t at = 1; at < notes; at += notes / 4) {
        struct buf now;

        fresh(NULL);
        f.break_at = at;
        if (oc_run_schema(&f.s, &f.c, &f.w, &f.e) == 0)
            fail_msg("note %zu is not written", at);
        forget();
        run();
        now = state_of_all();
        assert_string_equal(buf_cstr(&now), buf_cstr(&whole));
        buf_free(&now);
    }
    buf_free(&whole);
}

/* As the installer's own step leaves it when it is killed: some tables done, one without its keys. */
static void test_torn(void **state)
{
    (void)state;
    need();
    sql("ALTER TABLE oc_api MODIFY word varchar(64) NOT NULL DEFAULT '', ADD KEY word (word), ENGINE=InnoDB, DEFAULT CHARACTER SET utf8mb4"
        " COLLATE utf8mb4_general_ci");
    sql("ALTER TABLE oc_basket MODIFY basket_id int(11) NOT NULL, ADD amount int(11) NOT NULL DEFAULT 1 AFTER text, DROP KEY added, DROP PRIMARY KEY");
    sql("INSERT INTO oc_basket (added, text) VALUES ('2025-01-01', 'late')");
    read_case();
    assert_int_equal(f.c.tables_new, 1);
    assert_non_null(f.c.torn_table);
    assert_string_equal(f.c.torn_table, "basket");
    run();
    is_said("1 row with basket_id 0 came while the table lacked its AUTO_INCREMENT; it is kept");
    rows_are("SELECT basket_id, text FROM oc_basket ORDER BY 1", "0|late;1|one;2|f\xc3\xbcr;");
    sql("INSERT INTO oc_basket (text) VALUES ('next')");
    rows_are("SELECT MAX(basket_id) FROM oc_basket", "3;");
}

static void test_doubles_are_refused(void **state)
{
    struct buf before;
    struct buf after;

    (void)state;
    need();
    sql("ALTER TABLE oc_basket MODIFY basket_id int(11) NOT NULL, DROP PRIMARY KEY");
    sql("INSERT INTO oc_basket (text) VALUES ('a'), ('b')");
    before = state_of_all();
    assert_int_equal(oc_run_schema(&f.s, &f.c, &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_REFUSED);
    assert_non_null(strstr(f.e.text, "oc_basket: primary key (basket_id)"));
    after = state_of_all();
    assert_string_equal(buf_cstr(&before), buf_cstr(&after));
    buf_free(&before);
    buf_free(&after);
}

static void test_room_is_kept(void **state)
{
    (void)state;
    need();
    sql("UPDATE oc_basket SET text = 'longer than eight' WHERE basket_id = 1");
    run();
    is_said("oc_basket: column text from varchar(64) to varchar(8) is not made smaller: the values of 1 row");
    rows_are("SELECT text FROM oc_basket WHERE basket_id = 1", "longer than eight;");
    read_case();
    assert_int_equal(f.c.tables_old, 0);
}

static void test_loss_is_refused(void **state)
{
    (void)state;
    need();
    sql("ALTER TABLE oc_basket ADD amount varchar(9) NOT NULL");
    sql("UPDATE oc_basket SET amount = 'x' WHERE basket_id = 1");
    assert_int_equal(oc_run_schema(&f.s, &f.c, &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_REFUSED);
    assert_non_null(strstr(f.e.text, "oc_basket: column amount from varchar(9) to int(11) would lose the values of 1 row"));
    assert_int_equal(f.noted, 0);
    forget();
    sql("UPDATE oc_basket SET amount = '12'");
    run();
    rows_are("SELECT SUM(amount) FROM oc_basket", "24;");
}

static void test_foreign_key_is_named(void **state)
{
    (void)state;
    need();
    sql("ALTER TABLE oc_basket ENGINE=InnoDB, DROP KEY added, ADD KEY added (gone)");
    sql("CREATE TABLE oc_owner (owner_id int(11) NOT NULL, PRIMARY KEY (owner_id)) ENGINE=InnoDB");
    sql("INSERT INTO oc_owner VALUES (5), (6)");
    sql("ALTER TABLE oc_basket ADD CONSTRAINT basket_owner FOREIGN KEY (gone) REFERENCES oc_owner (owner_id)");
    assert_int_equal(oc_run_schema(&f.s, &f.c, &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_REFUSED);
    assert_non_null(strstr(f.e.text, "the foreign key basket_owner of oc_basket needs the key added"));
    forget();
    sql("ALTER TABLE oc_basket ADD KEY own (gone)");
    run();
    rows_are("SELECT COUNT(*) FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = '" DB "' AND CONSTRAINT_NAME = 'basket_owner'", "1;");
}

static void test_other_description(void **state)
{
    (void)state;
    need();
    f.c.to = "4.1.0.4";
    read_case();
    assert_false(f.c.target_known);
    assert_int_equal(oc_run_schema(&f.s, &f.c, &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_MISMATCH);
    assert_non_null(strstr(f.e.text, "it describes the tables of 4.0.2.3, not those of 4.1.0.4"));
    assert_non_null(strstr(f.e.fix, "--source"));
}

static void test_stopped(void **state)
{
    volatile sig_atomic_t stop = 1;

    (void)state;
    need();
    f.w.stop = &stop;
    assert_int_equal(oc_run_schema(&f.s, &f.c, &f.w, &f.e), -1);
    assert_int_equal(f.e.kind, ERR_STOPPED);
    f.w.stop = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_whole, fresh),
        cmocka_unit_test_setup(test_dry_run_changes_nothing, fresh),
        cmocka_unit_test_setup(test_torn, fresh),
        cmocka_unit_test_setup(test_doubles_are_refused, fresh),
        cmocka_unit_test_setup(test_room_is_kept, fresh),
        cmocka_unit_test_setup(test_loss_is_refused, fresh),
        cmocka_unit_test_setup(test_foreign_key_is_named, fresh),
        cmocka_unit_test_setup(test_other_description, fresh),
        cmocka_unit_test_setup(test_stopped, fresh),
        cmocka_unit_test_setup(test_killed, fresh),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
