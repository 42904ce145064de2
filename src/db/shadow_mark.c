/*
 * The marker: a table that takes part in every RENAME, so that where it stands and what it is called tells which of
 * them happened, whatever became of the program that sent them. In it stands all that the switch and the way back need
 * to know. It gets its name only when it is full.
 */
#include "db/shadow_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const side_words[] = {"new", "old"};

void shadow_mark_name(const struct shadow *s, enum shadow_state state, struct buf *out)
{
    static const char *const words[] = {"fill", SHADOW_MARK_READY, SHADOW_MARK_SWITCHED, SHADOW_MARK_BACK};
    char name[SHADOW_NAME_MAX + 1];

    snprintf(name, sizeof name, "_tk%s_%s", s->o.tag, words[state]);
    mysql_quote_id(out, str_of(state == SHADOW_SWITCHED ? s->keep : s->sh));
    buf_addc(out, '.');
    mysql_quote_id(out, str_of(name));
}

static int there(struct shadow *s, enum shadow_state state, uint64_t *n, struct err *e)
{
    static const char *const words[] = {"fill", SHADOW_MARK_READY, SHADOW_MARK_SWITCHED, SHADOW_MARK_BACK};
    struct buf sql = {0};
    char name[SHADOW_NAME_MAX + 1];
    int r;

    snprintf(name, sizeof name, "_tk%s_%s", s->o.tag, words[state]);
    mysql_sqlf(s->own, &sql, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema=%s AND table_name=%s",
               state == SHADOW_SWITCHED ? s->keep : s->sh, name);
    r = shadow_number(s, &sql, n, e);
    buf_free(&sql);
    return r;
}

int shadow_mark_find(struct shadow *s, enum shadow_state *state, struct err *e)
{
    static const enum shadow_state all[] = {SHADOW_READY, SHADOW_SWITCHED, SHADOW_BACK};
    size_t i;

    *state = SHADOW_NONE;
    for (i = 0; i < sizeof all / sizeof *all; i++) {
        uint64_t n;

        if (there(s, all[i], &n, e) != 0)
            return -1;
        if (n > 0)
            *state = all[i];
    }
    return 0;
}

static int put(struct shadow *s, const char *table, enum mark_side side, const struct mark_row *row, struct err *e)
{
    struct buf sql = {0};
    int r;

    buf_printf(&sql, "REPLACE INTO %s (side, kind, name, pos, extra, env, body, cnt) VALUES (", table);
    mysql_sqlf(s->own, &sql, "%s, %s, %s, %u, %s, %s, %S, %U)", side_words[side], row->kind, row->name,
               s->mark_next++, row->extra != NULL ? row->extra : "", row->env != NULL ? row->env : "", row->body,
               row->rows);
    r = shadow_exec(s, &sql, e);
    buf_free(&sql);
    return r;
}

int shadow_mark_put(struct shadow *s, enum mark_side side, const struct mark_row *row, struct err *e)
{
    struct buf table = {0};
    struct buf sql = {0};
    uint64_t last;
    int r = 0;

    shadow_mark_name(s, s->state, &table);
    if (s->mark_next == 0) {
        buf_printf(&sql, "SELECT COALESCE(MAX(pos), 0) + 1 FROM %s", buf_cstr(&table));
        r = shadow_number(s, &sql, &last, e);
        s->mark_next = (unsigned)last;
    }
    if (r == 0)
        r = put(s, buf_cstr(&table), side, row, e);
    buf_free(&sql);
    buf_free(&table);
    return r;
}

int shadow_mark_take(struct shadow *s, enum mark_side side, const struct mark_row *row, struct err *e)
{
    struct buf sql = {0};
    int r;

    buf_adds(&sql, "DELETE FROM ");
    shadow_mark_name(s, s->state, &sql);
    mysql_sqlf(s->own, &sql, " WHERE side=%s AND kind=%s AND name=%s", side_words[side], row->kind, row->name);
    r = shadow_exec(s, &sql, e);
    buf_free(&sql);
    return r;
}

