/*
 * Views, triggers, routines and events of the live database: RENAME leaves them where they are, and refuses tables with
 * triggers. The texts of those that are replaced are written down first, then triggers go, tables change places,
 * and those of the other side are made.
 */
#include "db/left_out.h"
#include "db/shadow_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ER_ACCESS_DENIED     1227u
#define ER_NO_SUCH_TABLE     1146u
#define ER_VIEW_INVALID      1356u
#define ER_BAD_FIELD         1054u
#define ER_SP_DOES_NOT_EXIST 1305u

bool shadow_mark_has(const struct mark_rows *rows, const char *kind, const char *name)
{
    size_t i;

    for (i = 0; i < rows->n; i++)
        if (strcmp(rows->v[i].kind, kind) == 0 && strcmp(rows->v[i].name, name) == 0)
            return true;
    return false;
}

/* Columns of SHOW CREATE …: where the mode, the text, the character set and the collation stand; mode may be missing. */
struct shown {
    const char *word;
    int mode, text, charset, collation, zone;
};
static const struct shown shown[] = {
    {"VIEW", -1, 1, 2, 3, -1},    {"PROCEDURE", 1, 2, 3, 4, -1}, {"FUNCTION", 1, 2, 3, 4, -1},
    {"TRIGGER", 1, 2, 3, 4, -1}, {"EVENT", 1, 3, 4, 5, 2},
};

static int note_one(struct shadow *s, enum thing_kind kind, const char *name, const char *on, struct err *e)
{
    const struct shown *w = &shown[kind];
    struct mark_row row = {.kind = w->word, .name = name, .extra = on};
    const struct mysql_cell *c;
    struct buf sql = {0};
    struct buf env = {0};
    struct buf body = {0};
    int r;

    buf_adds(&sql, "SHOW CREATE ");
    buf_adds(&sql, w->word);
    mysql_sqlf(s->own, &sql, " %i.%i", s->live, name);
    r = mysql_query(s->own, buf_str(&sql), e);
    if (r == 0 && (r = mysql_row(s->own, &c, e)) > 0) {
        if (mysql_columns(s->own) > (size_t)w->collation && !c[w->text].is_null) {
            mysql_sqlf(s->own, &env, "SET sql_mode=%S", w->mode >= 0 ? c[w->mode].s : STR(""));
            mysql_sqlf(s->own, &env, ", character_set_client=%S, collation_connection=%S", c[w->charset].s,
                       c[w->collation].s);
            if (w->zone >= 0)
                mysql_sqlf(s->own, &env, ", time_zone=%S", c[w->zone].s);
            buf_addstr(&body, c[w->text].s);
        }
        r = mysql_skip(s->own, e);
    }
    if (r == 0 && body.n == 0) {
        r = err_set(e, ERR_REFUSED, "the text of %s %s can't be read, so it could not be brought back", w->word, name);
        err_fix(e, "the account needs the right to see it (SHOW CREATE %s)", w->word);
    }
    row.env = buf_cstr(&env);
    row.body = buf_str(&body);
    if (r == 0)
        r = shadow_mark_put(s, MARK_OLD, &row, e);
    buf_free(&sql);
    buf_free(&env);
    buf_free(&body);
    return r;
}

struct found {
    const char *name;
    const char *on;
};
struct found_list {
    struct found *v;
    size_t n;
    size_t cap;
};

/* What there is of one kind in the live database. */
static int find(struct shadow *s, enum thing_kind kind, struct found_list *out, struct err *e)
{
    static const char *const queries[] = {
        "SELECT table_name, '' FROM information_schema.views WHERE table_schema=%s",
        "SELECT routine_name, '' FROM information_schema.routines WHERE routine_type='PROCEDURE' AND routine_schema=%s",
        "SELECT routine_name, '' FROM information_schema.routines WHERE routine_type='FUNCTION' AND routine_schema=%s",
        "SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema=%s",
        "SELECT event_name, '' FROM information_schema.events WHERE event_schema=%s",
    };
    const struct mysql_cell *c;
    struct buf sql = {0};
    unsigned tries = 0;
    int r;

    mysql_sqlf(s->own, &sql, queries[kind], s->live);
    do {
        out->n = 0;
        r = mysql_query(s->own, buf_str(&sql), e);
        while (r == 0 && (r = mysql_row(s->own, &c, e)) > 0) {
            struct found *f = vec_push(out);

            f->name = arena_dup(&s->mem, c[0].s.p, c[0].s.n);
            f->on = arena_dup(&s->mem, c[1].s.p, c[1].s.n);
            r = 0;
        }
    } while (r == 0 && (r = left_out_again(s->own, &tries, e)) > 0);
    buf_free(&sql);
    return r;
}

