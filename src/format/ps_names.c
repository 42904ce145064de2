#include "format/ps_names.h"

#include "base/ascii.h"

#include <stdio.h>

/* Versions of PrestaShop have three or four parts; two and five are let through. */
#define PARTS_MIN 2
#define PARTS_MAX 5
/* Longer ones are no versions. */
#define VERSION_MAX 31

static size_t digits_at(struct str s, size_t at)
{
    size_t n = 0;

    while (at + n < s.n && ascii_is_digit(s.p[at + n]))
        n++;
    return n;
}

bool ps_name_is_version(struct str s)
{
    size_t at = 0;
    unsigned parts = 0;

    if (s.n > VERSION_MAX)
        return false;
    for (;;) {
        size_t n = digits_at(s, at);

        if (n == 0 || n > 5)
            return false;
        at += n;
        parts++;
        if (at == s.n || s.p[at] != '.')
            break;
        at++;
    }
    if (parts < PARTS_MIN || parts > PARTS_MAX)
        return false;
    if (at == s.n)
        return true;
    /* "-beta.1", "-rc1": what it is of is for php_version_compare. */
    if (s.p[at] != '-' || at + 1 == s.n)
        return false;
    for (at++; at < s.n; at++)
        if (!ascii_is_alnum(s.p[at]) && s.p[at] != '.' &&
            s.p[at] != '-')
            return false;
    return true;
}

static bool in_range(struct str s, size_t at, uint64_t min, uint64_t max)
{
    uint64_t v;

    return str_u64(str_sub(s, at, at + 2), max, &v) && v >= min;
}

/* "20240318-101500" as "2024-03-18 10:15:00". */
static bool read_stamp(struct str s, char out[static 20])
{
    if (s.n != 15 || digits_at(s, 0) != 8 || s.p[8] != '-' || digits_at(s, 9) != 6)
        return false;
    if (!in_range(s, 4, 1, 12) || !in_range(s, 6, 1, 31) || !in_range(s, 9, 0, 23) || !in_range(s, 11, 0, 59) ||
        !in_range(s, 13, 0, 60))
        return false;
    snprintf(out, 20, "%.4s-%.2s-%.2s %.2s:%.2s:%.2s", s.p, s.p + 4, s.p + 6, s.p + 9, s.p + 11, s.p + 13);
    return true;
}

/* "V1.7.8.11_20240318-101500-4794c12c" */
static bool read_backup(struct str s, struct ps_name *out)
{
    struct str rest = s;
    struct str stamp;
    size_t n = 0;

    out->name = s;
    if (!str_skip(&rest, STR("V")))
        return false;
    out->version = str_cut(rest, '_', &rest);
    if (!ps_name_is_version(out->version))
        return false;
    stamp = str_sub(rest, 0, 15);
    rest = str_sub(rest, 15, rest.n);
    if (!read_stamp(stamp, out->taken) || !str_skip(&rest, STR("-")))
        return false;
    while (n < rest.n && (ascii_is_digit(rest.p[n]) || (rest.p[n] >= 'a' && rest.p[n] <= 'f')))
        n++;
    return n >= 1 && n <= 8 && n == rest.n;
}

static bool read_dump(struct str s, struct ps_name *out)
{
    uint64_t number = 0;
    struct str digits = str_cut(s, '_', &s);

    out->kind = PS_NAME_DUMP;
    if (digits.n != 6 || (!str_u64(digits, 999999, &number) && !str_is(digits, "XXXXXX")))
        return false;
    out->number = (unsigned)number;
    if (str_chop(&s, STR(".bz2")))
        out->packing = PS_NAME_BZ2;
    else if (str_chop(&s, STR(".gz")))
        out->packing = PS_NAME_GZ;
    return str_chop(&s, STR(".sql")) && read_backup(s, out);
}

bool ps_name_read(struct str file, struct ps_name *out)
{
    *out = (struct ps_name){0};
    if (str_skip(&file, STR("auto-backupdb_")))
        return read_dump(file, out);
    if (str_skip(&file, STR("auto-backupfiles_"))) {
        out->kind = PS_NAME_FILES;
        return str_chop(&file, STR(".zip")) && read_backup(file, out);
    }
    return read_backup(file, out);
}

bool ps_dump_head(struct str head, struct ps_dump_head *out)
{
    struct str line;
    uint64_t number;

    *out = (struct ps_dump_head){0};
    str_skip(&head, STR("\xef\xbb\xbf"));
    if (!str_skip(&head, STR("/* Backup ")))
        return false;
    /* Without the end of the line the host may be cut. */
    if (str_chr(head, '\n', 0) == SIZE_MAX || !str_line(&head, &line) ||
        !str_u64(str_sub(line, 0, digits_at(line, 0)), 999999, &number))
        return false;
    line = str_sub(line, digits_at(line, 0), line.n);
    if (!str_skip(&line, STR(" for ")))
        return false;
    out->number = (unsigned)number;
    out->host = str_trim(line);
    if (str_chr(head, '\n', 0) != SIZE_MAX && str_line(&head, &line)) {
        line = str_trim(line);
        if (str_skip(&line, STR("*")) && (line = str_trim(line), str_skip(&line, STR("at "))))
            out->date = str_trim(line);
    }
    return true;
}
