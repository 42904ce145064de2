#include "log_pieces.h"

#include "format/xc_php_errors.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void dump(void *context, const struct xc_php_error *r)
{
    struct buf *b = context;

    buf_printf(b, "%" PRIu64 "@%" PRIu64 " %" PRId64, r->line, r->offset, r->seconds);
    log_field(b, "zone", r->zone);
    log_field(b, "severity", r->severity);
    if (r->has_code)
        buf_printf(b, " code%" PRId64, r->code);
    log_field(b, "message", r->message);
    log_field(b, "file", r->file);
    if (r->file_line > 0)
        buf_printf(b, ":%" PRIu64, r->file_line);
    log_field(b, "uri", r->uri);
    log_field(b, "hook", r->hook);
    for (size_t i = 0; i < r->file_count; i++)
        log_field(b, "#", r->files[i]);
    if (r->lost > 0)
        buf_printf(b, " lost%" PRIu64, r->lost);
    buf_adds(b, r->cut ? " cut\n" : "\n");
}

static void feed(void *reader, struct str piece)
{
    xc_php_errors_feed(reader, piece);
}

static void read_all(struct str log, size_t chunk, struct buf *out)
{
    struct xc_php_errors r;

    buf_reset(out);
    xc_php_errors_init(&r, 1, false, dump, out);
    log_feed(log, chunk, feed, &r);
    xc_php_errors_end(&r);
    xc_php_errors_free(&r);
}

static const char sample[] =
    "<?php die(1); ?>\n"
    "[22-May-2017 11:58:14] Error (code: 1): Maximum execution time of 30 seconds exceeded in /srv/a.php on "
    "line 5\r\n"
    "Server API: fpm-fcgi;\r\n"
    "Request method: GET;\r\n"
    "URI: /admin.php?target=upgrade;\r\n"
    "Backtrace:\r\n"
    "#0 /srv/upgrade/5.3/3/post_rebuild.php(12): f()\r\n"
    "#1 /srv/my shop/classes/X.php:77\r\n"
    "#2 {main}\r\n"
    "\r\n"
    "[22-May-2017 11:58:15] Error (code: -9999): We are deploying new changes\n"
    "Server API: cli;\n"
    "Backtrace:\n"
    "#0 /srv/b.php:3\n"
    "[21-Nov-2026 03:00:00 Europe/Berlin] PHP Fatal error:  Uncaught PDOException: two\n"
    "lines in /srv/c.php:12\n"
    "Stack trace:\n"
    "#0 /srv/upgrade/5.3/x/post_rebuild.php(1): g()\n"
    "  thrown in /srv/c.php on line 12\n"
    "[21-Nov-2026 03:00:01 UTC] plain words\n"
    "[22-May-2017 25:58:14] no date, so it is text\n"
    "[21-Nov-2026 03:00:02] PHP Warning:  half in /srv/d.p";

static void reads_both_kinds(void **state)
{
    struct buf out = {0};

    (void)state;
    read_all((struct str){sample, sizeof sample - 1}, sizeof sample, &out);
    assert_string_equal(
        buf_cstr(&out),
        "2@17 1495454294 code1 message=Maximum execution time of 30 seconds exceeded file=/srv/a.php:5"
        " uri=/admin.php?target=upgrade hook=5.3/3/post_rebuild.php"
        " #=/srv/upgrade/5.3/3/post_rebuild.php #=/srv/my shop/classes/X.php\n"
        "11@314 1495454295 code-9999 message=We are deploying new changes file=/srv/b.php #=/srv/b.php\n"
        "15@431 1795230000 zone=Europe/Berlin severity=Fatal error message=Uncaught PDOException: two\nlines"
        " file=/srv/c.php:12 #=/srv/upgrade/5.3/x/post_rebuild.php\n"
        "20@630 1795230001 zone=UTC"
        " message=plain words\n[22-May-2017 25:58:14] no date, so it is text\n"
        "22@715 1795230002 severity=Warning message=half in /srv/d.p cut\n");
    buf_free(&out);
}

static void chunks_do_not_matter(void **state)
{
    (void)state;
    log_compare((struct str){sample, sizeof sample - 1}, read_all);
}

static void bounds_hold(void **state)
{
    struct buf log = {0};
    struct buf out = {0};

    (void)state;
    buf_adds(&log, "[21-Nov-2026 03:00:02] Error (code: 99999999999999999999): x\n");
    for (unsigned i = 0; i < 100000; i++)
        buf_printf(&log, "#%u /srv/deep.php(%u): f()\n", i, i);
    read_all(buf_str(&log), 5000, &out);
    assert_true(out.n < 1000);
    assert_true(
        str_has(buf_str(&out), STR("message=Error (code: 99999999999999999999): x file=/srv/deep.php")));
    assert_true(str_has(buf_str(&out), STR(" lost")));
    buf_free(&log);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_kinds),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(bounds_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
