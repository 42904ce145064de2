#include "base/progress.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#define START (1000 * CLOCK_SECOND)
#define MS(n) (START + (uint64_t)(n) * (CLOCK_SECOND / 1000))

/* A terminal that is a pipe which never blocks. */
struct screen {
    struct term term;
    int from;
    char text[65536];
};

static void screen_open(struct screen *s, bool live)
{
    int ends[2];

    *s = (struct screen){0};
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    s->from = ends[0];
    s->term = (struct term){.fd = ends[1], .tty = live, .live = live, .columns = live ? 80 : 0};
}

/* What was written since the last call. */
static const char *seen(struct screen *s)
{
    ssize_t n = read(s->from, s->text, sizeof s->text - 1);

    s->text[n > 0 ? n : 0] = '\0';
    return s->text;
}

static void screen_close(struct screen *s)
{
    close(s->from);
    close(s->term.fd);
}

static void plain_lines_elsewhere(void **state)
{
    struct progress p;
    struct screen s;
    struct err e = {0};

    (void)state;
    screen_open(&s, false);
    progress_start_at(&p, &s.term, STR("Copying files"), PROGRESS_BYTES, 100000000, START);
    assert_string_equal(seen(&s), "Copying files (100.0 MB)...\n");
    for (uint64_t i = 1; i < 100; i++)
        progress_set_at(&p, i * 200000, MS(i * 100));
    assert_string_equal(seen(&s), "");
    progress_set_at(&p, 20000000, MS(10000));
    assert_string_equal(seen(&s), "Copying files: 19 %, 20.0 MB of 100.0 MB, 2.0 MB/s, 41 s left\n");
    progress_set_at(&p, 20000001, MS(10001));
    assert_string_equal(seen(&s), "");
    assert_int_equal(progress_end_at(&p, true, MS(50000), &e), 0);
    assert_string_equal(seen(&s), "Copying files: done, 20.0 MB in 50 s\n");
    progress_start_at(&p, &s.term, STR("Hooks\x1b"), PROGRESS_ITEMS, 0, START);
    assert_string_equal(seen(&s), "Hooks\\x1b...\n");
    assert_int_equal(progress_end_at(&p, false, MS(200), &e), 0);
    assert_string_equal(seen(&s), "Hooks\\x1b: stopped in 0.2 s\n");
    screen_close(&s);
}

static unsigned count(const char *text, char c)
{
    unsigned n = 0;

    for (; *text != '\0'; text++)
        n += *text == c;
    return n;
}

static void at_most_six_redraws_a_second(void **state)
{
    struct progress p;
    struct screen s;
    struct err e = {0};
    unsigned drawn;

    (void)state;
    screen_open(&s, true);
    progress_start_at(&p, &s.term, STR("Hashing"), PROGRESS_ITEMS, 10000, START);
    for (uint64_t i = 1; i <= 1000; i++)
        progress_set_at(&p, i, MS(i));
    drawn = count(seen(&s), '\r');
    assert_in_range(drawn, 5, 7);
    assert_int_equal(progress_end_at(&p, true, MS(1001), &e), 0);
    assert_string_equal(seen(&s), "\r\x1b[KHashing: done, 1000 in 1.0 s\n");
    screen_close(&s);
}

static void line_is(struct term *term, uint64_t done, uint64_t total, const char *want)
{
    struct buf out = {0};
    struct progress p = {.term = term, .done = done, .total = total, .start_ns = START, .rate = 50};

    buf_adds(&p.title, "Verifying");
    progress_line(&p, MS(5000), &out);
    assert_string_equal(buf_cstr(&out), want);
    assert_true(term->columns <= 1 || utf8_width(buf_str(&out)) < term->columns);
    buf_free(&out);
    buf_free(&p.title);
}

static void the_line_fits(void **state)
{
    struct term t = {.live = true, .columns = 80};

    (void)state;
    line_is(&t, 500, 1000, "Verifying  [##############---------------]   49 %  500 of 1000  50/s  11 s left");
    line_is(&t, 1000, 1000, "Verifying  [##############################]  100 %  1000 of 1000  50/s");
    line_is(&t, 500, 0, "Verifying  500  50/s");
    t.columns = 44;
    line_is(&t, 500, 1000, "Verifying   49 %  500 of 1000  50/s");
    t.columns = 30;
    line_is(&t, 500, 1000, "Verifying   49 %  500 of 1000");
    t.columns = 20;
    line_is(&t, 500, 1000, "Verifying   49 %");
    t.columns = 8;
    line_is(&t, 500, 1000, " 49 %");
    t.columns = 72;
    t.utf8 = true;
    line_is(&t, 500, 1000,
            "Verifying  "
            "\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88"
            "\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88"
            "\xE2\x96\x91\xE2\x96\x91\xE2\x96\x91\xE2\x96\x91\xE2\x96\x91\xE2\x96\x91"
            "\xE2\x96\x91\xE2\x96\x91\xE2\x96\x91\xE2\x96\x91\xE2\x96\x91\xE2\x96\x91"
            "   49 %  500 of 1000  50/s  11 s left");
}

