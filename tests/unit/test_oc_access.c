#include "log_pieces.h"

#include "format/oc_access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void dump(void *context, const struct oc_access *a)
{
    struct buf *b = context;

    buf_printf(b, "%u %s %u %u %s%u", (unsigned)a->line, a->time, a->status, (unsigned)a->bytes,
               a->admin_part     ? "admin "
               : a->install_page ? "install "
               : a->end_page     ? "end "
                                 : "",
               a->request.step);
    if (a->request.page)
        buf_printf(b, " page %u", a->request.page);
    log_field(b, "version", a->request.version);
    log_field(b, "admin", a->request.admin);
    buf_addc(b, '\n');
}

static void feed(void *reader, struct str piece)
{
    oc_access_feed(reader, piece);
}

static void read_all(struct str log, size_t chunk, struct buf *out)
{
    struct oc_access_reader *r;

    buf_reset(out);
    r = oc_access_new(1, false, dump, out);
    log_feed(log, chunk, feed, r);
    oc_access_end(r);
}

static const char common[] =
    "192.0.2.7 - - [21/Nov/2026:13:54:02 +0100] \"GET /index.php?route=common/home HTTP/1.1\" 200 5123 \"-\" \"Mozilla/5.0\"\n"
    "192.0.2.7 - - [21/Nov/2026:13:55:36 +0100] \"GET /shopadmin/index.php?route=tool/upgrade.download&user_token=abc&version=4.1.0.4 HTTP/1.1\" 200 90 "
    "\"https://shop.example/shopadmin/index.php?route=tool/upgrade&user_token=abc\" \"Mozilla/5.0 (X; \\\"y\\\")\"\n"
    "192.0.2.7 - - [21/Nov/2026:13:55:37 +0100] \"GET /install/view/a.css HTTP/1.1\" 200 9 \"https://shop.example/install/index.php?route=upgrade/upgrade_1\" \"M\"\n"
    "shop.example:443 192.0.2.7 - bob [21/Nov/2026:13:56:00 +0100] \"GET "
    "/install/index.php?route=upgrade/upgrade_2&version=4.1.0.4&admin=shopadmin&page=3 HTTP/2.0\" 504 1234\r\n"
    "192.0.2.7 - - [21/Nov/2026:13:57:00 +0100] \"POST /install/index.php?route=upgrade/upgrade/next HTTP/1.1\" 200 211\n"
    "192.0.2.7 - - [21/Nov/2026:13:57:01 +0100] \"POST https://shop.example/install/index.php?route=upgrade%2Fupgrade%2Fnext&step=12 HTTP/1.1\" 200 88 0.3\n"
    "192.0.2.7 - - [21/Nov/2026:13:57:02 +0100] \"HEAD /install/index.php?route=upgrade/upgrade/next&step=2 HTTP/1.1\" 200 -\n"
    "192.0.2.7 - - [21/Nov/2026:13:57:03 +0100] \"GET /install/index.php?route=upgrade HTTP/1.1\" 200 99\n"
    "192.0.2.7 - - [21/Nov/2026:13:57:04 +0100] \"POST /install/index.php?route=upgrade HTTP/1.1\" 302 -\n"
    "192.0.2.7 - - [21/Nov/2026:13:57:05 +0100] \"GET /install/index.php?route=install/step_4&admin=x HTTP/1.1\" 200 99\n"
    "192.0.2.7 - - [21/Nov/2026:13:57:06 +0100] \"POST /install/index.php?route=step_3 HTTP/1.1\" 302 0\n"
    "192.0.2.7 - - [21/Nov/2026:13:57:07 +0100] \"GET /install/index.php?route=upgrade/upgrade_7&x=\\\"y HTTP/1.1\" 200 5\n"
    "192.0.2.7 - - [31/Feb/2026:13:57:06 +0100] \"POST /install/index.php?route=upgrade/upgrade_3 HTTP/1.1\" x y";

static void reads_common_forms(void **state)
{
    struct buf out = {0};

    (void)state;
    read_all(str_of(common), sizeof common, &out);
    assert_string_equal(buf_cstr(&out), "2 2026-11-21 13:55:36 200 90 admin 0 version=4.1.0.4\n"
                                        "4 2026-11-21 13:56:00 504 1234 2 page 3 version=4.1.0.4 admin=shopadmin\n"
                                        "5 2026-11-21 13:57:00 200 211 1\n"
                                        "6 2026-11-21 13:57:01 200 88 12\n"
                                        "9 2026-11-21 13:57:04 302 0 1\n"
                                        "10 2026-11-21 13:57:05 200 99 end 0\n"
                                        "11 2026-11-21 13:57:06 302 0 install 0\n"
                                        "12 2026-11-21 13:57:07 200 5 7\n"
                                        "13  0 0 3\n");
    buf_free(&out);
}

