#include "format/label_yaml.h"

#include "base/buf.h"
#include "format/label_repair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KEY "XLite\\Model\\LanguageLabel:\n"

static void gives(const char *yaml, bool repaired, const char *want)
{
    struct arena a = {0};
    struct label_list list;
    struct err e = {0};
    struct buf got = {0};
    int rc = label_yaml_read(str_of(yaml), &a, &list, &e);

    for (size_t i = 0; rc == 0 && i < list.n; i++)
        buf_printf(&got, "%u[%.*s]%.*s=%s%.*s|", list.v[i].line, STR_FMT(list.v[i].name),
                   STR_FMT(list.v[i].code), list.v[i].is_null ? "NULL" : "", STR_FMT(list.v[i].text));
    if (rc != 0 || !str_is(buf_str(&got), want) || list.repaired != repaired)
        fail_msg("%s\n%d %s\n%.*s (repaired %d)", yaml, rc, e.text, STR_FMT(buf_str(&got)),
                 rc == 0 && list.repaired);
    buf_free(&got);
    arena_free(&a);
}

static void refuses(const char *yaml, const char *why)
{
    struct arena a = {0};
    struct label_list list;
    struct err e = {0};

    if (label_yaml_read(str_of(yaml), &a, &list, &e) != -1 || e.kind != ERR_FORMAT ||
        strstr(e.text, why) == NULL)
        fail_msg("%s\n%s", yaml, e.text);
    arena_free(&a);
}

static void reads_valid_files(void **state)
{
    (void)state;
    gives("", false, "");
    gives("Other:\n  - { a: b }\n", false, "");
    gives(KEY, false, "");
    gives("XLite\\Model\\LanguageLabel: ~\nOther: x", false, "");
    gives("# <?php die();\nOther:\n  - { @x: `y` : z ]\n" KEY
          "  - { name: \"Parcel is late\", translations: [{ code: en, label: \"Parcel is late\" }] }\n"
          "  - name: Hello {{name}}\n    translations:\n      - code: en\n        label: 'It''s "
          "<b>{{name}}</b>'\n"
          "      - { code: ru, label: \"Quote \\\" in\\tside\" }\n"
          "  - name: long-one\n    translations:\n      - code: en\n        label: |\n          first line\n "
          "         second: - {\n"
          "  - { directives: { forceInsertCommand: true } }\n\n  # comment\n"
          "  - translations: [ { label: late, code: de } ]\n    name: 'late'\nOther:\n  - [\n",
          false,
          "5[Parcel is late]en=Parcel is late|8[Hello {{name}}]en=It's <b>{{name}}</b>|10[Hello "
          "{{name}}]ru=Quote \" in\tside|"
          "13[long-one]en=first line\nsecond: - {\n|20[late]de=late|");
    gives("\xef\xbb\xbf'XLite\\Model\\LanguageLabel' :\r\n- { name: a, translations: [{ code: en, label: b "
          "}] }\r\n"
          "- name: c\r\n  translations:\r\n  - code: en\r\n    label: |-\r\n      d\r\n      e\r\n---\r\n",
          false, "2[a]en=b|5[c]en=d\ne|");
}

static void keeps_scalars_as_written(void **state)
{
    (void)state;
    gives(KEY "- { name: 123, translations: [{ code: no, label: yes }, { code: en, label: 1.0 }, { code: fr, "
              "label: '~' }] }\n"
              "- { name: n, translations: [{ code: en, label: ~ }, { code: ru, label: null }, { code: de, "
              "label: }, { code: nl }] }\n"
              "- { name: ~, translations: [{ code: en, label: x }] }\n- { name: '', translations: [{ label: "
              "x }, y] }\n- z\n",
          false, "2[123]no=yes|2[123]en=1.0|2[123]fr=~|3[n]en=NULL|3[n]ru=NULL|3[n]de=NULL|3[n]nl=NULL|");
    gives(KEY "- { name: >-, translations: [{ code: en, label: x }] }\n", true, "2[>-]en=x|");
    gives(KEY "- name: f\n  translations:\n  - code: en\n    label: >\n      one\n      two\n\n      three\n",
          false, "4[f]en=one two\nthree\n|");
}

static void reads_the_old_shape(void **state)
{
    (void)state;
    gives(KEY
          "  directives: { insert: true }\n  - { name: \"X\", translations: [{ code: en, label: \"X\" }] }\n",
          true, "3[X]en=X|");
    gives(KEY "  - { name: a, translations: [{ code: en, label: b }] }\n  directives:\n    insert: true\n"
              "  - name: c\n    translations:\n      - code: en\n        label: |\n          directives: x\n "
              "         - y\n",
          true, "2[a]en=b|7[c]en=directives: x\n- y\n|");
    gives(KEY "  directives: { insert: true }\n", false, "");
}

