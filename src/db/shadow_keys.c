/*
 * Foreign keys name the table that they are about, and servers let them follow it when it is renamed, into other
 * databases too. So keys between tables that move together stay right by themselves. What has to be put right: keys of
 * tables that stay, which follow the table that is put aside, and keys of loaded tables about one that only the
 * live database has. A key can't be changed in one statement, as its name is taken until it is dropped: it is written
 * down first.
 */
#include "db/left_out.h"
#include "db/shadow_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct key {
    const char *table;
    const char *name;
    const char *about_db;
    const char *about;
};
struct keys {
    struct key *v;
    size_t n;
    size_t cap;
};

static int read_keys(struct shadow *s, const char *db, struct keys *out, struct err *e)
{
    const struct mysql_cell *c;
    struct buf sql = {0};
    unsigned tries = 0;
    int r;

    mysql_sqlf(s->own, &sql,
               "SELECT DISTINCT table_name, constraint_name, referenced_table_schema, referenced_table_name "
               "FROM information_schema.key_column_usage WHERE table_schema=%s AND constraint_schema=%s AND "
               "referenced_table_name IS NOT NULL",
               db, db);
    do {
        out->n = 0;
        r = mysql_query(s->own, buf_str(&sql), e);
        while (r == 0 && (r = mysql_row(s->own, &c, e)) > 0) {
            struct key *k = vec_push(out);

            k->table = arena_dup(&s->mem, c[0].s.p, c[0].s.n);
            k->name = arena_dup(&s->mem, c[1].s.p, c[1].s.n);
            k->about_db = arena_dup(&s->mem, c[2].s.p, c[2].s.n);
            k->about = arena_dup(&s->mem, c[3].s.p, c[3].s.n);
            r = 0;
        }
    } while (r == 0 && (r = left_out_again(s->own, &tries, e)) > 0);
    buf_free(&sql);
    return r;
}

/* A quoted name at the start of *rest is taken off. */
static void skip_id(struct str *rest)
{
    size_t i = 1;

    if (rest->n == 0 || rest->p[0] != '`')
        return;
    while (i < rest->n && (rest->p[i] != '`' || (i + 1 < rest->n && rest->p[i + 1] == '`')))
        i += rest->p[i] == '`' ? 2 : 1;
    *rest = str_sub(*rest, i + 1, rest->n);
}

/* "CONSTRAINT `k` FOREIGN KEY (…) REFERENCES `db`.`about` (…) ON …" with another table, from SHOW CREATE TABLE. */
static int definition(struct shadow *s, const char *db, const struct key *k, const char *new_db, const char *about,
                      struct buf *out, struct err *e)
{
    struct buf head = {0};
    struct buf text = {0};
    struct str rest;
    struct str line;
    int r = shadow_show_create(s, db, k->table, &text, e);

    mysql_sqlf(s->own, &head, "CONSTRAINT %i FOREIGN KEY ", k->name);
    rest = buf_str(&text);
    while (r == 0 && str_line(&rest, &line)) {
        size_t at;
        struct str tail;

        line = str_trim(line);
        if (!str_starts(line, buf_str(&head)))
            continue;
        if (line.n > 0 && line.p[line.n - 1] == ',')
            line.n--;
        at = str_find(line, STR(") REFERENCES `"), 0);
        if (at == SIZE_MAX)
            break;
        at += strlen(") REFERENCES ");
        tail = str_sub(line, at, line.n);
        skip_id(&tail);
        if (str_skip(&tail, STR(".")))
            skip_id(&tail);
        buf_addstr(out, str_sub(line, 0, at));
        mysql_quote_id(out, str_of(new_db));
        buf_addc(out, '.');
        mysql_quote_id(out, str_of(about));
        buf_addstr(out, tail);
        goto out;
    }
    if (r == 0)
        r = err_set(e, ERR_FORMAT, "foreign key %s of table %s: the server does not show it", k->name, k->table);
out:
    buf_free(&head);
    buf_free(&text);
    return r;
}

