#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

uint64_t clock_mono_ns(void)
{
    struct timespec ts = {0};

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * CLOCK_SECOND + (uint64_t)ts.tv_nsec;
}

time_t clock_wall(void)
{
    return time(NULL);
}

static unsigned part(int v, unsigned most)
{
    return v < 0 ? 0 : (unsigned)v > most ? most : (unsigned)v;
}

void clock_civil_text(const struct civil *c, char out[CLOCK_STAMP])
{
    snprintf(out, CLOCK_STAMP, "%04u-%02u-%02u %02u:%02u:%02u", part(c->year, 9999), part(c->month, 99),
             part(c->day, 99), part(c->hour, 99), part(c->minute, 99), part(c->second, 99));
}

void clock_local(time_t t, char out[CLOCK_STAMP])
{
    struct civil c = {0};
    struct tm tm;

    if (localtime_r(&t, &tm) != NULL && tm.tm_year >= -1900 && tm.tm_year <= 9999 - 1900)
        c = (struct civil){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec};
    clock_civil_text(&c, out);
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool clock_civil_valid(const struct civil *c)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int last;

    if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12)
        return false;
    last = days[c->month - 1] + (c->month == 2 && is_leap(c->year) ? 1 : 0);
    return c->day >= 1 && c->day <= last && c->hour >= 0 && c->hour <= 23 && c->minute >= 0 &&
           c->minute <= 59 && c->second >= 0 && c->second <= 60;
}

/* The number that a letter of a form is a digit of; NULL: it is none. */
static int *part_of(struct civil *c, char letter)
{
    switch (letter) {
    case 'Y':
        return &c->year;
    case 'M':
        return &c->month;
    case 'D':
        return &c->day;
    case 'h':
        return &c->hour;
    case 'm':
        return &c->minute;
    case 's':
        return &c->second;
    default:
        return NULL;
    }
}

/* 1 to 12, or 13 for what is no month. */
static int month_named(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int m = 0;

    while (m < 12 && memcmp(names + (size_t)m * 3, name, 3) != 0)
        m++;
    return m + 1;
}

bool clock_civil_read(struct str s, const char *form, struct civil *out)
{
    struct civil c = {0};
    size_t n = strlen(form);

    if (s.n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int *number = part_of(&c, form[i]);

        if (form[i] == 'N') {
            c.month = month_named(s.p + i);
            i += 2;
        } else if (number == NULL ? s.p[i] != form[i] : s.p[i] < '0' || s.p[i] > '9') {
            return false;
        } else if (number != NULL) {
            *number = *number * 10 + (s.p[i] - '0');
        }
    }
    *out = c;
    return clock_civil_valid(&c);
}

int64_t clock_civil_seconds(const struct civil *c)
{
    /* Years counted from March, so that the leap day is the last of its year. */
    int64_t y = c->month > 2 ? c->year : c->year - 1;
    int64_t m = c->month > 2 ? c->month - 3 : c->month + 9;
    int64_t days = y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + c->day - 1;

    /* 719468 days lie between 0000-03-01 and 1970-01-01. */
    return (days - 719468) * 86400 + c->hour * 3600 + c->minute * 60 + c->second;
}

void clock_duration(uint64_t ns, char out[CLOCK_WORDS])
{
    uint64_t tenths = ns / (CLOCK_SECOND / 10);
    uint64_t s = ns / CLOCK_SECOND;

    if (tenths < 100)
        snprintf(out, CLOCK_WORDS, "%" PRIu64 ".%" PRIu64 " s", s, tenths % 10);
    else if (s < 60)
        snprintf(out, CLOCK_WORDS, "%" PRIu64 " s", s);
    else if (s < 3600)
        snprintf(out, CLOCK_WORDS, "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
    else if (s < 86400)
        snprintf(out, CLOCK_WORDS, "%" PRIu64 " h %" PRIu64 " min", s / 3600, s / 60 % 60);
    else
        snprintf(out, CLOCK_WORDS, "%" PRIu64 " d %" PRIu64 " h", s / 86400, s / 3600 % 24);
}

void clock_size(uint64_t bytes, char out[CLOCK_WORDS])
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    uint64_t scale = 1000;
    size_t u = 0;

    if (bytes < 1000) {
        snprintf(out, CLOCK_WORDS, "%" PRIu64 " B", bytes);
        return;
    }
    /* From 999 950 B on, rounding would show 1000.0 kB. */
    while (u + 1 < sizeof units / sizeof *units && bytes / scale >= 999 &&
           bytes >= scale * 1000 - scale / 20) {
        scale *= 1000;
        u++;
    }
    {
        uint64_t whole = bytes / scale;
        uint64_t tenths = (bytes % scale / (scale / 100) + 5) / 10;

        whole += tenths / 10;
        snprintf(out, CLOCK_WORDS, "%" PRIu64 ".%" PRIu64 " %s", whole, tenths % 10, units[u]);
    }
}
