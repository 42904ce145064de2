#include "platform/admin.h"

#include "base/clock.h"
#include "base/plural.h"
#include "db/mysql_rows.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_SHOWN 12

void admin_list_free(struct admin_list *l)
{
    free(l->all.v);
    arena_free(&l->mem);
}

void admin_change_free(struct admin_change *c)
{
    free(c->cells.v);
    arena_free(&c->mem);
}

void admin_cell(struct admin_change *c, const char *column, const char *value)
{
    *vec_push(&c->cells) =
        (struct admin_cell){arena_strdup(&c->mem, column), value ? arena_strdup(&c->mem, value) : NULL};
}

/* ---- which one ---- */

static bool same(const char *a, const char *b)
{
    return a != NULL && strlen(a) == strlen(b) && str_has_nocase(str_of(a), str_of(b));
}

/* Names with this text in them or the other way round, else all. */
static bool is_near(const struct admin *a, struct str word)
{
    return str_has_nocase(str_of(a->login), word) || str_has_nocase(word, str_of(a->login)) ||
           (a->email && str_has_nocase(str_of(a->email), word));
}

static int unknown(const struct admin_list *l, const char *login, struct err *e)
{
    struct buf names = {0};
    size_t near = 0;
    size_t shown = 0;

    for (size_t i = 0; i < l->all.n; i++)
        near += is_near(&l->all.v[i], str_of(login));
    for (size_t i = 0; i < l->all.n; i++) {
        if (near > 0 && !is_near(&l->all.v[i], str_of(login)))
            continue;
        if (shown++ < NAMES_SHOWN)
            buf_printf(&names, "%s%s", names.n ? ", " : "", l->all.v[i].login);
    }
    err_set(e, ERR_ABSENT, "no account of the back office is called %s; there %s %s%s", login, shown == 1 ? "is" : "are",
            shown ? buf_cstr(&names) : "none at all", shown > NAMES_SHOWN ? " and more" : "");
    buf_free(&names);
    return err_fix(e, "toolkit store admins lists them");
}

const struct admin *admin_find(const struct admin_list *l, const char *login, struct err *e)
{
    const struct admin *found = NULL;
    size_t n = 0;

    for (size_t i = 0; i < l->all.n; i++)
        if (strcmp(l->all.v[i].login, login) == 0)
            return &l->all.v[i];
    for (size_t i = 0; i < l->all.n; i++) {
        if (!same(l->all.v[i].login, login) && !same(l->all.v[i].email, login))
            continue;
        found = &l->all.v[i];
        n++;
    }
    if (n == 0)
        unknown(l, login, e);
    if (n > 1)
        err_set(e, ERR_REFUSED, "%zu accounts of the back office are called %s; name one by its login as it is written", n, login);
    return n == 1 ? found : NULL;
}

/* ---- reading ---- */

int admin_rows(struct store *s, const char *table, const char *rest, admin_read_fn *read, struct admin_list *out, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    *out = (struct admin_list){0};
    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT * FROM %i ", store_table(s, table));
    buf_adds(&sql, rest);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct admin a = read(db, row, &out->mem);

        if (a.id && a.login)
            *vec_push(&out->all) = a;
    }
    buf_free(&sql);
    return rc;
}

