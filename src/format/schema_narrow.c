/*
 * What a change of type would do to the values. A server without a strict mode, as shops use it, cuts them without a word; so the rows are asked first,
 * with a condition made here for each pair of types.
 */
#include "format/schema_parts.h"

#include <string.h>

/* The most that DECIMAL has. */
#define DECIMAL_DIGITS 65

enum class {
    WHOLE,    /* numbers: low, high */
    DECIMAL,  /* size, scale */
    FLOATING,
    CHARS,    /* size in characters */
    BYTES,    /* text of size bytes */
    LIST,     /* enum */
    DATE,
    MOMENT,   /* datetime */
    STAMP,    /* timestamp */
    OTHER
};

struct kind {
    enum class class;
    const char *low, *high;
    unsigned digits;  /* of whole numbers, with their sign */
    unsigned size, scale;
    bool positive;
};

static const struct whole {
    const char *name;
    const char *low, *high, *high_unsigned;
    unsigned digits;
} wholes[] = {
    {"tinyint", "-128", "127", "255", 4},
    {"smallint", "-32768", "32767", "65535", 6},
    {"mediumint", "-8388608", "8388607", "16777215", 8},
    {"int", "-2147483648", "2147483647", "4294967295", 11},
    {"bigint", "-9223372036854775808", "9223372036854775807", "18446744073709551615", 20},
};

static const struct {
    const char *name;
    unsigned size;
} texts[] = {{"tinytext", 255}, {"text", 65535}, {"mediumtext", 16777215}, {"longtext", 4294967295u}, {"json", 4294967295u}};

/* Of a type's text; 0 for what is none (the list of an enum). */
static unsigned number(struct str s)
{
    uint64_t n = 0;

    return str_u64(s, 100000, &n) ? (unsigned)n : 0;
}

static struct kind kind_of(const char *type)
{
    struct kind k = {.class = OTHER};
    struct str rest = str_of(type);
    size_t n = 0;
    struct str name;

    while (n < rest.n && rest.p[n] >= 'a' && rest.p[n] <= 'z')
        n++;
    name = str_sub(rest, 0, n);
    k.positive = str_has(rest, STR(" unsigned"));
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++)
        if (str_is(name, wholes[i].name)) {
            k.class = WHOLE;
            k.low = k.positive ? "0" : wholes[i].low;
            k.high = k.positive ? wholes[i].high_unsigned : wholes[i].high;
            k.digits = wholes[i].digits;
        }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (str_is(name, texts[i].name)) {
            k.class = BYTES;
            k.size = texts[i].size;
        }
    rest = str_sub(rest, n, rest.n);
    if (str_skip(&rest, STR("("))) {
        rest = str_cut(rest, ')', &(struct str){0});
        k.size = number(str_cut(rest, ',', &rest));
        k.scale = rest.p ? number(rest) : 0;
    }
    if (str_is(name, "decimal"))
        k.class = DECIMAL;
    else if (str_is(name, "float") || str_is(name, "double"))
        k.class = FLOATING;
    else if (str_is(name, "char") || str_is(name, "varchar"))
        k.class = CHARS;
    else if (str_is(name, "enum"))
        k.class = LIST;
    else if (str_is(name, "date"))
        k.class = DATE;
    else if (str_is(name, "datetime"))
        k.class = MOMENT;
    else if (str_is(name, "timestamp"))
        k.class = STAMP;
    return k;
}

/* Of numbers into whole numbers. */
static const char *outside(const char *c, const struct kind *to, struct arena *a)
{
    return arena_printf(a, "%s < %s OR %s > %s", c, to->low, c, to->high);
}

static const char *to_whole(const char *c, const struct kind *from, const struct kind *to, struct arena *a, bool *may_stay)
{
    switch (from->class) {
    case WHOLE:
        *may_stay = true;
        if (from->positive ? to->digits > from->digits || (to->positive && to->digits == from->digits)
                           : !to->positive && to->digits >= from->digits)
            return NULL;
        return outside(c, to, a);
    case DECIMAL:
    case FLOATING:
        *may_stay = true;
        return arena_printf(a, "%s <> ROUND(%s) OR %s", c, c, outside(c, to, a));
    case CHARS:
    case BYTES:
        return arena_printf(a, "%s <> '' AND (%s NOT REGEXP '^-?[0-9]{1,18}$' OR CAST(%s AS SIGNED) < %s OR CAST(%s AS SIGNED) > %s)", c, c, c,
                            to->low, c, to->high);
    default:
        return arena_printf(a, "%s IS NOT NULL", c);
    }
}

/* Rounding and size are told apart: MariaDB takes two casts of one value to DECIMAL for the same, whatever their sizes. */
static const char *unlike_decimal(const char *c, const struct kind *to, struct arena *a)
{
    unsigned whole = to->size > to->scale ? to->size - to->scale : 0;
    char zeros[DECIMAL_DIGITS + 1];

    whole = whole > DECIMAL_DIGITS ? DECIMAL_DIGITS : whole;
    memset(zeros, '0', whole);
    zeros[whole] = '\0';
    return arena_printf(a, "%s <> ROUND(%s, %u) OR ABS(%s) >= 1%s%s", c, c, to->scale, c, zeros,
                        to->positive ? arena_printf(a, " OR %s < 0", c) : "");
}

