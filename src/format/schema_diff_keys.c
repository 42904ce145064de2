/* Keys of a table against those of the target. */
#include "format/schema_diff_parts.h"

#include <string.h>

/* "primary key (a, b)" */
static const char *key_words(struct arena *a, const struct schema_key *k)
{
    struct buf b = {0};

    if (k->kind == SCHEMA_PRIMARY)
        buf_adds(&b, "primary key");
    else
        buf_printf(&b, "%s%s", k->kind == SCHEMA_UNIQUE ? "unique key " : k->kind == SCHEMA_FULLTEXT ? "full text key " : "key ", k->name);
    for (size_t i = 0; i < k->parts.n; i++)
        buf_printf(&b, "%s%s", i == 0 ? " (" : ", ", k->parts.v[i].column);
    buf_addc(&b, ')');
    return schema_taken(a, &b);
}

/* Keys on text can't be longer than some hundred bytes; servers without a strict mode cut them to that. */
static bool cut_by_server(unsigned length)
{
    static const unsigned bytes[] = {767, 1000, 3072};

    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++)
        for (unsigned each = 1; each <= 4; each++)
            if (length == bytes[i] / each)
                return true;
    return false;
}

/* A prefix as long as the column is none. */
static unsigned prefix_of(const struct schema_table *t, const struct schema_part *part)
{
    const struct schema_column *c = schema_column(t, part->column);
    struct str type = str_of(c != NULL ? c->type : "");
    uint64_t size;

    if ((str_skip(&type, STR("varchar(")) || str_skip(&type, STR("char("))) && str_chop(&type, STR(")")) && str_u64(type, 65535, &size) &&
        part->length >= size)
        return 0;
    return part->length;
}

static bool same_parts(const struct schema_pair *p, const struct schema_key *have, const struct schema_key *want)
{
    if (have->parts.n != want->parts.n)
        return false;
    for (size_t i = 0; i < have->parts.n; i++) {
        unsigned h = prefix_of(p->have, &have->parts.v[i]);
        unsigned w = prefix_of(p->want, &want->parts.v[i]);

        if (!schema_same_name(have->parts.v[i].column, want->parts.v[i].column))
            return false;
        if (h != w && !(w == 0 && want->kind != SCHEMA_PRIMARY && cut_by_server(h)))
            return false;
    }
    return true;
}

static const struct schema_key *key_named(const struct schema_table *t, const char *name)
{
    for (size_t i = 0; i < t->keys.n; i++)
        if (schema_same_name(t->keys.v[i].name, name))
            return &t->keys.v[i];
    return NULL;
}

/* The same key under another name does what the wanted one does. */
static bool is_served(const struct schema_pair *p, const struct schema_key *want)
{
    for (size_t i = 0; i < p->have->keys.n; i++) {
        const struct schema_key *k = &p->have->keys.v[i];

        if ((k->kind == want->kind || (want->kind == SCHEMA_PLAIN && k->kind <= SCHEMA_UNIQUE)) && want->kind != SCHEMA_PRIMARY &&
            same_parts(p, k, want) && key_named(p->want, k->name) == NULL)
            return true;
    }
    return false;
}

static bool stays(const struct schema_pair *p, const struct schema_key *have)
{
    const struct schema_key *want = key_named(p->want, have->name);

    return want == NULL || (want->kind == have->kind && same_parts(p, have, want));
}

/* Columns of one foreign key, in order, on this table's side. */
struct stand {
    const char *columns[SCHEMA_PARTS_MAX];
    size_t n;
};

static struct stand stand_of(const struct schema_pair *p, const struct schema_foreign *f, bool child)
{
    struct stand s = {.n = 0};

    for (size_t i = 0; i < p->schema->foreign.n; i++) {
        const struct schema_foreign *g = &p->schema->foreign.v[i];

        if (strcmp(g->name, f->name) == 0 && strcmp(g->table, f->table) == 0 && g->place == s.n + 1 && s.n < SCHEMA_PARTS_MAX)
            s.columns[s.n++] = child ? g->column : g->parent_column;
    }
    return s;
}

static bool carries(const struct schema_key *k, const struct stand *s)
{
    if (k->parts.n < s->n || k->kind > SCHEMA_PLAIN)
        return false;
    for (size_t i = 0; i < s->n; i++)
        if (k->parts.v[i].length > 0 || !schema_same_name(k->parts.v[i].column, s->columns[i]))
            return false;
    return true;
}

