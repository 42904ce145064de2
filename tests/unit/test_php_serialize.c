#include "format/php_serialize.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The shape of an upgrade's state: entries, flags, and the map of hooks at [5]. */
static const char cell[] =
    "a:6:{i:0;a:2:{s:12:\"____CORE____\";O:24:\"XLite\\Upgrade\\Entry\\Core\":4:{"
    "s:17:\"\0*\0repositoryPath\";s:10:\"/home/shop\";s:15:\"\0*\0majorVersion\";s:3:\"5.3\";"
    "s:15:\"\0*\0minorVersion\";s:1:\"6\";s:32:\"\0XLite\\Upgrade\\Entry\\Core\0secret\";d:0.5;}"
    "s:11:\"CDev\\Paypal\";O:1:\"M\":1:{s:4:\"core\";r:3;}}i:1;b:1;i:2;a:0:{}i:3;N;i:4;a:0:{}"
    "i:5;a:3:{s:9:\"a/one.php\";i:-1;s:9:\"a/two.php\";a:2:{i:0;i:40;i:1;i:200;}"
    "s:9:\"a/tri.php\";N;}}";
static const struct str cell_text = {cell, sizeof cell - 1};

static void reads_upgrade_state(void **state)
{
    struct arena a = {0};
    struct phps_doc doc;
    struct err e = {0};
    const struct phps_node *core;
    const struct phps_node *hooks;
    const struct phps_item *item;
    struct str s;
    int64_t n;
    bool b;

    (void)state;
    assert_int_equal(phps_parse(cell_text, &a, &doc, &e), 0);
    core = phps_get(phps_get(doc.root, "0"), "____CORE____");
    assert_non_null(core);
    assert_int_equal(core->kind, PHPS_OBJECT);
    assert_true(str_is(core->class, "XLite\\Upgrade\\Entry\\Core"));
    assert_true(phps_str(phps_get(core, "majorVersion"), &s));
    assert_true(str_is(s, "5.3"));
    assert_true(phps_int(phps_get(core, "minorVersion"), &n));
    assert_int_equal(n, 6);
    item = phps_find(core, STR("repositoryPath"));
    assert_int_equal(item->scope, PHPS_PROTECTED);
    item = phps_find(core, STR("secret"));
    assert_int_equal(item->scope, PHPS_PRIVATE);
    assert_true(str_is(item->scope_class, "XLite\\Upgrade\\Entry\\Core"));
    assert_true(item->value.d > 0.49 && item->value.d < 0.51);
    /* The module's object names the core entry, the third value of the text. */
    assert_ptr_equal(phps_get(phps_get(phps_get(doc.root, "0"), "CDev\\Paypal"), "core"), core);
    assert_true(phps_bool(phps_get(doc.root, "1"), &b) && b);
    assert_false(phps_bool(phps_get(doc.root, "2"), &b));
    hooks = phps_get(doc.root, "5");
    assert_true(phps_is_list(hooks));
    assert_int_equal(hooks->n, 3);
    assert_true(phps_int(phps_get(hooks, "a/one.php"), &n));
    assert_int_equal(n, -1);
    assert_int_equal(phps_get(hooks, "a/tri.php")->kind, PHPS_NULL);
    assert_int_equal(hooks->items[1].value.items[1].value.i, 200);
    item = phps_find(hooks, STR("a/one.php"));
    assert_true(str_is(str_sub(cell_text, item->value.from, item->value.to), "i:-1;"));
    assert_true(str_is(str_sub(cell_text, item->key_from, item->value.from), "s:9:\"a/one.php\";"));
    assert_null(phps_get(hooks, "a/four.php"));
    assert_null(phps_get(NULL, "x"));
    arena_free(&a);
}

