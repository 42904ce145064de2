#include "format/po.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "msgid \"\"\nmsgstr \"Project-Id-Version: tygh\\n\"\n\"Language-Team: English\\n\"\n\"Language: en_US\\n\"\n\n"

static const struct po_entry *entry(const struct po *po, const char *context)
{
    for (size_t i = 0; i < po->n; i++)
        if (str_is(po->entries[i].context, context))
            return &po->entries[i];
    return NULL;
}

static void expect(const char *file, const char *context, const char *id, const char *text)
{
    struct arena a = {0};
    struct err e = {0};
    struct po po;
    const struct po_entry *en;

    if (po_parse(str_of(file), &a, &po, &e) < 0)
        fail_msg("%s", e.text);
    en = entry(&po, context);
    assert_non_null(en);
    assert_true(str_is(en->id, id));
    if (!str_is(en->text, text))
        fail_msg("\"%.*s\" is not \"%s\"", STR_FMT(en->text), text);
    arena_free(&a);
}

static void reads_entries(void **state)
{
    (void)state;
    expect(HEAD "msgctxt \"Languages::a\"\nmsgid \"A\"\nmsgstr \"Ä \\\"q\\\" \\\\ \\t.\\n\"\n", "Languages::a", "A", "Ä \"q\" \\ \t.\n");
    expect("msgctxt \"Languages::a\"\r\nmsgid \"A\"\r\nmsgstr \"b\"\r\n\r\n", "Languages::a", "A", "b");
    expect("#, fuzzy\n# comment\n#: place\nmsgctxt \"c\"\nmsgid \"A\"\nmsgstr \"\"\n\"one \"\n\"two\"\n", "c", "A", "one two");
    expect("msgctxt \"c\"\nmsgid \"\"\n\"A \\\"b\\\"\"\nmsgstr \"x\"\n", "c", "A \"b\"", "x");
    /* No end of the last line. */
    expect("msgctxt \"c\"\nmsgid \"A\"\nmsgstr \"x\"", "c", "A", "x");
    expect("msgctxt \"c\"\nmsgid \"A\"\nmsgstr \"\\x41\\101\\q\"\n", "c", "A", "AAq");
}

static void copies_the_quirks(void **state)
{
    (void)state;
    /* Without an empty line the second entry's names replace those of the first, and the texts run together. */
    expect("msgctxt \"a\"\nmsgid \"A\"\nmsgstr \"x\"\nmsgctxt \"b\"\nmsgid \"B\"\nmsgstr \"y\"\n", "b", "B", "xy");
    /* A further line loses all quotes at its ends. */
    expect("msgctxt \"a\"\nmsgid \"A\"\nmsgstr \"\"\n\"say \\\"yes\\\"\"\n", "a", "A", "say \"yes");
    /* Of one context the later entry counts. */
    expect("msgctxt \"a\"\nmsgid \"A\"\nmsgstr \"x\"\n\nmsgctxt \"a\"\nmsgid \"A\"\nmsgstr \"y\"\n", "a", "A", "y");
    expect("msgctxt \"a\"\nmsgid \"A\"\nmsgstr \"x\"\n\n\n\nmsgctxt \"b\"\nmsgid \"B\"\nmsgstr \"y\"\n", "b", "B", "y");
}

static void gives_up_where_the_shop_does(void **state)
{
    static const char *const bad[] = {"\nmsgid \"a\"\nmsgstr \"b\"\n", "# only a comment\n\nmsgid \"a\"\n",
                                      "msgctxt \"a\"\nmsgstr \"x\"\n\n", "\"text\"\n", "msgid\nmsgstr \"x\"\n\n", "msgid 0\nmsgstr \"x\"\n"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena a = {0};
        struct err e = {0};
        struct po po;

        assert_int_equal(po_parse(str_of(bad[i]), &a, &po, &e), -1);
        assert_int_equal(e.kind, ERR_FORMAT);
        assert_non_null(strstr(e.text, "line "));
        arena_free(&a);
    }
}

static void cut_anywhere(void **state)
{
    static const char file[] = HEAD "msgctxt \"Languages::a\"\nmsgid \"A\"\nmsgstr \"\"\n\"one\\n\"\n\"two\\\\\"\n\n"
                                    "msgctxt \"Addons::name::x\"\nmsgid \"X\"\nmsgstr \"\\x4\"\n";

    (void)state;
    for (size_t n = 0; n <= sizeof file - 1; n++) {
        struct arena a = {0};
        struct err e = {0};
        struct po po;
        char *exact = mem_dup(file, n);

        if (po_parse((struct str){exact, n}, &a, &po, &e) < 0)
            assert_int_equal(e.kind, ERR_FORMAT);
        else
            assert_true(po.n <= 3);
        arena_free(&a);
        free(exact);
    }
}

static void head_and_contexts(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct po po;
    struct str parts[4];

    (void)state;
    assert_int_equal(po_parse(STR(HEAD), &a, &po, &e), 0);
    assert_true(str_is(po_head(&po, "Language"), "en_US"));
    assert_true(str_is(po_head(&po, "Language-Team"), "English"));
    assert_int_equal(po_head(&po, "Nothing").n, 0);
    assert_int_equal(po_context_parts(STR("Languages::a"), parts), 2);
    assert_true(str_is(parts[1], "a"));
    assert_int_equal(po_context_parts(STR("SettingsVariants::s::o::v"), parts), 4);
    assert_true(str_is(parts[3], "v"));
    assert_int_equal(po_context_parts(STR("a::b::c::d::e"), parts), 0);
    assert_int_equal(po_context_parts(STR(""), parts), 1);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_entries), cmocka_unit_test(copies_the_quirks), cmocka_unit_test(gives_up_where_the_shop_does),
        cmocka_unit_test(cut_anywhere),  cmocka_unit_test(head_and_contexts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
