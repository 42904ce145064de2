/* Making one table in the shadow: as the dump says, or as the live one is. */
#include "db/shadow_parts.h"

#include <stdlib.h>
#include <string.h>

/* Takes over the CREATE TABLE of t as it is to be sent. */
void shadow_set_create(struct shadow *s, struct shadow_table *t, struct buf *text)
{
    struct buf unique = {0};

    if (s->mode == SHADOW_NAMES)
        shadow_keys_unique(s, buf_str(text), &unique);
    else
        buf_addstr(&unique, buf_str(text));
    t->create = mem_dup(unique.p, unique.n);
    buf_free(&unique);
    buf_free(text);
}

int shadow_make_exec(struct shadow *s, struct str sql, const char *env, struct err *e)
{
    if (load_session_env(&s->make, env, e) != 0)
        return -1;
    return mysql_exec(s->make.m, sql, NULL, e);
}

int shadow_table_make(struct shadow *s, struct shadow_table *t, bool big, struct err *e)
{
    struct buf create = {0};
    struct buf keys = {0};
    struct sql_table_shape shape;
    bool part;
    int r;

    if (t->made)
        return 0;
    sql_table_shape(str_of(t->create), &shape);
    t->load.transactional =
        str_has_nocase(shape.engine, STR("innodb")) || (shape.engine.n == 0 && s->innodb);
    if (!t->load.transactional || !str_has_nocase(str_of(t->create), STR("PRIMARY KEY")))
        t->load.serial = true;
    part = big && t->load.transactional && s->mode != SHADOW_IN_PLACE &&
           sql_table_part_keys(str_of(t->create), &create, &keys) && keys.n > 0;
    r = shadow_make_exec(s, part ? buf_str(&create) : str_of(t->create), t->env, e);
    if (r == 0) {
        t->made = true;
        if (part)
            t->keys = mem_dup(keys.p, keys.n);
    } else {
        err_wrap(e, "table %s", t->name);
        load_place(e, t->file, t->line, t->offset);
    }
    buf_free(&create);
    buf_free(&keys);
    return r;
}

int shadow_show_create(struct shadow *s, const char *db, const char *table, struct buf *create, struct err *e)
{
    const struct mysql_cell *c;
    struct buf sql = {0};
    int r;

    mysql_sqlf(s->own, &sql, "SHOW CREATE TABLE %i.%i", db, table);
    r = mysql_query(s->own, buf_str(&sql), e);
    if (r == 0 && (r = mysql_row(s->own, &c, e)) > 0) {
        if (mysql_columns(s->own) >= 2)
            buf_addstr(create, c[1].s);
        r = mysql_skip(s->own, e);
    }
    buf_free(&sql);
    return r;
}

int shadow_set_pattern(struct shadow *s, struct shadow_table *t, struct str text, struct err *e)
{
    const char *from_prefix = s->o.from_prefix;
    struct sql_statement st;
    struct buf sql = {0};
    int r;

    sql_statement_read(text, mysql_version_number(s->own), mysql_is_mariadb(s->own), &st);
    if (st.kind != SQL_CREATE_TABLE)
        return err_set(e, ERR_FORMAT, "table %s: what is to make it is no CREATE TABLE", t->name);
    s->o.from_prefix = NULL;
    r = shadow_rewrite(s, text, &st, false, &sql, e);
    s->o.from_prefix = from_prefix;
    shadow_set_create(s, t, &sql);
    t->env = shadow_env(s, e);
    t->file = NULL;
    return r != 0 || t->env == NULL ? -1 : 0;
}

/* The rows of the dump are for a table that it does not create: the live one is the pattern. */
int shadow_from_live(struct shadow *s, struct shadow_table *t, struct err *e)
{
    const struct mysql_cell *c;
    struct buf sql = {0};
    struct buf text = {0};
    struct err why = {0};
    int r;

    t->from_live = true;
    mysql_sqlf(s->own, &sql, "SHOW COLUMNS FROM %i.%i", s->live, t->name);
    r = mysql_query(s->own, buf_str(&sql), &why);
    while (r == 0 && (r = mysql_row(s->own, &c, &why)) > 0) {
        buf_addstr(&t->columns, c[0].s);
        buf_addc(&t->columns, '\0');
        r = 0;
    }
    buf_free(&sql);
    if (r == 0)
        r = shadow_show_create(s, s->live, t->name, &text, &why);
    if (r != 0 || text.n == 0) {
        err_set(e, ERR_REFUSED, "the dump holds only rows for table %s, and there is no such live table: %s",
                t->name, why.text);
        r = err_fix(e, "the tables have to be there in the version that the dump was made with");
    } else if (s->mode == SHADOW_IN_PLACE) {
        t->made = true;
    } else {
        r = shadow_set_pattern(s, t, buf_str(&text), e);
    }
    buf_free(&text);
    return r;
}