static void reads_every_kind(void **state)
{
    static const char text[] =
        "a:9:{s:0:\"\";i:9223372036854775807;i:-5;i:-9223372036854775808;s:1:\"d\";d:-1.5E+25;"
        "s:1:\"f\";d:-INF;s:1:\"c\";C:3:\"Foo\":5:{i:1;}}s:1:\"e\";E:6:\"Suit:H\";s:1:\"r\";R:3;"
        "s:1:\"s\";s:5:\"a\";\0b\";s:1:\"s\";b:0;}";
    struct arena a = {0};
    struct phps_doc doc;
    struct err e = {0};
    const struct phps_node *n;

    (void)state;
    /* The string's bytes look like the end of a string; only the length counts. */
    assert_int_equal(phps_parse((struct str){text, sizeof text - 1}, &a, &doc, &e), 0);
    assert_true(phps_get(doc.root, "")->i == INT64_MAX);
    assert_true(phps_get(doc.root, "-5")->i == INT64_MIN);
    assert_true(phps_get(doc.root, "d")->d < -1.4e25);
    assert_true(str_is(phps_get(doc.root, "d")->s, "-1.5E+25"));
    assert_true(phps_get(doc.root, "f")->d < -1e300);
    n = phps_get(doc.root, "c");
    assert_int_equal(n->kind, PHPS_CUSTOM);
    assert_true(str_is(n->class, "Foo") && str_is(n->s, "i:1;}"));
    assert_true(str_is(phps_get(doc.root, "e")->s, "Suit:H"));
    /* What is numbered inside of a class's own bytes is not known, so a later reference is not followed. */
    assert_null(phps_get(doc.root, "r"));
    assert_int_equal(phps_find(doc.root, STR("r"))->value.kind, PHPS_REF);
    /* Equal keys: the last one counts. */
    assert_int_equal(phps_get(doc.root, "s")->kind, PHPS_BOOL);
    assert_true(doc.root->items[7].value.s.n == 5);
    arena_free(&a);
}