int admin_column(struct store *s, const char *table, const char *column, bool *there, uint64_t *width, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    int rc = -1;

    *there = false;
    *width = 0;
    if (db) {
        mysql_sqlf(db, &sql,
                   "SELECT COALESCE(CHARACTER_MAXIMUM_LENGTH, 0) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s AND "
                   "COLUMN_NAME = %s",
                   table, column);
        rc = mysql_value(db, buf_str(&sql), &value, there, e);
        if (rc == 0 && *there && !str_u64(buf_str(&value), UINT64_MAX, width))
            *width = 0;
    }
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

const char *admin_lookup(struct store *s, const char *table, const char *column, const char *key, const char *value, struct arena *mem)
{
    struct err ignored = {0};
    struct mysql *db = store_db(s, &ignored);
    struct buf sql = {0};
    struct buf text = {0};
    const char *out = NULL;
    bool found = false;

    if (db && value) {
        mysql_sqlf(db, &sql, "SELECT %i FROM %i WHERE %i = %s ORDER BY 1 DESC LIMIT 1", column, table, key, value);
        if (mysql_value(db, buf_str(&sql), &text, &found, &ignored) == 0 && found && text.n > 0)
            out = arena_dup(mem, text.p, text.n);
    }
    buf_free(&sql);
    buf_free(&text);
    return out;
}

const char *admin_name(const char *first, const char *last, struct arena *mem)
{
    if (first && last)
        return arena_printf(mem, "%s %s", first, last);
    return first ? first : last;
}

const char *admin_time(struct str seconds, struct arena *mem)
{
    char stamp[CLOCK_STAMP];
    uint64_t t;

    if (!str_u64(seconds, INT32_MAX, &t) || t == 0)
        return NULL;
    clock_local((time_t)t, stamp);
    return arena_strdup(mem, stamp);
}

const char *admin_text(struct mysql *db, const struct mysql_cell *row, const char *column, struct arena *mem)
{
    struct str text = mysql_rows_text(db, row, column);

    return text.n ? arena_dup(mem, text.p, text.n) : NULL;
}

/* ---- the note: a line for each value, its column, a tab, hex digits or "-" for NULL; in front of them table, key, id ---- */

struct row {
    struct arena mem;
    const char *table;
    const char *key;
    const char *id;
    VEC(struct admin_cell) cells;
};

static void row_free(struct row *r)
{
    free(r->cells.v);
    arena_free(&r->mem);
}

static const char *note_key(struct row *r, const struct admin *who)
{
    return arena_printf(&r->mem, "account %s", who->id);
}

static void write_cell(struct buf *out, const struct admin_cell *c)
{
    size_t n = c->value ? strlen(c->value) : 0;
    char *hex = mem_alloc(2 * n + 1);

    if (c->value)
        str_hex((const uint8_t *)c->value, n, hex);
    buf_printf(out, "%s\t%s\n", c->column, c->value ? hex : "-");
    free(hex);
}

static int write_note(struct row *r, const struct admin *who, struct work *w, struct err *e)
{
    struct buf text = {0};
    int rc;

    buf_printf(&text, "%s\t%s\t%s\n", r->table, r->key, r->id);
    for (size_t i = 0; i < r->cells.n; i++)
        write_cell(&text, &r->cells.v[i]);
    rc = w->note(w, note_key(r, who), buf_str(&text), e);
    buf_free(&text);
    return rc;
}

static const char *word(struct row *r, struct str *line)
{
    struct str w = str_cut(*line, '\t', line);

    return arena_dup(&r->mem, w.n ? w.p : "", w.n);
}

static bool read_cell(struct row *r, struct str line)
{
    struct admin_cell *c = vec_push(&r->cells);
    size_t n;
    char *value;

    c->column = word(r, &line);
    if (str_is(line, "-"))
        return true;
    n = line.n / 2;
    value = arena_alloc(&r->mem, n + 1);
    c->value = value;
    return str_unhex(line, (uint8_t *)value, n);
}

/* 1: something is noted, 0: nothing. */
static int read_note(struct row *r, const struct admin *who, struct work *w, struct err *e)
{
    struct buf text = {0};
    struct str rest;
    struct str line;
    int rc = w->noted(w, note_key(r, who), &text) && text.n > 0;

    rest = buf_str(&text);
    if (rc == 1 && str_line(&rest, &line)) {
        r->table = word(r, &line);
        r->key = word(r, &line);
        r->id = word(r, &line);
    }
    while (rc == 1 && str_line(&rest, &line))
        if (!read_cell(r, line))
            rc = err_set(e, ERR_FORMAT, "the journal's note of what the account had is damaged");
    buf_free(&text);
    return rc;
}

/* ---- the row itself ---- */

/* The present values of these columns, into cells that have names. */
static int read_row(struct store *s, const char *table, const char *key, const char *id, struct admin_cell *cells, size_t n, struct arena *mem,
                    struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    bool found = false;
    int rc;

    if (db == NULL)
        return -1;
    buf_adds(&sql, "SELECT ");
    for (size_t i = 0; i < n; i++)
        mysql_sqlf(db, &sql, i ? ", %i" : "%i", cells[i].column);
    mysql_sqlf(db, &sql, " FROM %i WHERE %i = %s", table, key, id);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        found = true;
        for (size_t i = 0; i < n; i++)
            cells[i].value = row[i].is_null ? NULL : arena_dup(mem, row[i].s.p, row[i].s.n);
    }
    buf_free(&sql);
    if (rc == 0 && !found)
        return err_set(e, ERR_ABSENT, "the account's row of %s is gone", table);
    return rc;
}

