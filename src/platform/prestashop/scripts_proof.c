/*
 * What the database shows of statements. Scripts run strictly in order, so what ran is the first k statements of all, for some k. Every
 * thing that statements touch – a table, a column, what a column is, a key, a character set – has states one after the other, and the
 * database shows one of them: that speaks against every k by which it should be another. A statement may have failed, and something may
 * have been there before; so what speaks against k is added up, and the k with the least is taken to be right.
 *
 * That something new is there weighs more than that something is gone: what was never there is gone as well. How a column is defined
 * weighs least, as servers write types in their own ways.
 */
#include "platform/prestashop/scripts_parts.h"

#include <stdlib.h>
#include <string.h>

enum thing_kind { THING_TABLE, THING_COLUMN, THING_KEY, THING_DEFINITION, THING_CHARSET };
enum state { STATE_ANY, STATE_THERE, STATE_GONE, STATE_SO };

struct event {
    enum thing_kind kind;
    struct str table;
    struct str name;      /* of a column or key, else "" */
    size_t at;            /* number of the statement */
    size_t order;         /* within it */
    enum state state;
    unsigned weight;      /* of this state, when it should be and is not */
    unsigned before;      /* of this state, when it should not be yet and is */
    struct str want;      /* definition; character set */
    struct str collation;
};

struct ps_proof {
    struct ps_db db;
    VEC(struct event) events; /* by thing, then by place */
    VEC(struct event) tables; /* those of whole tables again, in order */
};

struct ps_statement *ps_scripts_at(const struct ps_scripts *x, size_t number)
{
    const struct ps_script *s = ps_scripts_of(x, number);

    return s ? &s->all.v[number - s->first] : NULL;
}

const struct ps_script *ps_scripts_of(const struct ps_scripts *x, size_t number)
{
    for (size_t i = 0; i < x->all.n; i++)
        if (number >= x->all.v[i].first && number - x->all.v[i].first < x->all.v[i].all.n)
            return &x->all.v[i];
    return NULL;
}

const struct ps_db *ps_proof_db(const struct ps_proof *p)
{
    return &p->db;
}

void ps_proof_free(struct ps_proof *p)
{
    if (p == NULL)
        return;
    ps_db_free(&p->db);
    free(p->events.v);
    free(p->tables.v);
    free(p);
}

/* ---- what statements do ----------------------------------------------------------------------------------------------------- */

struct collecting {
    struct ps_proof *p;
    struct str table;
    size_t at;
    size_t order;
};

static struct event *add(struct collecting *x, enum thing_kind kind, struct str name, enum state state, unsigned weight, unsigned before)
{
    struct event *ev = vec_push(&x->p->events);

    ev->kind = kind;
    ev->table = x->table;
    ev->name = name;
    ev->at = x->at;
    ev->order = x->order++;
    ev->state = state;
    ev->weight = weight;
    ev->before = before;
    if (kind == THING_TABLE)
        *vec_push(&x->p->tables) = *ev;
    return ev;
}

static void add_definition(struct collecting *x, struct str name, struct str def)
{
    if (def.n > 0)
        add(x, THING_DEFINITION, name, STATE_SO, 1, 0)->want = def;
}

static void add_change(struct collecting *x, const struct ps_change *c)
{
    static const struct str none = {"", 0};
    bool same;
    struct event *ev;

    switch (c->kind) {
    case PS_CHANGE_ADD:
        /* Modules and earlier attempts add columns, too: that one is missing weighs more than that it is there. */
        add(x, THING_COLUMN, c->name, STATE_THERE, 4, 2);
        add_definition(x, c->name, c->def);
        break;
    case PS_CHANGE_DROP:
        add(x, THING_COLUMN, c->name, STATE_GONE, 4, 1);
        break;
    case PS_CHANGE_CHANGE:
        same = c->name.n == c->to.n && str_has_nocase(c->name, c->to);
        if (!same) {
            add(x, THING_COLUMN, c->name, STATE_GONE, 4, 1);
            add(x, THING_COLUMN, c->to, STATE_THERE, 4, 4);
        }
        add_definition(x, c->to, c->def);
        break;
    case PS_CHANGE_MODIFY:
        add_definition(x, c->name, c->def);
        break;
    case PS_CHANGE_ADD_KEY:
        add(x, THING_KEY, c->name, STATE_THERE, c->named ? 3 : 1, c->named ? 3 : 1);
        break;
    case PS_CHANGE_DROP_KEY:
        add(x, THING_KEY, c->name, STATE_GONE, 3, 1);
        break;
    case PS_CHANGE_CONVERT:
        ev = add(x, THING_CHARSET, none, STATE_SO, 1, 1);
        ev->want = c->name;
        ev->collation = c->to;
        break;
    case PS_CHANGE_RENAME:
        add(x, THING_TABLE, none, STATE_GONE, 4, 0);
        x->table = c->to;
        add(x, THING_TABLE, none, STATE_THERE, 4, 4);
        break;
    case PS_CHANGE_ADD_PRIMARY:
    case PS_CHANGE_DROP_PRIMARY:
    case PS_CHANGE_OTHER:
        break;
    }
}

