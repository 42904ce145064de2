/* Names: what a table of the dump is called live, in the shadow and when it is put aside. */
#include "db/shadow_parts.h"

#include <string.h>

/* As written between quotes, with doubled ones. */
static void plain(struct str name, struct buf *out)
{
    size_t i;

    for (i = 0; i < name.n; i++) {
        buf_addc(out, name.p[i]);
        if (name.p[i] == '`' && i + 1 < name.n && name.p[i + 1] == '`')
            i++;
    }
}

void shadow_target(const struct shadow *s, struct str name, struct buf *out)
{
    struct buf b = {0};
    struct str rest;
    size_t i;

    plain(name, &b);
    rest = buf_str(&b);
    if (s->o.from_prefix != NULL && str_skip(&rest, str_of(s->o.from_prefix)))
        buf_adds(out, s->o.prefix);
    i = out->n;
    buf_addstr(out, rest);
    for (; s->lower_case && i < out->n; i++)
        if (out->p[i] >= 'A' && out->p[i] <= 'Z')
            out->p[i] = (char)(out->p[i] | 0x20);
    buf_free(&b);
}

bool shadow_is_stores(const struct shadow *s, struct str target)
{
    return s->o.all_tables || str_starts(target, str_of(s->o.prefix));
}

struct shadow_table *shadow_table_find(struct shadow *s, struct str target)
{
    size_t i;

    for (i = s->tables.n; i > 0; i--)
        if (str_is(target, s->tables.v[i - 1]->name))
            return s->tables.v[i - 1];
    return NULL;
}

struct shadow_table *shadow_table_get(struct shadow *s, struct str target)
{
    struct shadow_table *t = shadow_table_find(s, target);

    if (t != NULL)
        return t;
    t = arena_alloc(&s->mem, sizeof *t);
    t->name = arena_dup(&s->mem, target.p, target.n);
    t->load.name = t->name;
    t->in = s->mode == SHADOW_NAMES ? arena_printf(&s->mem, "_tk%sn%u", s->o.tag, s->next_name++) : t->name;
    *vec_push(&s->tables) = t;
    return t;
}

bool shadow_own_database(struct shadow *s, struct str db)
{
    struct buf b = {0};
    bool own;

    plain(db, &b);
    own = str_is(buf_str(&b), s->live) || (s->database[0] != '\0' && str_is(buf_str(&b), s->database)) ||
          (s->database[0] == '\0' && s->facts != NULL && s->facts->database[0] != '\0' &&
           str_is(buf_str(&b), s->facts->database));
    buf_free(&b);
    return own;
}

int shadow_database_named(struct shadow *s, struct str db, struct err *e)
{
    struct buf b = {0};
    int r = 0;

    plain(db, &b);
    if (b.n >= sizeof s->database)
        r = err_set(e, ERR_REFUSED, "the name of a database is too long");
    else if (s->database[0] == '\0')
        memcpy(s->database, buf_cstr(&b), b.n + 1);
    else if (!str_is(buf_str(&b), s->database))
        r = err_set(e, ERR_REFUSED, "the dump holds a second database (%s, the first one is %s)",
                    buf_cstr(&b), s->database);
    if (r == 0)
        shadow_remark(s, "the dump names its database %s; its tables go to %s", s->database, s->live);
    buf_free(&b);
    return r;
}

struct renaming {
    struct shadow *s;
    bool into_live;
    bool view; /* names of what is not in the shadow stand for live tables */
    struct buf target;
    struct buf foreign; /* the first database that is not ours */
    struct shadow_names *all; /* NULL, or gets the targets */
};

static void rename_one(void *arg, const struct sql_name *name, struct buf *out)
{
    struct renaming *r = arg;
    struct shadow *s = r->s;
    struct shadow_table *t;

    if (name->db.n > 0 && !shadow_own_database(s, name->db)) {
        if (r->foreign.n == 0)
            plain(name->db, &r->foreign);
        return;
    }
    buf_reset(&r->target);
    shadow_target(s, name->name, &r->target);
    if (r->all != NULL) {
        *vec_push(r->all) = arena_dup(&s->mem, r->target.p, r->target.n);
        return;
    }
    if (r->into_live || s->mode == SHADOW_IN_PLACE) {
        mysql_quote_id(out, buf_str(&r->target));
        return;
    }
    t = r->view ? shadow_table_find(s, buf_str(&r->target)) : shadow_table_get(s, buf_str(&r->target));
    if (t == NULL || (r->view && !t->made && !t->is_view)) {
        if (s->mode == SHADOW_DATABASE) {
            mysql_quote_id(out, str_of(s->live));
            buf_addc(out, '.');
        }
        mysql_quote_id(out, buf_str(&r->target));
        return;
    }
    mysql_quote_id(out, str_of(t->in));
}

static int rewrite(struct renaming *r, struct str text, const struct sql_statement *st, struct buf *out,
                   struct err *e)
{
    const struct sql_rewrite how = {
        .rename = rename_one,
        .arg = r,
        .definer = r->s->o.may_fail_definers ? SQL_DEFINER_KEEP : SQL_DEFINER_CURRENT_USER,
    };
    int ret = 0;

    sql_statement_rewrite(text, st, &how, out);
    if (r->foreign.n > 0) {
        ret = err_set(e, ERR_REFUSED, "the statement reaches into another database (%s)",
                      buf_cstr(&r->foreign));
        err_fix(e, "a dump may only hold tables of its own database");
    }
    buf_free(&r->target);
    buf_free(&r->foreign);
    return ret;
}

int shadow_rewrite(struct shadow *s, struct str text, const struct sql_statement *st, bool into_live,
                   struct buf *out, struct err *e)
{
    struct renaming r = {.s = s, .into_live = into_live};

    r.view = st->kind == SQL_CREATE_VIEW || st->kind == SQL_CREATE_TRIGGER ||
             st->kind == SQL_CREATE_ROUTINE || st->kind == SQL_CREATE_EVENT;
    return rewrite(&r, text, st, out, e);
}

int shadow_all_names(struct shadow *s, struct str text, const struct sql_statement *st,
                     struct shadow_names *out, struct err *e)
{
    struct renaming r = {.s = s, .all = out};
    struct buf ignored = {0};
    int ret = rewrite(&r, text, st, &ignored, e);

    buf_free(&ignored);
    return ret;
}

void shadow_sh_name(const struct shadow *s, struct buf *out, const char *name)
{
    mysql_quote_id(out, str_of(s->sh));
    buf_addc(out, '.');
    mysql_quote_id(out, str_of(name));
}

void shadow_keep_name(const struct shadow *s, struct buf *out, const char *name, size_t index)
{
    mysql_quote_id(out, str_of(s->keep));
    buf_addc(out, '.');
    if (s->mode == SHADOW_NAMES) {
        struct buf b = {0};

        buf_printf(&b, "_tk%so%zu", s->o.tag, index);
        mysql_quote_id(out, buf_str(&b));
        buf_free(&b);
    } else {
        mysql_quote_id(out, str_of(name));
    }
}
