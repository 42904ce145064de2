/* Versions of CS-Cart, "4.12.2.SP2", "4.18.1.Beta", and what goes with them: the upgrader, the PHP they run on. */
#include "platform/cscart/cs.h"

#define PARTS_MAX    8
#define VERSION_ROOM 32

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool cs_is_version(struct str s)
{
    bool dot = false;

    if (s.n == 0 || s.n >= VERSION_ROOM || !is_digit(s.p[0]) || s.p[s.n - 1] == '.')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' && s.p[i - 1] == '.')
            return false;
        dot |= s.p[i] == '.';
        if (!is_digit(s.p[i]) && !is_letter(s.p[i]) && s.p[i] != '.')
            return false;
    }
    return dot;
}

struct parts {
    uint64_t v[PARTS_MAX];
    size_t n;
    int stage;       /* 0: a release; below: alpha, beta, candidate; above: service pack */
    uint64_t number; /* of the stage */
};

static int stage_of(struct str word)
{
    static const struct {
        const char *word;
        int stage;
    } stages[] = {{"alpha", -3}, {"beta", -2}, {"rc", -1}, {"sp", 1}};

    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        if (word.n == str_of(stages[i].word).n && str_has_nocase(word, str_of(stages[i].word)))
            return stages[i].stage;
    return -1;
}

static struct parts read_parts(struct str s)
{
    struct parts p = {0};

    while (s.n > 0) {
        struct str part = str_cut(s, '.', &s);
        size_t letters = 0;

        if (part.n > 0 && is_digit(part.p[0])) {
            if (p.n < PARTS_MAX && str_u64(part, UINT32_MAX, &p.v[p.n]))
                p.n++;
            continue;
        }
        while (letters < part.n && is_letter(part.p[letters]))
            letters++;
        p.stage = stage_of(str_sub(part, 0, letters));
        if (!str_u64(str_sub(part, letters, part.n), UINT32_MAX, &p.number))
            p.number = 0;
    }
    return p;
}

static int order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

int cs_version_compare(struct str a, struct str b)
{
    struct parts x = read_parts(a);
    struct parts y = read_parts(b);

    for (size_t i = 0; i < PARTS_MAX; i++)
        if (x.v[i] != y.v[i])
            return order(x.v[i], y.v[i]);
    if (x.stage != y.stage)
        return x.stage < y.stage ? -1 : 1;
    return order(x.number, y.number);
}

/* Numbers alone decide: 4.4.2.SP1 is of the upgrader of 4.4.2. */
static bool below(struct str version, const char *limit)
{
    struct parts x = read_parts(version);
    struct parts y = read_parts(str_of(limit));

    for (size_t i = 0; i < PARTS_MAX; i++)
        if (x.v[i] != y.v[i])
            return x.v[i] < y.v[i];
    return false;
}

enum cs_gen cs_generation(struct str from_version)
{
    static const struct {
        const char *before;
        enum cs_gen gen;
    } gens[] = {{"4.3", CS_GEN_L}, {"4.3.4", CS_GEN_A}, {"4.4.3", CS_GEN_B}, {"4.18.2", CS_GEN_C}};

    if (!cs_is_version(from_version))
        return CS_GEN_UNKNOWN;
    for (size_t i = 0; i < sizeof gens / sizeof *gens; i++)
        if (below(from_version, gens[i].before))
            return gens[i].gen;
    return CS_GEN_D;
}

const char *cs_generation_name(enum cs_gen g)
{
    static const char *const names[] = {"?", "L", "A", "B", "C", "D"};

    return names[g];
}

/*
 * What the versions' own code asks for, where it was read: 5.6.0 and later in 4.9.1, without a highest one; from 4.17.2 on init.php knows both
 * ends. Versions in between take the earlier one's; below 4.9 the lowest was not read, 5.3 is what the code is written in.
 */
void cs_php_want(const struct store *s, struct php_want *want)
{
    static const struct {
        const char *before;
        unsigned min;
        unsigned max;
    } windows[] = {{"4.9", 50300, 0}, {"4.17.2", 50600, 0}, {"4.18.2", 70205, 80200}, {"4.20", 70205, 80400}};

    *want = (struct php_want){.min = 70400, .max = 80400};
    for (size_t i = 0; s->version && i < sizeof windows / sizeof *windows; i++) {
        if (below(str_of(s->version), windows[i].before)) {
            want->min = windows[i].min;
            want->max = windows[i].max;
            break;
        }
    }
}
