/*
 * Add-ons: the table addons with status A or D, over which the setting init_addons stands: "none" loads no add-on, "core" those that came
 * with the product. Unmanaged ones are loaded by a way of their own and heed it not.
 */
#include "platform/cscart/cs.h"

#include <stdlib.h>
#include <string.h>

static struct str column(struct mysql *db, const struct mysql_cell *row, const char *name)
{
    for (size_t i = 0; i < mysql_columns(db); i++)
        if (str_is(mysql_column_name(db, i), name))
            return row[i].s;
    return (struct str){0};
}

/* "", "none", "core", "restore". */
static int read_switch(struct store *s, struct buf *value, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    bool found;
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT value FROM %i WHERE name = 'init_addons' AND section_id = 0",
               store_table(s, "settings_objects"));
    rc = mysql_value(db, buf_str(&sql), value, &found, e);
    buf_free(&sql);
    return rc;
}

static bool came_with_it(const struct cs_dist *dist, const char *name)
{
    for (size_t i = 0; i < dist->n_addons; i++)
        if (strcmp(dist->addons[i], name) == 0)
            return true;
    return false;
}

static const char *note_of(struct store *s, struct addon_list *out, const struct addon *a, bool unmanaged,
                           struct str init)
{
    if (!tree_exists(&s->tree, arena_printf(&out->mem, "app/addons/%s", a->name)))
        return arena_printf(&out->mem, "its folder app/addons/%s is missing", a->name);
    if (!a->enabled)
        return NULL;
    if (unmanaged)
        return "loaded whatever init_addons says";
    if (str_is(init, "none"))
        return "not loaded: init_addons is none";
    if (str_is(init, "core") && a->third_party)
        return "not loaded: init_addons is core";
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct addon *)a)->name, ((const struct addon *)b)->name);
}

