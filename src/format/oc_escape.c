#include "format/oc_escape.h"

#include "base/ascii.h"
#include "format/sql_values.h"

#include <stdlib.h>
#include <string.h>

/* A key is for people: long texts are cut. */
#define KEY_MAX     60u
#define KEY_COLUMNS 3u

/* What one value has. */
struct seen {
    bool damaged[OC_DAMAGES];
    size_t at[OC_DAMAGES]; /* in the value's text */
};

static void damage(struct seen *s, enum oc_damage kind, size_t at)
{
    if (s->damaged[kind])
        return;
    s->damaged[kind] = true;
    s->at[kind] = at;
}

/* Signs of the writers, and the leftovers of two characters. */
static void look_at_escapes(struct oc_escapes *o, struct str q, struct seen *s)
{
    for (size_t i = 0; i < q.n; i++) {
        char c = q.p[i];
        char next = i + 1 < q.n ? q.p[i + 1] : '\0';
        char behind = i + 2 < q.n ? q.p[i + 2] : '\0';

        if (c == '"') {
            o->old++;
        } else if (c == '\t') {
            o->fresh++;
        } else if (c == '\\') {
            i++;
            if (next == 't')
                o->old++;
            else if (next == '"' || next == '0' || next == 'Z')
                o->fresh++;
            else if (next == '\\' && (behind == 'n' || behind == 'r' || behind == 't'))
                o->fresh++;
            else if (next == '\\' && behind == '0')
                damage(s, OC_DAMAGE_NUL, i - 1);
            else if (next == '\\' && behind == 'Z')
                damage(s, OC_DAMAGE_SUB, i - 1);
        }
    }
}

/* {"… and [… as json_encode begins and ends them; other texts begin with brackets, too. */
static bool is_json(struct str q)
{
    char second;

    if (q.n < 4 || (q.p[0] != '{' && q.p[0] != '['))
        return false;
    second = q.p[1] == '\\' ? q.p[2] : q.p[1];
    if (q.p[0] == '{')
        return second == '"' && q.p[q.n - 1] == '}';
    return (second == '"' || second == '{' || second == '[' || ascii_is_digit(second)) && q.p[q.n - 1] == ']';
}

/* No encoder of JSON leaves a control character in a text. */
static void look_at_json(struct str q, struct seen *s)
{
    bool inside = false;
    bool escaped = false;

    for (size_t i = 0; i < q.n; i++) {
        size_t at = i;
        char c = q.p[i];

        if (c == '\\' && i + 1 < q.n)
            c = sql_unescaped(q.p[++i]);
        if (inside && (unsigned char)c < 0x20) {
            damage(s, OC_DAMAGE_JSON, at);
            return;
        }
        if (escaped)
            escaped = false;
        else if (inside && c == '\\')
            escaped = true;
        else if (c == '"')
            inside = !inside;
    }
}

static bool names_row(const char *column)
{
    return str_ends(str_of(column), STR("_id")) || strcmp(column, "code") == 0 || strcmp(column, "id") == 0;
}

/* The first column, and those right behind it that name a row together with it. */
static const char *key_of(struct oc_escapes *o, const struct oc_row *where, struct str row)
{
    struct buf b = {0};
    struct sql_value v;
    size_t at = 0;
    const char *key;

    for (size_t i = 0; i < where->n && i < KEY_COLUMNS && sql_value_next(row, &at, &v); i++) {
        struct str value = v.quoted.p ? v.quoted : v.text;

        if (i > 0 && !names_row(where->columns[i]))
            break;
        buf_printf(&b, "%s%s ", i > 0 ? ", " : "", where->columns[i]);
        buf_addstr(&b, str_sub(value, 0, KEY_MAX));
    }
    key = arena_dup(&o->mem, b.p, b.n);
    buf_free(&b);
    return key;
}

static void name(struct oc_escapes *o, const struct oc_row *where, struct str row, size_t column, const struct sql_value *v, const struct seen *s)
{
    for (int k = 0; k < OC_DAMAGES; k++) {
        struct oc_damaged *d;

        if (!s->damaged[k] || o->damaged[k]++ >= OC_DAMAGED_NAMED)
            continue;
        d = vec_push(&o->named);
        d->kind = (enum oc_damage)k;
        d->table = arena_strdup(&o->mem, where->table);
        d->column = column < where->n ? arena_strdup(&o->mem, where->columns[column]) : "?";
        d->key = key_of(o, where, row);
        d->line = where->line;
        d->offset = where->offset + (uint64_t)(v->quoted.p - row.p) + s->at[k];
    }
}

void oc_escapes_row(struct oc_escapes *o, const struct oc_row *where, struct str row)
{
    struct sql_value v;
    size_t at = 0;

    for (size_t i = 0; sql_value_next(row, &at, &v); i++) {
        struct seen s = {0};

        if (v.quoted.p == NULL) {
            o->null = o->null || str_is(v.text, "NULL");
            continue;
        }
        if (v.quoted.n == 0) {
            if (i < where->n && where->empty)
                where->empty[i]++;
            continue;
        }
        look_at_escapes(o, v.quoted, &s);
        if (is_json(v.quoted))
            look_at_json(v.quoted, &s);
        name(o, where, row, i, &v, &s);
    }
}

enum oc_escape oc_escapes_by(const struct oc_escapes *o)
{
    if (o->old > 0)
        return o->fresh > 0 ? OC_ESCAPE_BOTH : OC_ESCAPE_OLD;
    return o->fresh > 0 ? OC_ESCAPE_NEW : OC_ESCAPE_UNKNOWN;
}

void oc_escapes_free(struct oc_escapes *o)
{
    free(o->named.v);
    arena_free(&o->mem);
    *o = (struct oc_escapes){0};
}

const char *oc_damage_words(enum oc_damage d)
{
    static const char *const words[] = {
        [OC_DAMAGE_NUL] = "a NUL byte became a backslash and 0, unless these two stood there",
        [OC_DAMAGE_SUB] = "a byte 0x1A became a backslash and Z, unless these two stood there",
        [OC_DAMAGE_JSON] = "an escape within its JSON became a control character",
    };

    return words[d];
}

bool oc_escape_repair(struct str row, struct buf *out)
{
    size_t from = 0;
    bool quoted = false;

    for (size_t i = 0; i < row.n; i++) {
        if (row.p[i] == '\'') {
            quoted = !quoted;
        } else if (quoted && row.p[i] == '\\') {
            if (i + 2 < row.n && row.p[i + 1] == '\\' && (row.p[i + 2] == '0' || row.p[i + 2] == 'Z')) {
                buf_addstr(out, str_sub(row, from, i));
                from = i + 1;
            }
            i++;
        }
    }
    if (from == 0)
        return false;
    buf_addstr(out, str_sub(row, from, row.n));
    return true;
}
