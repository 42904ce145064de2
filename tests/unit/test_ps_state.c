#include "format/ps_state.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What base64_encode of PHP makes of the text. */
static void encode(struct str s, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    buf_reset(out);
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t v = 0;

        for (size_t j = 0; j < 3; j++)
            v = v << 8 | (i + j < s.n ? (unsigned char)s.p[i + j] : 0u);
        for (size_t j = 0; j < 4; j++)
            buf_addc(out, i + j > s.n ? '=' : digits[v >> (18 - 6 * j) & 63]);
    }
}

static void read_serialized(const char *text, struct arena *a, struct ps_state *s)
{
    struct buf b = {0};
    struct err e = {0};

    encode(str_of(text), &b);
    if (ps_state_read(buf_str(&b), a, s, &e) != 0)
        fail_msg("%s: %s", text, e.text);
    assert_null(s->params);
    buf_free(&b);
}

/* The items of a list in the order of processing, with a semicolon behind each. */
static void lists(const char *serialized, const char *name, const char *version, enum ps_list_shape shape, bool ambiguous,
                  const char *want)
{
    struct arena a = {0};
    struct buf b = {0};
    struct err e = {0};
    struct ps_state s;
    struct ps_list l;

    read_serialized(serialized, &a, &s);
    if (ps_state_list(&s, str_of(name), str_of(version), &a, &l, &e) != 0)
        fail_msg("%s: %s", serialized, e.text);
    for (size_t i = 0; i < l.n; i++) {
        struct str text = STR("-");

        ps_list_text(&l.items[i], &text);
        buf_printf(&b, "%.*s;", STR_FMT(text));
    }
    if (l.shape != shape || l.ambiguous != ambiguous || !str_is(buf_str(&b), want))
        fail_msg("%s %s: shape %d, ambiguous %d, %s", serialized, version, (int)l.shape, l.ambiguous, buf_cstr(&b));
    buf_free(&b);
    arena_free(&a);
}

#define PLAIN "a:3:{i:0;s:2:\"/a\";i:1;s:2:\"/b\";i:2;s:2:\"/c\";}"
#define BACKLOG "a:2:{s:7:\"backlog\";" PLAIN "s:12:\"initialTotal\";i:40;}"

static void knows_the_order(void **state)
{
    (void)state;
    lists(PLAIN, "filesToUpgrade.list", "4.10.1", PS_LIST_FRONT, false, "/a;/b;/c;");
    lists(PLAIN, "filesToUpgrade.list", "3.0.5", PS_LIST_FRONT, false, "/a;/b;/c;");
    lists(PLAIN, "filesToUpgrade.list", "4.11.0", PS_LIST_BACK, false, "/c;/b;/a;");
    lists(PLAIN, "filesToUpgrade.list", "6.0.0", PS_LIST_BACK, false, "/c;/b;/a;");
    lists(PLAIN, "filesToUpgrade.list", "", PS_LIST_BACK, true, "/c;/b;/a;");
    lists(PLAIN, "filesToUpgrade.list", "unknown", PS_LIST_BACK, true, "/c;/b;/a;");
    lists(PLAIN, "queryToRestore.list", "5.0.3", PS_LIST_FRONT, false, "/a;/b;/c;");
    lists(PLAIN, "queryToRestore.list", "", PS_LIST_FRONT, false, "/a;/b;/c;");
    lists("a:1:{i:7;s:2:\"/a\";}", "filesToUpgrade.list", "", PS_LIST_BACK, false, "/a;");
    lists("a:0:{}", "filesToUpgrade.list", "", PS_LIST_BACK, false, "");
    lists(BACKLOG, "filesToUpgrade.list", "", PS_LIST_BACKLOG, false, "/c;/b;/a;");
    lists(BACKLOG, "queryToRestore.list", "7.1.0", PS_LIST_BACKLOG, false, "/c;/b;/a;");
}

