/* Literals, names, formatted statements, many rows by few statements, and statements in error texts. */
#include "db/mysql.h"
#include "db/mysql_batch.h"
#include "fake_mysql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NO_BACKSLASH_ESCAPES 0x0200u

static struct err e;

/* A session after a statement that left it with this status. */
static struct mysql *with_status(struct fake_mysql *f, unsigned status)
{
    struct mysql *m = fake_mysql_session(f, "1048576");

    fake_mysql_ok(f, 1, 2 | status);
    assert_int_equal(mysql_exec(m, STR("SET x"), NULL, &e), 0);
    fake_mysql_turn(f);
    return m;
}

static void assert_quoted(struct mysql *m, struct str text, const char *expected)
{
    struct buf b = {0};

    mysql_quote(m, &b, text);
    assert_string_equal(buf_cstr(&b), expected);
    buf_free(&b);
}

static void test_quote(void **state)
{
    struct fake_mysql f;
    struct mysql *m = with_status(&f, 0);

    (void)state;
    assert_quoted(m, STR(""), "''");
    assert_quoted(m, STR("it's \\ \"x\" `y` % _ \n"), "'it''s \\\\ \"x\" `y` % _ \n'");
    assert_quoted(m, STR("a\0b"), "'a\\0b'");
    assert_quoted(m, STR("\\'; DROP TABLE x; -- "), "'\\\\''; DROP TABLE x; -- '");
    assert_quoted(m, STR("ä€\xF0\x9F\x9A\x91"), "'ä€\xF0\x9F\x9A\x91'");
    /* What is not UTF-8 – here a lead byte that would swallow the closing quote – goes as digits. */
    assert_quoted(m, STR("\xE4"), "0xE4");
    assert_quoted(m, STR("x\xC0\xAF"), "0x78C0AF");
    assert_quoted(m, STR("\xED\xA0\x80"), "0xEDA080");
    assert_quoted(m, STR("\xF4\x90\x80\x80"), "0xF4908080");
    fake_mysql_finish(&f, m);
    m = with_status(&f, NO_BACKSLASH_ESCAPES);
    assert_quoted(m, STR("it's \\"), "'it''s \\'");
    assert_quoted(m, STR("\\'; DROP TABLE x; -- "), "'\\''; DROP TABLE x; -- '");
    fake_mysql_finish(&f, m);
}

/* A server too old for utf8mb4: characters of four bytes go as digits. */
static void test_old_charset(void **state)
{
    static const char *const rows[] = {"16384", NULL};
    struct fake_mysql f;
    struct mysql_opts o;
    struct mysql *m;

    (void)state;
    fake_mysql_init(&f);
    fake_mysql_greeting(&f, "5.5.1", FAKE_CAPS_55, NULL);
    fake_mysql_turn(&f);
    fake_mysql_ok(&f, 2, 2);
    fake_mysql_turn(&f);
    fake_mysql_error(&f, 1, 1115, "42000", "Unknown character set: 'utf8mb4'");
    fake_mysql_turn(&f);
    fake_mysql_ok(&f, 1, 0); /* without autocommit */
    fake_mysql_turn(&f);
    fake_mysql_ok(&f, 1, 2);
    fake_mysql_result(&f, rows);
    o = fake_mysql_options(&f);
    if (mysql_open(&m, &o, &e) != 0)
        fail_msg("%s", e.text);
    assert_true(str_is(fake_mysql_sent(&f, 2), "\x03SET NAMES utf8"));
    assert_true(str_is(fake_mysql_sent(&f, 3), "\x03SET autocommit = 1"));
    assert_quoted(m, STR("ä€"), "'ä€'");
    assert_quoted(m, STR("\xF0\x9F\x9A\x91"), "0xF09F9A91");
    fake_mysql_finish(&f, m);
}

static void test_format(void **state)
{
    struct fake_mysql f;
    struct mysql *m = with_status(&f, 0);
    struct buf b = {0};

    (void)state;
    mysql_sqlf(m, &b,
               "UPDATE %t SET %i = %s, %I = %S, n = %s WHERE a = %d AND b < %u AND c > %D AND d = %U %%",
               "xc_", "to`ols", "na`me", "va'lue", STR("id"), STR("x"), (const char *)NULL, -5, 7u, INT64_MIN,
               UINT64_MAX);
    assert_string_equal(buf_cstr(&b),
                        "UPDATE `xc_to``ols` SET `na``me` = 'va''lue', `id` = 'x', n = NULL WHERE a = -5 "
                        "AND b < 7 AND c > -9223372036854775808 AND d = 18446744073709551615 %");
    buf_reset(&b);
    mysql_sqlf(m, &b, "a %s b %x c %s", "x", "y", "z");
    assert_string_equal(buf_cstr(&b), "a 'x' b %x c %s");
    buf_reset(&b);
    mysql_sqlf(m, &b, "end %");
    assert_string_equal(buf_cstr(&b), "end %");
    buf_free(&b);
    fake_mysql_finish(&f, m);
}