int shadow_live_note(struct shadow *s, const struct mark_rows *tables, struct err *e)
{
    struct mark_rows things = {0};
    enum thing_kind kind;
    int r = shadow_mark_read(s, MARK_NEW, NULL, &things, e);

    for (kind = THING_VIEW; r == 0 && kind < THING_KINDS; kind++) {
        struct found_list there = {0};
        size_t i;

        r = find(s, kind, &there, e);
        for (i = 0; r == 0 && i < there.n; i++) {
            const struct found *f = &there.v[i];
            bool replaced = shadow_mark_has(&things, shadow_thing_word(kind), f->name);

            if (kind == THING_VIEW)
                replaced = replaced || shadow_mark_has(tables, "table", f->name);
            if (kind == THING_TRIGGER)
                replaced = replaced || shadow_mark_has(tables, "table", f->on);
            if (replaced)
                r = note_one(s, kind, f->name, f->on, e);
        }
        free(there.v);
    }
    if (r == 0)
        r = shadow_mark_put(s, MARK_OLD, &(struct mark_row){.kind = MARK_KIND_ALL, .name = ""}, e);
    free(things.v);
    return r;
}

static int drop(struct shadow *s, const char *word, const char *name, struct err *e)
{
    struct buf sql = {0};
    int r;

    buf_printf(&sql, "DROP %s IF EXISTS ", word);
    mysql_sqlf(s->own, &sql, "%i.%i", s->live, name);
    r = shadow_exec(s, &sql, e);
    buf_free(&sql);
    return r;
}

int shadow_live_clear(struct shadow *s, enum mark_side leaving, struct err *e)
{
    struct mark_rows out = {0};
    struct mark_rows in = {0};
    struct found_list triggers = {0};
    size_t i;
    int r = shadow_mark_read(s, leaving, NULL, &out, e);

    if (r == 0)
        r = shadow_mark_read(s, leaving == MARK_OLD ? MARK_NEW : MARK_OLD, NULL, &in, e);
    if (r == 0)
        r = find(s, THING_TRIGGER, &triggers, e);
    for (i = 0; r == 0 && i < triggers.n; i++)
        if (shadow_mark_has(&out, "table", triggers.v[i].on) ||
            shadow_mark_has(&out, "TRIGGER", triggers.v[i].name))
            r = drop(s, "TRIGGER", triggers.v[i].name, e);
    for (i = 0; r == 0 && i < out.n; i++)
        if (strcmp(out.v[i].kind, "VIEW") == 0 && shadow_mark_has(&in, "table", out.v[i].name))
            r = drop(s, "VIEW", out.v[i].name, e);
    free(out.v);
    free(in.v);
    free(triggers.v);
    return r;
}

/*
 * Only a privileged account may make something in another one's name. That it is there again, in the name of the account that brings it
 * back, is better than that it is gone.
 */
static int make_as_own(struct shadow *s, struct load_session *ses, const struct mark_row *row, struct err *e)
{
    const struct sql_rewrite how = {.definer = SQL_DEFINER_CURRENT_USER};
    struct sql_statement st;
    struct buf sql = {0};
    int r;

    sql_statement_read(row->body, mysql_version_number(s->own), mysql_is_mariadb(s->own), &st);
    sql_statement_rewrite(row->body, &st, &how, &sql);
    r = mysql_exec(ses->m, buf_str(&sql), NULL, e);
    if (r == 0)
        shadow_remark(s, "%s %s was another account's, which this one may not set: it belongs to this one now", row->kind, row->name);
    buf_free(&sql);
    return r;
}

/* On a session of its own: the statement needs settings that texts of ours do not. */
static int make(struct shadow *s, struct load_session *ses, const struct mark_row *row, struct err *e)
{
    const char *force = "SET foreign_key_checks=0";

    if (ses->m == NULL) {
        const char *const setup[] = {force, NULL};

        if (shadow_session_open(s, SESSION_LIVE, ses, s->live, setup, e) != 0)
            return -1;
    }
    if (load_session_env(ses, row->env, e) != 0)
        return err_wrap(e, "%s %s", row->kind, row->name);
    if (mysql_exec(ses->m, row->body, NULL, e) == 0)
        return 0;
    if (e->db_code == ER_ACCESS_DENIED) {
        struct err why = {0};

        if (make_as_own(s, ses, row, &why) == 0) {
            err_clear(e);
            return 0;
        }
    }
    return err_wrap(e, "%s %s", row->kind, row->name);
}

static bool is_dangling(const struct err *e)
{
    return e->db_code == ER_NO_SUCH_TABLE || e->db_code == ER_VIEW_INVALID || e->db_code == ER_BAD_FIELD ||
           e->db_code == ER_SP_DOES_NOT_EXIST;
}

