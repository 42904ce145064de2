#include "format/php_version.h"

#include "base/ascii.h"
#include "base/buf.h"

#include <limits.h>

/* What a number counts as when it meets a word. */
#define ORDER_NUMBER 4

static bool is_separator(char c)
{
    return c == '-' || c == '_' || c == '+';
}

/* Neither a digit nor the dot that parts stand between. */
static bool is_word(char c)
{
    return !ascii_is_digit(c) && c != '.';
}

static int sign(long n)
{
    return (n > 0) - (n < 0);
}

static struct str until_nul(struct str s)
{
    size_t at = str_chr(s, '\0', 0);

    return at == SIZE_MAX ? s : str_sub(s, 0, at);
}

static void add_dot(struct buf *b)
{
    if (b->p[b->n - 1] != '.')
        buf_addc(b, '.');
}

/*
 * Every separator and every border between digits and letters becomes one dot. The first byte is taken as
 * it is, and so is a byte that stands right after a border, even if it is no letter: PHP does the same.
 * A version that starts with '#' is not touched at all.
 */
static void canonical(struct buf *out, struct str v)
{
    char before = v.p[0];

    if (before == '#') {
        buf_addstr(out, v);
        return;
    }
    buf_addc(out, before);
    for (size_t i = 1; i < v.n; i++) {
        char c = v.p[i];

        if (is_separator(c)) {
            add_dot(out);
        } else if ((is_word(before) && ascii_is_digit(c)) || (ascii_is_digit(before) && is_word(c))) {
            add_dot(out);
            buf_addc(out, c);
        } else if (!ascii_is_alnum(c)) {
            add_dot(out);
        } else {
            buf_addc(out, c);
        }
        before = c;
    }
}

static int word_order(struct str part)
{
    static const struct {
        const char *name;
        int order;
    } words[] = {
        {"dev", 0}, {"alpha", 1}, {"a", 1}, {"beta", 2}, {"b", 2},
        {"RC", 3},  {"rc", 3},    {"#", 4}, {"pl", 5},   {"p", 5},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_starts(part, str_of(words[i].name)))
            return words[i].order;
    return -1;
}

static bool is_number(struct str part)
{
    return part.n > 0 && ascii_is_digit(part.p[0]);
}

/* The digits at the front; as strtol does, too large a number counts as the largest. */
static long number(struct str part)
{
    long v = 0;

    for (size_t i = 0; i < part.n && ascii_is_digit(part.p[i]); i++) {
        long d = part.p[i] - '0';

        if (v > (LONG_MAX - d) / 10)
            return LONG_MAX;
        v = v * 10 + d;
    }
    return v;
}

static int compare_part(struct str a, struct str b)
{
    if (is_number(a) && is_number(b)) {
        long x = number(a);
        long y = number(b);

        return (x > y) - (x < y);
    }
    return sign((is_number(a) ? ORDER_NUMBER : word_order(a)) -
                (is_number(b) ? ORDER_NUMBER : word_order(b)));
}

/* What one version has more than the other: a number makes it the greater one, a word is weighed against a
 * number. */
static int compare_tail(struct str tail)
{
    for (;;) {
        struct str part;
        int c;

        if (tail.n == 0)
            return -1;
        if (is_number(tail))
            return 1;
        part = str_cut(tail, '.', &tail);
        c = sign(word_order(part) - ORDER_NUMBER);
        if (c != 0 || tail.p == NULL)
            return c;
    }
}

static int compare(struct str a, struct str b)
{
    while (a.n > 0 && b.n > 0) {
        int c = compare_part(str_cut(a, '.', &a), str_cut(b, '.', &b));

        if (c != 0)
            return c;
    }
    if (a.p != NULL)
        return compare_tail(a);
    if (b.p != NULL)
        return -compare_tail(b);
    return 0;
}

int php_version_compare(struct str a, struct str b)
{
    struct buf left = {0};
    struct buf right = {0};
    int c;

    a = until_nul(a);
    b = until_nul(b);
    if (a.n == 0 || b.n == 0)
        return (a.n > 0) - (b.n > 0);
    canonical(&left, a);
    canonical(&right, b);
    c = compare(buf_str(&left), buf_str(&right));
    buf_free(&left);
    buf_free(&right);
    return c;
}