static void reads_what_symfony_takes(void **state)
{
    (void)state;
    /* A colon, a hash, and bytes that YAML keeps for itself, in plain values. */
    gives(KEY
          "- { name: Note: this, translations: [{ code: en, label: 50% # off }, {code:ru, label:it's}] }\n"
          "- name: Note: that # comment\n  translations:\n    - code: en\n      label: %s: {{x}}, `y`\n"
          "    - { code: de, label: @z }\n    - code: nl\n      label:\t`q`\n",
          true,
          "2[Note: this]en=50% # off|2[Note: this]ru=it's|5[Note: that]en=%s: {{x}}, `y`|7[Note: "
          "that]de=@z|8[Note: that]nl=`q`|");
    /* A backslash that starts no escape. */
    gives(KEY
          "- { name: \"a\\'b\\q\\\\\\\"\", translations: [{ code: en, label: \"c\\x4\\x41\\u00e9\" }] }\n",
          true, "2[a\\'b\\q\\\"]en=c\\x4A\303\251|");
    gives(KEY "- { name: 'it\\''s', translations: [{ code: en, label: 'a\\b' }] }\n", true,
          "2[it\\'s]en=a\\b|");
}

static void names_the_line_of_a_fault(void **state)
{
    struct buf deep = {0};

    (void)state;
    refuses("a: b\n\n" KEY "  - { name: \"x, translations: [] }\n", "line ");
    refuses(KEY "  - { name: a, translations: [{ code: en, label: b }] }\n  - { name: \"x\" ]\n", "line 3: ");
    refuses(KEY "  - { name: &x a, translations: [{ code: en, label: *x }] }\n", "line 2: aliases");
    refuses(KEY "\t- { name: a }\n", "line ");
    refuses("XLite\\Model\\LanguageLabel: text\n", "line 1: the labels are not a list");
    refuses(KEY "  - { name: \"\xff\" }\n", "line ");
    refuses(KEY "  - { [a]: b }\n", "line 2: ");
    buf_adds(&deep, KEY "- { x: ");
    for (int i = 0; i < 100; i++)
        buf_addc(&deep, '[');
    for (int i = 0; i < 100; i++)
        buf_addc(&deep, ']');
    buf_adds(&deep, " }\n");
    refuses(buf_cstr(&deep), "line 2: nested too deep");
    buf_free(&deep);
}

static void reads_sections_twice(void **state)
{
    (void)state;
    gives(KEY "- { name: a, translations: [{ code: en, label: b }] }\nX: y\n" KEY
              "- { name: c, translations: [{ code: en, label: @d }] }\n",
          true, "2[a]en=b|5[c]en=@d|");
}

/* Cut anywhere, a file gives a part of its labels or an error, never another label. */
static void survives_every_cut(void **state)
{
    static const char yaml[] = KEY
        "  directives: { insert: true }\n  - { name: \"a\", translations: [{ code: en, label: \"b\" }] }\n"
        "  - name: c\n    translations:\n      - code: en\n        label: 'd'\n";

    (void)state;
    for (size_t n = 0; n < sizeof yaml - 1; n++) {
        struct arena a = {0};
        struct label_list list;
        struct err e = {0};
        char *cut = mem_resize(mem_dup(yaml, n), n, 1);

        if (label_yaml_read((struct str){cut, n}, &a, &list, &e) == 0) {
            assert_true(list.n <= 2);
            if (list.n > 0)
                assert_true(str_is(list.v[0].name, "a") &&
                            (list.v[0].is_null || str_is(list.v[0].text, "b")));
        } else {
            assert_int_equal(e.kind, ERR_FORMAT);
        }
        free(cut);
        arena_free(&a);
    }
}

static void repair_keeps_lines(void **state)
{
    static const char text[] =
        KEY "  - name: a\n    translations:\n      - code: en\n        label: |\n          x: y: z\n\n"
            "          - @q\n    x: y: z\n";
    struct buf out = {0};

    (void)state;
    label_repair(str_of(text), &out);
    assert_true(str_is(buf_str(&out),
                       KEY "  - name: 'a'\n    translations:\n      - code: 'en'\n        label: |\n"
                           "          x: y: z\n\n          - @q\n    x: 'y: z'\n"));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_valid_files),         cmocka_unit_test(keeps_scalars_as_written),
        cmocka_unit_test(reads_the_old_shape),       cmocka_unit_test(reads_what_symfony_takes),
        cmocka_unit_test(names_the_line_of_a_fault), cmocka_unit_test(reads_sections_twice),
        cmocka_unit_test(survives_every_cut),        cmocka_unit_test(repair_keeps_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
