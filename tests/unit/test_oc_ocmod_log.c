#include "log_pieces.h"

#include "format/oc_ocmod_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void dump(void *context, const struct oc_ocmod_entry *en)
{
    static const char *const kinds[] = {"start", "aborted", "file aborted", "skipped"};
    struct buf *b = context;

    buf_printf(b, "%u %s %s", (unsigned)en->line, en->time, kinds[en->kind]);
    log_field(b, "mod", en->mod);
    log_field(b, "file", en->file);
    log_field(b, "code", en->code);
    buf_addc(b, '\n');
}

static void feed(void *reader, struct str piece)
{
    oc_ocmod_feed(reader, piece);
}

static void read_all(struct str log, size_t chunk, struct buf *out)
{
    struct oc_ocmod_reader *r;

    buf_reset(out);
    r = oc_ocmod_new(1, false, dump, out);
    log_feed(log, chunk, feed, r);
    oc_ocmod_end(r);
}

static const char sample[] = "2026-11-20 9:01:02 - MOD: Old one\n"
                             "\n"
                             "FILE: catalog/controller/common/header.php\n"
                             "CODE: $data['x'] = 1;\n"
                             "NOT FOUND - ABORTING!\n"
                             "----------------------------------------------------------------\n"
                             "2026-11-21 13:00:00 - MOD: Quick \"checkout\"\n"
                             "\n"
                             "FILE: catalog/controller/checkout/cart.php\n"
                             "CODE: class A {\n"
                             "LINE: 12\n"
                             "\n"
                             "FILE: (sub modification) system/library/cart.php\n"
                             "REGEX: ~x~\n"
                             "NOT FOUND - OPERATION SKIPPED!\n"
                             "CODE: function y\r\n"
                             "NOT FOUND - OPERATIONS ABORTED!\r\n"
                             "----------------------------------------------------------------\n"
                             "MOD: Second\n"
                             "NOT FOUND - ABORTING!\n"
                             "NOT FOUND - ABORTING! not really";

static void tells_what_was_not_found(void **state)
{
    struct buf out = {0};

    (void)state;
    read_all(str_of(sample), sizeof sample, &out);
    assert_string_equal(buf_cstr(&out), "1 2026-11-20 09:01:02 start\n"
                                        "5 2026-11-20 09:01:02 aborted mod=Old one file=catalog/controller/common/header.php code=$data['x'] = 1;\n"
                                        "7 2026-11-21 13:00:00 start\n"
                                        "15 2026-11-21 13:00:00 skipped mod=Quick \"checkout\" file=system/library/cart.php code=~x~\n"
                                        "17 2026-11-21 13:00:00 file aborted mod=Quick \"checkout\" file=system/library/cart.php code=function y\n"
                                        "20 2026-11-21 13:00:00 aborted mod=Second\n");
    buf_free(&out);
}

static void pieces_do_not_matter(void **state)
{
    (void)state;
    log_compare(str_of(sample), read_all);
}

static void hostile(void **state)
{
    struct buf log = {0};
    struct buf out = {0};

    (void)state;
    buf_adds(&log, "MOD: ");
    for (int i = 0; i < 200000; i++)
        buf_addc(&log, 'x');
    buf_adds(&log, "\nFILE:\nCODE:\nNOT FOUND - ABORTING!\n");
    read_all(buf_str(&log), 777, &out);
    assert_true(out.n > OC_OCMOD_TEXT_MAX && out.n < OC_OCMOD_TEXT_MAX + 40);
    buf_free(&log);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_was_not_found),
        cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
