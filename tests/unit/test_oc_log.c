#include "log_pieces.h"

#include "format/oc_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void dump(void *context, const struct oc_log_entry *en)
{
    static const char *const kinds[] = {"other", "notice", "warning", "fatal", "exception"};
    struct buf *b = context;

    buf_printf(b, "%u %s %s%s", (unsigned)en->line, en->time, kinds[en->kind], en->in_install ? " install" : "");
    log_field(b, "message", en->message);
    log_field(b, "file", en->file);
    if (en->at)
        buf_printf(b, ":%u", (unsigned)en->at);
    if (en->sql_error)
        buf_printf(b, " error %u", en->sql_error);
    log_field(b, "sql", en->sql);
    buf_addc(b, '\n');
}

static void feed(void *reader, struct str piece)
{
    oc_log_feed(reader, piece);
}

static void read_all(struct str log, size_t chunk, struct buf *out)
{
    struct oc_log_reader *r;

    buf_reset(out);
    r = oc_log_new(1, false, dump, out);
    log_feed(log, chunk, feed, r);
    oc_log_end(r);
}

static const char sample[] =
    "a line of nobody\n"
    "2026-11-21 1:32:44 - PHP Notice:  Error: Table 'shop.oc_cart' doesn't exist<br />Error No: 1146<br />SELECT *\nFROM oc_cart in "
    "/srv/install/shop/system/library/db/mysqli.php on line 41\n"
    "2026-11-21 11:32:44 - PHP Warning:  mysqli::query(): (42S21/1060): Duplicate column name 'x' in /srv/shop/system/library/db/mysqli.php on line 25\n"
    "2026-11-21 11:32:45 - PHP Fatal Error:  no more in C:\\shop\\install\\model\\upgrade\\1003.php on line 7\r\n"
    "2026-11-21 11:32:46 - Exception:  Error: Unknown column 'y'<br />Error No: 1054<br />SELECT y in /srv/shop/system/library/db/mysqli.php on line 40\n"
    "2026-11-21 11:32:47 - Invalid or uninitialized Zip object: in /srv/shop/install/controller/upgrade/upgrade_2.php on line 90\n"
    "2026-11-21 11:32:48 - Error: Error: Table 'oc4.oc_customer' doesn't exist<br/>Error No: 1146<br/>SELECT * FROM `oc_customer`\n"
    "File: /srv/shop/system/library/db/mysqli.php\n"
    "Line: 122\n"
    "\n"
    "Backtrace: 0\n"
    "File: /srv/shop/install/controller/upgrade/upgrade_8.php\n"
    "Line: 30\n"
    "Function: query\n"
    "2026-11-21 11:32:49 - the cron ran\n"
    "[21-Nov-2026 11:32:50 Europe/Berlin] PHP Fatal error:  Uncaught Error: Class \"X\" not found in /srv/shop/install/model/upgrade/1005.php:12\n"
    "Stack trace:\n"
    "#0 {main}\n"
    "  thrown in /srv/shop/install/model/upgrade/1005.php on line 12\n"
    "2026-13-21 11:32:49 - no month\n"
    "2026-11-21 11:33:00 - PHP Unknown:  strange in /srv/shop/index.php on line 1";

static void knows_the_forms(void **state)
{
    struct buf out = {0};

    (void)state;
    read_all(str_of(sample), sizeof sample, &out);
    assert_string_equal(
        buf_cstr(&out),
        "2 2026-11-21 01:32:44 notice message=Table 'shop.oc_cart' doesn't exist file=/srv/install/shop/system/library/db/mysqli.php:41 error 1146 "
        "sql=SELECT *\nFROM oc_cart\n"
        "4 2026-11-21 11:32:44 warning message=mysqli::query(): (42S21/1060): Duplicate column name 'x' "
        "file=/srv/shop/system/library/db/mysqli.php:25 error 1060\n"
        "5 2026-11-21 11:32:45 fatal install message=no more file=C:\\shop\\install\\model\\upgrade\\1003.php:7\n"
        "6 2026-11-21 11:32:46 exception message=Unknown column 'y' file=/srv/shop/system/library/db/mysqli.php:40 error 1054 sql=SELECT y\n"
        "7 2026-11-21 11:32:47 exception install message=Invalid or uninitialized Zip object "
        "file=/srv/shop/install/controller/upgrade/upgrade_2.php:90\n"
        "8 2026-11-21 11:32:48 exception install message=Table 'oc4.oc_customer' doesn't exist file=/srv/shop/system/library/db/mysqli.php:122 error "
        "1146 sql=SELECT * FROM `oc_customer`\n"
        "16 2026-11-21 11:32:49 other message=the cron ran\n"
        "17 2026-11-21 11:32:50 fatal install message=Uncaught Error: Class \"X\" not found file=/srv/shop/install/model/upgrade/1005.php:12\n"
        "22 2026-11-21 11:33:00 notice message=strange file=/srv/shop/index.php:1\n");
    buf_free(&out);
}

static void text_of(void *context, const struct oc_log_entry *en)
{
    struct buf *b = context;

    buf_reset(b);
    buf_addstr(b, en->text);
    buf_printf(b, "|%u", (unsigned)en->offset);
}

static void the_text_is_one_line(void **state)
{
    struct buf out = {0};
    struct oc_log_reader *r = oc_log_new(7, true, text_of, &out);

    (void)state;
    oc_log_feed(r, STR("rest of a line\nand more of it\n2026-11-21 11:32:49 - one\r\n\n  two\n"));
    oc_log_end(r);
    assert_string_equal(buf_cstr(&out), "one   two|30");
    buf_free(&out);
}

static void pieces_do_not_matter(void **state)
{
    (void)state;
    log_compare(str_sub(str_of(sample), 0, 1500), read_all);
}

static void hostile(void **state)
{
    struct buf log = {0};
    struct buf out = {0};
    struct oc_log_reader *r;

    (void)state;
    /* An entry without an end takes bounded memory. */
    buf_adds(&log, "2026-11-21 11:32:49 - Error: x\n");
    for (int i = 0; i < 30000; i++)
        buf_adds(&log, "File: install/controller/ on line ) in (:\n");
    r = oc_log_new(1, false, text_of, &out);
    oc_log_feed(r, buf_str(&log));
    oc_log_end(r);
    assert_true(out.n <= OC_LOG_ENTRY_MAX + 16);
    buf_reset(&log);
    buf_addstr(&log, STR("2026-11-21 11:32:49 - \0\0 in \0 on line 9\n2026-11-21 1:32:4"));
    read_all(buf_str(&log), 1, &out);
    buf_reset(&log);
    for (int i = 0; i < 20000; i++)
        buf_adds(&log, "2026-11-21 11:32:49 -\n");
    read_all(buf_str(&log), 1000, &out);
    buf_free(&log);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_forms),
        cmocka_unit_test(the_text_is_one_line),
        cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
