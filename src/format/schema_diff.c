#include "format/schema_diff_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- words ---------------------------------------------------------------------------------------------------------------------- */

const char *schema_taken(struct arena *a, struct buf *b)
{
    const char *out = arena_dup(a, b->p, b->n);

    buf_free(b);
    return out;
}

const char *schema_quoted(struct arena *a, const char *name)
{
    struct buf b = {0};

    schema_write_name(&b, name);
    return schema_taken(a, &b);
}

/* "varchar(32) NOT NULL DEFAULT ''" */
static const char *definition(struct arena *a, const struct schema_column *c, bool charset)
{
    struct buf b = {0};

    schema_write_definition(&b, c, charset ? c->charset : NULL, charset ? c->collate : NULL);
    return schema_taken(a, &b);
}

struct buf *schema_clause(struct schema_pair *p)
{
    if (p->clauses.n > 0)
        buf_adds(&p->clauses, ", ");
    return &p->clauses;
}

void schema_change(struct schema_pair *p, const char *words)
{
    *vec_push(&p->step->changes) = words;
}

/* ---- character sets ------------------------------------------------------------------------------------------------------------- */

/* Whether all that text of one character set can hold, fits into another. */
static bool charset_grows(const char *from, const char *to)
{
    static const char *const all[] = {"utf8mb4", "utf16", "utf16le", "utf32", "ucs2", "gb18030", "binary"};

    if (from == NULL || to == NULL || strcmp(from, "binary") == 0)
        return false;
    if (strcmp(from, to) == 0 || strcmp(to, "utf8mb4") == 0)
        return true;
    if (strcmp(to, "utf8") != 0)
        return false;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(from, all[i]) == 0)
            return false;
    return true;
}

static bool differs(const char *have, const char *want)
{
    return want != NULL && (have == NULL || strcmp(have, want) != 0);
}

static const char *first(const char *a, const char *b)
{
    return a != NULL ? a : b;
}

/* What a column's text is kept in. Of a column whose set is said and whose collation is not, the collation is the set's own. */
static void charset_of(const struct schema_table *t, const struct schema_column *c, const char **charset, const char **collate)
{
    *charset = first(c->charset, t->charset);
    *collate = c->collate != NULL || c->charset != NULL ? c->collate : t->collate;
    if (c->charset == NULL && c->collate != NULL && t->charset != NULL && !str_starts(str_of(c->collate), str_of(t->charset)))
        *charset = NULL;
}

/* ---- columns -------------------------------------------------------------------------------------------------------------------- */

static bool is_number(const char *type)
{
    static const char *const heads[] = {"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double"};

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        if (str_starts(str_of(type), str_of(heads[i])))
            return true;
    return false;
}

/* "+00.5000" and "0.5" are one number. */
static struct str plain_number(struct str s)
{
    str_skip(&s, STR("+"));
    while (s.n > 1 && s.p[0] == '0' && s.p[1] != '.')
        s = str_sub(s, 1, s.n);
    if (str_chr(s, '.', 0) != SIZE_MAX) {
        while (s.n > 0 && s.p[s.n - 1] == '0')
            s.n--;
        if (s.n > 0 && s.p[s.n - 1] == '.')
            s.n--;
    }
    return s.n == 0 || str_is(s, "-0") ? STR("0") : s;
}

static bool same_default(const struct schema_column *have, const struct schema_column *want)
{
    struct str h = str_of(have->fallback);
    struct str w = str_of(want->fallback);

    /* servers give the first column of this type a default of their own */
    if (str_starts(str_of(want->type), STR("timestamp")) && want->not_null && !want->has_default)
        return true;
    if (!have->has_default || !want->has_default)
        return have->has_default == want->has_default;
    if (have->fallback_code != want->fallback_code)
        return false;
    if (is_number(want->type) && !have->fallback_code)
        return str_eq(plain_number(h), plain_number(w));
    if (str_starts(str_of(want->type), STR("datetime")) && w.n == 10 && h.n > 10)
        return str_starts(h, w) && (str_is(str_sub(h, 10, h.n), " 00:00:00"));
    return str_eq(h, w);
}

static bool has_width(const char *written)
{
    return strchr(written, '(') != NULL;
}

static bool same_type(const struct schema_column *have, const struct schema_column *want)
{
    if (strcmp(have->type, want->type) != 0)
        return strcmp(want->type, "json") == 0 && strcmp(have->type, "longtext") == 0;
    return strcmp(have->written, want->written) == 0 || !has_width(have->written) || !has_width(want->written);
}

static bool is_kept(const struct schema_pair *p, const char *column)
{
    for (size_t i = 0; i < p->rules->n_kept; i++)
        if (strcmp(p->rules->kept[i].table, p->want->name) == 0 && schema_same_name(p->rules->kept[i].column, column))
            return true;
    return false;
}

static struct schema_check count_nulls(struct schema_pair *p, const char *column)
{
    struct schema_check c = {.what = arena_strdup(p->a, column)};