static void collect(struct collecting *x, const struct ps_effect *f)
{
    static const struct str none = {"", 0};

    x->table = f->table;
    x->order = 0;
    switch (f->does) {
    case PS_DOES_CREATE:
        add(x, THING_TABLE, none, STATE_THERE, 4, 4);
        break;
    case PS_DOES_DROP:
        for (size_t i = 0; i < f->tables.n; i++) {
            x->table = f->tables.v[i];
            add(x, THING_TABLE, none, STATE_GONE, 4, f->if_exists ? 0 : 1);
        }
        break;
    case PS_DOES_RENAME:
        for (size_t i = 0; i + 1 < f->tables.n; i += 2) {
            x->table = f->tables.v[i];
            add(x, THING_TABLE, none, STATE_GONE, 4, 0);
            x->table = f->tables.v[i + 1];
            add(x, THING_TABLE, none, STATE_THERE, 4, 4);
        }
        break;
    case PS_DOES_ALTER:
        for (size_t i = 0; i < f->changes.n; i++)
            add_change(x, &f->changes.v[i]);
        break;
    default:
        break;
    }
}

static int fold_cmp(struct str a, struct str b)
{
    if (a.n == b.n && str_has_nocase(a, b))
        return 0;
    return str_cmp(a, b);
}

static int same_thing(const struct event *a, const struct event *b)
{
    int diff = a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : str_cmp(a->table, b->table);

    return diff ? diff : fold_cmp(a->name, b->name);
}

