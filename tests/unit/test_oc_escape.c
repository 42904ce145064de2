/* Values as the two writers of OpenCart's backups leave them. */
#include "format/oc_escape.h"
#include "format/rows_seen.h"
#include "format/sql_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const columns[] = {"setting_id", "code", "value"};

static void look(struct oc_escapes *o, struct str row)
{
    uint64_t empty[3] = {0};
    const struct oc_row where = {"oc_setting", columns, 3, empty, 7, 1000};

    oc_escapes_row(o, &where, row);
}

static void told(const char *row, enum oc_escape by)
{
    struct oc_escapes o = {0};

    look(&o, str_of(row));
    if (oc_escapes_by(&o) != by)
        fail_msg("%s: %d, not %d", row, (int)oc_escapes_by(&o), (int)by);
    oc_escapes_free(&o);
}

static void families(void **state)
{
    (void)state;
    told("('1', 'a', 'b')", OC_ESCAPE_UNKNOWN);
    told("('1', 'a\\nb', 'it\\'s \\\\ here')", OC_ESCAPE_UNKNOWN);
    told("('1', 'a', 'say \"no\"')", OC_ESCAPE_OLD);
    told("('1', 'a', 'tab\\there')", OC_ESCAPE_OLD);
    told("('1', 'a', 'say \\\"no\\\"')", OC_ESCAPE_NEW);
    told("('1', 'a', 'C:\\\\new')", OC_ESCAPE_NEW);
    told("('1', 'a', 'a\\\\rb')", OC_ESCAPE_NEW);
    told("('1', 'a', 'a\\0b')", OC_ESCAPE_NEW);
    told("('1', 'a', 'a\\Zb')", OC_ESCAPE_NEW);
    told("('1', 'a', 'a\tb')", OC_ESCAPE_NEW);
    told("('1', 'say \"no\"', 'a\\Zb')", OC_ESCAPE_BOTH);
    /* A backslash in front of what is escaped itself says nothing of n. */
    told("('1', 'a', 'a\\\\\\nb')", OC_ESCAPE_UNKNOWN);
    /* Outside of quotes there are no signs. */
    told("(1, NULL, 0x5c74)", OC_ESCAPE_UNKNOWN);
}

struct damage_case {
    const char *row;
    uint64_t n[OC_DAMAGES];
};

static const struct damage_case damages[] = {
    {"('1', 'a', 'x\\\\0y')", {1, 0, 0}},
    {"('1', 'a', 'x\\\\Zy\\\\Z')", {0, 1, 0}},
    {"('1', 'x\\\\0', 'x\\\\0\\\\Z')", {2, 1, 0}},
    {"('1', 'a', '\\\\\\\\0')", {1, 0, 0}},
    {"('1', 'a', '\\\\\\'0')", {0, 0, 0}},
    {"('1', 'a', '{\"a\":\"x\\ny\"}')", {0, 0, 1}},
    {"('1', 'a', '{\"a\":\"x\\ty\",\"b\":\"\\n\"}')", {0, 0, 1}},
    {"('1', 'a', '[\"a\\rb\"]')", {0, 0, 1}},
    {"('1', 'a', '{\\n \"a\":\\t1}')", {0, 0, 0}},
    {"('1', 'a', '{\"a\":\"x\\\\/y\",\\n\"b\":\"\\\\\"\"}')", {0, 0, 0}},
    {"('1', 'a', '[b]He said \"one\\ntwo\"[/b]')", {0, 0, 0}},
    {"('1', 'a', 'a \"one\\ntwo\"')", {0, 0, 0}},
};

static void damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct oc_escapes o = {0};

        look(&o, str_of(damages[i].row));
        for (int k = 0; k < OC_DAMAGES; k++)
            if (o.damaged[k] != damages[i].n[k])
                fail_msg("%s: %d is %llu", damages[i].row, k, (unsigned long long)o.damaged[k]);
        oc_escapes_free(&o);
    }
}