static void reads_items_of_all_kinds(void **state)
{
    (void)state;
    lists("a:2:{s:7:\"backlog\";a:2:{"
          "i:0;a:2:{s:7:\"version\";s:5:\"8.1.0\";s:5:\"query\";s:8:\"SELECT 2\";}"
          "i:1;a:2:{s:5:\"query\";s:8:\"SELECT 1\";s:7:\"version\";s:5:\"8.0.0\";}}s:12:\"initialTotal\";i:2;}",
          "sqlToExecute.list", "7.0.0", PS_LIST_BACKLOG, false, "SELECT 1;SELECT 2;");
    lists("a:3:{i:0;a:2:{s:2:\"id\";i:5;s:4:\"name\";s:6:\"blockx\";}i:1;a:1:{i:0;s:1:\"q\";}i:2;i:9;}", "modulesToUpgrade.list",
          "4.0.0", PS_LIST_FRONT, false, "blockx;q;-;");
}

static void tells_totals(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct ps_state s;
    struct ps_list l;

    (void)state;
    assert_int_equal(ps_state_read(STR("YToyOntzOjc6ImJhY2tsb2ciO2E6MDp7fXM6MTI6ImluaXRpYWxUb3RhbCI7aTo0O30=\n"), &a, &s, &e), 0);
    assert_int_equal(ps_state_list(&s, STR("tablesToBackup.list"), STR(""), &a, &l, &e), 0);
    assert_int_equal(l.shape, PS_LIST_BACKLOG);
    assert_int_equal(l.n, 0);
    assert_true(l.total_known);
    assert_int_equal(l.total, 4);
    assert_int_equal(ps_state_read(STR("YTowOnt9"), &a, &s, &e), 0);
    assert_int_equal(ps_state_list(&s, STR("tablesToBackup.list"), STR("4.0.0"), &a, &l, &e), 0);
    assert_false(l.total_known);
    read_serialized("a:1:{s:7:\"backlog\";a:0:{}}", &a, &s);
    assert_int_equal(ps_state_list(&s, STR("x.list"), STR(""), &a, &l, &e), 0);
    assert_int_equal(l.shape, PS_LIST_BACKLOG);
    assert_false(l.total_known);
    read_serialized("a:2:{s:7:\"backlog\";a:0:{}s:12:\"initialTotal\";i:-1;}", &a, &s);
    assert_int_equal(ps_state_list(&s, STR("x.list"), STR(""), &a, &l, &e), 0);
    assert_false(l.total_known);
    arena_free(&a);
}

static void refuses_what_is_no_list(void **state)
{
    static const char *const values[] = {"b:0;", "s:1:\"a\";", "O:8:\"stdClass\":0:{}", "a:1:{s:7:\"backlog\";b:0;}", "N;",
                                         "a:1:{s:7:\"backlog\";O:1:\"X\":0:{}}"};
    struct arena a = {0};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct err e = {0};
        struct ps_state s;
        struct ps_list l;

        read_serialized(values[i], &a, &s);
        assert_int_equal(ps_state_list(&s, STR("filesToUpgrade.list"), STR("6.2.0"), &a, &l, &e), -1);
        assert_int_equal(e.kind, ERR_FORMAT);
        assert_non_null(strstr(e.text, "filesToUpgrade.list"));
    }
    arena_free(&a);
}

static void is(const struct phps_node *n, const char *key, const char *want)
{
    struct arena a = {0};
    struct str s = {NULL, 0};
    bool there = ps_state_get(n, key, &a, &s);

    if (there != (want != NULL) || (there && !str_is(s, want)))
        fail_msg("%s is %.*s", key, STR_FMT(s));
    arena_free(&a);
}