static const char *to_decimal(const char *c, const struct kind *from, const struct kind *to, struct arena *a, bool *may_stay)
{
    unsigned whole = to->size > to->scale ? to->size - to->scale : 0;

    switch (from->class) {
    case WHOLE:
        if (whole >= from->digits && !to->positive)
            return NULL;
        break;
    case DECIMAL:
        *may_stay = true;
        if (whole >= (from->size > from->scale ? from->size - from->scale : 0) && to->scale >= from->scale && (from->positive || !to->positive))
            return NULL;
        break;
    case FLOATING:
        *may_stay = true;
        break;
    case CHARS:
    case BYTES:
        return arena_printf(a, "%s <> '' AND (%s NOT REGEXP '^-?[0-9]{1,30}([.][0-9]{1,20})?$' OR %s)", c, c,
                            unlike_decimal(arena_printf(a, "CAST(%s AS DECIMAL(65,20))", c), to, a));
    default:
        return arena_printf(a, "%s IS NOT NULL", c);
    }
    return unlike_decimal(c, to, a);
}

/* Text, or what can be shown as text, into text. */
static const char *to_text(const char *c, const struct kind *from, const char *from_set, const struct kind *to, const char *to_set,
                           struct arena *a, bool *may_stay)
{
    bool in_chars = to->class == CHARS;
    /* a character set of one byte a character becomes longer in UTF-8 */
    bool grows = from_set && to_set && !str_starts(str_of(from_set), STR("utf8")) && str_starts(str_of(to_set), STR("utf8"));

    switch (from->class) {
    case CHARS:
        *may_stay = true;
        if (in_chars ? from->size <= to->size : from->size * 4 <= to->size)
            return NULL;
        break;
    case BYTES:
        *may_stay = true;
        if (!in_chars && from->size <= to->size && !grows)
            return NULL;
        /* what stands in four gigabytes is never that long */
        if (!in_chars && to->size == UINT32_MAX)
            return NULL;
        break;
    case WHOLE:
        if (!in_chars || to->size >= from->digits)
            return NULL;
        break;
    case DECIMAL:
        if (!in_chars || to->size >= from->size + 2)
            return NULL;
        break;
    case LIST:
    case DATE:
    case MOMENT:
    case STAMP:
        break;
    default:
        return arena_printf(a, "%s IS NOT NULL", c);
    }
    if (in_chars)
        return arena_printf(a, "CHAR_LENGTH(%s) > %u", c, to->size);
    return arena_printf(a, "LENGTH(CONVERT(%s USING utf8mb4)) > %u", c, to->size);
}

static const char *to_list(const char *c, const struct kind *from, const struct schema_column *to, struct arena *a)
{
    if (from->class != LIST && from->class != CHARS && from->class != BYTES)
        return arena_printf(a, "%s IS NOT NULL", c);
    /* "enum('a','b')" */
    return arena_printf(a, "%s NOT IN %s", c, to->type + strlen("enum"));
}

static const char *to_time(const char *c, const struct kind *from, const struct kind *to, struct arena *a)
{
    bool time = from->class == DATE || from->class == MOMENT || from->class == STAMP;

    if (!time)
        return arena_printf(a, "%s IS NOT NULL", c);
    if (to->class == DATE)
        return from->class == DATE ? NULL : arena_printf(a, "TIME(%s) <> '00:00:00'", c);
    if (to->class == STAMP && from->class != STAMP)
        return arena_printf(a, "(%s <> 0 AND %s < '1970-01-02') OR %s > '2038-01-18'", c, c, c);
    return from->class != DATE && to->size < from->size ? arena_printf(a, "MICROSECOND(%s) <> 0", c) : NULL;
}

const char *schema_loses(const struct schema_column *from, const char *from_charset, const struct schema_column *to, const char *to_charset,
                         struct arena *a, bool *may_stay)
{
    struct kind f = kind_of(from->type);
    struct kind t = kind_of(to->type);
    struct buf name = {0};
    const char *out;
    const char *c;

    *may_stay = false;
    if (strcmp(from->type, to->type) == 0 && f.class != BYTES)
        return NULL;
    schema_write_name(&name, from->name);
    c = arena_strdup(a, buf_cstr(&name));
    buf_free(&name);
    switch (t.class) {
    case WHOLE:
        out = to_whole(c, &f, &t, a, may_stay);
        break;
    case DECIMAL:
        out = to_decimal(c, &f, &t, a, may_stay);
        break;
    case FLOATING:
        out = f.class == WHOLE || f.class == DECIMAL || f.class == FLOATING ? NULL : arena_printf(a, "%s IS NOT NULL", c);
        break;
    case CHARS:
    case BYTES:
        out = to_text(c, &f, from_charset, &t, to_charset, a, may_stay);
        break;
    case LIST:
        out = to_list(c, &f, to, a);
        break;
    case DATE:
    case MOMENT:
    case STAMP:
        out = to_time(c, &f, &t, a);
        break;
    default:
        out = arena_printf(a, "%s IS NOT NULL", c);
    }
    return out;
}
