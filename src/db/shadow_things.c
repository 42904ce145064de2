/*
 * Views, triggers, routines and events of a dump. They can't be moved between databases, so they are tried out in
 * the shadow and made in the live database behind the switch. Views may stand in any order, also in front of
 * their tables; the tables that mysqldump writes in place of views, until it has written all tables, are known
 * by the view that follows.
 */
#include "db/shadow_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ER_BAD_FIELD        1054u
#define ER_NO_SUCH_TABLE    1146u
#define ER_SP_DOES_NOT_EXIST 1305u
#define ER_VIEW_INVALID     1356u
#define ER_NO_SUCH_USER     1449u

const char *shadow_thing_word(enum thing_kind kind)
{
    static const char *const words[] = {"VIEW", "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT"};

    return words[kind];
}

/* Whether a CREATE or DROP is about a procedure or a function: the last such word in front of the name. */
static bool is_function(struct str text, const struct sql_statement *st)
{
    struct str front = str_sub(text, 0, st->table.from);

    return str_has_nocase(front, STR("function"));
}

static bool kind_of(enum sql_kind kind, enum thing_kind *out)
{
    switch (kind) {
    case SQL_CREATE_VIEW:
    case SQL_DROP_VIEW:
        *out = THING_VIEW;
        return true;
    case SQL_CREATE_TRIGGER:
    case SQL_DROP_TRIGGER:
        *out = THING_TRIGGER;
        return true;
    case SQL_CREATE_EVENT:
    case SQL_DROP_EVENT:
        *out = THING_EVENT;
        return true;
    case SQL_CREATE_ROUTINE:
        *out = THING_PROCEDURE;
        return true;
    default:
        return false;
    }
}

static void forget(struct shadow *s, enum thing_kind kind, const char *name)
{
    size_t i;

    for (i = 0; i < s->things.n; i++) {
        struct shadow_thing *t = &s->things.v[i];

        if (t->kind != kind || strcmp(t->name, name) != 0)
            continue;
        free(t->text);
        memmove(t, t + 1, (s->things.n - i - 1) * sizeof *t);
        s->things.n--;
        return;
    }
}

void shadow_thing_forget(struct shadow *s, enum sql_kind drop, struct str target)
{
    enum thing_kind kind;
    char *name;

    if (!kind_of(drop, &kind))
        return;
    name = mem_dup(target.p, target.n);
    forget(s, kind, name);
    if (kind == THING_VIEW) {
        struct shadow_table *t = shadow_table_find(s, target);

        if (t != NULL)
            t->is_view = false;
    }
    free(name);
}

/* The name of a trigger, routine or event; prefixes are those of tables. */
static const char *own_name(struct shadow *s, struct str name)
{
    const char *from_prefix = s->o.from_prefix;
    struct buf b = {0};
    const char *own;

    s->o.from_prefix = NULL;
    shadow_target(s, name, &b);
    s->o.from_prefix = from_prefix;
    own = arena_dup(&s->mem, b.p, b.n);
    buf_free(&b);
    return own;
}

static int add_view(struct shadow *s, struct shadow_thing *thing, const struct sql_statement *st, struct err *e)
{
    struct buf target = {0};
    struct shadow_table *t;
    struct buf sql = {0};
    int r = 0;

    shadow_target(s, st->table.name, &target);
    thing->name = arena_dup(&s->mem, target.p, target.n);
    if (!shadow_is_stores(s, buf_str(&target))) {
        shadow_passed_over(s, thing->name);
        thing->out = true;
        goto out;
    }
    t = shadow_table_get(s, buf_str(&target));
    t->is_view = true;
    if (t->made || t->create != NULL) {
        /* It stood in for the view. */
        r = shadow_leave_table(s, e);
        mysql_sqlf(s->own, &sql, "DROP TABLE IF EXISTS %i", t->in);
        if (r == 0 && t->made)
            r = mysql_exec(s->make.m, buf_str(&sql), NULL, e);
        t->made = false;
        free(t->create);
        t->create = NULL;
    }
out:
    buf_free(&sql);
    buf_free(&target);
    return r;
}

int shadow_thing_add(struct shadow *s, const struct sql_item *item, const struct sql_statement *st, struct err *e)
{
    struct shadow_thing thing = {.file = s->file, .line = item->line, .offset = item->offset, .on = ""};

    if (!kind_of(st->kind, &thing.kind))
        return err_set(e, ERR_REFUSED, "this statement is not known");
    if (st->table.db.n > 0 && !shadow_own_database(s, st->table.db))
        return err_set(e, ERR_REFUSED, "the statement is about another database (%.*s)", STR_FMT(st->table.db));
    if (thing.kind == THING_VIEW) {
        if (add_view(s, &thing, st, e) != 0)
            return -1;
    } else {
        thing.name = own_name(s, st->table.name);
    }
    if (thing.kind == THING_PROCEDURE && is_function(item->text, st))
        thing.kind = THING_FUNCTION;
    if (thing.kind == THING_TRIGGER) {
        struct buf on = {0};

        shadow_target(s, st->on.name, &on);
        thing.on = arena_dup(&s->mem, on.p, on.n);
        if (!shadow_is_stores(s, buf_str(&on))) {
            shadow_passed_over(s, thing.on);
            thing.out = true;
        }
        buf_free(&on);
    }
    if (thing.out)
        return 0;
    thing.env = shadow_thing_env(s, item->text, e);
    if (thing.env == NULL)
        return -1;
    forget(s, thing.kind, thing.name);
    thing.text = mem_dup(item->text.p, item->text.n);
    *vec_push(&s->things) = thing;
    return 0;
}

