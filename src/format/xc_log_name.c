#include "format/xc_log_name.h"

#include "base/clock.h"

#include <string.h>

static int number(struct str s)
{
    uint64_t v;

    return str_u64(s, 9999, &v) ? (int)v : -1;
}

/* "YYYY-MM-DD" */
static bool read_day(struct str s, int64_t *day)
{
    struct civil c;

    if (s.n != strlen("YYYY-MM-DD") || !clock_civil_read(s, "YYYY-MM-DD", &c))
        return false;
    *day = clock_civil_seconds(&c) / 86400;
    return true;
}

/* Takes "YYYY/MM/" off the front of *path. */
static bool skip_folders(struct str *path)
{
    int month;

    if (path->n < 8 || path->p[4] != '/' || path->p[7] != '/')
        return false;
    month = number(str_sub(*path, 5, 7));
    if (number(str_sub(*path, 0, 4)) < 0 || month < 1 || month > 12)
        return false;
    *path = str_sub(*path, 8, path->n);
    return true;
}

bool xc_log_name_read(struct str path, struct xc_log_name *out)
{
    static const struct {
        const char *name;
        enum xc_log_kind kind;
    } logs[] = {
        {"upgrade.log", XC_LOG_UPGRADE},       {"decorator.log", XC_LOG_DECORATOR},
        {"php_errors.log", XC_LOG_PHP_ERRORS}, {"xlite.log", XC_LOG_XLITE},
        {"actions.log", XC_LOG_ACTIONS},
    };
    struct xc_log_name found = {.foldered = skip_folders(&path)};

    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        struct str rest = path;

        if (!str_skip(&rest, str_of(logs[i].name)))
            continue;
        found.kind = logs[i].kind;
        if (rest.n > 0) {
            found.dated =
                str_skip(&rest, STR(".")) && str_chop(&rest, STR(".php")) && read_day(rest, &found.day);
            if (!found.dated)
                return false;
        }
        *out = found;
        return true;
    }
    return false;
}

int xc_log_name_cmp(const struct xc_log_name *a, const struct xc_log_name *b)
{
    if (a->dated != b->dated)
        return a->dated ? 1 : -1;
    if (a->day != b->day)
        return a->day > b->day ? 1 : -1;
    return (int)a->foldered - (int)b->foldered;
}
