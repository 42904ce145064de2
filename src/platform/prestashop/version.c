/* Versions of PrestaShop, "1.6.1.24", "8.1.7", "9.0.0-beta.1", and what goes with them: the generation of the module, PHP. */
#include "format/php_version.h"
#include "platform/prestashop/ps.h"

#include <stdio.h>
#include <string.h>

#define VERSION_ROOM 32

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
}

/* How many bytes of digits and dots it begins with. */
static size_t number_part(struct str s)
{
    size_t n = 0;

    while (n < s.n && (is_digit(s.p[n]) || s.p[n] == '.'))
        n++;
    return n;
}

bool ps_is_version(struct str s)
{
    size_t n = number_part(s);
    bool dot = false;

    if (n == 0 || s.n >= VERSION_ROOM || !is_digit(s.p[0]) || !is_digit(s.p[n - 1]))
        return false;
    for (size_t i = 1; i < n; i++) {
        if (s.p[i] == '.' && s.p[i - 1] == '.')
            return false;
        dot = dot || s.p[i] == '.';
    }
    if (!dot)
        return false;
    if (n == s.n)
        return true;
    if (s.p[n] != '-' || n + 1 == s.n)
        return false;
    for (size_t i = n + 1; i < s.n; i++)
        if (!is_word(s.p[i]))
            return false;
    return true;
}

/* 1.x to four parts, all others to three; what is longer than a version is compared as it is. */
static struct str padded(struct str s, char room[VERSION_ROOM + 8])
{
    size_t n = number_part(s);
    size_t want = str_starts(s, STR("1.")) ? 4 : 3;
    size_t parts = 1;

    if (s.n >= VERSION_ROOM || n == 0)
        return s;
    for (size_t i = 0; i < n; i++)
        parts += s.p[i] == '.';
    memcpy(room, s.p, n);
    for (; parts < want; parts++) {
        memcpy(room + n, ".0", 2);
        n += 2;
    }
    memcpy(room + n, s.p + number_part(s), s.n - number_part(s));
    return (struct str){room, n + s.n - number_part(s)};
}

int ps_version_compare(struct str a, struct str b)
{
    char room_a[VERSION_ROOM + 8];
    char room_b[VERSION_ROOM + 8];

    return php_version_compare(padded(a, room_a), padded(b, room_b));
}

static bool below(struct str version, const char *than)
{
    return ps_version_compare(version, str_of(than)) < 0;
}

unsigned ps_series(const char *version)
{
    struct str v = str_of(version);

    if (!ps_is_version(v))
        return 0;
    if (str_starts(v, STR("1.6.")))
        return 16;
    if (str_starts(v, STR("1.7.")))
        return 17;
    if (str_starts(v, STR("8.")))
        return 8;
    return str_starts(v, STR("9.")) ? 9 : 0;
}

enum ps_gen ps_generation(struct str module_version)
{
    uint64_t major;

    if (!ps_is_version(module_version) ||
        !str_u64(str_sub(module_version, 0, str_chr(module_version, '.', 0)), 1000, &major) || major == 0)
        return PS_GEN_UNKNOWN;
    if (major <= 3)
        return PS_GEN_3;
    if (major <= 5)
        return PS_GEN_4;
    /* What comes behind 7 most likely writes as 7 does. */
    return major == 6 ? PS_GEN_6 : PS_GEN_7;
}

const char *ps_generation_name(enum ps_gen g)
{
    static const char *const names[] = {"?", "3", "4-5", "6", "7"};

    return names[g];
}

/*
 * The system requirements that were published with the versions. The lower ends are hard: the code of a version does not even parse on an older PHP,
 * or Composer's check of the platform ends it. Of the upper ends nothing in the code says anything: they are where the
 * developers stopped testing. Versions of which no upper end was published have none here.
 */
bool ps_php_range(const char *version, unsigned *min, unsigned *max)
{
    static const struct {
        const char *before;
        unsigned min;
        unsigned max;
    } ranges[] = {{"1.6.1.0", 50200, 50700}, {"1.7.0.0", 50200, 70200}, {"1.7.4.0", 50400, 70200},
                  {"1.7.5.0", 50600, 70200}, {"1.7.7.0", 50600, 70300}, {"1.7.8.0", 70103, 70400},
                  {"8.0.0", 70103, 70500},   {"9.0.0", 70205, 80200},   {"9.1.0", 80100, 80500}};
    struct str v = str_of(version);
    /* "9.0.0-beta.1" asks for what 9.0.0 asks for. */
    struct str number = str_sub(v, 0, number_part(v));

    *min = 0;
    *max = 0;
    if (!ps_is_version(v) || ps_series(version) == 0)
        return false;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (below(number, ranges[i].before)) {
            *min = ranges[i].min;
            *max = ranges[i].max;
            return true;
        }
    }
    *min = 80100;
    return true;
}

/*
 * A PHP above the range is not refused, since nothing in the code does; the plan says that the version was not made for it.
 */
void ps_php_want(const struct store *s, struct php_want *want)
{
    const struct ps *x = s->own;
    unsigned max;

    memset(want, 0, sizeof *want);
    ps_php_range(x->target ? x->target : s->version, &want->min, &max);
}