    c.sql = arena_printf(p->a, "SELECT COUNT(*) FROM %s WHERE %s IS NULL", schema_quoted(p->a, p->name), schema_quoted(p->a, column));
    return c;
}

static void note_narrowing(struct schema_pair *p, const struct schema_column *have, const char *have_set, const struct schema_column *target)
{
    struct schema_narrow n = {.column = arena_strdup(p->a, have->name)};
    const char *loses = schema_loses(have, have_set, target, target->charset, p->a, &n.may_stay);

    if (loses == NULL)
        return;
    n.sql = arena_printf(p->a, "SELECT COUNT(*) FROM %s WHERE %s", schema_quoted(p->a, p->name), loses);
    n.change = arena_printf(p->a, "%s from %s to %s", have->name, have->written, target->written);
    *vec_push(&p->step->narrows) = n;
}

/* What a column has to become. Its character set is always said, as the table's default may change at the same time. */
static void modify(struct schema_pair *p, const struct schema_column *have, const struct schema_column *want)
{
    struct schema_column target = *want;
    const char *have_set, *have_collate, *want_set, *want_collate;
    bool text = schema_is_text(want->type);
    bool recode = false;
    bool kept = is_kept(p, want->name);
    bool type;
    bool same;
    bool slight;

    charset_of(p->have, have, &have_set, &have_collate);
    charset_of(p->want, want, &want_set, &want_collate);
    target.on_update = want->on_update || have->on_update;
    if (kept) {
        target.type = have->type;
        target.written = have->written;
    }
    target.charset = have_set;
    target.collate = have_collate;
    if (text && !schema_is_text(have->type)) {
        target.charset = p->charset;
        target.collate = p->collate;
    } else if (text && p->rules->columns_charset && charset_grows(have_set, want_set) &&
               (differs(have_set, want_set) || differs(have_collate, want_collate))) {
        recode = true;
        target.charset = want_set;
        target.collate = want_collate;
    }
    type = kept || same_type(have, want);
    same = type && have->not_null == want->not_null && same_default(have, want) && have->auto_increment == want->auto_increment &&
           (have->on_update || !want->on_update);
    if (same && !recode)
        return;
    slight = !recode && have->not_null == want->not_null && have->auto_increment == want->auto_increment &&
             (kept || strcmp(have->type, want->type) == 0);
    p->step->slight = p->step->slight && slight;
    if (want->auto_increment && !have->auto_increment)
        p->step->torn = true;
    if (want->not_null && !have->not_null && !want->auto_increment)
        *vec_push(&p->step->nulls) = count_nulls(p, have->name);
    if (!kept)
        note_narrowing(p, have, have_set, &target);
    buf_printf(schema_clause(p), "MODIFY %s %s", schema_quoted(p->a, have->name), definition(p->a, &target, true));
    if (!same)
        schema_change(p, arena_printf(p->a, "column %s: %s instead of %s", have->name, definition(p->a, &target, false), definition(p->a, have, false)));
    if (recode)
        schema_change(p, arena_printf(p->a, "column %s: text as %s instead of %s", have->name, first(want_collate, want_set),
                               first(have_collate, first(have_set, "unknown"))));
}

/* Behind the column that stands in front of it in the target; that one is there by then. */
static void add(struct schema_pair *p, size_t i)
{
    const struct schema_column *want = &p->want->columns.v[i];
    struct schema_column target = *want;
    struct buf *b = schema_clause(p);

    if (schema_is_text(want->type) && target.charset == NULL && target.collate == NULL) {
        target.charset = p->charset;
        target.collate = p->collate;
    }
    buf_printf(b, "ADD COLUMN %s %s", schema_quoted(p->a, want->name), definition(p->a, &target, true));
    if (i == 0)
        buf_adds(b, " FIRST");
    else
        buf_printf(b, " AFTER %s", schema_quoted(p->a, p->want->columns.v[i - 1].name));
    p->step->added++;
    p->step->slight = false;
    schema_change(p, arena_printf(p->a, "add column %s", want->name));
}

static const struct schema_column *numbered(const struct schema_table *t)
{
    for (size_t i = 0; i < t->columns.n; i++)
        if (t->columns.v[i].auto_increment)
            return &t->columns.v[i];
    return NULL;
}

static bool is_primary_alone(const struct schema_table *t, const char *column)
{
    for (size_t i = 0; i < t->keys.n; i++)
        if (t->keys.v[i].kind == SCHEMA_PRIMARY)
            return t->keys.v[i].parts.n == 1 && schema_same_name(t->keys.v[i].parts.v[0].column, column);
    return false;
}

/*
 * A table has one column with AUTO_INCREMENT at most. One that the target does not know gets the name of the target's, when both are the
 * primary key: that is how "activity_id" became "customer_activity_id" in 2.2. Else it stays, as a plain column.
 */