static int drop_key(struct shadow *s, const char *db, const char *table, const char *name, struct err *e)
{
    struct buf sql = {0};
    int r;

    mysql_sqlf(s->own, &sql, "ALTER TABLE %i.%i DROP FOREIGN KEY %i", db, table, name);
    r = shadow_exec(s, &sql, e);
    buf_free(&sql);
    return r != 0 ? err_wrap(e, "foreign key %s of table %s", name, table) : 0;
}

static int add_key(struct shadow *s, const char *db, const char *table, struct str definition_of, struct err *e)
{
    struct buf sql = {0};
    int r;

    mysql_sqlf(s->own, &sql, "ALTER TABLE %i.%i ADD ", db, table);
    buf_addstr(&sql, definition_of);
    r = shadow_exec(s, &sql, e);
    buf_free(&sql);
    return r != 0 ? err_wrap(e, "a foreign key of table %s", table) : 0;
}

int shadow_keys_loaded(struct shadow *s, struct err *e)
{
    struct keys keys = {0};
    struct buf def = {0};
    size_t i;
    size_t j;
    int r = read_keys(s, s->sh, &keys, e);

    for (i = 0; r == 0 && i < keys.n; i++) {
        const struct shadow_table *about = NULL;
        const struct shadow_table *child = NULL;

        for (j = 0; j < s->tables.n; j++) {
            const struct shadow_table *t = s->tables.v[j];

            if (strcmp(t->in, keys.v[i].about) == 0)
                about = t;
            if (strcmp(t->in, keys.v[i].table) == 0 && t->made)
                child = t;
        }
        if (child == NULL || strcmp(keys.v[i].about_db, s->sh) != 0 || about == NULL || about->made)
            continue;
        shadow_remark(s, "table %s has a foreign key about %s, which the dump does not hold: it is about the live one",
                      child->name, about->name);
        buf_reset(&def);
        r = definition(s, s->sh, &keys.v[i], s->live, about->name, &def, e);
        if (r == 0)
            r = drop_key(s, s->sh, keys.v[i].table, keys.v[i].name, e);
        if (r == 0)
            r = add_key(s, s->sh, keys.v[i].table, buf_str(&def), e);
    }
    free(keys.v);
    buf_free(&def);
    return r;
}

static const struct mark_row *new_table(const struct mark_rows *tables, const char *name)
{
    size_t i;

    for (i = 0; i < tables->n; i++)
        if (strcmp(tables->v[i].name, name) == 0)
            return &tables->v[i];
    return NULL;
}

/* Tries the key on an empty copy of the table, about the loaded one. */
static int try_key(struct shadow *s, const struct key *k, const char *about, struct err *e)
{
    const char *probe = arena_printf(&s->mem, "_tk%sprobe", s->o.tag);
    struct err why = {0};
    struct buf sql = {0};
    struct buf def = {0};
    struct key unnamed = *k;
    size_t at;
    int r;

    mysql_sqlf(s->own, &sql, "DROP TABLE IF EXISTS %i.%i", s->sh, probe);
    r = shadow_exec(s, &sql, e);
    mysql_sqlf(s->own, &sql, "CREATE TABLE %i.%i LIKE %i.%i", s->sh, probe, s->live, k->table);
    if (r == 0)
        r = shadow_exec(s, &sql, e);
    if (r == 0)
        r = definition(s, s->live, &unnamed, s->sh, about, &def, e);
    if (r == 0) {
        at = str_find(buf_str(&def), STR("FOREIGN KEY "), 0);
        if (add_key(s, s->sh, probe, str_sub(buf_str(&def), at, def.n), &why) != 0) {
            err_set(e, ERR_REFUSED, "table %s stays, but its foreign key %s does not fit the table %s of the dump: %s",
                    k->table, k->name, k->about, why.text);
            err_fix(e, "drop this foreign key, or restore with the table");
            r = -1;
        }
    }
    mysql_sqlf(s->own, &sql, "DROP TABLE IF EXISTS %i.%i", s->sh, probe);
    err_clear(&why);
    (void)shadow_exec(s, &sql, &why);
    buf_free(&sql);
    buf_free(&def);
    return r;
}

