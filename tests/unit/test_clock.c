#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void durations(void **state)
{
    static const struct {
        uint64_t ms;
        const char *want;
    } table[] = {
        {0, "0.0 s"},           {349, "0.3 s"},
        {9999, "9.9 s"},        {10000, "10 s"},
        {59999, "59 s"},        {60000, "1 min 0 s"},
        {200000, "3 min 20 s"}, {7500000, "2 h 5 min"},
        {86400000, "1 d 0 h"},  {UINT64_MAX / 1000000, "213503 d 23 h"},
    };
    char out[CLOCK_WORDS];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        clock_duration(table[i].ms * 1000000, out);
        assert_string_equal(out, table[i].want);
    }
}

static void sizes(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *want;
    } table[] = {
        {0, "0 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {12345678, "12.3 MB"},
        {999949, "999.9 kB"},
        {999950, "1.0 MB"},
        {1999950, "2.0 MB"},
        {UINT64_C(1000000000), "1.0 GB"},
        {UINT64_C(999949999999), "999.9 GB"},
        {UINT64_C(999950000000), "1.0 TB"},
        {UINT64_MAX, "18.4 EB"},
    };
    char out[CLOCK_WORDS];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        clock_size(table[i].bytes, out);
        assert_string_equal(out, table[i].want);
    }
}

static void civil_agrees_with_the_c_library(void **state)
{
    (void)state;
    setenv("TZ", "UTC0", 1);
    tzset();
    for (int64_t t = -62135596800; t < 253402300800; t += 86400 * 37 + 12345) {
        time_t when = (time_t)t;
        char text[CLOCK_STAMP];
        char local[CLOCK_STAMP];
        struct civil c;
        struct tm tm;

        assert_non_null(gmtime_r(&when, &tm));
        c = (struct civil){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec};
        assert_true(clock_civil_valid(&c));
        assert_true(clock_civil_seconds(&c) == t);
        clock_civil_text(&c, text);
        clock_local(when, local);
        assert_string_equal(text, local);
    }
}

static void only_real_dates(void **state)
{
    static const struct civil good[] = {
        {2016, 2, 29, 0, 0, 0}, {2000, 2, 29, 23, 59, 60}, {1, 1, 1, 0, 0, 0}, {9999, 12, 31, 23, 59, 59}};
    static const struct civil bad[] = {
        {2015, 2, 29, 0, 0, 0}, {1900, 2, 29, 0, 0, 0}, {2017, 0, 1, 0, 0, 0},  {2017, 13, 1, 0, 0, 0},
        {2017, 4, 31, 0, 0, 0}, {2017, 4, 0, 0, 0, 0},  {2017, 4, 1, 24, 0, 0}, {2017, 4, 1, 0, 60, 0},
        {2017, 4, 1, 0, 0, 61}, {0, 4, 1, 0, 0, 0},     {10000, 4, 1, 0, 0, 0}, {2017, 4, 1, -1, 0, 0},
        {2017, 4, 1, 0, -1, 0}, {2017, 4, 1, 0, 0, -1}, {2017, 4, -1, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(clock_civil_valid(&good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(clock_civil_valid(&bad[i]));
}

static void dates_by_their_form(void **state)
{
    static const struct {
        const char *text, *form, *want; /* NULL: it is none */
    } table[] = {
        {"2026-11-21 07:21:55", "YYYY-MM-DD hh:mm:ss", "2026-11-21 07:21:55"},
        {"2026-11-21 7:21:55 - x", "YYYY-MM-DD h:mm:ss", "2026-11-21 07:21:55"},
        {"21/Nov/2026:13:55:36 +0100", "DD/NNN/YYYY:hh:mm:ss", "2026-11-21 13:55:36"},
        {"[01-Jan-0001 00:00:00", "[DD-NNN-YYYY hh:mm:ss", "0001-01-01 00:00:00"},
        {"Dec 31 9999 23:59:60", "NNN DD YYYY hh:mm:ss", "9999-12-31 23:59:60"},
        {"2026-11-21T", "YYYY-MM-DDT", "2026-11-21 00:00:00"},
        {"09Aug2017_200024", "DDNNNYYYY_hhmmss", "2017-08-09 20:00:24"},
        {"2026-11-21 07:21:5", "YYYY-MM-DD hh:mm:ss", NULL},
        {"2026-11-21 7:21:555", "YYYY-MM-DD hh:mm:ss", NULL},
        {"2026-11-21_07:21:55", "YYYY-MM-DD hh:mm:ss", NULL},
        {"2026-11-2/", "YYYY-MM-DD", NULL},
        {"2026-11-2:", "YYYY-MM-DD", NULL},
        {"2026-11--1", "YYYY-MM-DD", NULL},
        {"2026-02-30", "YYYY-MM-DD", NULL},
        {"21/nov/2026", "DD/NNN/YYYY", NULL},
        {"21/ovD/2026", "DD/NNN/YYYY", NULL},
        {"2026-11", "YYYY-MM", NULL},
        {"", "YYYY", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t n = strlen(table[i].text);
        char *tight = malloc(n ? n : 1);
        char out[CLOCK_STAMP];
        struct civil c;

        assert_non_null(tight);
        memcpy(tight, table[i].text, n);
        if (clock_civil_read((struct str){tight, n}, table[i].form, &c) != (table[i].want != NULL))
            fail_msg("%s as %s", table[i].text, table[i].form);
        if (table[i].want) {
            clock_civil_text(&c, out);
            assert_string_equal(out, table[i].want);
        }
        free(tight);
    }
}

static void local_time(void **state)
{
    char out[CLOCK_STAMP];

    (void)state;
    setenv("TZ", "XXX-3", 1);
    tzset();
    clock_local(1495450322, out);
    assert_string_equal(out, "2017-05-22 13:52:02");
    if (sizeof(time_t) == 8) {
        clock_local((time_t)INT64_C(400000000000), out);
        assert_string_equal(out, "0000-00-00 00:00:00");
    }
}

static void passing_time_never_goes_back(void **state)
{
    uint64_t before = clock_mono_ns();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t now = clock_mono_ns();

        assert_true(now >= before);
        before = now;
    }
    assert_true(clock_wall() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations),
        cmocka_unit_test(sizes),
        cmocka_unit_test(civil_agrees_with_the_c_library),
        cmocka_unit_test(only_real_dates),
        cmocka_unit_test(dates_by_their_form),
        cmocka_unit_test(local_time),
        cmocka_unit_test(passing_time_never_goes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
