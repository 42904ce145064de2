#include "gzipped.h"
#include "oc_store.h"

#include "platform/opencart/trail.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define LINE(time, address, status, bytes) \
    "192.0.2.7 - - [21/Nov/2026:" time " +0000] \"GET " address " HTTP/1.1\" " status " " bytes " \"-\" \"M\"\n"
#define NEXT(time, step, status, bytes) LINE(time, "/install/index.php?route=upgrade/upgrade/next&step=" step, status, bytes)
#define FOUR(time, step, more, status) \
    LINE(time, "/install/index.php?route=upgrade/upgrade_" step "&version=4.1.0.4&admin=back" more, status, "190")

/* A day in seconds since 1970: 2026-11-21 00:00:00 UTC, the day of the logs. */
#define DAY ((time_t)1795219200)

struct trail {
    struct shop_dir p;
    struct arena mem;
    struct oc_trail t;
};

static struct trail x;

static int setup(void **state)
{
    memset(&x, 0, sizeof x);
    *state = &x.p;
    return oc_store_setup(state);
}

static int teardown(void **state)
{
    arena_free(&x.mem);
    return shop_dir_teardown(state);
}

static void put_bytes(const char *path, const char *p, size_t n)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static const char *path_of(const char *rel)
{
    return arena_printf(&x.mem, "%s/%s", x.p.root, rel);
}

static void date(const char *rel, time_t t)
{
    const struct timespec times[2] = {{t, 0}, {t, 0}};

    assert_int_equal(utimensat(AT_FDCWD, path_of(rel), times, 0), 0);
}

static void put(const char *rel, const char *text, time_t t)
{
    shop_dir_put(&x.p, rel, text);
    date(rel, t);
}

/* The installer of 3.0.5 with its eleven files, or of 4.1 with its twelve. */
static void put_installer(bool four)
{
    put("install/index.php", "<?php\n", DAY);
    for (unsigned i = 0; i < (four ? 12 : 11); i++)
        put(four ? arena_printf(&x.mem, "install/controller/upgrade/upgrade_%u.php", i + 1) : arena_printf(&x.mem, "install/model/upgrade/%u.php", 1000 + i),
            "<?php\n", DAY);
    put("install/controller/upgrade/upgrade.php", "<?php\n", DAY);
}

static const struct oc_trail *read_trail(void)
{
    oc_store_open(&x.p);
    oc_trail_read(&x.p.s, &x.mem, &x.t);
    return &x.t;
}

static const struct oc_trail *read_access(const char *log)
{
    const char *path = arena_printf(&x.mem, "%s/access.log", x.p.top);

    put_bytes(path, log, strlen(log));
    x.p.opts.access_log = path;
    return read_trail();
}

static void is_text(const char *have, const char *want)
{
    if ((have == NULL) != (want == NULL) || (have && want && strcmp(have, want) != 0))
        fail_msg("%s, not %s", have ? have : "(nothing)", want ? want : "(nothing)");
}

static void an_untouched_store_has_none(void **state)
{
    const struct oc_trail *t = read_trail();

    (void)state;
    assert_int_equal(t->last, 0);
    assert_int_equal(t->of, 0);
    for (unsigned n = 0; n <= OC_STEPS_MAX; n++)
        assert_true(t->steps[n].asked.source == NULL && t->steps[n].answered.source == NULL && t->steps[n].failed.source == NULL);
    assert_true(t->end.source == NULL && t->log_error.source == NULL && t->shop_error.source == NULL && t->admin_part.source == NULL);
    assert_true(t->zip == NULL && t->to == NULL && t->ocmod_error == NULL && t->unread == NULL && t->install_since == NULL);
    assert_true(t->started == NULL && t->last_activity == NULL);
}

static void requests_tell_the_steps(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(false);
    t = read_access(LINE("10:00:00", "/", "200", "9") LINE("10:00:01", "/install/index.php?route=upgrade/upgrade/next", "200", "180")
                        NEXT("10:00:05", "2", "200", "180") NEXT("10:00:06", "3", "200", "180"));
    assert_int_equal(t->of, 11);
    assert_int_equal(t->last, 3);
    assert_int_equal(t->attempts, 1);
    assert_non_null(t->steps[1].answered.source);
    assert_non_null(t->steps[2].answered.source);
    assert_non_null(t->steps[3].asked.source);
    assert_null(t->steps[3].answered.source);
    assert_null(t->steps[3].failed.source);
    assert_null(t->steps[4].asked.source);
    assert_int_equal(t->steps[3].asked.line, 4);
    is_text(t->steps[3].asked.time, "2026-11-21 10:00:06");
    is_text(t->steps[3].asked.source, x.p.opts.access_log);
    is_text(t->started, "2026-11-21 10:00:01");
    is_text(t->last_activity, "2026-11-21 10:00:06");
    is_text(t->install_since, "2026-11-21 00:00:00");
    assert_null(t->end.source);
    assert_null(t->unread);
}