/* What the statement refers to is not there: so it was when the dump was made. */
static bool is_dangling(const struct err *e)
{
    return e->kind == ERR_DB && (e->db_code == ER_BAD_FIELD || e->db_code == ER_NO_SUCH_TABLE ||
                                 e->db_code == ER_SP_DOES_NOT_EXIST || e->db_code == ER_VIEW_INVALID ||
                                 e->db_code == ER_NO_SUCH_USER);
}

static int try_view(struct shadow *s, struct shadow_thing *t, struct err *e)
{
    struct sql_statement st;
    struct buf sql = {0};
    int r;

    sql_statement_read(str_of(t->text), mysql_version_number(s->own), mysql_is_mariadb(s->own), &st);
    r = shadow_rewrite(s, str_of(t->text), &st, false, &sql, e);
    if (r == 0)
        r = load_session_env(&s->make, t->env, e);
    if (r == 0)
        r = mysql_exec(s->make.m, buf_str(&sql), NULL, e);
    /* Servers make views whose names they can't resolve yet; this says whether all is there. */
    if (r == 0) {
        struct shadow_table *v = shadow_table_find(s, str_of(t->name));

        buf_reset(&sql);
        mysql_sqlf(s->own, &sql, "SHOW FIELDS FROM %i", v->in);
        r = mysql_exec(s->make.m, buf_str(&sql), NULL, e);
        t->made = r == 0;
    }
    buf_free(&sql);
    return r;
}

static int try_views(struct shadow *s, struct err *e)
{
    bool progress = true;
    size_t i;

    while (progress) {
        progress = false;
        for (i = 0; i < s->things.n; i++) {
            struct shadow_thing *t = &s->things.v[i];

            if (t->kind != THING_VIEW || t->made || t->out)
                continue;
            err_clear(e);
            if (try_view(s, t, e) == 0)
                progress = true;
            else if (!is_dangling(e)) {
                err_wrap(e, "view %s", t->name);
                return load_place(e, t->file, t->line, t->offset);
            }
        }
    }
    for (i = 0; i < s->things.n; i++) {
        struct shadow_thing *t = &s->things.v[i];

        if (t->kind != THING_VIEW || t->made || t->out)
            continue;
        err_clear(e);
        if (try_view(s, t, e) == 0)
            continue;
        shadow_remark(s, "view %s is left out, what it shows is not there: %s", t->name, e->text);
        err_clear(e);
        t->out = true;
    }
    return 0;
}

/* Tried out is enough: in the live database they would be seen. */
static int drop_views(struct shadow *s, struct err *e)
{
    struct buf sql = {0};
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < s->tables.n; i++) {
        if (!s->tables.v[i]->is_view)
            continue;
        mysql_sqlf(s->own, &sql, "DROP VIEW IF EXISTS %i.%i", s->sh, s->tables.v[i]->in);
        r = shadow_exec(s, &sql, e);
    }
    buf_free(&sql);
    return r;
}

/* Under another name, for in the live database, where SHADOW_NAMES tries things out, there may be one of this name. */
static int try_named(struct shadow *s, struct shadow_thing *t, struct err *e)
{
    const char *name = arena_printf(&s->mem, "_tk%sx", s->o.tag);
    struct str text = str_of(t->text);
    struct sql_statement st;
    struct buf spliced = {0};
    struct buf sql = {0};
    int r;

    sql_statement_read(text, mysql_version_number(s->own), mysql_is_mariadb(s->own), &st);
    buf_addstr(&spliced, str_sub(text, 0, st.table.from));
    mysql_quote_id(&spliced, str_of(name));
    buf_addstr(&spliced, str_sub(text, st.table.to, text.n));
    sql_statement_read(buf_str(&spliced), mysql_version_number(s->own), mysql_is_mariadb(s->own), &st);
    r = shadow_rewrite(s, buf_str(&spliced), &st, false, &sql, e);
    if (r == 0)
        r = load_session_env(&s->make, t->env, e);
    if (r == 0)
        r = mysql_exec(s->make.m, buf_str(&sql), NULL, e);
    if (r == 0) {
        buf_reset(&sql);
        mysql_sqlf(s->own, &sql, "DROP ");
        buf_adds(&sql, shadow_thing_word(t->kind));
        mysql_sqlf(s->own, &sql, " %i", name);
        r = mysql_exec(s->make.m, buf_str(&sql), NULL, e);
    }
    buf_free(&spliced);
    buf_free(&sql);
    return r;
}

int shadow_things_try(struct shadow *s, struct err *e)
{
    size_t i;

    if (try_views(s, e) != 0)
        return -1;
    if (s->mode == SHADOW_NAMES && drop_views(s, e) != 0)
        return -1;
    for (i = 0; i < s->things.n; i++) {
        struct shadow_thing *t = &s->things.v[i];
        const struct shadow_table *on;

        if (t->out || t->kind == THING_VIEW || t->kind == THING_EVENT)
            continue;
        on = t->kind == THING_TRIGGER ? shadow_table_find(s, str_of(t->on)) : NULL;
        if (t->kind == THING_TRIGGER && (on == NULL || !on->made)) {
            shadow_remark(s, "trigger %s is left out, for its table %s is not in the dump", t->name, t->on);
            t->out = true;
            continue;
        }
        if (try_named(s, t, e) != 0) {
            err_wrap(e, "%s %s", t->kind == THING_TRIGGER ? "trigger" : "routine", t->name);
            return load_place(e, t->file, t->line, t->offset);
        }
    }
    return 0;
}