static int by_thing(const void *pa, const void *pb)
{
    const struct event *a = pa;
    const struct event *b = pb;
    int diff = same_thing(a, b);

    if (diff)
        return diff;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

int ps_proof_read(struct store *s, struct ps_scripts *x, struct err *e)
{
    struct mysql *m = store_db(s, e);
    struct ps_proof *p;

    ps_proof_free(x->proof);
    x->proof = NULL;
    if (m == NULL)
        return -1;
    p = mem_alloc(sizeof *p);
    if (ps_db_read(m, &p->db, e) < 0) {
        free(p);
        return -1;
    }
    for (size_t i = 0; i < x->statements; i++) {
        struct collecting c = {.p = p, .at = i};
        const struct ps_statement *st = ps_scripts_at(x, i);

        if (!st->php)
            collect(&c, &st->effect);
    }
    if (p->events.n > 1)
        qsort(p->events.v, p->events.n, sizeof *p->events.v, by_thing);
    x->proof = p;
    return 0;
}

/* ---- what the database has ---------------------------------------------------------------------------------------------------- */

enum match { MATCH_UNKNOWN, MATCH_YES, MATCH_NO };

static bool is_number(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    return end != text && *end == '\0';
}

static bool same_default(struct ps_column *want, const struct ps_db_column *is)
{
    struct buf have = {0};
    double a;
    double b;
    bool same;

    if (want->has_default != is->has_default)
        return false;
    buf_addstr(&have, is->text);
    same = !want->has_default || str_eq(buf_str(&want->text), is->text) ||
           (is_number(buf_cstr(&want->text), &a) && is_number(buf_cstr(&have), &b) && a - b < 1e-9 && b - a < 1e-9);
    buf_free(&have);
    return same;
}

static enum match match_definition(const struct ps_db *db, const struct event *ev)
{
    const struct ps_db_column *is = ps_db_column(db, ev->table, ev->name);
    struct ps_column want;
    struct buf type = {0};
    enum match m = MATCH_YES;

    if (is == NULL)
        return MATCH_UNKNOWN;
    ps_column_read(ev->want, &want);
    ps_column_type(is->type, &type);
    if (want.type.n == 0)
        m = MATCH_UNKNOWN;
    /* Text types grow with the character set. */
    else if (!str_eq(buf_str(&want.type), buf_str(&type)))
        m = str_ends(buf_str(&type), STR("text")) && str_ends(buf_str(&want.type), STR("text")) ? MATCH_UNKNOWN : MATCH_NO;
    else if (want.null_known && want.nullable != is->nullable)
        m = MATCH_NO;
    else if (want.default_known && !same_default(&want, is))
        m = MATCH_NO;
    ps_column_free(&want);
    buf_free(&type);
    return m;
}

static bool is_charset(struct str collation, const struct event *ev)
{
    if (ev->collation.n > 0)
        return fold_cmp(collation, ev->collation) == 0;
    return str_starts(collation, ev->want) && collation.n > ev->want.n && collation.p[ev->want.n] == '_';
}

/* The table's own, and that of all columns that have one; single columns may be meant to be otherwise. */
static enum match match_charset(const struct ps_db *db, const struct event *ev)
{
    const struct ps_db_table *t = ps_db_table(db, ev->table);
    size_t n;
    const struct ps_db_column *c = ps_db_columns(db, ev->table, &n);

    if (t == NULL)
        return MATCH_UNKNOWN;
    if (!is_charset(t->collation, ev))
        return MATCH_NO;
    for (size_t i = 0; i < n; i++)
        if (c[i].collation.n > 0 && !is_charset(c[i].collation, ev))
            return MATCH_UNKNOWN;
    return MATCH_YES;
}

static enum match match(const struct ps_db *db, const struct event *ev)
{
    bool there = false;

    switch (ev->kind) {
    case THING_TABLE:
        there = ps_db_table(db, ev->table) != NULL;
        break;
    case THING_COLUMN:
        there = ps_db_column(db, ev->table, ev->name) != NULL;
        break;
    case THING_KEY:
        there = ps_db_key(db, ev->table, ev->name) != NULL;
        break;
    case THING_DEFINITION:
        return match_definition(db, ev);
    case THING_CHARSET:
        return match_charset(db, ev);
    }
    return there == (ev->state == STATE_THERE) ? MATCH_YES : MATCH_NO;
}

/* ---- one thing's states one after the other ------------------------------------------------------------------------------------ */

static bool made_with(const struct ps_scripts *x, const struct event *table, struct str column)
{
    const struct ps_statement *st = ps_scripts_at(x, table->at);

    for (size_t i = 0; i < st->effect.tables.n; i++)
        if (fold_cmp(st->effect.tables.v[i], column) == 0)
            return true;
    return false;
}

/* What a change of the whole table means for a part of it. */
static struct event of_table(const struct ps_scripts *x, const struct event *part, const struct event *table)
{
    struct event ev = *part;
    const struct ps_statement *st = ps_scripts_at(x, table->at);

    ev.at = table->at;
    ev.order = table->order;
    ev.state = STATE_ANY;
    ev.weight = ev.before = 0;
    if (table->state == STATE_GONE && (part->kind == THING_COLUMN || part->kind == THING_KEY))
        ev.state = STATE_GONE;
    if (table->state == STATE_THERE && part->kind == THING_COLUMN && st->effect.does == PS_DOES_CREATE && !st->effect.selects &&
        st->effect.tables.n > 0) {
        ev.state = made_with(x, table, part->name) ? STATE_THERE : STATE_GONE;
        ev.weight = 1;
    }
    return ev;
}

struct line {
    VEC(struct event) all;
};

/* Other things change with these: the type of a column with its character set. */
static bool blurs(const struct event *ev, const struct event *other)
{
    return ev->kind == THING_DEFINITION && other->kind == THING_CHARSET && str_eq(ev->table, other->table);
}

static void line_of(const struct ps_scripts *x, size_t from, size_t to, struct line *out)
{
    const struct ps_proof *p = x->proof;

    out->all.n = 0;
    for (size_t i = from; i < to; i++)
        *vec_push(&out->all) = p->events.v[i];
    if (p->events.v[from].kind != THING_TABLE)
        for (size_t i = 0; i < p->tables.n; i++)
            if (str_eq(p->tables.v[i].table, p->events.v[from].table))
                *vec_push(&out->all) = of_table(x, &p->events.v[from], &p->tables.v[i]);
    if (out->all.n > 1)
        qsort(out->all.v, out->all.n, sizeof *out->all.v, by_thing);
}

/* Nothing is known of parts of a table that is not there for another reason than these scripts. */
static bool is_about_nothing(const struct ps_proof *p, const struct event *ev)
{
    if (ev->kind == THING_TABLE || ps_db_table(&p->db, ev->table))
        return false;
    for (size_t i = 0; i < p->tables.n; i++)
        if (str_eq(p->tables.v[i].table, ev->table))
            return false;
    return true;
}

static void speak(int64_t *score, size_t n, size_t from, size_t to, unsigned weight)
{
    for (size_t k = from; k <= to && k <= n; k++)
        score[k] += weight;
}

static void score_line(const struct ps_scripts *x, const struct line *l, int64_t *score)
{
    const struct event *first = &l->all.v[0];
    bool twice = l->all.n > 1 && l->all.v[1].at == first->at;

    if (first->before > 0 && !twice && match(&x->proof->db, first) == MATCH_YES)
        speak(score, x->statements, 0, first->at, first->before);
    for (size_t i = 0; i < l->all.n; i++) {
        const struct event *ev = &l->all.v[i];
        size_t end = i + 1 < l->all.n ? l->all.v[i + 1].at : x->statements;

        if (ev->state == STATE_ANY || ev->weight == 0 || end <= ev->at)
            continue;
        if (match(&x->proof->db, ev) == MATCH_NO)
            speak(score, x->statements, ev->at + 1, end, ev->weight);
    }
}

void ps_proof_score(const struct ps_scripts *x, int64_t *score)
{
    const struct ps_proof *p = x->proof;
    struct line l = {0};

    for (size_t from = 0, to; p && from < p->events.n; from = to) {
        for (to = from + 1; to < p->events.n && same_thing(&p->events.v[from], &p->events.v[to]) == 0; to++)
            ;
        if (is_about_nothing(p, &p->events.v[from]))
            continue;
        line_of(x, from, to, &l);
        score_line(x, &l, score);
    }
    free(l.all.v);
}

/* ---- one statement alone ------------------------------------------------------------------------------------------------------- */

/* Whether all that it does can be seen. */
static bool is_visible(const struct ps_effect *f)
{
    if (f->does == PS_DOES_CREATE || f->does == PS_DOES_DROP || f->does == PS_DOES_RENAME)
        return true;
    if (f->does != PS_DOES_ALTER)
        return false;
    for (size_t i = 0; i < f->changes.n; i++)
        if (f->changes.v[i].kind == PS_CHANGE_OTHER || f->changes.v[i].kind == PS_CHANGE_ADD_PRIMARY ||
            f->changes.v[i].kind == PS_CHANGE_DROP_PRIMARY)
            return false;
    return true;
}

/* The statements behind it, up to end, may have changed the same thing since. */
static bool is_covered(const struct ps_proof *p, const struct event *ev, size_t end)
{
    for (size_t i = 0; i < p->events.n; i++) {
        const struct event *other = &p->events.v[i];

        if ((other->at > ev->at || (other->at == ev->at && other->order > ev->order)) && other->at < end &&
            (same_thing(ev, other) == 0 || blurs(ev, other) || (other->kind == THING_TABLE && str_eq(other->table, ev->table))))
            return true;
    }
    return false;
}

/* That a column is defined so proves nothing: it may have been so before, and how wide numbers are shown, for one, is not compared. */
enum ps_ran ps_proof_seen(const struct ps_scripts *x, size_t number, size_t end)
{
    const struct ps_proof *p = x->proof;
    const struct ps_statement *st = ps_scripts_at(x, number);
    bool all = p && st && !st->php && is_visible(&st->effect);
    bool any = false;

    for (size_t i = 0; p && st && !st->php && i < p->events.n; i++) {
        const struct event *ev = &p->events.v[i];
        enum match m;

        if (ev->at != number)
            continue;
        m = is_covered(p, ev, end) || is_about_nothing(p, ev) ? MATCH_UNKNOWN : match(&p->db, ev);
        if (m == MATCH_NO)
            return PS_RAN_NO;
        any = any || ev->kind != THING_DEFINITION;
        all = all && m == MATCH_YES;
    }
    return any && all ? PS_RAN_YES : PS_RAN_MAYBE;
}

bool ps_proof_missing(const struct ps_scripts *x, size_t number, size_t end)
{
    const struct ps_proof *p = x->proof;

    for (size_t i = 0; p && i < p->events.n; i++) {
        const struct event *ev = &p->events.v[i];

        if (ev->at == number && ev->weight > 1 && !is_covered(p, ev, end) && !is_about_nothing(p, ev) && match(&p->db, ev) == MATCH_NO)
            return true;
    }
    return false;
}