static void a_refused_request_is_no_step_done(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(false);
    t = read_access(NEXT("10:00:01", "1", "500", "0") NEXT("10:00:05", "2", "504", "180"));
    assert_null(t->steps[1].answered.source);
    assert_non_null(t->steps[2].failed.source);
    assert_int_equal(t->last, 2);
    /* Asked for again and answered, it did not fail. */
    t = read_access(NEXT("10:00:01", "1", "500", "0") NEXT("10:00:02", "1", "200", "1") NEXT("10:00:05", "2", "504", "1") NEXT("10:00:06", "2", "200", "1"));
    assert_non_null(t->steps[1].answered.source);
    assert_null(t->steps[2].failed.source);
    assert_int_equal(t->attempts, 2);
}

static void the_last_attempt_counts(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(false);
    t = read_access(NEXT("09:00:01", "1", "200", "180") NEXT("09:00:02", "2", "200", "180") NEXT("09:00:03", "3", "200", "180")
                        NEXT("09:00:04", "4", "200", "180") NEXT("10:00:01", "1", "200", "180") NEXT("10:00:05", "2", "200", "180"));
    assert_int_equal(t->last, 2);
    assert_int_equal(t->attempts, 2);
    assert_null(t->steps[2].answered.source);
    assert_null(t->steps[3].asked.source);
    is_text(t->started, "2026-11-21 10:00:01");
}

static void the_request_behind_the_last_step_is_the_end(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(false);
    t = read_access(NEXT("09:00:01", "10", "200", "180") NEXT("09:00:02", "11", "200", "180") NEXT("09:00:03", "12", "200", "95"));
    assert_non_null(t->end.source);
    assert_int_equal(t->last, 11);
    assert_non_null(t->steps[11].answered.source);
    assert_null(t->steps[12].asked.source);
    /* Without the installer the length of the answer tells. */
    shop_dir_remove(&x.p, "install");
    t = read_access(NEXT("09:00:01", "8", "200", "180") NEXT("09:00:02", "9", "200", "88"));
    assert_non_null(t->end.source);
    assert_int_equal(t->last, 8);
    t = read_access(NEXT("09:00:01", "8", "200", "180") NEXT("09:00:02", "9", "200", "89"));
    assert_null(t->end.source);
    assert_int_equal(t->last, 9);
}

static void steps_of_4(void **state)
{
    const char *log = LINE("08:59:00", "/back/index.php?route=tool/upgrade.download&user_token=s3cret&version=4.1.0.4", "200", "90")
        LINE("08:59:30", "/back/index.php?route=tool/upgrade.install&user_token=s3cret&version=4.1.0.4", "200", "90") FOUR("09:00:00", "1", "", "200")
            FOUR("09:00:01", "2", "", "200") FOUR("09:00:02", "2", "&page=2", "200");
    const struct oc_trail *t;

    (void)state;
    put_installer(true);
    t = read_access(log);
    assert_int_equal(t->of, 12);
    assert_int_equal(t->last, 2);
    assert_non_null(t->admin_part.source);
    assert_null(strstr(t->admin_part.text, "s3cret"));
    is_text(t->to, "4.1.0.4");
    assert_non_null(t->steps[1].answered.source);
    assert_null(t->steps[2].answered.source);
    is_text(t->steps[2].asked.time, "2026-11-21 09:00:02");
    t = read_access(arena_printf(&x.mem, "%s%s", log, FOUR("09:01:00", "3", "", "200")
                                     LINE("09:02:00", "/install/index.php?route=install/step_4&admin=back", "200", "900")));
    assert_non_null(t->steps[3].answered.source);
    assert_non_null(t->end.source);
    /* The page of a fresh installation is no end of an upgrade. */
    t = read_access(LINE("09:02:00", "/install/index.php?route=install/step_4", "200", "900"));
    assert_null(t->end.source);
}