int shadow_keys_check(struct shadow *s, const struct mark_rows *tables, struct err *e)
{
    struct keys keys = {0};
    size_t i;
    int r = read_keys(s, s->live, &keys, e);

    for (i = 0; r == 0 && i < keys.n; i++) {
        const struct key *k = &keys.v[i];
        const struct mark_row *about = new_table(tables, k->about);

        if (strcmp(k->about_db, s->live) != 0 || about == NULL || new_table(tables, k->table) != NULL ||
            strncmp(k->table, "_tk", 3) == 0)
            continue;
        r = try_key(s, k, about->extra, e);
        if (r == 0)
            shadow_remark(s, "table %s stays; its foreign key %s is about the restored %s now, its rows were not compared",
                          k->table, k->name, k->about);
    }
    free(keys.v);
    return r;
}

/* The name that a table which is not live now has in the live database; NULL when it is none of ours. */
static const char *live_name(const struct shadow *s, const struct mark_rows *all, const struct key *k)
{
    size_t i;

    if (s->mode == SHADOW_DATABASE)
        return strcmp(k->about_db, s->sh) == 0 || strcmp(k->about_db, s->keep) == 0 ? k->about : NULL;
    if (strcmp(k->about_db, s->live) != 0)
        return NULL;
    for (i = 0; i < all->n; i++)
        if (strcmp(all->v[i].extra, k->about) == 0)
            return all->v[i].name;
    return NULL;
}

/* Keys that were dropped and, as the run was killed, not added again. */
static int finish_noted(struct shadow *s, struct err *e)
{
    struct mark_rows noted = {0};
    struct keys keys = {0};
    size_t i;
    size_t j;
    int r = shadow_mark_read(s, MARK_OLD, "fk", &noted, e);

    if (r == 0 && noted.n > 0)
        r = read_keys(s, s->live, &keys, e);
    for (i = 0; r == 0 && i < noted.n; i++) {
        const struct mark_row *row = &noted.v[i];
        bool there = false;

        for (j = 0; j < keys.n; j++)
            there = there || strcmp(keys.v[j].name, row->name) == 0;
        if (!there)
            r = add_key(s, s->live, row->extra, row->body, e);
        if (r == 0)
            r = shadow_mark_take(s, MARK_OLD, row, e);
    }
    free(noted.v);
    free(keys.v);
    return r;
}

/* Writes the key down, drops it and adds it with another name or about another table. */
static int change_key(struct shadow *s, const struct key *k, const char *name, const char *about, struct err *e)
{
    struct mark_row row = {.kind = "fk", .name = name, .extra = k->table};
    struct buf def = {0};
    struct buf renamed = {0};
    struct buf head = {0};
    int r = definition(s, s->live, k, s->live, about, &def, e);

    mysql_sqlf(s->own, &head, "CONSTRAINT %i ", k->name);
    mysql_sqlf(s->own, &renamed, "CONSTRAINT %i ", name);
    buf_addstr(&renamed, str_sub(buf_str(&def), head.n, def.n));
    row.body = buf_str(&renamed);
    if (r == 0)
        r = shadow_mark_put(s, MARK_OLD, &row, e);
    if (r == 0)
        r = drop_key(s, s->live, k->table, k->name, e);
    if (r == 0)
        r = add_key(s, s->live, k->table, row.body, e);
    if (r == 0)
        r = shadow_mark_take(s, MARK_OLD, &row, e);
    buf_free(&def);
    buf_free(&renamed);
    buf_free(&head);
    return r;
}

/*
 * SHADOW_NAMES: names of foreign keys are unique in a database, so those of tables beside the live ones begin with
 * "_tk…a_" (of the dump) or "_tk…b_" (put aside). Names that the server made follow the table by themselves.
 */
