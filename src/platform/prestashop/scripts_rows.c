/*
 * Rows as proof. An INSERT of constants is looked for by its values: by those of a unique key when it gives all of one, as the others
 * may have been changed since; of the configuration, whose names are no key but meant as one, by the name; else by all of them.
 */
#include "base/plural.h"
#include "platform/prestashop/scripts_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Some statements add hundreds of rows; a few dozen tell as much. */
#define ROWS_LOOKED_AT ((size_t)40)

struct looking {
    struct store *s;
    struct mysql *db;
    const struct ps_scripts *x;
    const struct ps_effect *f;
    const struct str *columns; /* of the table, in the order of the values */
    bool *by;                  /* which of them tell one row from another */
};

static bool same_name(struct str a, struct str b)
{
    return a.n == b.n && str_has_nocase(a, b);
}

static size_t place_of(const struct looking *l, struct str column)
{
    for (size_t i = 0; i < l->f->width; i++)
        if (same_name(l->columns[i], column))
            return i;
    return SIZE_MAX;
}

/* All rows give a constant there. */
static bool is_constant(const struct looking *l, size_t column)
{
    for (size_t i = column; i < l->f->values.n; i += l->f->width)
        if (!l->f->values.v[i].constant)
            return false;
    return true;
}

static bool by_key(const struct looking *l, const struct ps_db_key *k)
{
    for (size_t i = 0; i < k->columns.n; i++) {
        size_t at = place_of(l, k->columns.v[i]);

        if (at == SIZE_MAX || !is_constant(l, at))
            return false;
    }
    for (size_t i = 0; i < k->columns.n; i++)
        l->by[place_of(l, k->columns.v[i])] = true;
    return true;
}

static bool choose(const struct looking *l)
{
    const struct ps_db *db = ps_proof_db(l->x->proof);
    size_t name = place_of(l, STR("name"));
    bool any = false;

    for (size_t i = 0; i < db->keys.n; i++)
        if (db->keys.v[i].unique && str_eq(db->keys.v[i].table, l->f->table) && by_key(l, &db->keys.v[i]))
            return true;
    if (name != SIZE_MAX && str_ends(l->f->table, STR("configuration")) && is_constant(l, name))
        return l->by[name] = true;
    for (size_t i = 0; i < l->f->width; i++)
        any = (l->by[i] = is_constant(l, i)) || any;
    return any;
}

/* 1 the row is there, 0 it is not, -1 that can't be told. */
static int has_row(const struct looking *l, size_t row)
{
    struct buf sql = {0};
    struct buf value = {0};
    struct err ignored = {0};
    const char *word = " WHERE ";
    bool found = false;
    int rc;

    mysql_sqlf(l->db, &sql, "SELECT 1 FROM %I", l->f->table);
    for (size_t i = 0; i < l->f->width; i++) {
        if (!l->by[i])
            continue;
        buf_adds(&sql, word);
        mysql_quote_id(&sql, l->columns[i]);
        buf_adds(&sql, " = ");
        /* One literal, as the script has it. */
        buf_addstr(&sql, l->f->values.v[row * l->f->width + i].text);
        word = " AND ";
    }
    buf_adds(&sql, " LIMIT 1");
    rc = mysql_value(l->db, buf_str(&sql), &value, &found, &ignored);
    buf_free(&sql);
    buf_free(&value);
    return rc < 0 ? -1 : found;
}

/* Its statements are done as a whole or not at all, even when the server falls over. */
static bool is_whole(const struct looking *l)
{
    struct buf sql = {0};
    struct buf value = {0};
    struct err ignored = {0};
    bool found = false;
    bool whole;

    mysql_sqlf(l->db, &sql, "SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %S", l->f->table);
    whole = mysql_value(l->db, buf_str(&sql), &value, &found, &ignored) == 0 && found && str_is(buf_str(&value), "InnoDB");
    buf_free(&sql);
    buf_free(&value);
    return whole;
}

static enum ps_ran look_for_rows(struct looking *l, const char **why, struct arena *mem)
{
    const struct ps_effect *f = l->f;
    size_t rows = f->values.n / f->width;
    size_t step = rows > ROWS_LOOKED_AT ? rows / ROWS_LOOKED_AT : 1;
    size_t looked = 0;
    size_t there = 0;

    for (size_t i = 0; i < rows; i += step) {
        int has = has_row(l, i);

        if (has < 0)
            return PS_RAN_MAYBE;
        looked++;
        there += (size_t)has;
    }
    if (there > 0 && there < looked) {
        *why = arena_printf(mem, "of %zu rows that it adds, %zu %s there", looked, there, plural(there, "is", "are"));
        /* Those that are there were there before. */
        return is_whole(l) ? PS_RAN_NO : PS_RAN_MAYBE;
    }
    *why = there ? "the rows that it adds are there" : "the rows that it adds are not there";
    return there ? PS_RAN_YES : PS_RAN_NO;
}

static enum ps_ran insert_seen(struct store *s, struct mysql *db, const struct ps_scripts *x, const struct ps_effect *f, const char **why,
                               struct arena *mem)
{
    struct looking l = {.s = s, .db = db, .x = x, .f = f};
    size_t n = f->columns.n;
    struct str *columns;

    if (f->width == 0 || f->values.n < f->width)
        return PS_RAN_MAYBE;
    if (n == 0) {
        const struct ps_db_column *c = ps_db_columns(ps_proof_db(x->proof), f->table, &n);

        if (n != f->width)
            return PS_RAN_MAYBE;
        columns = arena_array(mem, n, sizeof *columns);
        for (size_t i = 0; i < n; i++)
            columns[i] = c[i].name;
    } else {
        columns = f->columns.v;
    }
    l.columns = columns;
    l.by = arena_array(mem, f->width, sizeof *l.by);
    return choose(&l) ? look_for_rows(&l, why, mem) : PS_RAN_MAYBE;
}

