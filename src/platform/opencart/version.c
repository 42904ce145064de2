/* Versions of OpenCart, "3.0.3.9", "2.1.0.0_rc1", "5.0.0.0 Alpha", and what goes with them: the family of its upgrade, PHP. */
#include "format/php_literal.h"
#include "format/php_version.h"
#include "platform/opencart/oc.h"

#include <string.h>

#define VERSION_ROOM 32

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* How many bytes of digits and dots it begins with; 0 when these are no number of a version. */
static size_t number_part(struct str s)
{
    size_t n = 0;
    bool dot = false;

    while (n < s.n && (is_digit(s.p[n]) || s.p[n] == '.'))
        n++;
    if (n == 0 || !is_digit(s.p[0]) || !is_digit(s.p[n - 1]))
        return 0;
    for (size_t i = 1; i < n; i++) {
        if (s.p[i] == '.' && s.p[i - 1] == '.')
            return 0;
        dot = dot || s.p[i] == '.';
    }
    return dot ? n : 0;
}

bool oc_is_version(struct str s)
{
    size_t n = number_part(s);

    if (n == 0 || s.n >= VERSION_ROOM)
        return false;
    if (n == s.n)
        return true;
    if ((s.p[n] != ' ' && s.p[n] != '-' && s.p[n] != '_') || n + 1 == s.n)
        return false;
    for (size_t i = n + 1; i < s.n; i++)
        if (!is_letter(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '.')
            return false;
    return true;
}

const char *oc_version_in(struct str php, struct arena *mem)
{
    struct err ignored = {0};
    struct phps_node value;

    if (php_literal_define(php, "VERSION", mem, &value, &ignored) != 1 || value.kind != PHPS_STR || !oc_is_version(value.s))
        return NULL;
    return arena_dup(mem, value.s.p, value.s.n);
}

/* PHP's comparison knows no blank. */
static struct str plain(const char *version, char room[VERSION_ROOM])
{
    struct str s = str_sub(str_of(version), 0, VERSION_ROOM);

    for (size_t i = 0; i < s.n; i++)
        room[i] = s.p[i] == ' ' ? '-' : s.p[i];
    return (struct str){room, s.n};
}

int oc_version_compare(const char *a, const char *b)
{
    char room_a[VERSION_ROOM];
    char room_b[VERSION_ROOM];

    return php_version_compare(plain(a, room_a), plain(b, room_b));
}

enum oc_family oc_family_of(const char *version)
{
    if (version == NULL || !oc_is_version(str_of(version)) || oc_version_compare(version, "2.0") < 0)
        return OC_FAMILY_UNKNOWN;
    if (oc_version_compare(version, "2.2") < 0)
        return OC_FAMILY_20;
    return oc_version_compare(version, "4") < 0 ? OC_FAMILY_22 : OC_FAMILY_40;
}

const char *oc_version_or(const char *version)
{
    static const char *const shipped[][2] = {{"2.1.0.0_rc1", "2.1.0.0"}, {"3.0.1.1", "3.0.1.2"}, {"3.0.3.1_rc", "3.0.3.1"},
                                             {"3.0.3.1", "3.0.3.2"},     {"3.0.3.6", "3.0.3.7"}, {"3.0.3.8", "3.0.3.9"}};

    for (size_t i = 0; version && i < sizeof shipped / sizeof *shipped; i++)
        if (strcmp(version, shipped[i][0]) == 0)
            return shipped[i][1];
    return NULL;
}

/*
 * What system/startup.php of each version asks for. 2.x ends with fatal errors under PHP 8; above that nothing in the code refuses a newer one.
 */
static void php_range(const char *version, struct php_want *want)
{
    static const struct {
        const char *before;
        unsigned min, max;
    } ranges[] = {{"2.3", 50300, 80000}, {"3.0", 50400, 80000}, {"3.0.3.5", 50400, 0},
                  {"3.0.5", 70300, 0},   {"4.0", 80100, 0},     {"4.1.0.4", 80000, 0}};

    want->min = 80100;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (oc_version_compare(version, ranges[i].before) < 0) {
            want->min = ranges[i].min;
            want->max = ranges[i].max;
            return;
        }
    }
}

/* The upgrade's code speaks to the database with what the configuration names; all else that its pages ask of PHP its steps do without. */
void oc_php_want(const struct store *s, struct php_want *want)
{
    static const char *const improved[] = {"mysqli", NULL};
    static const char *const pdo[] = {"pdo_mysql", NULL};
    const struct oc *x = s->own;

    memset(want, 0, sizeof *want);
    if (s->version)
        php_range(s->version, want);
    want->extensions = x->pdo ? pdo : improved;
}
