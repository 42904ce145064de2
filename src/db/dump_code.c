/*
 * Views, triggers, routines: code that the server keeps. It is shown as it was written, with the names of its character sets and its
 * sql_mode, which are set around it.
 */
#include "db/dump_parts.h"
#include "db/left_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ER_DBACCESS_DENIED     1044
#define ER_TABLEACCESS_DENIED  1142
#define ER_COLUMNACCESS_DENIED 1143
#define ER_SPECIFIC_ACCESS     1227
#define ER_PROCACCESS_DENIED   1370

/* One object as SHOW CREATE gives it; texts in the dump's memory. */
struct code {
    const char *name;
    const char *text; /* NULL: the account may not see it */
    const char *mode; /* NULL for views */
    const char *collation;
    bool placed;
};

/* Columns of SHOW CREATE's only row. */
struct show {
    const char *what; /* "VIEW" */
    size_t text, mode, collation; /* mode 0: there is none */
};

static const struct show show_view = {"VIEW", 1, 0, 3};
static const struct show show_trigger = {"TRIGGER", 2, 1, 4};
static const struct show show_procedure = {"PROCEDURE", 2, 1, 4};
static const struct show show_function = {"FUNCTION", 2, 1, 4};

static bool is_denied(const struct err *e)
{
    return e->kind == ERR_DB && (e->db_code == ER_DBACCESS_DENIED || e->db_code == ER_TABLEACCESS_DENIED ||
                                 e->db_code == ER_COLUMNACCESS_DENIED || e->db_code == ER_SPECIFIC_ACCESS ||
                                 e->db_code == ER_PROCACCESS_DENIED);
}

static void remark_hidden(struct dump *d, const char *what, const char *name)
{
    char *to = d->r->remark;
    size_t n = strlen(to);

    snprintf(to + n, sizeof d->r->remark - n, "%sthe account may not see the text of %s %s", n ? "; " : "", what, name);
}

static const char *cell_text(struct dump *d, const struct mysql_cell *c)
{
    return c->is_null ? NULL : arena_dup(&d->mem, c->s.p, c->s.n);
}

static int show_create(struct dump *d, const struct show *show, struct code *c, struct err *e)
{
    const struct mysql_cell *cell;
    struct buf *sql = dump_sql(d);
    int r;

    buf_printf(sql, "SHOW CREATE %s ", show->what);
    mysql_quote_id(sql, str_of(c->name));
    if (mysql_query(d->m, buf_str(sql), e) < 0) {
        if (!is_denied(e))
            return -1;
        err_clear(e);
        remark_hidden(d, show->what, c->name);
        return 0;
    }
    r = mysql_row(d->m, &cell, e);
    if (r == 1 && mysql_columns(d->m) > show->collation) {
        c->text = cell_text(d, &cell[show->text]);
        c->mode = show->mode ? cell_text(d, &cell[show->mode]) : NULL;
        c->collation = cell_text(d, &cell[show->collation]);
    }
    if (r < 0 || mysql_skip(d->m, e) < 0)
        return -1;
    if (c->text == NULL)
        remark_hidden(d, show->what, c->name);
    return 0;
}