static int write_row(struct store *s, const char *table, const char *key, const char *id, const struct admin_cell *cells, size_t n,
                     struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "UPDATE %i SET ", table);
    for (size_t i = 0; i < n; i++)
        mysql_sqlf(db, &sql, i ? ", %i = %s" : "%i = %s", cells[i].column, cells[i].value);
    mysql_sqlf(db, &sql, " WHERE %i = %s", key, id);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

static bool equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The server may have cut a value to its column's width. */
static int check_row(struct store *s, const char *table, const char *key, const char *id, const struct admin_cell *cells, size_t n,
                     struct arena *mem, struct err *e)
{
    struct admin_cell *now = arena_array(mem, n, sizeof *now);

    for (size_t i = 0; i < n; i++)
        now[i].column = cells[i].column;
    if (read_row(s, table, key, id, now, n, mem, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (!equal(now[i].value, cells[i].value))
            return err_set(e, ERR_MISMATCH, "%s.%s does not hold what was written into it", table, cells[i].column);
    return 0;
}

/* ---- setting and putting back ---- */

static bool has_cell(const struct row *r, const char *column)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (strcmp(r->cells.v[i].column, column) == 0)
            return true;
    return false;
}

/* Of several changes the values in front of the first one count. */
static int note_row(struct store *s, const struct admin *who, const struct admin_change *c, struct row *r, struct work *w, struct err *e)
{
    size_t known;
    int rc = read_note(r, who, w, e);

    if (rc < 0)
        return -1;
    r->table = c->table;
    r->key = c->key;
    r->id = who->id;
    known = r->cells.n;
    for (size_t i = 0; i < c->cells.n; i++)
        if (!has_cell(r, c->cells.v[i].column))
            vec_push(&r->cells)->column = c->cells.v[i].column;
    if (r->cells.n == known)
        return 0;
    if (read_row(s, r->table, r->key, r->id, r->cells.v + known, r->cells.n - known, &r->mem, e) < 0)
        return -1;
    return write_note(r, who, w, e);
}

static int write_all(struct store *s, const struct admin *who, const struct admin_change *c, struct err *e)
{
    struct mysql *db = store_db(s, e);

    if (db == NULL || write_row(s, c->table, c->key, who->id, c->cells.v, c->cells.n, e) < 0)
        return -1;
    return c->reset ? mysql_exec(db, str_of(c->reset), NULL, e) : 0;
}

int admin_set(struct store *s, const struct admin *who, const struct admin_change *c, struct work *w, struct err *e)
{
    struct row r = {.table = NULL};
    struct err why = {0};
    int rc;

    if (w->dry_run) {
        w->say(w, "would set the password of %s, kept as %s", who->login, c->scheme);
        return 0;
    }
    rc = note_row(s, who, c, &r, w, e);
    if (rc == 0)
        rc = write_all(s, who, c, e);
    if (rc == 0 && check_row(s, c->table, c->key, who->id, c->cells.v, c->cells.n, &r.mem, e) < 0) {
        /* Half a password would lock the account. */
        write_row(s, r.table, r.key, r.id, r.cells.v, r.cells.n, &why);
        rc = -1;
    }
    row_free(&r);
    return rc;
}

int admin_back(struct store *s, const struct admin *who, struct work *w, struct err *e)
{
    struct row r = {.table = NULL};
    int rc = read_note(&r, who, w, e);

    if (rc == 0)
        rc = err_set(e, ERR_ABSENT, "the toolkit has not changed the password of %s, or has put the former one back already", who->login);
    else if (rc == 1 && w->dry_run)
        w->say(w, "would put back what %s had before: %zu value%s", who->login, r.cells.n, plural(r.cells.n, "", "s"));
    else if (rc == 1)
        rc = write_row(s, r.table, r.key, r.id, r.cells.v, r.cells.n, e) < 0 ||
                     check_row(s, r.table, r.key, r.id, r.cells.v, r.cells.n, &r.mem, e) < 0 || w->note(w, note_key(&r, who), STR(""), e) < 0
                 ? -1
                 : 0;
    row_free(&r);
    return rc < 0 ? -1 : 0;
}
