#include "format/ps_sums.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEX "0123456789abcdef0123456789ABCDEF"

static int note(void *ctx, const struct ps_sum *sum, struct err *e)
{
    struct buf *b = ctx;
    char hex[33];

    (void)e;
    str_hex(sum->md5, 16, hex);
    buf_printf(b, "%u %.*s %s\n", sum->line, STR_FMT(sum->path), hex);
    return 0;
}

static void gives(struct str xml, const char *want_version, const char *want)
{
    struct buf b = {0};
    struct err e = {0};
    char version[32];

    if (ps_sums_read(xml, version, note, &b, &e) != 0)
        fail_msg("%.*s: %s", STR_FMT(xml), e.text);
    assert_string_equal(version, want_version);
    assert_string_equal(buf_cstr(&b), want);
    buf_free(&b);
}

static void refuses(struct str xml, const char *why)
{
    struct buf b = {0};
    struct err e = {0};
    char version[32];

    if (ps_sums_read(xml, version, note, &b, &e) != -1 || e.kind != ERR_FORMAT || strstr(e.text, why) == NULL)
        fail_msg("%.*s: \"%s\" instead of \"%s\"", STR_FMT(xml), e.text, why);
    buf_free(&b);
}

#define SAMPLE                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checksum_list>\n"                  \
    "\t<ps_root_dir version=\"8.1.2\">\n"                                            \
    "\t\t<md5file name=\"index.php\">" HEX "</md5file>\n"                            \
    "\t\t<dir name=\"classes\">\n"                                                   \
    "\t\t\t<dir name=\"cache\">\n"                                                   \
    "\t\t\t\t<md5file name=\"a &amp; b.php\">\n" HEX "\n</md5file>\n"                \
    "\t\t\t</dir>\n"                                                                 \
    "\t\t\t<md5file name=\"Tools.php\">" HEX "</md5file>\n"                          \
    "\t\t</dir>\n"                                                                   \
    "\t\t<dir name=\"empty\"/>\n"                                                    \
    "\t</ps_root_dir>\n</checksum_list>\n"

static void reads_lists(void **state)
{
    (void)state;
    gives(STR(SAMPLE), "8.1.2",
          "4 index.php 0123456789abcdef0123456789abcdef\n"
          "7 classes/cache/a & b.php 0123456789abcdef0123456789abcdef\n"
          "11 classes/Tools.php 0123456789abcdef0123456789abcdef\n");
    gives(STR("<checksum_list><ps_root_dir><md5file name='x'>" HEX "</md5file></ps_root_dir></checksum_list>"), "",
          "1 x 0123456789abcdef0123456789abcdef\n");
    gives(STR("<checksum_list><ps_root_dir version='../x'><md5file name='x'>" HEX "</md5file></ps_root_dir></checksum_list>"),
          "", "1 x 0123456789abcdef0123456789abcdef\n");
}

#define ROOT(inner) STR("<checksum_list><ps_root_dir version=\"8.1.2\">\n" inner "</ps_root_dir></checksum_list>")

