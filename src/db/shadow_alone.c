/*
 * Rows of tables that the dump does not make, as OpenCart's back office writes them. Such a file is appended to page by page: a page that was asked for
 * again, or two people at a time, leave rows in it twice. The same row once more is passed over; another row of the same key stops the load, and so do
 * rows that stand in front of a second TRUNCATE and not behind it, for nothing says which of the two is meant. With o.salvage the last row of a
 * key counts and a second TRUNCATE takes nothing away: what may be too much can be deleted, what is lost is lost. On live tables (SHADOW_IN_PLACE), where
 * nobody can stop midway, it is always so.
 */
#include "base/plural.h"
#include "db/shadow_parts.h"

#include "format/sql_values.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* In a mark: the table's number above, how often it was filled below. */
#define FILLED_BITS 8u
#define FILLED_MAX  ((1u << FILLED_BITS) - 1)

static bool keeps_all(const struct shadow *s)
{
    return s->o.salvage || s->mode == SHADOW_IN_PLACE;
}

static uint32_t mark_of(const struct shadow_alone *a)
{
    return a->number << FILLED_BITS | a->filled;
}

/* ---- the table ---- */

static void take_list(struct shadow *s, struct shadow_alone *a, struct str list)
{
    a->n = sql_columns(list, &s->mem, &a->columns);
    a->is_key = arena_array(&s->mem, a->n + 1, sizeof *a->is_key);
    a->may_be_null = arena_array(&s->mem, a->n + 1, sizeof *a->may_be_null);
    a->empty = arena_array(&s->mem, a->n + 1, sizeof *a->empty);
}