static void names(void **state)
{
    struct oc_escapes o = {0};
    const char row[] = "('12', 'config', 'ab\\\\0')";

    (void)state;
    look(&o, str_of(row));
    assert_int_equal(o.named.n, 1);
    assert_string_equal(o.named.v[0].table, "oc_setting");
    assert_string_equal(o.named.v[0].column, "value");
    assert_string_equal(o.named.v[0].key, "setting_id 12, code config");
    assert_int_equal(o.named.v[0].line, 7);
    assert_int_equal(o.named.v[0].offset, 1000 + strlen("('12', 'config', 'ab"));
    oc_escapes_free(&o);
    for (size_t i = 0; i < OC_DAMAGED_NAMED + 5; i++)
        look(&o, str_of(row));
    assert_int_equal(o.named.n, OC_DAMAGED_NAMED);
    assert_int_equal(o.damaged[OC_DAMAGE_NUL], OC_DAMAGED_NAMED + 5);
    oc_escapes_free(&o);
}

static void empty_and_null(void **state)
{
    struct oc_escapes o = {0};
    uint64_t empty[2] = {0};
    const struct oc_row where = {"t", columns, 2, empty, 1, 0};

    (void)state;
    oc_escapes_row(&o, &where, STR("('', '', '')"));
    oc_escapes_row(&o, &where, STR("('x', '', 'NULL')"));
    assert_true(empty[0] == 1 && empty[1] == 2);
    assert_false(o.null);
    oc_escapes_row(&o, &where, STR("('x', NULL)"));
    assert_true(o.null);
    oc_escapes_free(&o);
}

static void repaired(const char *row, const char *want)
{
    struct buf out = {0};
    bool done = oc_escape_repair(str_of(row), &out);

    if (done != (want != NULL) || (want && !str_is(buf_str(&out), want)) || (!done && out.n > 0))
        fail_msg("%s: %.*s", row, STR_FMT(buf_str(&out)));
    buf_free(&out);
}

static void repair(void **state)
{
    (void)state;
    repaired("('1', 'a\\\\0b')", "('1', 'a\\0b')");
    repaired("('\\\\Z', '\\\\0\\\\0')", "('\\Z', '\\0\\0')");
    repaired("('\\\\\\\\0')", "('\\\\\\0')");
    repaired("('\\\\\\'\\\\Z', 'x')", "('\\\\\\'\\Z', 'x')");
    repaired("('1', 'a\\\\nb \\\\1 \\\\ 0', NULL)", NULL);
    repaired("('1', 'a\\'0', \\\\0)", NULL);
    repaired("('\\\\", NULL);
    repaired("", NULL);
}

/* What is cut at any byte, or hostile, is read without harm. */
static void pieces(void **state)
{
    static const char row[] = "('1', '{\\\"a\\\":\\\"x\\\\0\\n\\\"}', NULL, \"q\"\"q\", _binary 'x', f(1, ')'), '\\\\Z')";

    (void)state;
    for (size_t n = 0; n < sizeof row; n++) {
        char *cut = mem_dup(row, n);
        char *tight = mem_alloc(n + 1);
        struct oc_escapes o = {0};
        struct buf out = {0};
        struct sql_value v;
        size_t at = 0;
        size_t values = 0;

        memcpy(tight, cut, n);
        look(&o, (struct str){tight, n});
        oc_escape_repair((struct str){tight, n}, &out);
        while (sql_value_next((struct str){tight, n}, &at, &v))
            values++;
        assert_true(values <= 7);
        buf_free(&out);
        oc_escapes_free(&o);
        free(tight);
        free(cut);
    }
}

static void values(void **state)
{
    static const char row[] = "('a\\'),b', NULL, -1.5 , 'it''s', f(1, ')'), _utf8 'x', '')";
    static const char *const text[] = {"'a\\'),b'", "NULL", "-1.5", "'it''s'", "f(1, ')')", "_utf8 'x'", "''"};
    static const char *const quoted[] = {"a\\'),b", NULL, NULL, "it''s", NULL, NULL, ""};
    struct sql_value v;
    size_t at = 0;

    (void)state;
    for (size_t i = 0; i < 7; i++) {
        assert_true(sql_value_next(str_of(row), &at, &v));
        if (!str_is(v.text, text[i]) || (v.quoted.p == NULL) != (quoted[i] == NULL) || (quoted[i] && !str_is(v.quoted, quoted[i])))
            fail_msg("%zu: %.*s", i, STR_FMT(v.text));
    }
    assert_false(sql_value_next(str_of(row), &at, &v));
    at = 0;
    assert_false(sql_value_next(STR("x"), &at, &v));
}

