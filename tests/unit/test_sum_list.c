#include "format/sum_list.h"

#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define M1 "0123456789abcdef0123456789abcdef"
#define M2 "ffffffffffffffffffffffffffffffff"
#define S1 M1 M2

struct seen {
    struct buf text; /* line:alg:first byte:path for entries, line!why for problems */
    bool stop;
};

static int entry(void *ctx, const struct sum_entry *s, struct err *e)
{
    struct seen *seen = ctx;

    assert_int_equal(s->digest_n, sum_list_digest_size(s->alg));
    buf_printf(&seen->text, "%u:%s:%02x%02x:%.*s|", s->line, sum_list_alg_name(s->alg), s->digest[0],
               s->digest[s->digest_n - 1], STR_FMT(s->path));
    return seen->stop ? err_set(e, ERR_REFUSED, "enough") : 0;
}

static void problem(void *ctx, unsigned line, const char *why, struct str text)
{
    struct seen *seen = ctx;

    assert_true(text.n <= 200);
    buf_printf(&seen->text, "%u!%.6s|", line, why);
}

static void gives(const char *text, size_t n, const char *want)
{
    struct seen seen = {0};
    struct sum_calls calls = {entry, problem, &seen};
    struct err e = {0};
    int rc = sum_list_read((struct str){text, n}, &calls, &e);

    if (rc != 0 || !str_is(buf_str(&seen.text), want))
        fail_msg("%s\n%d %s\n%.*s", text, rc, e.text, STR_FMT(buf_str(&seen.text)));
    buf_free(&seen.text);
}

#define GIVES(text, want) gives(text, sizeof(text) - 1, want)

static void refuses(const char *text, const char *why)
{
    struct seen seen = {0};
    struct sum_calls calls = {entry, problem, &seen};
    struct err e = {0};

    if (sum_list_read(str_of(text), &calls, &e) != -1 || e.kind != ERR_FORMAT || strstr(e.text, why) == NULL)
        fail_msg("%s: %s", text, e.text);
    buf_free(&seen.text);
}

static void reads_gnu_lines(void **state)
{
    (void)state;
    GIVES(M1 "  classes/XLite.php\n" M2 " *b c.php\n\n# note\n" S1 "  ./d\n",
          "1:md5:01ef:classes/XLite.php|2:md5:ffff:b c.php|5:sha256:01ff:d|");
    GIVES("\xef\xbb\xbf" M1 "  a\r\n" M1 " b\r\n" M1 "   lead",
          "1:md5:01ef:a|2:md5:01ef:b|3:md5:01ef: lead|");
    GIVES("0123456789ABCDEF0123456789ABCDEF  a", "1:md5:01ef:a|");
    GIVES("\\" M1 "  a\\\\b\\nc\n" M1 "  a\\b\n\\" M1 "  a\\x\n",
          "1:md5:01ef:a\\b\nc|2:md5:01ef:a\\b|3!an unk|");
}

static void reads_bsd_lines(void **state)
{
    (void)state;
    GIVES("MD5 (a b) = " M1 "\nSHA256 (x(1)=2.php) = " S1 "\nMD5(./c)= " M2 "\nSHA1 (d) = " M2 "\n",
          "1:md5:01ef:a b|2:sha256:01ff:x(1)=2.php|3:md5:ffff:c|4!not a |");
    GIVES("\\MD5 (a\\nb) = " M1, "1:md5:01ef:a\nb|");
}

static void reports_bad_lines(void **state)
{
    (void)state;
    GIVES(M1 "  ok\n" M1 "\n" M1 "x  a\n" M1 "00  a\n" M1 "  ../a\n" M1 "  /etc/passwd\n" M1
             "  a//b\nrubbish\n" M1 "  a\0b\n",
          "1:md5:01ef:ok|2!not a |3!not a |4!neithe|5!a path|6!a path|7!a path|8!not a |9!a path|");
    refuses("", "no checksum");
    refuses("hello\nworld\n", "no checksum");
    refuses(M1 "  ../a", "no checksum");
}

static void reads_json(void **state)
{
    (void)state;
    GIVES("{\"classes\\/XLite.php\":\"" M1 "\",\"a\\\\b\":\"" S1 "\"}",
          "0:md5:01ef:classes/XLite.php|0:sha256:01ff:a/b|");
    GIVES("{\"version\":\"5.3\",\"files\":{\".\\/a\":\"" M1 "\",\"n\":5,\"..\\/b\":\"" M2 "\"}}",
          "0!a memb|0:md5:01ef:a|0!a memb|0!a path|");
    GIVES("{\"a\":\"" M1 "\",\"l\":[\"" M1 "\"],\"m\":[{\"b\":\"" M1 "\"}]}",
          "0:md5:01ef:a|0!a list|0!a list|");
    refuses("{\"a\":\"" M1 "\"", "invalid JSON");
    refuses("{}", "no checksum");
}

