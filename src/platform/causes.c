#include "platform/causes.h"

#include "base/buf.h"

#include <string.h>

/* What a "*" may stand for: names and paths, not half a log. */
#define GAP_MAX ((size_t)300)

static unsigned char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned char)(c - 'A' + 'a');
    return (unsigned char)(c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
}

/* Lower case, and one blank for each run of blanks and line ends. */
static void normalise(struct str text, struct buf *out)
{
    bool blank = false;

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = fold(text.p[i]);

        if (c != ' ' || !blank)
            buf_addc(out, (char)c);
        blank = c == ' ';
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Matches part at the beginning of text; gives the bytes it takes, or SIZE_MAX. */
static size_t match_here(struct str text, struct str part)
{
    size_t at = 0;

    for (size_t i = 0; i < part.n; i++) {
        if (part.p[i] == '#') {
            if (at == text.n || !is_digit(text.p[at]))
                return SIZE_MAX;
            while (at < text.n && is_digit(text.p[at]))
                at++;
        } else if (at == text.n || (unsigned char)text.p[at] != fold(part.p[i])) {
            return SIZE_MAX;
        } else {
            at++;
        }
    }
    return at;
}

/* Where part is found at or after from, not later than last; SIZE_MAX when it is not. */
static size_t find_part(struct str text, struct str part, size_t from, size_t last, size_t *took)
{
    for (; from < text.n && from <= last; from++) {
        /* Most places fail by their first byte; memchr is fast at that. */
        if (part.p[0] != '#') {
            const char *hit = memchr(text.p + from, fold(part.p[0]), text.n - from);

            if (hit == NULL)
                return SIZE_MAX;
            from = (size_t)(hit - text.p);
        }
        *took = match_here(str_sub(text, from, text.n), part);
        if (*took != SIZE_MAX)
            return from <= last ? from : SIZE_MAX;
    }
    return SIZE_MAX;
}

/* True when the parts of rest follow from `at` on, none farther than GAP_MAX behind the one before. */
static bool rest_follows(struct str text, struct str rest, size_t at)
{
    while (rest.p != NULL) {
        struct str part = str_cut(rest, '*', &rest);
        size_t took;

        at = find_part(text, part, at, at + GAP_MAX, &took);
        if (at == SIZE_MAX)
            return false;
        at += took;
    }
    return true;
}

static bool fits(struct str text, struct str pattern)
{
    struct str rest;
    struct str first = str_cut(pattern, '*', &rest);
    size_t took;

    for (size_t at = 0; (at = find_part(text, first, at, text.n, &took)) != SIZE_MAX; at++)
        if (rest_follows(text, rest, at + took))
            return true;
    return false;
}

const struct cause *causes_match(struct str text, unsigned platforms)
{
    const struct cause *best = NULL;
    const struct cause *all;
    struct buf plain = {0};
    size_t best_weight = 0;
    size_t n;

    if (text.n > CAUSES_TEXT_MAX)
        text = str_sub(text, text.n - CAUSES_TEXT_MAX, text.n);
    normalise(text, &plain);
    all = causes_all(&n);
    for (size_t i = 0; i < n; i++) {
        struct str rest = str_of(all[i].pattern);

        if ((all[i].platforms & (platforms | CAUSES_ANY)) == 0)
            continue;
        while (rest.p != NULL) {
            struct str pattern = str_cut(rest, '|', &rest);
            /* Of equal ones that of the platform, by half a point. */
            size_t weight = 2 * pattern.n + ((all[i].platforms & CAUSES_ANY) == 0);

            if (weight > best_weight && fits(buf_str(&plain), pattern)) {
                best = &all[i];
                best_weight = weight;
            }
        }
    }
    buf_free(&plain);
    return best;
}