static void a_packed_log_is_read(void **state)
{
    static const char log[] = NEXT("09:00:01", "1", "200", "180") NEXT("09:00:02", "2", "200", "180");
    char packed[1000];
    size_t n = gzipped(log, sizeof log - 1, packed, sizeof packed);
    const char *path = arena_printf(&x.mem, "%s/access.log.gz", x.p.top);
    const struct oc_trail *t;

    (void)state;
    put_bytes(path, packed, n);
    x.p.opts.access_log = path;
    t = read_trail();
    assert_int_equal(t->last, 2);
    assert_non_null(t->steps[1].answered.source);
    assert_null(t->unread);
    /* What a cut one still tells counts, and it is said that it is cut. */
    put_bytes(path, packed, n - 6);
    t = read_trail();
    assert_non_null(t->unread);
    assert_non_null(strstr(t->unread, "access.log.gz"));
}

static void an_unreadable_log_is_said(void **state)
{
    const struct oc_trail *t;

    (void)state;
    x.p.opts.access_log = arena_printf(&x.mem, "%s/none.log", x.p.top);
    t = read_trail();
    assert_non_null(strstr(t->unread, "none.log"));
    x.p.opts.access_log = x.p.top;
    t = read_trail();
    assert_non_null(strstr(t->unread, "is no file"));
}

#define DONE(step, file, next)                                                                                                      \
    "{\"success\":\"Patch " file " has been applied (" step " of 11)\",\"next\":\"http:\\/\\/s\\/install\\/index.php?route=upgrade" \
    "\\/upgrade\\/next&step=" next "\"}\n"
#define FAILED                                                                                                                             \
    "{\"error\":\"Error Code(0): Error: Unknown column 'x'<br \\/>Error No: 1054<br \\/>SELECT x in \\/s\\/system\\/library\\/db\\/mysqli.php on " \
    "line 42\"}\n"

static void saved_answers_are_read(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(false);
    put("answer.txt", DONE("1", "1000", "2") DONE("2", "1001", "3") FAILED, DAY + 3600);
    t = read_trail();
    assert_int_equal(t->last, 3);
    assert_int_equal(t->of, 11);
    is_text(t->steps[2].answered.source, "answer.txt");
    assert_int_equal(t->steps[2].answered.line, 2);
    assert_non_null(t->steps[3].failed.source);
    is_text(t->steps[3].failed.text, "Unknown column 'x'");
    assert_null(t->end.source);
    is_text(t->last_activity, "2026-11-21 01:00:00");
    /* A later file goes on, also in the folder of the installer. */
    put("install/second.json", DONE("3", "1002", "4"), DAY + 7200);
    t = read_trail();
    assert_null(t->steps[3].failed.source);
    is_text(t->steps[3].answered.source, "install/second.json");
    put("system/storage/logs/end.html", "{\"success\":\"Congratulations! You have successfuly upgraded your OpenCart installation!\"}", DAY + 9000);
    t = read_trail();
    is_text(t->end.source, "system/storage/logs/end.html");
}

static void answers_of_others_are_left(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(true);
    /* Of an installer with eleven steps, while this one has twelve. */
    put("answer.txt", DONE("1", "1000", "2"), DAY + 3600);
    put("readme.txt", "Patch what you like.\nError: none\n", DAY + 3600);
    t = read_trail();
    assert_int_equal(t->last, 0);
    assert_null(t->log_error.source);
    /* Older than the attempt that the access log shows. */
    shop_dir_remove(&x.p, "install");
    put_installer(false);
    t = read_access(NEXT("02:00:01", "1", "200", "180"));
    assert_null(t->steps[1].answered.source);
    assert_int_equal(t->last, 1);
}

static void a_saved_error_belongs_to_the_last_request(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(false);
    put("answer.txt", FAILED, DAY + 11 * 3600);
    t = read_access(NEXT("10:00:01", "1", "200", "180") NEXT("10:00:02", "2", "200", "180"));
    is_text(t->steps[2].failed.source, "answer.txt");
    /* Without requests it is told, and of no step. */
    x.p.opts.access_log = NULL;
    t = read_trail();
    assert_int_equal(t->last, 0);
    is_text(t->log_error.source, "answer.txt");
}

static void pieces_of_access_logs_are_found(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(false);
    put("my-access.log", NEXT("10:00:01", "1", "200", "180") NEXT("10:00:02", "2", "200", "180"), DAY + 3600);
    t = read_trail();
    assert_int_equal(t->last, 2);
    is_text(t->steps[1].answered.source, "my-access.log");
}