static void reads_php(void **state)
{
    (void)state;
    GIVES("<?php\n$data = array (\n  'classes/XLite.php' => '" M1 "',\n  'a\\\\b.php' => '" M2
          "',\n  'c' => 'd',\n  5 => '" M1 "',\n  'sub' => array('e' => '" S1 "'),\n);\n",
          "3:md5:01ef:classes/XLite.php|4:md5:ffff:a/b.php|5!neithe|6!a memb|7:sha256:01ff:e|");
    refuses("<?php\n$data = array('a' => md5('b'));", "line 2: not a plain literal");
    refuses("<?php\n$data = array('a' => '" M1 "'", "too early");
}

static void reads_xml(void **state)
{
    (void)state;
    GIVES("<?xml version=\"1.0\"?>\n<!-- list -->\n<checksum_list>\n<ps_root_dir version='1.7'>\n <md5file "
          "name=\"index.php\">" M1
          "</md5file>\n <dir name=\"a &amp; b\">\n  <dir name=\"c\"><md5file name=\"d&#x2e;php\">\n" M2
          "\n</md5file></dir>\n  <md5file name=\"e\">" M1 "</md5file></dir>\n<md5file name=\"f\">" M1
          "</md5file><md5file name=\"g\"/><md5file "
          "name=\"h\">12</md5file>x\n</ps_root_dir>\n</checksum_list>\n",
          "5:md5:01ef:index.php|7:md5:ffff:a & b/c/d.php|10:md5:01ef:a & b/e|11:md5:01ef:f|11!a "
          "file|11!neithe|11!text t|");
    GIVES("<files><file path='a/b' sha256='" S1 "'/><file name='c' md5='" M1 "'></file></files>",
          "1:sha256:01ff:a/b|1:md5:01ef:c|");
    GIVES("<l><dir name='..'><f name='a'>" M1 "</f></dir><f name='b'>" M1 "</f></l>",
          "1!a path|1:md5:01ef:b|");
}

static void refuses_damaged_xml(void **state)
{
    static const char *const bad[][2] = {
        {"<l>\n<f name='a'>" M1 "</g></l>", "line 2: an end tag"},
        {"<l><f name='a'>" M1 "</f>", "ends inside"},
        {"<l><f name=a>" M1 "</f></l>", "without quotes"},
        {"<l><f name='a' name='b'/></l>", "stands twice"},
        {"<l><f name='&b;'/></l>", "entity"},
        {"<l><f name='&#0;'/></l>", "entity"},
        {"<l>&lol;</l>", "entity"},
        {"<l><f name='a", "does not end"},
        {"<l><f name='a'", "does not end"},
        {"<l><!-- ", "does not end"},
        {"<!DOCTYPE l [<!ENTITY lol 'lol'>]><l/>", "document type"},
        {"<l/><l/>", "second outermost"},
        {"<l/>x", "outside"},
        {"<l><a/><1/></l>", "stray"},
        {"</l>", "end tag"},
        {"<l><a/b></l>", "damaged"},
        {"<!-- -->", "no element"},
    };
    struct buf deep = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refuses(bad[i][0], bad[i][1]);
    for (int i = 0; i < 65; i++)
        buf_adds(&deep, "<a>");
    refuses(buf_cstr(&deep), "too deep");
    buf_free(&deep);
}

static void survives_every_cut(void **state)
{
    static const char *const lists[] = {
        "\\" M1 "  a\\\\b\n" S1 " *c\nMD5 (d) = " M2 "\n",
        "{\"a\":\"" M1 "\",\"f\":{\"b\":\"" S1 "\"}}",
        "<?php return array('a' => '" M1 "', 'b' => array('c' => '" S1 "'));",
        "<?xml version='1.0'?><l><dir name='a'><f name='b'>" M1 "</f></dir><f path='c' md5='" M2 "'/></l>",
    };

    (void)state;
    for (size_t k = 0; k < 4; k++)
        for (size_t n = 0; n < strlen(lists[k]); n++) {
            struct seen seen = {0};
            struct sum_calls calls = {entry, problem, &seen};
            struct err e = {0};
            char *cut = mem_resize(mem_dup(lists[k], n), n, 1);
            int rc = sum_list_read((struct str){cut, n}, &calls, &e);

            /* Only a list of lines can be taken in part; a cut md5 never passes for a whole one. */
            assert_true(rc == 0 ? k == 0 : e.kind == ERR_FORMAT);
            free(cut);
            buf_free(&seen.text);
        }
}

static void carries_the_callers_error(void **state)
{
    struct seen seen = {.stop = true};
    struct sum_calls calls = {entry, problem, &seen};
    struct err e = {0};

    (void)state;
    assert_int_equal(sum_list_read(STR(M1 "  a\n" M1 "  b\n"), &calls, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_true(str_is(buf_str(&seen.text), "1:md5:01ef:a|"));
    buf_free(&seen.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_gnu_lines),
        cmocka_unit_test(reads_bsd_lines),
        cmocka_unit_test(reports_bad_lines),
        cmocka_unit_test(reads_json),
        cmocka_unit_test(reads_php),
        cmocka_unit_test(reads_xml),
        cmocka_unit_test(refuses_damaged_xml),
        cmocka_unit_test(survives_every_cut),
        cmocka_unit_test(carries_the_callers_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