static void refuses_others(void **state)
{
    (void)state;
    refuses(STR(""), "no element");
    refuses(STR("<html/>"), "no list of checksums: \"html\"");
    refuses(STR("<checksum_list/>"), "without files");
    refuses(ROOT(""), "without files");
    refuses(STR("<checksum_list><dir name='a'/></checksum_list>"), "an unknown element: \"dir\"");
    refuses(ROOT("<file name='a'/>"), "line 2: an unknown element: \"file\"");
    refuses(ROOT("<md5file name='a'></md5file>"), "line 2: a file without a checksum: \"a\"");
    refuses(ROOT("<md5file name='a'>" HEX "0</md5file>"), "not 32 hex digits");
    refuses(ROOT("<md5file name='a'>zz23456789abcdef0123456789abcdef</md5file>"), "not 32 hex digits");
    refuses(ROOT("<md5file name='a'><b/></md5file>"), "inside a file: \"b\"");
    refuses(ROOT("<md5file>" HEX "</md5file>"), "without a name");
    refuses(ROOT("<dir><md5file name='a'>" HEX "</md5file></dir>"), "without a name");
    refuses(ROOT("<md5file name=''>" HEX "</md5file>"), "no part of a path");
    refuses(ROOT("<md5file name='..'>" HEX "</md5file>"), "no part of a path: \"..\"");
    refuses(ROOT("<md5file name='/etc'>" HEX "</md5file>"), "no part of a path: \"/etc\"");
    refuses(ROOT("<md5file name='a/b'>" HEX "</md5file>"), "no part of a path: \"a/b\"");
    refuses(ROOT("<md5file name='a&#x2f;b'>" HEX "</md5file>"), "no part of a path");
    refuses(ROOT("<md5file name='&#46;&#46;'>" HEX "</md5file>"), "no part of a path: \"..\"");
    refuses(ROOT("<dir name='..'><md5file name='a'>" HEX "</md5file></dir>"), "no part of a path: \"..\"");
    refuses(ROOT("<dir name='.'/>"), "no part of a path");
    refuses(ROOT("<md5file name='a'>" HEX "</md5file>\n<md5file name='b'>" HEX "</md5file>\n<md5file name='a'>" HEX
                 "</md5file>"),
            "line 4: a file that stands twice: \"a\"");
    refuses(ROOT("<dir name='d'><md5file name='a'>" HEX "</md5file></dir><dir name='d'><md5file name='a'>" HEX
                 "</md5file></dir>"),
            "stands twice: \"d/a\"");
    refuses(ROOT("text"), "belongs to no file");
    refuses(ROOT("<md5file name='a'>" HEX "</md5file>" HEX), "belongs to no file");
    refuses(STR("<checksum_list><ps_root_dir><md5file name='a'>" HEX "</md5file></ps_root_dir><ps_root_dir/></checksum_list>"),
            "a second folder");
    refuses(STR("<!DOCTYPE x><checksum_list/>"), "document type");
    refuses(ROOT("<md5file name='&x;'>" HEX "</md5file>"), "unknown entity");
}

static void refuses_too_deep_and_too_long(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_adds(&b, "<checksum_list><ps_root_dir>");
    for (int i = 0; i < 100; i++)
        buf_adds(&b, "<dir name='d'>");
    refuses(buf_str(&b), "nested too deep");
    buf_reset(&b);
    buf_adds(&b, "<checksum_list><ps_root_dir>");
    for (int i = 0; i < 30; i++) {
        buf_adds(&b, "<dir name='");
        for (int j = 0; j < 200; j++)
            buf_addc(&b, 'd');
        buf_adds(&b, "'>");
    }
    buf_adds(&b, "<md5file name='a'>" HEX);
    refuses(buf_str(&b), "too long");
    buf_free(&b);
}

/* Cut short at every byte, in memory of its own size. */
static void refuses_heads(void **state)
{
    struct str whole = STR(SAMPLE);

    (void)state;
    /* Without the line end behind it the list is whole. */
    for (size_t n = 0; n + 1 < whole.n; n++) {
        char *copy = malloc(n ? n : 1);

        assert_non_null(copy);
        memcpy(copy, whole.p, n);
        refuses((struct str){copy, n}, "");
        free(copy);
    }
}

static int stop(void *ctx, const struct ps_sum *sum, struct err *e)
{
    ++*(int *)ctx;
    return str_is(sum->path, "index.php") ? err_set(e, ERR_STOPPED, "enough") : 0;
}

static int count(void *ctx, const struct ps_sum *sum, struct err *e)
{
    (void)sum;
    (void)e;
    ++*(int *)ctx;
    return 0;
}

static void ends_when_told(void **state)
{
    struct err e = {0};
    char version[32];
    int calls = 0;

    (void)state;
    assert_int_equal(ps_sums_read(STR(SAMPLE), version, stop, &calls, &e), -1);
    assert_int_equal(e.kind, ERR_STOPPED);
    assert_int_equal(calls, 1);
}

static void reads_large_ones(void **state)
{
    struct buf b = {0};
    struct err e = {0};
    char version[32];
    int files = 0;

    (void)state;
    buf_adds(&b, "<checksum_list><ps_root_dir version='8.1.2'>\n");
    for (int i = 0; i < 400; i++) {
        buf_printf(&b, "\t<dir name=\"folder%d\">\n", i);
        for (int j = 0; j < 100; j++)
            buf_printf(&b, "\t\t<md5file name=\"File%d.php\">" HEX "</md5file>\n", j);
        buf_adds(&b, "\t</dir>\n");
    }
    buf_adds(&b, "</ps_root_dir></checksum_list>");
    assert_int_equal(ps_sums_read(buf_str(&b), version, count, &files, &e), 0);
    assert_int_equal(files, 40000);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lists),   cmocka_unit_test(refuses_others), cmocka_unit_test(refuses_too_deep_and_too_long),
        cmocka_unit_test(refuses_heads), cmocka_unit_test(ends_when_told), cmocka_unit_test(reads_large_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