static bool is_collation(const char *s)
{
    return s && s[0] && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static void put_settings(struct dump *d, const struct code *c)
{
    if (is_collation(c->collation))
        buf_printf(&d->out, "/*!50003 SET collation_connection = %s */;\n", c->collation);
    if (c->mode) {
        buf_adds(&d->out, "/*!50003 SET @saved_sql_mode = @@sql_mode */;\n/*!50003 SET sql_mode = ");
        dump_quote(&d->out, str_of(c->mode));
        buf_adds(&d->out, " */;\n");
    }
}

/* A delimiter that the text does not hold. */
static const char *delimiter_for(struct str text)
{
    static const char *const some[] = {";;", "$$", "//", "~~~~", "@@@@"};

    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        if (!str_has(text, str_of(some[i])))
            return some[i];
    return "~!~!~!~";
}

static int put_body(struct dump *d, const struct show *show, const struct code *c, struct err *e)
{
    const char *end = delimiter_for(str_of(c->text));

    if (dump_may_go_on(d, e) < 0)
        return -1;
    buf_printf(&d->out, "\nDROP %s IF EXISTS ", show->what);
    mysql_quote_id(&d->out, str_of(c->name));
    buf_adds(&d->out, ";\n");
    put_settings(d, c);
    buf_printf(&d->out, "DELIMITER %s\n%s %s\nDELIMITER ;\n", end, c->text, end);
    if (c->mode)
        buf_adds(&d->out, "/*!50003 SET sql_mode = @saved_sql_mode */;\n");
    return dump_flush(d, e);
}

/*
 * Whether the text of one view reads from the other. The server writes every name in backquotes and tables behind
 * "from", "join" or a parenthesis.
 */
static bool reads_from(struct str text, const char *name)
{
    static const char *const before[] = {"from ", "join ", "(", "`."};
    struct buf quoted = {0};
    bool found = false;

    mysql_quote_id(&quoted, str_of(name));
    for (size_t at = 0; !found && (at = str_find(text, buf_str(&quoted), at)) != SIZE_MAX; at++)
        for (size_t i = 0; i < sizeof before / sizeof *before; i++)
            found = found || str_ends(str_sub(text, 0, at), str_of(before[i]));
    buf_free(&quoted);
    return found;
}

static bool waits_for_another(const struct code *views, size_t n, size_t which)
{
    for (size_t i = 0; i < n; i++)
        if (i != which && views[i].text && !views[i].placed && reads_from(str_of(views[which].text), views[i].name))
            return true;
    return false;
}

static int put_view(struct dump *d, struct code *v, struct err *e)
{
    v->placed = true;
    d->r->views++;
    if (dump_may_go_on(d, e) < 0)
        return -1;
    buf_adds(&d->out, "\n/*!50001 DROP VIEW IF EXISTS ");
    mysql_quote_id(&d->out, str_of(v->name));
    buf_adds(&d->out, " */;\n");
    put_settings(d, v);
    buf_printf(&d->out, "%s;\n", v->text);
    return dump_flush(d, e);
}

/* Views behind those that they read from. What is left of a circle that our reading of the texts sees keeps its order. */
static int put_views(struct dump *d, struct code *views, size_t n, struct err *e)
{
    bool any = true;

    while (any) {
        any = false;
        for (size_t i = 0; i < n; i++) {
            if (views[i].text == NULL || views[i].placed || waits_for_another(views, n, i))
                continue;
            any = true;
            if (put_view(d, &views[i], e) < 0)
                return -1;
        }
    }
    for (size_t i = 0; i < n; i++)
        if (views[i].text && !views[i].placed && put_view(d, &views[i], e) < 0)
            return -1;
    return 0;
}

/* A view whose tables are gone has a text, but nothing can be loaded from it. */
static int try_view(struct dump *d, const char *name, struct err *e)
{
    struct buf *sql = dump_sql(d);

    buf_adds(sql, "SELECT 1 FROM ");
    mysql_quote_id(sql, str_of(name));
    buf_adds(sql, " LIMIT 0");
    if (mysql_exec(d->m, buf_str(sql), NULL, e) == 0)
        return 0;
    if (!is_denied(e))
        return dump_failed("view", name, e);
    err_clear(e);
    return 0;
}

int dump_views(struct dump *d, struct err *e)
{
    struct code *views = arena_array(&d->mem, d->views.n, sizeof *views);

    for (size_t i = 0; i < d->views.n; i++) {
        views[i].name = d->views.v[i].name;
        if (try_view(d, views[i].name, e) < 0)
            return -1;
        if (show_create(d, &show_view, &views[i], e) < 0)
            return dump_failed("view", views[i].name, e);
    }
    return put_views(d, views, d->views.n, e);
}

/* Names of what the query gives; with a second column, those whose second column is a table of ours. */
static int list_names(struct dump *d, struct str sql, struct code **list, size_t *n, struct err *e)
{
    VEC(struct code) found = {0};
    const struct mysql_cell *cell;
    unsigned tries = 0;
    int r;

    do {
        found.n = 0;
        r = mysql_query(d->m, sql, e);
        while (r == 0 && (r = mysql_row(d->m, &cell, e)) == 1) {
            r = 0;
            if (mysql_columns(d->m) < 2 || dump_wants(d, cell[1].s))
                *vec_push(&found) = (struct code){.name = cell_text(d, &cell[0])};
        }
    } while (r == 0 && (r = left_out_again(d->m, &tries, e)) > 0);
    *n = found.n;
    *list = arena_array(&d->mem, found.n, sizeof **list);
    if (found.n > 0)
        memcpy(*list, found.v, found.n * sizeof *found.v);
    free(found.v);
    return r;
}

int dump_triggers(struct dump *d, struct err *e)
{
    struct code *list;
    size_t n;

    if (list_names(d,
                   STR("SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS"
                       " WHERE TRIGGER_SCHEMA = DATABASE()"
                       " ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER"),
                   &list, &n, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (show_create(d, &show_trigger, &list[i], e) < 0)
            return dump_failed("trigger", list[i].name, e);
        if (list[i].text == NULL)
            continue;
        d->r->triggers++;
        if (put_body(d, &show_trigger, &list[i], e) < 0)
            return -1;
    }
    return 0;
}

/* Routines bear no prefix; another shop's in the same database are not ours. */
static bool is_ours(const struct dump *d, const struct code *c)
{
    const char *prefix = d->o->prefix;

    return prefix == NULL || prefix[0] == '\0' || str_has(str_of(c->name), str_of(prefix)) ||
           str_has(str_of(c->text), str_of(prefix));
}

static int dump_kind(struct dump *d, const struct show *show, struct err *e)
{
    struct code *list;
    size_t n;

    mysql_sqlf(d->m, dump_sql(d),
               "SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()"
               " AND ROUTINE_TYPE = %s ORDER BY ROUTINE_NAME",
               show->what);
    if (list_names(d, buf_str(&d->sql), &list, &n, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (show_create(d, show, &list[i], e) < 0)
            return dump_failed("routine", list[i].name, e);
        if (list[i].text == NULL || !is_ours(d, &list[i]))
            continue;
        d->r->routines++;
        if (put_body(d, show, &list[i], e) < 0)
            return -1;
    }
    return 0;
}

int dump_routines(struct dump *d, struct err *e)
{
    return dump_kind(d, &show_function, e) < 0 || dump_kind(d, &show_procedure, e) < 0 ? -1 : 0;
}