static const char error_log[] =
    "2025-01-01 10:00:00 - Error: Error: old<br/>Error No: 1146<br/>ALTER TABLE `oc_old` ADD x\nFile: /s/m.php\nLine: 1\n\nBacktrace: 0\nFile: "
    "/s/install/controller/upgrade/upgrade_9.php\nLine: 1\n"
    "2026-11-21 10:00:00 - PHP Notice:  Undefined variable: a in /s/install/model/upgrade/1000.php on line 4\n"
    "2026-11-21 10:00:01 - Error: Error: Unknown column 'recurring_id'<br/>Error No: 1091<br/>ALTER TABLE `oc_cart` DROP `recurring_id`\n"
    "File: /s/system/library/db/mysqli.php\n"
    "Line: 122\n"
    "\n"
    "Backtrace: 0\n"
    "File: /s/install/controller/upgrade/upgrade_8.php\n"
    "Line: 30\n"
    "Function: query\n"
    "2026-11-21 10:00:02 - PHP Warning:  mkdir(): no in /s/install/controller/upgrade/upgrade_1.php on line 4\n"
    "2026-11-21 10:00:03 - Error: Class \"Twig\" not found\nFile: /s/system/library/template/twig.php\nLine: 17\n\nBacktrace: 0\nFile: /s/index.php\nLine: 3\n"
    "2026-11-21 10:00:04 - PHP Notice:  x in /s/catalog/a.php on line 1\n";

static void error_logs_are_read(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(true);
    put("system/storage/logs/error.log", error_log, DAY);
    t = read_trail();
    assert_int_equal(t->last, 8);
    assert_non_null(t->steps[8].failed.source);
    assert_null(t->steps[9].failed.source);
    is_text(t->log_error.source, "system/storage/logs/error.log");
    assert_int_equal(t->log_error.line, 9);
    is_text(t->log_error.time, "2026-11-21 10:00:01");
    is_text(t->shop_error.time, "2026-11-21 10:00:03");
}

#define FATAL(time, step) time " - PHP Fatal Error:  x in /s/install/model/upgrade/" step ".php on line 7\n"
#define SHOP(time)        time " - PHP Fatal Error:  x in /s/catalog/a.php on line 7\n"

/* Without an installer nothing says since when a log tells of the upgrade at hand; of two the newer one does, whatever they are called. */
static void of_two_logs_the_newer_counts(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put("system/storage/logs/error.log", FATAL("2026-11-21 10:00:00", "1003") SHOP("2026-11-21 10:00:01"), DAY);
    put("system/storage/logs/error_old.log", FATAL("2025-02-03 10:00:00", "1003") SHOP("2025-02-03 10:00:01"), DAY);
    t = read_trail();
    is_text(t->log_error.source, "system/storage/logs/error.log");
    is_text(t->shop_error.source, "system/storage/logs/error.log");
    is_text(t->steps[4].failed.source, "system/storage/logs/error.log");
    /* What clocks in two time zones may be apart is no difference: the store's own log is read last. */
    put("error_log", "[21-Nov-2026 15:00:00 UTC] PHP Fatal error:  x in /s/install/model/upgrade/1003.php on line 7\n", DAY);
    t = read_trail();
    is_text(t->log_error.source, "system/storage/logs/error.log");
    put("error_log", "[23-Nov-2026 15:00:00 UTC] PHP Fatal error:  x in /s/install/model/upgrade/1003.php on line 7\n", DAY);
    t = read_trail();
    is_text(t->log_error.source, "error_log");
}

static void other_logs_are_read(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put_installer(false);
    /* 2.x and 3.x say of SQL only this, and the file of the driver. */
    put("system/storage/logs/my.log", "2026-11-21 1:00:00 - PHP Warning:  mysqli::query(): (42S01/1050): Table 'oc_x' already exists in /s/system/library/db/mysqli.php on "
                                      "line 25\n2026-11-21 1:00:00 - PHP Warning:  mysqli::query(): (42S02/1146): Table 'shop.oc_y' doesn't exist in /s/m.php on line 25\n",
        DAY);
    put("install/error_log",
        "[21-Nov-2026 02:00:00 UTC] PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /s/install/model/upgrade/1003.php on line 7\n", DAY);
    t = read_trail();
    assert_int_equal(t->last, 4);
    is_text(t->steps[4].failed.source, "install/error_log");
    is_text(t->log_error.source, "system/storage/logs/my.log");
    put("system/storage/logs/ocmod.log",
        "2026-11-20 9:01:02 - MOD: Old\nNOT FOUND - ABORTING!\n-----\n2026-11-21 13:00:00 - MOD: Quick\n\nFILE: a.php\nCODE: class A\nNOT FOUND - ABORTING!\n", DAY);
    t = read_trail();
    is_text(t->ocmod_error, "Quick: what it looks for in a.php is not there: class A");
    put("system/storage/logs/ocmod.log", "2026-11-20 9:01:02 - MOD: Old\nNOT FOUND - ABORTING!\n2026-11-21 13:00:00 - MOD: Quick\n", DAY);
    t = read_trail();
    assert_null(t->ocmod_error);
}