static void test_batch(void **state)
{
    struct fake_mysql f;
    struct mysql *m = fake_mysql_session(&f, "1024");
    struct mysql_batch b = {0};
    char pad[300];
    size_t first;
    size_t i;

    (void)state;
    memset(pad, 'x', sizeof pad);
    first = f.packets;
    for (i = 0; i < 5; i++) {
        fake_mysql_ok(&f, 1, 2);
        fake_mysql_turn(&f);
    }
    mysql_batch_begin(&b, m, STR("INSERT INTO t VALUES "), STR(" AS n"));
    for (i = 0; i < 10; i++) {
        mysql_sqlf(m, mysql_batch_row(&b), "(%u,%S)", (unsigned)i, (struct str){pad, sizeof pad});
        assert_int_equal(mysql_batch_add(&b, &e), 0);
    }
    assert_int_equal(mysql_batch_end(&b, &e), 0);
    assert_int_equal(b.rows, 10);
    assert_int_equal(b.affected, 12); /* the script says 3 each time */
    assert_int_equal(b.warnings, 4);
    assert_int_equal(f.packets - first, 4);
    for (i = 0; i < 4; i++) {
        struct str sql = fake_mysql_sent(&f, first + i);

        assert_in_range(sql.n, 300, 1023);
        assert_true(str_starts(sql, STR("\x03INSERT INTO t VALUES (")));
        assert_true(str_ends(sql, STR("') AS n")));
    }
    /* A row that fits nowhere. */
    buf_add(mysql_batch_row(&b), "(", 1);
    for (i = 0; i < 4; i++)
        buf_add(&b.row, pad, sizeof pad);
    assert_int_equal(mysql_batch_add(&b, &e), 0);
    assert_int_equal(mysql_batch_end(&b, &e), -1);
    assert_true(str_has(str_of(e.text), STR("max_allowed_packet")));
    mysql_batch_free(&b);
    fake_mysql_finish(&f, m);
}

/* What an error says of the statement. */
static void test_excerpts(void **state)
{
    static const struct {
        const char *sql;
        const char *words;
        const char *text;
    } cases[] = {
        {"  SELECT\n\t a  FROM `b`  ", "No", "No (1064, 42000); statement: SELECT a FROM `b`"},
        {"SELECT 'short', \"also\"", "No", "No (1064, 42000); statement: SELECT 'short', \"also\""},
        {"SELECT 'a very long literal with it''s quotes and \\' more', 1", "No",
         "No (1064, 42000); statement: SELECT 'a very long lit…', 1"},
        {"SELECT 0x0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF, 1", "No",
         "No (1064, 42000); statement: SELECT 0x0123456789ABCD… , 1"},
        {"UPDATE u SET Password = 'hidden' WHERE id = 1",
         "You have an error near 'hidden' WHERE id = 1' at line 1",
         "You have an error near '…' at line 1 (1064, 42000); statement: UPDATE … (not shown: it may hold a "
         "password)"},
        {"create user x IDENTIFIED BY 'hidden'", "No",
         "No (1064, 42000); statement: create … (not shown: it may hold a password)"},
        {"SELECT 'unclosed", "", "the server gave no reason (1064, 42000); statement: SELECT 'unclosed"},
        {"", "No", "No (1064, 42000); statement: "},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake_mysql f;
        struct mysql *m = fake_mysql_session(&f, "1048576");

        fake_mysql_error(&f, 1, 1064, "42000", cases[i].words);
        assert_int_equal(mysql_exec(m, str_of(cases[i].sql), NULL, &e), -1);
        assert_string_equal(e.text, cases[i].text);
        assert_int_equal(e.db_code, 1064);
        assert_string_equal(e.db_state, "42000");
        assert_true(mysql_alive(m));
        fake_mysql_finish(&f, m);
    }
}

/* Long statements are cut, never within a character, wherever the cut falls. */
static void test_long_excerpts(void **state)
{
    size_t lead;

    (void)state;
    for (lead = 0; lead < 6; lead++) {
        struct fake_mysql f;
        struct mysql *m = fake_mysql_session(&f, "1048576");
        struct buf sql = {0};
        struct str shown;
        size_t i;

        for (i = 0; i < lead; i++)
            buf_addc(&sql, 'x');
        for (i = 0; i < 200; i++)
            buf_adds(&sql, "€");
        fake_mysql_error(&f, 1, 1064, "42000", "No");
        assert_int_equal(mysql_exec(m, buf_str(&sql), NULL, &e), -1);
        shown = str_of(e.text);
        assert_true(str_skip(&shown, STR("No (1064, 42000); statement: ")));
        assert_true(str_chop(&shown, STR(" …")));
        assert_in_range(shown.n, 190, 200);
        assert_int_equal((shown.n - lead) % 3, 0);
        buf_free(&sql);
        fake_mysql_finish(&f, m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quote),    cmocka_unit_test(test_old_charset),
        cmocka_unit_test(test_format),   cmocka_unit_test(test_batch),
        cmocka_unit_test(test_excerpts), cmocka_unit_test(test_long_excerpts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
