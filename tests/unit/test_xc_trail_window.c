/* Only the end of long logs is read; what is said of the last run is the same as if all had been. */
#include "format/xc_upgrade_log.h"
#include "little_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILES 4

static struct little_store l;
static uint64_t seed;

static unsigned below(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* What a reader of all files says of the last run. */
struct whole {
    int file;
    int first_file;
    uint64_t first_line;
    uint64_t last_line;
    uint64_t updated;
    uint64_t errors;
    char target[32];
    char before[32];
    bool has_run;
};

static void take(void *context, const struct xc_upgrade_record *rec)
{
    struct whole *w = context;

    if (rec->starts_run) {
        if (w->target[0])
            memcpy(w->before, w->target, sizeof w->before);
        w->target[0] = '\0';
        w->has_run = true;
        w->first_file = w->file;
        w->first_line = rec->line;
        w->updated = w->errors = 0;
    }
    if (!w->has_run || rec->kind == XC_UP_NOISE)
        return;
    w->last_line = rec->line;
    w->updated += rec->kind == XC_UP_FILE_UPDATED;
    w->errors += rec->type == XC_LOG_ERROR;
    if (rec->kind == XC_UP_PACK_RECEIVED && rec->version.n)
        snprintf(w->target, sizeof w->target, "%.*s", STR_FMT(rec->version));
}

static void add_record(struct buf *b)
{
    static const char d[] = "info, May 22 2017 10:00:00";

    switch (below(12)) {
    case 0:
        if (below(3) == 0)
            buf_printf(b, "[%s] Core pack (v.5.3.%u) is received: \"/t/1.gz\"", d, below(1000));
        else
            buf_printf(b, "[%s] File is updated: \"a.php\"", d);
        break;
    case 1:
        buf_printf(b, "[%s] Module pack (\"A\\B\") is received: \"/t/2.gz\"", d);
        break;
    case 2:
        buf_printf(b, "[%s] Entry \"Core\" archive is unpacked: \"/t/1\"", d);
        break;
    case 3:
        buf_printf(b, "[error, May 22 2017 10:00:00] Unable to update file: \"b.php\"");
        break;
    default:
        buf_printf(b, "[%s] Marketplace [get_addons]: response", d);
        break;
    }
    if (below(40) > 0)
        buf_adds(b, below(9) ? "\n" : "\r\n");
    if (below(4) == 0)
        for (unsigned n = below(40); n > 0; n--)
            buf_printf(b, "#%u a line of a backtrace that makes the log long (%u)\n", n, below(9));
}

/* So much of one kind that a window may hold nothing else. */
static void add_stretch(struct buf *b)
{
    static const char *const lines[] = {
        "[info, May 22 2017 10:00:00] Marketplace [get_addons]: response of the marketplace\n",
        "[info, May 22 2017 10:00:00] File is updated: \"classes/XLite/Controller/Admin/Main.php\"\n",
        "[info, May 22 2017 10:00:00] Module pack (\"XC\\Reviews\") is received: \"/var/tmp/123.gz\"\n",
    };
    const char *line = lines[below(3)];

    for (unsigned n = below(below(4) ? 4000 : 40000); n > 0; n--)
        buf_adds(b, line);
}

static void compare(const struct whole *w, const char *const *names)
{
    const struct xc_log *log = &l.c.log;

    assert_int_equal(log->has_run, w->has_run);
    if (!w->has_run) {
        assert_null(log->before);
        return;
    }
    assert_string_equal(log->first_file, names[w->first_file]);
    assert_int_equal(log->first_line, w->first_line);
    assert_int_equal(log->last->line, w->last_line);
    assert_int_equal(log->updated, w->updated);
    assert_int_equal(log->errors.n + log->errors_dropped, w->errors);
    assert_string_equal(log->target ? log->target : "", w->target);
    assert_string_equal(log->before ? log->before : "", w->before);
}

static void random_logs_in_several_files(void **state)
{
    static const char *const names[FILES] = {
        "var/log/upgrade.log", "var/log/upgrade.log.2017-05-22.php", "var/log/2017/05/upgrade.log.2017-05-23.php",
        "var/log/2017/06/upgrade.log.2017-06-01.php"};
    static const bool continues[FILES] = {false, false, true, false};

    (void)state;
    for (seed = 1; seed <= 70;) {
        uint64_t round = seed;
        struct whole w = {0};
        struct xc_upgrade_reader r;

        xc_upgrade_init(&r, 1, false, take, &w);
        for (w.file = 0; w.file < FILES; w.file++) {
            struct buf text = {0};

            if (w.file > 0)
                xc_upgrade_next(&r, continues[w.file]);
            for (unsigned n = below(3) ? below(30) : 0; n > 0; n--) {
                if (below(12) == 0)
                    add_stretch(&text);
                else
                    add_record(&text);
            }
            little_store_put(&l, names[w.file], buf_cstr(&text));
            xc_upgrade_feed(&r, buf_str(&text));
            /* The last record of a file belongs to it. */
            xc_upgrade_end(&r);
            buf_free(&text);
        }
        xc_upgrade_free(&r);
        little_store_forget(&l);
        if (xc_read_logs(&l.s, &l.c, &l.e) < 0)
            fail_msg("%s", l.e.text);
        compare(&w, names);
        seed = round + 1;
    }
}

static void a_group_of_packs_over_midnight(void **state)
{
    (void)state;
    little_store_put(&l, "var/log/upgrade.log.2017-05-20.php",
                     "[info, May 20 2017 10:00:00] Core pack (v.5.3.2) is received: \"/t/0.gz\"\n");
    little_store_put(&l, "var/log/upgrade.log.2017-05-22.php",
                     "[info, May 22 2017 23:59:50] Core pack (v.5.3.6) is received: \"/t/1.gz\"\n"
                     "[info, May 22 2017 23:59:58] Module pack (\"A\\B\") is received: \"/t/2.gz\"\n");
    little_store_put(&l, "var/log/upgrade.log.2017-05-23.php",
                     "[info, May 23 2017 00:00:03] Module pack (\"C\\D\") is received: \"/t/3.gz\"\n"
                     "[info, May 23 2017 00:00:04] Entry \"Core\" archive is unpacked: \"/t/1\"\n");
    little_store_forget(&l);
    assert_int_equal(xc_read_logs(&l.s, &l.c, &l.e), 0);
    assert_string_equal(l.c.log.first_file, "var/log/upgrade.log.2017-05-22.php");
    assert_int_equal(l.c.log.first_line, 1);
    assert_string_equal(l.c.log.target, "5.3.6");
    assert_string_equal(l.c.log.before, "5.3.2");
    assert_int_equal(l.c.log.entries.n, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        little_store_test(random_logs_in_several_files, &l),
        little_store_test(a_group_of_packs_over_midnight, &l),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