static const struct schema_column *renamed(struct schema_pair *p)
{
    const struct schema_column *have = numbered(p->have);
    const struct schema_column *want = numbered(p->want);
    struct schema_column plain;

    if (have == NULL || want == NULL || schema_column(p->want, have->name) != NULL)
        return NULL;
    p->step->slight = false;
    if (schema_column(p->have, want->name) == NULL && strcmp(have->type, want->type) == 0 && is_primary_alone(p->have, have->name) &&
        is_primary_alone(p->want, want->name)) {
        buf_printf(schema_clause(p), "CHANGE %s %s %s", schema_quoted(p->a, have->name), schema_quoted(p->a, want->name), definition(p->a, want, false));
        schema_change(p, arena_printf(p->a, "column %s gets the name %s", have->name, want->name));
        return want;
    }
    plain = *have;
    plain.auto_increment = false;
    buf_printf(schema_clause(p), "MODIFY %s %s", schema_quoted(p->a, have->name), definition(p->a, &plain, false));
    schema_change(p, arena_printf(p->a, "column %s: without AUTO_INCREMENT, which is for %s", have->name, want->name));
    return NULL;
}

/* ---- the table ------------------------------------------------------------------------------------------------------------------ */

/* InnoDB keeps what it has through a crash, so that a table never goes back from it. */
static bool engine_changes(const struct schema_pair *p)
{
    return p->rules->engine && p->want->engine != NULL && strcmp(p->want->engine, "InnoDB") == 0 && differs(p->have->engine, p->want->engine);
}

static bool charset_changes(const struct schema_pair *p)
{
    return p->rules->charset && charset_grows(p->have->charset, p->want->charset) &&
           (differs(p->have->charset, p->want->charset) || differs(p->have->collate, p->want->collate));
}

static void compare_options(struct schema_pair *p)
{
    if (engine_changes(p)) {
        p->step->slight = false;
        buf_printf(schema_clause(p), "ENGINE=%s", p->want->engine);
        schema_change(p, arena_printf(p->a, "engine %s instead of %s", p->want->engine, first(p->have->engine, "none")));
    }
    if (charset_changes(p)) {
        p->step->slight = false;
        buf_printf(schema_clause(p), "DEFAULT CHARACTER SET %s", p->want->charset);
        if (p->want->collate)
            buf_printf(&p->clauses, " COLLATE %s", p->want->collate);
        schema_change(p, arena_printf(p->a, "default character set %s instead of %s", first(p->want->collate, p->want->charset),
                               first(p->have->collate, "none")));
    }
}

static void compare(struct schema_pair *p)
{
    const struct schema_column *rename;

    p->step->slight = true;
    if (p->have->is_view) {
        p->step->slight = false;
        p->step->blocked = arena_printf(p->a, "%s is a view, and has to be a table", p->name);
        return;
    }
    p->charset = charset_changes(p) ? p->want->charset : p->have->charset;
    p->collate = charset_changes(p) ? p->want->collate : p->have->collate;
    rename = renamed(p);
    for (size_t i = 0; i < p->want->columns.n; i++) {
        const struct schema_column *want = &p->want->columns.v[i];
        const struct schema_column *have = schema_column(p->have, want->name);

        if (want == rename)
            continue;
        if (have == NULL)
            add(p, i);
        else
            modify(p, have, want);
    }
    schema_compare_keys(p, rename != NULL);
    compare_options(p);
    if (p->clauses.n > 0)
        *vec_push(&p->step->statements) = arena_printf(p->a, "ALTER TABLE %s %s", schema_quoted(p->a, p->name), buf_cstr(&p->clauses));
}

static void create(struct schema_pair *p, const char *prefix)
{
    struct buf sql = {0};

    schema_write_create(&sql, p->want, prefix);
    *vec_push(&p->step->statements) = schema_taken(p->a, &sql);
    p->step->create = true;
    schema_change(p, arena_printf(p->a, "create table %s", p->name));
}

static void step_free(struct schema_step *s)
{
    free(s->statements.v);
    free(s->changes.v);
    free(s->narrows.v);
    free(s->doubles.v);
    free(s->nulls.v);
}

void schema_diff(const struct schema *have, const struct schema *want, const struct schema_rules *rules, const char *prefix,
                 struct schema_diff *out)
{
    for (size_t i = 0; i < want->tables.n; i++) {
        struct schema_step step = {.table = want->tables.v[i].name};
        struct schema_pair p = {.schema = have,
                               .have = schema_find(have, step.table),
                               .want = &want->tables.v[i],
                               .rules = rules,
                               .a = &out->mem,
                               .step = &step};

        step.table = arena_strdup(&out->mem, step.table);
        p.name = arena_printf(&out->mem, "%s%s", prefix, step.table);
        if (p.have == NULL)
            create(&p, prefix);
        else
            compare(&p);
        buf_free(&p.clauses);
        if (step.statements.n > 0 || step.blocked != NULL)
            *vec_push(&out->steps) = step;
        else
            step_free(&step);
    }
}

void schema_diff_free(struct schema_diff *d)
{
    for (size_t i = 0; i < d->steps.n; i++)
        step_free(&d->steps.v[i]);
    free(d->steps.v);
    arena_free(&d->mem);
    memset(d, 0, sizeof *d);
}