/* Views in the order in which they can be made: as long as one more succeeds, the others are tried again. */
static int make_views(struct shadow *s, struct load_session *ses, struct mark_rows *rows, struct err *e)
{
    size_t left = rows->n;
    size_t before;
    struct err why = {0};

    do {
        size_t kept = 0;
        size_t i;

        before = left;
        for (i = 0; i < left; i++) {
            err_clear(&why);
            if (drop(s, "VIEW", rows->v[i].name, e) != 0)
                return -1;
            if (make(s, ses, &rows->v[i], &why) == 0)
                continue;
            if (!is_dangling(&why)) {
                *e = why;
                return -1;
            }
            rows->v[kept++] = rows->v[i];
        }
        left = kept;
    } while (left > 0 && left < before);
    if (left > 0) {
        *e = why;
        return -1;
    }
    return 0;
}

static int make_kind(struct shadow *s, struct load_session *ses, enum mark_side side, enum thing_kind kind,
                     struct err *e)
{
    const char *word = shadow_thing_word(kind);
    struct mark_rows rows = {0};
    struct found_list there = {0};
    size_t i;
    size_t j;
    int r = shadow_mark_read(s, side, word, &rows, e);

    if (r == 0 && kind == THING_VIEW) {
        r = make_views(s, ses, &rows, e);
        goto out;
    }
    if (r == 0 && kind == THING_TRIGGER)
        r = find(s, kind, &there, e);
    for (i = 0; r == 0 && i < rows.n; i++) {
        bool made = false;

        for (j = 0; j < there.n; j++)
            made = made || strcmp(there.v[j].name, rows.v[i].name) == 0;
        if (made)
            continue;
        if (kind != THING_TRIGGER)
            r = drop(s, word, rows.v[i].name, e);
        if (r == 0)
            r = make(s, ses, &rows.v[i], e);
        if (r != 0 && kind == THING_EVENT) {
            shadow_remark(s, "event %s could not be made: %s", rows.v[i].name, e->text);
            err_clear(e);
            r = 0;
        }
    }
out:
    free(rows.v);
    free(there.v);
    return r;
}

int shadow_live_make(struct shadow *s, enum mark_side side, struct err *e)
{
    static const enum thing_kind order[] = {THING_FUNCTION, THING_PROCEDURE, THING_VIEW, THING_TRIGGER, THING_EVENT};
    struct load_session ses = {0};
    struct mark_rows mine = {0};
    struct mark_rows other = {0};
    size_t i;
    int r = shadow_mark_read(s, side, NULL, &mine, e);

    if (r == 0)
        r = shadow_mark_read(s, side == MARK_NEW ? MARK_OLD : MARK_NEW, NULL, &other, e);
    /* Only on the way back: what the dump does not have stays in the live database. */
    for (i = 0; r == 0 && side == MARK_OLD && i < other.n; i++) {
        const struct mark_row *row = &other.v[i];

        if (strcmp(row->kind, "table") == 0 || strcmp(row->kind, "fk") == 0 ||
            shadow_mark_has(&mine, row->kind, row->name))
            continue;
        if (strcmp(row->kind, "VIEW") != 0 || !shadow_mark_has(&mine, "table", row->name))
            r = drop(s, row->kind, row->name, e);
    }
    for (i = 0; r == 0 && i < sizeof order / sizeof *order; i++)
        r = make_kind(s, &ses, side, order[i], e);
    load_session_close(&ses);
    free(mine.v);
    free(other.v);
    return r;
}

int shadow_things_live(struct shadow *s, struct err *e)
{
    static const enum thing_kind order[] = {THING_FUNCTION, THING_PROCEDURE, THING_VIEW, THING_TRIGGER, THING_EVENT};
    struct load_session ses = {0};
    size_t i;
    size_t k;
    int r = 0;

    for (k = 0; r == 0 && k < sizeof order / sizeof *order; k++) {
        struct mark_rows rows = {0};

        for (i = 0; r == 0 && i < s->things.n; i++) {
            const struct shadow_thing *t = &s->things.v[i];
            struct mark_row row = {.kind = shadow_thing_word(t->kind), .name = t->name, .env = t->env};
            struct sql_statement st;
            struct buf body = {0};

            if (t->kind != order[k] || t->out)
                continue;
            sql_statement_read(str_of(t->text), mysql_version_number(s->own), mysql_is_mariadb(s->own), &st);
            r = shadow_rewrite(s, str_of(t->text), &st, true, &body, e);
            row.body = (struct str){arena_dup(&s->mem, body.p, body.n), body.n};
            *vec_push(&rows) = row;
            buf_free(&body);
        }
        if (r == 0 && order[k] == THING_VIEW)
            r = make_views(s, &ses, &rows, e);
        for (i = 0; r == 0 && order[k] != THING_VIEW && i < rows.n; i++) {
            r = drop(s, rows.v[i].kind, rows.v[i].name, e);
            if (r == 0)
                r = make(s, &ses, &rows.v[i], e);
            if (r != 0 && order[k] == THING_EVENT) {
                shadow_remark(s, "event %s could not be made: %s", rows.v[i].name, e->text);
                err_clear(e);
                r = 0;
            }
        }
        free(rows.v);
    }
    load_session_close(&ses);
    return r;
}