/* One file "opencart-4.1.0.4/upload/index.php", stored. */
static const char zip[] =
    "PK\x03\x04\x14\0\0\0\0\0\0\0a]\xce\xe3\x1a\x03\x06\0\0\0\x06\0\0\0!\0\0\0opencart-4.1.0.4/upload/index.php<?php\n"
    "PK\x01\x02\x14\x03\x14\0\0\0\0\0\0\0a]\xce\xe3\x1a\x03\x06\0\0\0\x06\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\x80\x01\0\0\0\0opencart-4.1.0.4/upload/index.php"
    "PK\x05\x06\0\0\0\0\x01\0\x01\0O\0\0\0E\0\0\0\0";

static void the_zip_that_was_left(void **state)
{
    const struct oc_trail *t;

    (void)state;
    put("system/storage/download/opencart-4.1.0.4.zip", "<html>503</html>", DAY);
    put("system/storage/download/opencart-x.zip", "no version", DAY + 9);
    put("system/storage/download/manual.zip", "somebody's", DAY + 9);
    t = read_trail();
    is_text(t->zip, "system/storage/download/opencart-4.1.0.4.zip");
    is_text(t->zip_version, "4.1.0.4");
    assert_true(t->zip_bad);
    put_bytes(path_of("system/storage/download/opencart-4.1.0.4.zip"), zip, sizeof zip);
    assert_false(read_trail()->zip_bad);
    for (size_t cut = 1; cut < sizeof zip; cut += 8) {
        put_bytes(path_of("system/storage/download/opencart-4.1.0.4.zip"), zip, sizeof zip - cut);
        if (!read_trail()->zip_bad)
            fail_msg("a zip that lacks %zu bytes is taken for whole", cut);
    }
    /* The newest one counts, wherever it lies. */
    date("system/storage/download/opencart-4.1.0.4.zip", DAY);
    put("system/download/opencart-4.0.2.3.zip", "", DAY + 60);
    is_text(read_trail()->zip_version, "4.0.2.3");
}

static void a_storage_outside_is_read(void **state)
{
    const struct oc_trail *t;
    const char *out = arena_printf(&x.mem, "../storage");

    (void)state;
    put_installer(true);
    put(arena_printf(&x.mem, "%s/logs/error.log", out), error_log, DAY);
    put(arena_printf(&x.mem, "%s/logs/saved.txt", out), "{\"text\":\"Patch 1 has been applied (1 of 12)\",\"next\":\"\"}", DAY + 60);
    shop_dir_put(&x.p, arena_printf(&x.mem, "%s/download/index.html", out), "");
    put_bytes(path_of("../storage/download/opencart-4.1.0.4.zip"), zip, sizeof zip);
    shop_dir_put(&x.p, "../storage/cache/index.html", "");
    shop_dir_put(&x.p, "../storage/vendor/autoload.php", "<?php\n");
    oc_store_config(&x.p, "", arena_printf(&x.mem, "define('DIR_STORAGE', '%s/storage/');", x.p.top));
    t = read_trail();
    assert_non_null(x.p.s.aside_path);
    is_text(t->zip, arena_printf(&x.mem, "%s/download/opencart-4.1.0.4.zip", x.p.s.aside_path));
    assert_false(t->zip_bad);
    is_text(t->log_error.source, arena_printf(&x.mem, "%s/logs/error.log", x.p.s.aside_path));
    is_text(t->steps[1].answered.source, arena_printf(&x.mem, "%s/logs/saved.txt", x.p.s.aside_path));
    assert_int_equal(t->last, 8);
}

#define trail_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        trail_test(an_untouched_store_has_none),
        trail_test(requests_tell_the_steps),
        trail_test(a_refused_request_is_no_step_done),
        trail_test(the_last_attempt_counts),
        trail_test(the_request_behind_the_last_step_is_the_end),
        trail_test(steps_of_4),
        trail_test(a_packed_log_is_read),
        trail_test(an_unreadable_log_is_said),
        trail_test(saved_answers_are_read),
        trail_test(answers_of_others_are_left),
        trail_test(a_saved_error_belongs_to_the_last_request),
        trail_test(pieces_of_access_logs_are_found),
        trail_test(error_logs_are_read),
        trail_test(of_two_logs_the_newer_counts),
        trail_test(other_logs_are_read),
        trail_test(the_zip_that_was_left),
        trail_test(a_storage_outside_is_read),
    };

    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