static int64_t ask_number(struct mysql *db, struct str sql)
{
    struct buf value = {0};
    struct err ignored = {0};
    bool found = false;
    int64_t n = -1;

    if (mysql_value(db, sql, &value, &found, &ignored) < 0 || !found || !str_i64(buf_str(&value), &n))
        n = -1;
    buf_free(&value);
    return n;
}

/* Number of rows, or -1. */
static int64_t count(struct mysql *db, struct str table)
{
    struct buf sql = {0};
    int64_t n;

    mysql_sqlf(db, &sql, "SELECT COUNT(*) FROM %I", table);
    n = ask_number(db, buf_str(&sql));
    buf_free(&sql);
    return n;
}

static int64_t count_query(struct mysql *db, struct str query)
{
    struct buf sql = {0};
    int64_t n;

    buf_adds(&sql, "SELECT COUNT(*) FROM (");
    buf_addstr(&sql, query);
    buf_adds(&sql, "\n) AS counted");
    n = ask_number(db, buf_str(&sql));
    buf_free(&sql);
    return n;
}

/* A table that the scripts themselves make holds what they put in, and only this statement puts something in. Had it been renamed or dropped
 * since, it would not be there. */
static bool fills_alone(const struct ps_scripts *x, size_t number, struct str table)
{
    bool made = false;

    for (size_t i = 0; i < x->statements; i++) {
        const struct ps_statement *st = ps_scripts_at(x, i);
        const struct ps_effect *f = &st->effect;

        if (i == number || st->php)
            continue;
        if (f->does == PS_DOES_CREATE && !f->selects && str_eq(f->table, table))
            made = i < number;
        else if ((f->does == PS_DOES_INSERT || f->does == PS_DOES_REPLACE) && str_eq(f->table, table))
            return false;
        else if ((f->does == PS_DOES_DELETE || f->does == PS_DOES_TRUNCATE) && str_eq(f->table, table))
            return false;
    }
    return made;
}

/* Rows may have come from elsewhere, and a server that fell over may have left some of them: only all of them are a proof. */
static enum ps_ran filled_seen(struct mysql *db, const struct ps_effect *f, const char **why, struct arena *mem)
{
    int64_t rows = count(db, f->table);
    int64_t wanted;

    if (rows < 0)
        return PS_RAN_MAYBE;
    if (rows == 0) {
        *why = "the table that it fills is empty";
        return PS_RAN_NO;
    }
    wanted = f->selects ? count_query(db, f->query) : f->width > 0 ? (int64_t)(f->values.n / f->width) : -1;
    *why = wanted < 0 ? "the table that it fills has rows"
                      : arena_printf(mem, "the table that it fills has %" PRId64 " row%s, and it adds %" PRId64, rows, rows == 1 ? "" : "s", wanted);
    return rows == wanted ? PS_RAN_YES : PS_RAN_MAYBE;
}

/* It adds the rows of the stores language by language, so that a part of them may be there. */
static enum ps_ran stores_seen(struct store *s, struct mysql *db, const char **why, struct arena *mem)
{
    int64_t stores = count(db, str_of(store_table(s, "store")));
    int64_t languages = count(db, str_of(store_table(s, "lang")));
    int64_t rows = count(db, str_of(store_table(s, "store_lang")));

    if (stores < 0 || languages < 0 || rows < 0)
        return PS_RAN_MAYBE;
    *why = arena_printf(mem, "of %" PRId64 " texts of stores, %" PRId64 " are there", stores * languages, rows);
    return rows == 0 ? PS_RAN_NO : rows >= stores * languages ? PS_RAN_YES : PS_RAN_MAYBE;
}

static bool renames(const struct ps_effect *f)
{
    for (size_t i = 0; i < f->changes.n; i++)
        if (f->changes.v[i].kind == PS_CHANGE_RENAME)
            return true;
    return f->does == PS_DOES_RENAME;
}

/* A statement behind it takes the table away or gives it another name. */
static bool may_go(const struct ps_scripts *x, size_t number, struct str table)
{
    for (size_t i = number + 1; i < x->statements; i++) {
        const struct ps_statement *st = ps_scripts_at(x, i);
        enum ps_does does = st->effect.does;

        if (!st->php && (does == PS_DOES_DROP || does == PS_DOES_OTHER || renames(&st->effect)) && ps_effect_names(st->text, table))
            return true;
    }
    return false;
}

enum ps_ran ps_rows_seen(struct store *s, const struct ps_scripts *x, size_t number, const char **why, struct arena *mem)
{
    const struct ps_statement *st = ps_scripts_at(x, number);
    struct err ignored = {0};
    struct mysql *db = store_db(s, &ignored);

    if (db == NULL || x->proof == NULL)
        return PS_RAN_MAYBE;
    if (st->call && strcmp(st->call, "ps_1730_migrate_data_from_store_to_store_lang_and_clean_store") == 0)
        return stores_seen(s, db, why, mem);
    if (st->php || st->effect.does != PS_DOES_INSERT)
        return PS_RAN_MAYBE;
    if (ps_db_table(ps_proof_db(x->proof), st->effect.table) == NULL) {
        if (may_go(x, number, st->effect.table))
            return PS_RAN_MAYBE;
        *why = "the table that it fills is not there";
        return PS_RAN_NO;
    }
    if (fills_alone(x, number, st->effect.table))
        return filled_seen(db, &st->effect, why, mem);
    return insert_seen(s, db, x, &st->effect, why, mem);
}