static void reads_settings(void **state)
{
    struct arena a = {0};
    struct ps_state s;
    struct str *texts;

    (void)state;
    read_serialized("a:7:{s:21:\"PS_AUTOUP_PERFORMANCE\";s:1:\"2\";s:7:\"channel\";s:7:\"archive\";s:16:\"PS_AUTOUP_BACKUP\";b:1;"
                    "s:6:\"dbStep\";i:3;s:4:\"none\";N;s:4:\"zero\";s:1:\"0\";s:21:\"installedLanguagesIso\";"
                    "a:4:{i:0;s:2:\"fr\";i:1;a:0:{}i:2;i:7;i:3;s:2:\"en\";}}",
                    &a, &s);
    is(s.root, "PS_AUTOUP_PERFORMANCE", "2");
    is(s.root, "channel", "archive");
    is(s.root, "PS_AUTOUP_BACKUP", "true");
    is(s.root, "dbStep", "3");
    is(s.root, "none", NULL);
    is(s.root, "installedLanguagesIso", NULL);
    is(s.root, "missing", NULL);
    is(NULL, "missing", NULL);
    assert_true(ps_state_truth(s.root, "PS_AUTOUP_BACKUP"));
    assert_true(ps_state_truth(s.root, "channel"));
    assert_true(ps_state_truth(s.root, "dbStep"));
    assert_false(ps_state_truth(s.root, "zero"));
    assert_false(ps_state_truth(s.root, "none"));
    assert_false(ps_state_truth(s.root, "missing"));
    assert_int_equal(ps_state_strings(phps_get(s.root, "installedLanguagesIso"), &a, &texts), 3);
    assert_true(str_is(texts[0], "fr") && str_is(texts[1], "7") && str_is(texts[2], "en"));
    assert_int_equal(ps_state_strings(phps_get(s.root, "missing"), &a, &texts), 0);
    assert_int_equal(ps_state_strings(phps_get(s.root, "channel"), &a, &texts), 0);
    arena_free(&a);
}

#define ANSWER                                                                                                     \
    "{\"error\":false,\"stepDone\":true,\"next\":\"upgradeDb\",\"status\":\"ok\",\"next_desc\":\"\",\"nextQuickInfo\":[]," \
    "\"nextErrors\":[\"a\\u00e9\",\"b\"],\"nextParams\":{\"originVersion\":\"1.7.8.11\",\"install_version\":\"8.1.2\","     \
    "\"backupName\":\"V1.7.8.11_20240318-101500-4794c12c\",\"dbStep\":2,\"backup_lines\":null,"                     \
    "\"installedLanguagesIso\":[\"en\",\"fr\"],\"modules_addons\":{\"12\":\"x\"},\"warning_exists\":true,"          \
    "\"config\":{\"channel\":\"major\",\"deep\":{\"er\":1.5}},\"typeResult\":\"json\"}}"

static void check_answer(const struct ps_state *s)
{
    struct arena a = {0};
    struct str *texts;

    is(s->root, "next", "upgradeDb");
    is(s->root, "error", "false");
    assert_non_null(s->params);
    is(s->params, "originVersion", "1.7.8.11");
    is(s->params, "install_version", "8.1.2");
    is(s->params, "dbStep", "2");
    is(s->params, "backup_lines", NULL);
    is(phps_get(s->params, "modules_addons"), "12", "x");
    is(phps_get(s->params, "config"), "channel", "major");
    is(phps_get(phps_get(s->params, "config"), "deep"), "er", "1.5");
    assert_true(ps_state_truth(s->params, "warning_exists"));
    assert_int_equal(ps_state_strings(phps_get(s->params, "installedLanguagesIso"), &a, &texts), 2);
    assert_true(str_is(texts[1], "fr"));
    assert_true(str_is(phps_get(s->root, "nextErrors")->items[1].key, "1"));
    assert_int_equal(ps_state_strings(phps_get(s->root, "nextErrors"), &a, &texts), 2);
    assert_true(str_is(texts[0], "a\xc3\xa9"));
    is(s->params, "typeResult", "json");
    arena_free(&a);
}

static void reads_answers(void **state)
{
    struct arena a = {0};
    struct buf b = {0};
    struct buf quoted = {0};
    struct err e = {0};
    struct ps_state s;

    (void)state;
    assert_int_equal(ps_state_json(STR(ANSWER), &a, &s, &e), 0);
    check_answer(&s);
    encode(STR(ANSWER), &b);
    assert_int_equal(ps_state_data(buf_str(&b), &a, &s, &e), 0);
    check_answer(&s);
    buf_printf(&quoted, " '%s'\n", buf_cstr(&b));
    assert_int_equal(ps_state_data(buf_str(&quoted), &a, &s, &e), 0);
    check_answer(&s);
    assert_int_equal(ps_state_json(STR("{\"next\":\"x\",\"nextParams\":\"\"}"), &a, &s, &e), 0);
    assert_null(s.params);
    assert_int_equal(ps_state_json(STR("{}"), &a, &s, &e), 0);
    assert_null(s.params);
    /* The last of equal keys, as json_decode has it. */
    assert_int_equal(ps_state_json(STR("{\"next\":\"x\",\"next\":\"y\"}"), &a, &s, &e), 0);
    is(s.root, "next", "y");
    buf_free(&quoted);
    buf_free(&b);
    arena_free(&a);
}