static void huge_sums_do_not_overflow(void **state)
{
    struct term t = {.live = true, .columns = 200};
    struct buf out = {0};
    struct progress p = {.term = &t, .unit = PROGRESS_BYTES, .start_ns = START, .rate = 1e-9};

    (void)state;
    p.done = UINT64_MAX / 2;
    p.total = UINT64_MAX;
    progress_line(&p, MS(5000), &out);
    assert_non_null(strstr(buf_cstr(&out), " 49 %  9.2 EB of 18.4 EB"));
    buf_reset(&out);
    p.rate = 1e300;
    p.done = UINT64_MAX;
    p.total = 5;
    progress_line(&p, MS(5000), &out);
    assert_non_null(strstr(buf_cstr(&out), "100 %"));
    buf_free(&out);
}

static void the_rate_is_smoothed(void **state)
{
    struct progress p;
    struct screen s;
    struct err e = {0};

    (void)state;
    screen_open(&s, false);
    progress_start_at(&p, &s.term, STR("x"), PROGRESS_ITEMS, 0, START);
    for (uint64_t i = 1; i <= 40; i++)
        progress_set_at(&p, i * 250, MS(i * 250));
    assert_true(p.rate > 990 && p.rate < 1010);
    /* A stall of a second takes a part of it away, not all. */
    progress_set_at(&p, 10000, MS(11000));
    assert_true(p.rate > 700 && p.rate < 900);
    /* An amount that shrinks changes nothing. */
    progress_set_at(&p, 5000, MS(12000));
    assert_true(p.rate > 700 && p.rate < 900);
    progress_end_at(&p, true, MS(13000), &e);
    screen_close(&s);
}

static void makes_way_for_other_output(void **state)
{
    struct progress p;
    struct screen s;
    struct err e = {0};

    (void)state;
    screen_open(&s, true);
    progress_start(&p, &s.term, STR("Copying"), PROGRESS_ITEMS, 10);
    seen(&s);
    progress_pause(&p);
    assert_string_equal(seen(&s), "\r\x1b[K");
    progress_pause(&p);
    progress_set_at(&p, 3, p.shown_ns + CLOCK_SECOND);
    assert_string_equal(seen(&s), "");
    progress_resume(&p);
    assert_non_null(strstr(seen(&s), "3 of 10"));
    progress_total(&p, 12);
    progress_set_at(&p, 4, p.shown_ns + CLOCK_SECOND);
    assert_non_null(strstr(seen(&s), "4 of 12"));
    assert_int_equal(progress_end(&p, false, &e), 0);
    assert_non_null(strstr(seen(&s), "\r\x1b[KCopying: stopped, 4 of 12 in "));
    screen_close(&s);
}

static void silent_without_a_terminal(void **state)
{
    struct progress p;
    struct err e = {0};

    (void)state;
    progress_start(&p, NULL, STR("x"), PROGRESS_ITEMS, 10);
    progress_set(&p, 5);
    progress_pause(&p);
    progress_resume(&p);
    assert_int_equal(progress_end(&p, true, &e), 0);
}

static void write_errors_come_back(void **state)
{
    struct term t = {.fd = open("/dev/full", O_WRONLY)};
    struct progress p;
    struct err e = {0};

    (void)state;
    assert_true(t.fd >= 0);
    progress_start_at(&p, &t, STR("x"), PROGRESS_ITEMS, 10, START);
    progress_set_at(&p, 5, MS(20000));
    assert_int_equal(progress_end_at(&p, true, MS(20001), &e), -1);
    assert_int_equal(e.kind, ERR_IO);
    close(t.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_lines_elsewhere),
        cmocka_unit_test(at_most_six_redraws_a_second),
        cmocka_unit_test(the_line_fits),
        cmocka_unit_test(huge_sums_do_not_overflow),
        cmocka_unit_test(the_rate_is_smoothed),
        cmocka_unit_test(makes_way_for_other_output),
        cmocka_unit_test(silent_without_a_terminal),
        cmocka_unit_test(write_errors_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