static int read_rows(struct store *s, struct addon_list *out, const struct cs_dist *dist, struct str init,
                     struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    mysql_sqlf(db, &sql, "SELECT * FROM %i", store_table(s, "addons"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct str name = column(db, row, "addon");
        struct str version = column(db, row, "version");
        struct addon *a = vec_push(&out->all);

        a->name = arena_dup(&out->mem, name.p, name.n);
        a->version = version.n ? arena_dup(&out->mem, version.p, version.n) : NULL;
        a->enabled = str_is(column(db, row, "status"), "A");
        a->origin_known = dist != NULL;
        a->third_party = dist != NULL && !came_with_it(dist, a->name);
        a->note = str_is_safe_path(name) ? note_of(s, out, a, str_is(column(db, row, "unmanaged"), "1"), init)
                                         : "not a name of an add-on";
    }
    buf_free(&sql);
    if (out->all.n > 1)
        qsort(out->all.v, out->all.n, sizeof *out->all.v, by_name);
    return rc < 0 ? -1 : 0;
}

int cs_addons_list(struct store *s, struct addon_list *out, struct err *e)
{
    struct cs_dist dist;
    struct err why = {0};
    struct buf init = {0};
    bool known;
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (store_db(s, e) == NULL || read_switch(s, &init, e) < 0)
        goto out;
    known = cs_dist_addons(s, &dist, &out->mem, &why) == 0;
    rc = read_rows(s, out, known ? &dist : NULL, buf_str(&init), e);
    if (str_is(buf_str(&init), "none"))
        out->note = "init_addons is none: the shop loads no add-on, whatever their own state";
    else if (str_is(buf_str(&init), "core"))
        out->note = "init_addons is core: the shop loads only add-ons that came with it";
    else if (!known)
        out->note = arena_printf(&out->mem, "which add-ons came with the shop is not known: %s", why.text);
out:
    buf_free(&init);
    return rc;
}

static const struct addon *find(const struct addon_list *l, struct str name)
{
    for (size_t i = 0; i < l->all.n; i++)
        if (str_is(name, l->all.v[i].name))
            return &l->all.v[i];
    return NULL;
}

static int unknown(const struct addon_list *l, const char *name, struct err *e)
{
    struct buf names = {0};

    for (size_t i = 0; i < l->all.n; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", l->all.v[i].name);
    err_set(e, ERR_ABSENT, "no add-on %s is installed; there are %s", name,
            l->all.n ? buf_cstr(&names) : "none");
    buf_free(&names);
    return -1;
}

struct names {
    VEC(const char *) all;
};

static bool is_in(const struct names *l, struct str name)
{
    for (size_t i = 0; i < l->all.n; i++)
        if (str_is(name, l->all.v[i]))
            return true;
    return false;
}

static void read_note(struct store *s, struct work *w, struct names *out)
{
    struct buf text = {0};
    struct str line;
    struct str rest;

    if (w->noted(w, ADDONS_NOTE, &text)) {
        rest = (struct str){arena_dup(&s->mem, text.p, text.n), text.n};
        while (str_line(&rest, &line))
            if (line.n > 0)
                *vec_push(&out->all) = arena_dup(&s->mem, line.p, line.n);
    }
    buf_free(&text);
}

static int write_note(struct work *w, const struct names *l, struct err *e)
{
    struct buf text = {0};
    int rc;

    for (size_t i = 0; i < l->all.n; i++)
        buf_printf(&text, "%s\n", l->all.v[i]);
    rc = w->note(w, ADDONS_NOTE, buf_str(&text), e);
    buf_free(&text);
    return rc;
}

static int set_status(struct store *s, struct work *w, const struct names *which, bool on, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < which->all.n; i++) {
        w->say(w, "%s %s",
               w->dry_run ? (on ? "would switch on" : "would switch off")
                          : (on ? "switched on:" : "switched off:"),
               which->all.v[i]);
        if (w->dry_run)
            continue;
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "UPDATE %i SET status = %s WHERE addon = %s", store_table(s, "addons"),
                   on ? "A" : "D", which->all.v[i]);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    return rc;
}

/* The ones named, that are not as wanted; they all have to exist. */
static int choose_named(struct store *s, struct work *w, const struct addon_list *l, const char *const *names,
                        size_t n, bool on, struct names *out, struct err *e)
{
    (void)s;
    for (size_t i = 0; i < n; i++)
        if (find(l, str_of(names[i])) == NULL)
            return unknown(l, names[i], e);
    for (size_t i = 0; i < n; i++) {
        const struct addon *a = find(l, str_of(names[i]));

        if (a->enabled == on)
            w->say(w, "%s is %s already", a->name, on ? "on" : "off");
        else if (!is_in(out, str_of(a->name)))
            *vec_push(&out->all) = a->name;
    }
    return 0;
}

static int choose_third_party(const struct addon_list *l, struct names *out, struct err *e)
{
    if (l->all.n > 0 && !l->all.v[0].origin_known) {
        err_set(e, ERR_ABSENT, "%s", l->note ? l->note : "which add-ons came with the shop is not known");
        return err_fix(e, "name the add-ons: toolkit addons disable NAME…");
    }
    for (size_t i = 0; i < l->all.n; i++)
        if (l->all.v[i].third_party && l->all.v[i].enabled)
            *vec_push(&out->all) = l->all.v[i].name;
    return 0;
}

static int choose_noted(const struct addon_list *l, struct work *w, const struct names *noted,
                        struct names *out, struct err *e)
{
    if (noted->all.n == 0)
        return err_set(e, ERR_ABSENT, "the toolkit has switched off no add-on of this store");
    for (size_t i = 0; i < noted->all.n; i++) {
        const struct addon *a = find(l, str_of(noted->all.v[i]));

        if (a == NULL)
            w->say(w, "%s is not installed any more", noted->all.v[i]);
        else if (!a->enabled)
            *vec_push(&out->all) = a->name;
    }
    return 0;
}

/* What stays to be switched on again: with `off` those before and these, else those before without these. */
static void reckon(const struct names *before, const struct names *which, bool off, struct names *after)
{
    for (size_t i = 0; i < before->all.n; i++)
        if (off || !is_in(which, str_of(before->all.v[i])))
            *vec_push(&after->all) = before->all.v[i];
    for (size_t i = 0; off && i < which->all.n; i++)
        if (!is_in(before, str_of(which->all.v[i])))
            *vec_push(&after->all) = which->all.v[i];
}

static int check(struct store *s, const struct names *which, bool on, struct err *e)
{
    struct addon_list now;
    int rc = cs_addons_list(s, &now, e);

    for (size_t i = 0; rc == 0 && i < which->all.n; i++) {
        const struct addon *a = find(&now, str_of(which->all.v[i]));

        if (a == NULL || a->enabled != on)
            rc = err_set(e, ERR_MISMATCH, "%s is still %s after the change", which->all.v[i],
                         on ? "off" : "on");
    }
    free(now.all.v);
    arena_free(&now.mem);
    return rc;
}

int cs_addons_set(struct store *s, const char *const *names, size_t n, bool on, struct work *w, struct err *e)
{
    struct addon_list list;
    struct names noted = {.all = {0}};
    struct names which = {.all = {0}};
    struct names after = {.all = {0}};
    int rc = cs_addons_list(s, &list, e);

    if (rc == 0) {
        read_note(s, w, &noted);
        if (n > 0)
            rc = choose_named(s, w, &list, names, n, on, &which, e);
        else if (on)
            rc = choose_noted(&list, w, &noted, &which, e);
        else
            rc = choose_third_party(&list, &which, e);
    }
    if (rc == 0 && which.all.n == 0)
        w->say(w, "there is no add-on to switch %s", on ? "on" : "off");
    reckon(&noted, &which, !on, &after);
    /* Before the first row changes, so that a kill forgets none; after the last one is on again. */
    if (rc == 0 && !on)
        rc = write_note(w, &after, e);
    if (rc == 0)
        rc = set_status(s, w, &which, on, e);
    if (rc == 0 && which.all.n > 0)
        rc = cs_cache_clear(s, w, e);
    if (rc == 0 && !w->dry_run)
        rc = check(s, &which, on, e);
    if (rc == 0 && on && n == 0)
        after.all.n = 0;
    if (rc == 0 && on)
        rc = write_note(w, &after, e);
    free(noted.all.v);
    free(which.all.v);
    free(after.all.v);
    free(list.all.v);
    arena_free(&list.mem);
    return rc;
}