static int rename_keys(struct shadow *s, bool aside, struct err *e)
{
    char mark_new[SHADOW_NAME_MAX];
    char mark_old[SHADOW_NAME_MAX];
    const char *gets = s->state == SHADOW_SWITCHED ? mark_old : mark_new;
    const char *loses = s->state == SHADOW_SWITCHED ? mark_new : mark_old;
    struct keys keys = {0};
    size_t i;
    int r = read_keys(s, s->live, &keys, e);

    snprintf(mark_new, sizeof mark_new, "_tk%sa_", s->o.tag);
    snprintf(mark_old, sizeof mark_old, "_tk%sb_", s->o.tag);
    for (i = 0; r == 0 && i < keys.n; i++) {
        const struct key *k = &keys.v[i];

        if ((strncmp(k->table, "_tk", 3) == 0) != aside)
            continue;
        if (aside && strncmp(k->name, "_tk", 3) != 0)
            r = change_key(s, k, arena_printf(&s->mem, "%s%.*s", gets, (int)(SHADOW_NAME_MAX - strlen(gets)), k->name),
                           k->about, e);
        else if (!aside && strncmp(k->name, loses, strlen(loses)) == 0)
            r = change_key(s, k, k->name + strlen(loses), k->about, e);
    }
    free(keys.v);
    return r;
}

void shadow_keys_unique(struct shadow *s, struct str text, struct buf *out)
{
    static const struct str word = {"CONSTRAINT `", sizeof "CONSTRAINT `" - 1};
    struct str rest = text;
    size_t at;

    while ((at = str_find(rest, word, 0)) != SIZE_MAX) {
        struct str name = str_sub(rest, at + word.n - 1, rest.n);
        struct str tail = name;

        skip_id(&tail);
        name = str_sub(name, 1, name.n - tail.n - 1);
        buf_addstr(out, str_sub(rest, 0, at));
        if (str_starts(tail, STR(" FOREIGN KEY"))) {
            char mark[SHADOW_NAME_MAX];

            snprintf(mark, sizeof mark, "_tk%sa_", s->o.tag);
            buf_printf(out, "CONSTRAINT `%s", mark);
            if (name.n + strlen(mark) > SHADOW_NAME_MAX)
                shadow_remark(s, "the long name of foreign key %.*s was cut", STR_FMT(name));
            buf_addstr(out, str_sub(name, 0, SHADOW_NAME_MAX - strlen(mark)));
            buf_addc(out, '`');
        } else if (!str_starts(tail, STR(" CHECK")) || mysql_is_mariadb(s->own)) {
            buf_addstr(out, str_sub(rest, at, rest.n - tail.n));
        } else {
            /* MySQL's checks have names of the database as well; it makes one that follows the table. */
            tail = str_sub(tail, 1, tail.n);
        }
        rest = tail;
    }
    buf_addstr(out, rest);
}

int shadow_keys_repair(struct shadow *s, struct err *e)
{
    struct mark_rows all = {0};
    struct keys keys = {0};
    size_t i;
    int r = finish_noted(s, e);

    if (r == 0)
        r = shadow_mark_read(s, MARK_NEW, "table", &all, e);
    if (r == 0)
        r = shadow_mark_read(s, MARK_OLD, "table", &all, e);
    if (r == 0)
        r = read_keys(s, s->live, &keys, e);
    for (i = 0; r == 0 && i < keys.n; i++) {
        const struct key *k = &keys.v[i];
        const char *about = live_name(s, &all, k);

        if (about != NULL && strncmp(k->table, "_tk", 3) != 0)
            r = change_key(s, k, k->name, about, e);
    }
    free(all.v);
    free(keys.v);
    if (r == 0 && s->mode == SHADOW_NAMES)
        r = rename_keys(s, true, e) != 0 || rename_keys(s, false, e) != 0 ? -1 : 0;
    return r;
}