static void column_names(void **state)
{
    struct str rest = STR(" (`a`, b,`c``d`) VALUES ");
    struct buf name = {0};
    struct arena a = {0};
    const char **all;

    (void)state;
    assert_true(sql_column_next(&rest, &name) && str_is(buf_str(&name), "a"));
    assert_true(sql_column_next(&rest, &name) && str_is(buf_str(&name), "b"));
    assert_true(sql_column_next(&rest, &name) && str_is(buf_str(&name), "c`d"));
    assert_false(sql_column_next(&rest, &name));
    buf_free(&name);
    assert_int_equal(sql_columns(STR(" (`a`, b,\"c\"\"d\") VALUES "), &a, &all), 3);
    assert_string_equal(all[0], "a");
    assert_string_equal(all[2], "c\"d");
    assert_int_equal(sql_columns(STR(" VALUES (1)"), &a, &all), 0);
    assert_non_null(all);
    arena_free(&a);
}

static void unquoted(void **state)
{
    static const char text[] = "it''s \\\\ \\\"\"\\' a\\nb\\tc\\rd\\Ze\\bf\\gh`\\";
    struct arena a = {0};

    (void)state;
    assert_string_equal(sql_unquoted(str_of(text), '\'', &a), "it's \\ \"\"' a\nb\tc\rd\x1a" "e\bfgh`\\");
    assert_memory_equal(sql_unquoted(STR("a\\0b"), '"', &a), "a\0b", 4);
    assert_string_equal(sql_unquoted(STR("a``b\\n''"), '`', &a), "a`b\\n''");
    assert_string_equal(sql_unquoted(STR(""), '`', &a), "");
    arena_free(&a);
}

static void seen(void **state)
{
    struct rows_seen r = {0};
    bool there;

    (void)state;
    for (uint64_t i = 0; i < 5000; i++) {
        struct row_seen *one;
        uint64_t key = rows_sum(ROWS_SUM, (struct str){(const char *)&i, sizeof i});

        one = rows_seen(&r, key, &there);
        assert_false(there);
        one->line = (uint32_t)i;
    }
    for (uint64_t i = 0; i < 5000; i++) {
        struct row_seen *one = rows_seen(&r, rows_sum(ROWS_SUM, (struct str){(const char *)&i, sizeof i}), &there);

        assert_true(there && one->line == i);
    }
    assert_int_equal(r.n, 5000);
    assert_non_null(rows_seen(&r, 0, &there));
    assert_false(there);
    assert_non_null(rows_seen(&r, 0, &there));
    assert_true(there);
    rows_seen_free(&r);
}

/* Above the bound nothing more is kept, and what is known stays known. */
static void bound(void **state)
{
    struct rows_seen r = {0};
    bool there;

    (void)state;
    for (uint64_t i = 1; i <= ROWS_SEEN_MAX; i++)
        assert_non_null(rows_seen(&r, i * UINT64_C(0x9e3779b97f4a7c15), &there));
    assert_null(rows_seen(&r, 12345, &there));
    assert_false(there);
    assert_non_null(rows_seen(&r, UINT64_C(0x9e3779b97f4a7c15), &there));
    assert_true(there);
    rows_seen_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families), cmocka_unit_test(damage), cmocka_unit_test(names),  cmocka_unit_test(empty_and_null),
        cmocka_unit_test(repair),   cmocka_unit_test(pieces), cmocka_unit_test(values), cmocka_unit_test(column_names),
        cmocka_unit_test(unquoted), cmocka_unit_test(seen),   cmocka_unit_test(bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