/* On the live tables: it is there as it has to be, or makes room for what it has to be. */
static int make_in_place(struct shadow *s, struct shadow_table *t, enum shadow_pattern how, struct err *e)
{
    struct buf sql = {0};
    int r;

    if (how == SHADOW_AS_LIVE) {
        t->made = true;
        if (!t->waits)
            return 0;
        mysql_sqlf(s->own, &sql, "TRUNCATE TABLE %i", t->in);
    } else {
        mysql_sqlf(s->own, &sql, "DROP TABLE IF EXISTS %i", t->in);
    }
    r = shadow_make_exec(s, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return r;
}

static int read_keys(struct shadow *s, struct shadow_table *t, struct err *e)
{
    struct shadow_alone *a = t->alone;
    const struct mysql_cell *c;
    struct buf sql = {0};
    int r;

    mysql_sqlf(s->own, &sql, "SHOW COLUMNS FROM %i.%i", s->sh, t->in);
    r = mysql_query(s->own, buf_str(&sql), e);
    while (r == 0 && (r = mysql_row(s->own, &c, e)) > 0) {
        r = 0;
        for (size_t i = 0; mysql_columns(s->own) >= 4 && i < a->n; i++) {
            if (c[0].s.n != strlen(a->columns[i]) || strncasecmp(c[0].s.p, a->columns[i], c[0].s.n) != 0)
                continue;
            a->is_key[i] = str_is(c[3].s, "PRI");
            a->has_key = a->has_key || a->is_key[i];
            a->may_be_null[i] = str_is(c[2].s, "YES");
        }
    }
    buf_free(&sql);
    return r;
}

int shadow_alone_make(struct shadow *s, struct shadow_table *t, struct str list, struct err *e)
{
    struct shadow_alone *a = arena_alloc(&s->mem, sizeof *a);
    enum shadow_pattern how;
    struct buf create = {0};
    int r;

    take_list(s, a, list);
    a->number = s->alone_tables++;
    r = shadow_pattern(s->own, t->name, a->columns, a->n, s->from_source || s->o.source_first, s->o.source, s->o.ctx, &how, &create, e);
    if (r == 0 && s->mode == SHADOW_IN_PLACE)
        r = make_in_place(s, t, how, e);
    if (r == 0 && !t->made) {
        if (how == SHADOW_AS_LIVE)
            r = shadow_show_create(s, s->live, t->name, &create, e);
        if (r == 0)
            r = shadow_set_pattern(s, t, buf_str(&create), e);
        if (r == 0)
            r = shadow_table_make(s, t, false, e);
    }
    if (r == 0) {
        s->from_source = s->from_source || how == SHADOW_AS_SOURCE;
        s->sourced += how == SHADOW_AS_SOURCE;
        t->from_live = how == SHADOW_AS_LIVE;
        t->alone = a;
        t->waits = false;
        r = read_keys(s, t, e);
    }
    buf_free(&create);
    return r;
}

int shadow_alone_head(struct shadow_table *t, struct str list, struct err *e)
{
    const struct shadow_alone *a = t->alone;
    struct str rest = str_trim(list);
    struct buf name = {0};
    size_t i = 0;
    bool same = a->n == 0 || (rest.n > 0 && rest.p[0] == '(');

    while (same && rest.n > 0 && rest.p[0] == (i > 0 ? rest.p[0] : '(') && sql_column_next(&rest, &name)) {
        same = i < a->n && strcasecmp(buf_cstr(&name), a->columns[i]) == 0;
        i++;
    }
    buf_free(&name);
    if (same && i == a->n)
        return 0;
    err_set(e, ERR_REFUSED, "the rows of table %s have other columns than those in front of them", t->name);
    return err_fix(e, "the dump was put together from several: give one that was written at once");
}

/* ---- rows ---- */

int shadow_alone_emptied(struct shadow *s, struct shadow_table *t, uint64_t line, struct err *e)
{
    struct shadow_alone *a = t->alone;

    if (a == NULL || a->first_line == 0)
        return 1;
    if (a->filled == FILLED_MAX)
        return err_set(e, ERR_FORMAT, "table %s is emptied and filled more than %u times", t->name, FILLED_MAX);
    a->emptied_line = line;
    a->filled++;
    return keeps_all(s) && a->has_key ? 0 : 1;
}

/* The checksum of the key's values; the whole row counts where there is none. */
static uint64_t key_of(struct shadow_alone *a, struct str row)
{
    char number[sizeof a->number];
    uint64_t sum;
    struct sql_value v;
    size_t at = 0;

    memcpy(number, &a->number, sizeof number);
    sum = rows_sum(ROWS_SUM, (struct str){number, sizeof number});
    for (size_t i = 0; i < a->n && sql_value_next(row, &at, &v); i++) {
        if (a->is_key[i])
            sum = rows_sum(sum, v.text);
        else if (a->may_be_null[i] && v.quoted.p && v.quoted.n == 0)
            a->empty[i]++;
    }
    return sum;
}

static int conflict(const struct shadow_table *t, const struct row_seen *before, uint64_t line, struct err *e)
{
    err_set(e, ERR_FORMAT, "table %s: the rows at line %u and at line %llu have the same key and are not the same", t->name, before->line,
            (unsigned long long)line);
    return err_fix(e, "two backups were written into this file at a time, or one after the other: take another one (toolkit backups lists them); with "
                      "--salvage the later row of each key is taken");
}

int shadow_alone_row(struct shadow *s, struct shadow_table *t, struct str row, uint64_t line, enum alone_row *what, struct err *e)
{
    struct shadow_alone *a = t->alone;
    uint64_t sum = rows_sum(ROWS_SUM, row);
    uint64_t key = key_of(a, row);
    struct row_seen *r;
    bool there;
    bool same;
    bool stays;

    *what = ALONE_TAKE;
    if (a->first_line == 0)
        a->first_line = line;
    if (!a->has_key)
        return 0;
    r = rows_seen(&s->seen, key, &there);
    if (r == NULL)
        return 0;
    /* What stood in front of a TRUNCATE that was carried out is not there any more. */
    stays = there && (r->mark == mark_of(a) || keeps_all(s));
    same = there && r->sum == sum;
    if (stays && !same && !keeps_all(s))
        return conflict(t, r, line, e);
    if (stays && same && a->again++ == 0)
        a->again_line = line;
    if (stays)
        *what = same ? ALONE_PASS : ALONE_INSTEAD;
    a->instead += stays && !same;
    r->sum = sum;
    r->mark = mark_of(a);
    r->line = line > UINT32_MAX ? UINT32_MAX : (uint32_t)line;
    return 0;
}

/* ---- the end ---- */

/* Rows in front of a second TRUNCATE that did not come again. */
static int judge_emptied(struct shadow *s, const struct shadow_table *t, struct err *e)
{
    const struct shadow_alone *a = t->alone;
    unsigned long long n = 0;
    uint32_t first = UINT32_MAX;

    for (size_t i = 0; i < s->seen.cap; i++) {
        const struct row_seen *r = &s->seen.v[i];

        if (r->key == 0 || r->mark >> FILLED_BITS != a->number || r->mark == mark_of(a))
            continue;
        n++;
        first = r->line < first ? r->line : first;
    }
    if (n > 0 && !keeps_all(s)) {
        err_set(e, ERR_FORMAT, "table %s is emptied at line %llu after rows had come from line %llu on, and %llu of these, the first at line %u, %s "
                               "not come again", t->name, (unsigned long long)a->emptied_line, (unsigned long long)a->first_line, n, first,
                plural(n, "does", "do"));
        return err_fix(e, "two backups were written into this file: take another one (toolkit backups lists them); with --salvage the rows of both are "
                          "taken, and of two with one key the later one");
    }
    if (n > 0)
        shadow_remark(s, "table %s is emptied at line %llu and filled again; %llu row%s only in front of that, taken as well", t->name,
                      (unsigned long long)a->emptied_line, n, plural(n, " stands", "s stand"));
    else
        shadow_remark(s, "table %s is emptied at line %llu and filled again: all rows in front of that come again behind it", t->name,
                      (unsigned long long)a->emptied_line);
    return 0;
}

static void remark_empty(struct shadow *s, const struct shadow_table *t)
{
    const struct shadow_alone *a = t->alone;

    /* A writer that knows the word NULL has written '' where there was an empty text. */
    if (s->facts->escapes.null || oc_escapes_by(&s->facts->escapes) == OC_ESCAPE_NEW)
        return;
    for (size_t i = 0; i < a->n; i++)
        if (a->empty[i] > 0)
            shadow_remark(s, "%s.%s may be NULL, which OpenCart wrote as '' before 3.0.3.9: %llu row%s ''", t->name, a->columns[i],
                          (unsigned long long)a->empty[i], plural(a->empty[i], " has", "s have"));
}

static int judge(struct shadow *s, const struct shadow_table *t, struct err *e)
{
    const struct shadow_alone *a = t->alone;

    if (t->from_live && a->n > 0 && !a->has_key)
        shadow_remark(s, "table %s has no primary key, like the live one: if the upgrade took it away, name the release of the backup with --source", t->name);
    if (a->filled > 0 && a->has_key && judge_emptied(s, t, e) != 0)
        return -1;
    if (a->again > 0)
        shadow_remark(s, "table %s: %llu row%s twice in the dump, the first again at line %llu: taken once", t->name,
                      (unsigned long long)a->again, plural(a->again, " comes", "s come"), (unsigned long long)a->again_line);
    if (a->instead > 0)
        shadow_remark(s, "table %s: of %llu key%s the dump has two different rows: the later one was taken", t->name, (unsigned long long)a->instead,
                      plural(a->instead, "", "s"));
    remark_empty(s, t);
    return 0;
}

int shadow_alone_end(struct shadow *s, struct err *e)
{
    for (size_t i = 0; i < s->tables.n; i++)
        if (s->tables.v[i]->waits && shadow_alone_make(s, s->tables.v[i], (struct str){NULL, 0}, e) != 0)
            return -1;
    for (size_t i = 0; i < s->tables.n; i++)
        if (s->tables.v[i]->alone && judge(s, s->tables.v[i], e) != 0)
            return -1;
    if (s->sourced > 0)
        shadow_remark(s, "%zu table%s made as the release at hand has %s, for the live %s not what the rows need", s->sourced,
                      plural(s->sourced, " is", "s are"), plural(s->sourced, "it", "them"), plural(s->sourced, "one is", "ones are"));
    if (s->repaired > 0)
        shadow_remark(s, "%llu row%s got the NUL bytes and 0x1A back that the old writer had made two characters of", (unsigned long long)s->repaired,
                      plural(s->repaired, "", "s"));
    return 0;
}

void shadow_alone_free(struct shadow *s)
{
    rows_seen_free(&s->seen);
    buf_free(&s->row);
    s->alone_tables = 0;
    s->from_source = false;
    s->sourced = 0;
    s->repaired = 0;
}