static void refuses(const char *p, size_t n, const char *why)
{
    struct arena a = {0};
    struct phps_doc doc;
    struct err e = {0};

    assert_int_equal(phps_parse((struct str){p, n}, &a, &doc, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    if (why != NULL && strstr(e.text, why) == NULL)
        fail_msg("\"%.*s\": \"%s\" lacks \"%s\"", (int)n, p, e.text, why);
    arena_free(&a);
}

static void refuses_every_cut(void **state)
{
    (void)state;
    for (size_t n = 0; n < cell_text.n; n++) {
        /* In a block of just that size, so that a read behind the end is seen. */
        char *cut = mem_dup(cell, n);

        cut = mem_resize(cut, n, 1);
        refuses(cut, n, "byte");
        free(cut);
    }
}

static void refuses_hostile(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } bad[] = {
        {"i:1;i:2;", "byte 4: more text"},
        {"x:1;", "byte 0: unknown kind"},
        {"i:9223372036854775808;", "byte 2: not a whole number"},
        {"i:;", "not a whole"},
        {"i:+-1;", "not a whole"},
        {"i:1", "cut short"},
        {"b:2;", "neither"},
        {"d:;", "not a number"},
        {"d:1e5x;", "not a number"},
        {"d:0x10;", "not a number"},
        {"s:-1:\"\";", "not a length"},
        {"s:6:\"abc\";", "longer"},
        {"s:99999999999999999999:\"\";", "not a length"},
        {"s:18446744073709551615:\"\";", "not a length"},
        {"s:2:\"abc\";", "missing"},
        {"a:1000000000:{}", "more items"},
        {"a:1:{N;N;}", "neither string nor number"},
        {"a:1:{i:0;N;", "cut short"},
        {"a:2:{i:0;N;}      ", "neither string"},
        {"a:1:{i:0;R:3;}", "not there"},
        {"a:1:{i:0;r:2;}", "not there"},
        {"r:1;", "not there"},
        {"R:0;", "not there"},
        {"O:1:\"A\"1:{}", "missing"},
        {"C:1:\"A\":9:{}", "longer"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refuses(bad[i].text, strlen(bad[i].text), bad[i].why);
}

static void bounds_depth(void **state)
{
    struct arena a = {0};
    struct phps_doc doc;
    struct err e = {0};

    (void)state;
    for (int depth = PHPS_MAX_DEPTH; depth <= PHPS_MAX_DEPTH + 1; depth++) {
        struct buf b = {0};

        for (int i = 0; i < depth; i++)
            buf_adds(&b, "a:1:{i:0;");
        buf_adds(&b, "N;");
        for (int i = 0; i < depth; i++)
            buf_addc(&b, '}');
        assert_int_equal(phps_parse(buf_str(&b), &a, &doc, &e), depth > PHPS_MAX_DEPTH ? -1 : 0);
        if (depth > PHPS_MAX_DEPTH)
            assert_non_null(strstr(e.text, "too deep"));
        buf_free(&b);
    }
    arena_free(&a);
}

static void follows_references(void **state)
{
    struct arena a = {0};
    struct phps_doc doc;
    struct err e = {0};

    (void)state;
    assert_int_equal(phps_parse(STR("a:4:{i:0;i:7;i:1;R:2;i:2;r:1;i:3;r:3;}"), &a, &doc, &e), 0);
    assert_int_equal(phps_get(doc.root, "1")->i, 7);
    assert_ptr_equal(phps_get(doc.root, "2"), doc.root);
    /* R: has no number, so number 3 is the r: before. */
    assert_ptr_equal(phps_get(doc.root, "3"), doc.root);
    arena_free(&a);
}

static void splices(void **state)
{
    struct arena a = {0};
    struct phps_doc doc;
    struct err e = {0};
    struct buf out = {0};
    const struct phps_node *hooks;
    struct phps_edit edits[2];

    (void)state;
    assert_int_equal(phps_parse(cell_text, &a, &doc, &e), 0);
    hooks = phps_get(doc.root, "5");
    edits[0] = (struct phps_edit){phps_get(hooks, "a/two.php"), STR("N;")};
    edits[1] = (struct phps_edit){phps_get(hooks, "a/one.php"), STR("N;")};
    buf_adds(&out, "kept");
    assert_int_equal(phps_splice(&doc, edits, 2, &out, &e), 0);
    assert_int_equal(out.n, 4 + cell_text.n - strlen("i:-1;") - strlen("a:2:{i:0;i:40;i:1;i:200;}") + 4);
    assert_true(str_has(buf_str(&out),
                        STR("i:5;a:3:{s:9:\"a/one.php\";N;s:9:\"a/two.php\";N;s:9:\"a/tri.php\";N;}}")));
    assert_true(str_starts(buf_str(&out), STR("kepta:6:")));

    out.n = 0;
    assert_int_equal(phps_splice(&doc, NULL, 0, &out, &e), 0);
    assert_true(str_eq(buf_str(&out), cell_text));

    out.n = 4;
    edits[1].text = STR("N;N;");
    assert_int_equal(phps_splice(&doc, edits, 2, &out, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_int_equal(out.n, 4);
    edits[1].text = STR("a:1:{i:0;r:1;}");
    assert_int_equal(phps_splice(&doc, edits, 2, &out, &e), -1);
    edits[1] = edits[0];
    assert_int_equal(phps_splice(&doc, edits, 2, &out, &e), -1);
    assert_non_null(strstr(e.text, "overlap"));
    /* The reference r:3 stands behind the core entry and names it: that entry cannot shrink. */
    edits[0] = (struct phps_edit){phps_get(phps_get(doc.root, "0"), "____CORE____"), STR("N;")};
    assert_int_equal(phps_splice(&doc, edits, 1, &out, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    /* A value of the core entry can, as long as one stays in its place. */
    edits[0] = (struct phps_edit){phps_get(phps_get(phps_get(doc.root, "0"), "____CORE____"), "minorVersion"),
                                  STR("s:2:\"77\";")};
    assert_int_equal(phps_splice(&doc, edits, 1, &out, &e), 0);
    buf_free(&out);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_upgrade_state),
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(refuses_hostile),
        cmocka_unit_test(bounds_depth),
        cmocka_unit_test(follows_references),
        cmocka_unit_test(splices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