typedef int reader(struct str text, struct arena *a, struct ps_state *out, struct err *e);

static void refuses(reader *read, struct str text)
{
    struct arena a = {0};
    struct err e = {0};
    struct ps_state s;
    char *copy = malloc(text.n ? text.n : 1);

    assert_non_null(copy);
    memcpy(copy, text.p, text.n);
    if (read((struct str){copy, text.n}, &a, &s, &e) != -1 || e.kind != ERR_FORMAT)
        fail_msg("%.*s was read", STR_FMT(text));
    free(copy);
    arena_free(&a);
}

static void refuses_damaged_texts(void **state)
{
    struct buf b = {0};
    struct buf deep = {0};

    (void)state;
    refuses(ps_state_read, STR(""));
    refuses(ps_state_read, STR(" \n"));
    refuses(ps_state_read, STR("a:0:{}"));
    refuses(ps_state_read, STR("YTowOnt9YTowOnt9"));
    refuses(ps_state_read, STR("<?php echo 1;"));
    refuses(ps_state_read, STR("YTowOnt9\nYTowOnt9"));
    refuses(ps_state_json, STR(""));
    refuses(ps_state_json, STR("[]"));
    refuses(ps_state_json, STR("[{\"nextParams\":{}}]"));
    refuses(ps_state_json, STR("\"x\""));
    refuses(ps_state_data, STR("e30"));
    refuses(ps_state_data, STR("'e30=\""));
    for (int i = 0; i < 100; i++)
        buf_adds(&deep, "{\"a\":");
    buf_addc(&deep, '1');
    for (int i = 0; i < 100; i++)
        buf_addc(&deep, '}');
    refuses(ps_state_json, buf_str(&deep));
    encode(STR(BACKLOG), &b);
    for (size_t n = 0; n < b.n; n++)
        refuses(ps_state_read, str_sub(buf_str(&b), 0, n));
    encode(STR(ANSWER), &b);
    for (size_t n = 0; n < b.n; n++)
        refuses(ps_state_data, str_sub(buf_str(&b), 0, n));
    for (size_t n = 0; n + 1 < sizeof ANSWER; n++)
        refuses(ps_state_json, str_sub(STR(ANSWER), 0, n));
    buf_free(&deep);
    buf_free(&b);
}

/* References that serialize() writes: an item that means an earlier one, and one that cannot be known. */
static void follows_references(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct ps_state s;
    struct ps_list l;
    struct str text;

    (void)state;
    read_serialized("a:2:{i:0;s:2:\"/a\";i:1;R:2;}", &a, &s);
    assert_int_equal(ps_state_list(&s, STR("x.list"), STR("6.0.0"), &a, &l, &e), 0);
    assert_true(ps_list_text(&l.items[0], &text) && str_is(text, "/a"));
    read_serialized("a:2:{i:0;C:1:\"X\":1:{a}i:1;R:9;}", &a, &s);
    assert_int_equal(ps_state_list(&s, STR("x.list"), STR("6.0.0"), &a, &l, &e), -1);
    read_serialized("a:1:{i:0;a:1:{i:0;R:2;}}", &a, &s);
    assert_int_equal(ps_state_list(&s, STR("x.list"), STR("6.0.0"), &a, &l, &e), 0);
    assert_false(ps_list_text(&l.items[0], &text));
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_order),
        cmocka_unit_test(reads_items_of_all_kinds),
        cmocka_unit_test(tells_totals),
        cmocka_unit_test(refuses_what_is_no_list),
        cmocka_unit_test(reads_settings),
        cmocka_unit_test(reads_answers),
        cmocka_unit_test(refuses_damaged_texts),
        cmocka_unit_test(follows_references),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