int shadow_mark_read(struct shadow *s, enum mark_side side, const char *kind, struct mark_rows *out, struct err *e)
{
    const struct mysql_cell *c;
    struct buf sql = {0};
    int r;

    buf_adds(&sql, "SELECT kind, name, extra, env, body, cnt FROM ");
    shadow_mark_name(s, s->state, &sql);
    mysql_sqlf(s->own, &sql, " WHERE side=%s", side_words[side]);
    if (kind != NULL)
        mysql_sqlf(s->own, &sql, " AND kind=%s", kind);
    buf_adds(&sql, " ORDER BY pos");
    r = mysql_query(s->own, buf_str(&sql), e);
    while (r == 0 && (r = mysql_row(s->own, &c, e)) > 0) {
        struct mark_row *row = vec_push(out);

        row->kind = arena_dup(&s->mem, c[0].s.p, c[0].s.n);
        row->name = arena_dup(&s->mem, c[1].s.p, c[1].s.n);
        row->extra = arena_dup(&s->mem, c[2].s.p, c[2].s.n);
        row->env = arena_dup(&s->mem, c[3].s.p, c[3].s.n);
        row->body = (struct str){arena_dup(&s->mem, c[4].s.p, c[4].s.n), c[4].s.n};
        (void)str_u64(c[5].s, UINT64_MAX, &row->rows);
        r = 0;
    }
    buf_free(&sql);
    return r;
}

static int put_thing(struct shadow *s, const char *table, const struct shadow_thing *t, struct err *e)
{
    struct mark_row row = {.kind = shadow_thing_word(t->kind), .name = t->name, .extra = t->on, .env = t->env};
    struct sql_statement st;
    struct buf body = {0};
    int r;

    sql_statement_read(str_of(t->text), mysql_version_number(s->own), mysql_is_mariadb(s->own), &st);
    r = shadow_rewrite(s, str_of(t->text), &st, true, &body, e);
    row.body = buf_str(&body);
    if (r == 0)
        r = put(s, table, MARK_NEW, &row, e);
    buf_free(&body);
    return r;
}

int shadow_mark_make(struct shadow *s, struct err *e)
{
    struct buf fill = {0};
    struct buf sql = {0};
    size_t i;
    int r;

    shadow_mark_name(s, SHADOW_NONE, &fill);
    buf_printf(&sql,
               "CREATE TABLE %s (side VARCHAR(8) CHARACTER SET latin1 NOT NULL, "
               "kind VARCHAR(16) CHARACTER SET latin1 NOT NULL, name VARBINARY(300) NOT NULL, pos INT UNSIGNED NOT NULL, "
               "extra VARBINARY(300) NOT NULL, env BLOB NOT NULL, body LONGBLOB NOT NULL, cnt BIGINT UNSIGNED NOT NULL, "
               "PRIMARY KEY (side, kind, name)) ENGINE=InnoDB",
               buf_cstr(&fill));
    r = shadow_exec(s, &sql, e);
    s->mark_next = 1;
    buf_adds(&sql, "START TRANSACTION");
    if (r == 0)
        r = shadow_exec(s, &sql, e);
    for (i = 0; r == 0 && i < s->tables.n; i++) {
        const struct shadow_table *t = s->tables.v[i];
        const struct mark_row row = {.kind = "table", .name = t->name, .extra = t->in, .rows = t->counted};

        if (t->made)
            r = put(s, buf_cstr(&fill), MARK_NEW, &row, e);
    }
    for (i = 0; r == 0 && i < s->things.n; i++)
        if (!s->things.v[i].out)
            r = put_thing(s, buf_cstr(&fill), &s->things.v[i], e);
    buf_reset(&sql);
    buf_adds(&sql, "COMMIT");
    if (r == 0)
        r = shadow_exec(s, &sql, e);
    buf_reset(&sql);
    buf_printf(&sql, "RENAME TABLE %s TO ", buf_cstr(&fill));
    shadow_mark_name(s, SHADOW_READY, &sql);
    if (r == 0)
        r = shadow_exec(s, &sql, e);
    buf_free(&sql);
    buf_free(&fill);
    return r;
}