static const char json[] =
    "{\"time_local\":\"21/Nov/2026:13:55:36 +0100\",\"request\":\"GET /install/index.php?route=upgrade\\/upgrade_1&version=4.0.2.3 "
    "HTTP\\/1.1\",\"status\":\"200\",\"body_bytes_sent\":\"181\"}\n"
    "{\"ts\":1795269337.25,\"request\":{\"method\":\"POST\",\"uri\":\"/install/index.php?route=upgrade/upgrade/next&step=4\"},\"status\":200,\"size\":77}\n"
    "{\"@timestamp\":\"2026-11-21T14:00:00+00:00\",\"verb\":\"GET\",\"request_uri\":\"/install/index.php\",\"args\":\"route=upgrade/upgrade_9\",\"response\":500}\n"
    "{\"request\":{\"method\":\"PUT\",\"uri\":\"/install/index.php?route=upgrade/upgrade_9\"}}\n"
    "{\"request\":{\"method\":\"GET\",\"uri\":\"/install/index.php?route=upgrade/upgrade_9\"\n"
    "{\"time\":\"[21/Nov/2026:13:55:40 +0100]\",\"uri\":\"\",\"path\":\"/install/index.php?route=upgrade/upgrade_3\",\"query\":\"route=x\"}\n"
    "{\"date\":\"2026-11-21 14:00:01\",\"uri\":\"/install/index.php?route=upgrade/upgrade_4\",\"query\":\"\"}\n"
    "{\"ts\":99999999,\"url\":\"/install/index.php?route=upgrade/upgrade_5\"}\n"
    "{\"ts\":100000000,\"url\":\"/install/index.php?route=upgrade/upgrade_6\"}\n";

static void reads_json_lines(void **state)
{
    struct buf out = {0};

    (void)state;
    read_all(str_of(json), sizeof json, &out);
    assert_string_equal(buf_cstr(&out), "1 2026-11-21 13:55:36 200 181 1 version=4.0.2.3\n"
                                        "2 2026-11-21 13:55:37 200 77 4\n"
                                        "3 2026-11-21 14:00:00 500 0 9\n"
                                        "6 2026-11-21 13:55:40 0 0 3\n"
                                        "7 2026-11-21 14:00:01 0 0 4\n"
                                        "8  0 0 5\n"
                                        "9 1973-03-03 09:46:40 0 0 6\n");
    buf_free(&out);
}

static void pieces_do_not_matter(void **state)
{
    (void)state;
    log_compare(str_sub(str_of(common), 0, 1100), read_all);
    log_compare(str_sub(str_of(json), 0, 400), read_all);
}

static void hostile(void **state)
{
    static const char *const table[] = {"\" upgrade", "upgrade\"\"", "[\"GET install?route=upgrade/upgrade_1", "{\"upgrade", "{upgrade}", "[[[[\"GET /install?route=upgrade\\\"",
                                        "\"GET /install?route=tool/upgrade.install\" 200", "\"GET tool?route=tool/upgrade.install&%zz=%&version=9;rm\" 200"};
    struct buf out = {0};
    struct buf log = {0};

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        read_all(str_of(table[i]), 3, &out);
    assert_string_equal(buf_cstr(&out), "1  200 0 admin 0\n");
    /* A line without an end. */
    buf_adds(&log, "1.2.3.4 - - [21/Nov/2026:13:57:00 +0100] \"GET /install/?route=upgrade/upgrade_1&x=");
    for (int i = 0; i < 20000; i++)
        buf_adds(&log, "%41%41%41%41");
    read_all(buf_str(&log), 1000, &out);
    assert_int_equal(out.n, 0);
    buf_free(&log);
    buf_free(&out);
}

static void begins_within_a_line(void **state)
{
    struct buf out = {0};
    struct oc_access_reader *r = oc_access_new(1, true, dump, &out);

    (void)state;
    oc_access_feed(r, STR("\"GET /install/?route=upgrade/upgrade_1 HTTP/1.1\" 200 1\n\"GET /install/?route=upgrade/upgrade_2 HTTP/1.1\" 200 1\n"));
    oc_access_end(r);
    assert_string_equal(buf_cstr(&out), "2  200 1 2\n");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_common_forms), cmocka_unit_test(reads_json_lines),     cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(hostile),            cmocka_unit_test(begins_within_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