/* Whether some key carries the foreign key once the table is changed. */
static bool is_carried(const struct schema_pair *p, const struct stand *s)
{
    for (size_t i = 0; i < p->have->keys.n; i++)
        if (stays(p, &p->have->keys.v[i]) && carries(&p->have->keys.v[i], s))
            return true;
    for (size_t i = 0; i < p->want->keys.n; i++)
        if (carries(&p->want->keys.v[i], s))
            return true;
    return false;
}

static void look_at_foreign_keys(struct schema_pair *p, const struct schema_key *dropped)
{
    for (size_t i = 0; i < p->schema->foreign.n && p->step->blocked == NULL; i++) {
        const struct schema_foreign *f = &p->schema->foreign.v[i];

        for (int child = 0; child < 2; child++) {
            struct stand s;

            if (f->place != 1 || strcmp(child ? f->table : f->parent, p->name) != 0)
                continue;
            s = stand_of(p, f, child != 0);
            if (s.n > 0 && carries(dropped, &s) && !is_carried(p, &s))
                p->step->blocked = arena_printf(p->a, "the foreign key %s of %s needs the key %s of %s, which has to change", f->name, f->table,
                                                dropped->name, p->name);
        }
    }
}

/* A key whose columns are all there already could meet values that are there twice. */
static void count_doubles(struct schema_pair *p, const struct schema_key *want)
{
    struct buf list = {0};
    struct buf where = {0};
    struct schema_check c = {.primary = want->kind == SCHEMA_PRIMARY};
    bool there = want->parts.n > 0;

    for (size_t i = 0; i < want->parts.n; i++) {
        const char *column = schema_quoted(p->a, want->parts.v[i].column);

        there = there && schema_column(p->have, want->parts.v[i].column) != NULL;
        buf_adds(&list, i == 0 ? "" : ", ");
        if (want->parts.v[i].length > 0)
            buf_printf(&list, "LEFT(%s, %u)", column, want->parts.v[i].length);
        else
            buf_adds(&list, column);
        if (!c.primary)
            buf_printf(&where, "%s%s IS NOT NULL", i == 0 ? " WHERE " : " AND ", column);
    }
    if (there) {
        c.what = key_words(p->a, want);
        c.sql = arena_printf(p->a, "SELECT COUNT(*) FROM (SELECT COUNT(*) AS n FROM %s%s GROUP BY %s HAVING COUNT(*) > 1) AS d",
                             schema_quoted(p->a, p->name), buf_cstr(&where), buf_cstr(&list));
        *vec_push(&p->step->doubles) = c;
    }
    buf_free(&list);
    buf_free(&where);
}

static bool is_kind(const struct schema_pair *p, const struct schema_key *have, const struct schema_key *want)
{
    return have->kind == want->kind || (p->rules->plain_keys && want->kind == SCHEMA_UNIQUE && have->kind == SCHEMA_PLAIN);
}

static void compare_key(struct schema_pair *p, const struct schema_key *want, bool rename)
{
    const struct schema_key *have = key_named(p->have, want->name);

    if ((have != NULL && is_kind(p, have, want) && same_parts(p, have, want)) || (have == NULL && is_served(p, want)) ||
        (rename && want->kind == SCHEMA_PRIMARY))
        return;
    p->step->slight = false;
    if (have != NULL) {
        look_at_foreign_keys(p, have);
        if (have->kind == SCHEMA_PRIMARY)
            buf_adds(schema_clause(p), "DROP PRIMARY KEY");
        else
            buf_printf(schema_clause(p), "DROP KEY %s", schema_quoted(p->a, have->name));
        schema_change(p, arena_printf(p->a, "%s instead of %s", key_words(p->a, want), key_words(p->a, have)));
    } else {
        p->step->torn = p->step->torn || want->kind == SCHEMA_PRIMARY;
        schema_change(p, key_words(p->a, want));
    }
    if (want->kind == SCHEMA_PRIMARY || want->kind == SCHEMA_UNIQUE)
        count_doubles(p, want);
    buf_adds(schema_clause(p), "ADD ");
    schema_write_key(&p->clauses, want);
}

void schema_compare_keys(struct schema_pair *p, bool rename)
{
    for (size_t i = 0; i < p->want->keys.n; i++)
        compare_key(p, &p->want->keys.v[i], rename);
}
