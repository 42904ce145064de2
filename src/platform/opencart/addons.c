/*
 * What a shop has been extended by. Extensions are on by a setting of their own, modules of which there may be several by one each besides;
 * events, modifications and, from 4.0 on, startup and cron entries have a status. Where a module stands on the pages (layout_module) is left
 * alone.
 */
#include "base/plural.h"
#include "platform/addon_change.h"
#include "platform/opencart/addons_own.h"

#include <stdlib.h>
#include <string.h>

/* What is collected of one add-on, which may have several rows. */
struct rows_of {
    const char *name;
    const char *version;
    const char *folder; /* of 4.x, or NULL */
    bool third_party;
    size_t on, all;
    bool has_status; /* something says whether it is on */
};

struct reading {
    struct store *s;
    struct addon_list *out;
    VEC(struct rows_of) found;
};

static struct rows_of *get(struct reading *r, const char *name)
{
    struct rows_of *f;

    for (size_t i = 0; i < r->found.n; i++)
        if (strcmp(r->found.v[i].name, name) == 0)
            return &r->found.v[i];
    f = vec_push(&r->found);
    f->name = name;
    return f;
}

static void add(struct rows_of *f, bool on)
{
    f->has_status = true;
    f->all++;
    f->on += on;
}

static bool is_true(const struct mysql_cell *cell)
{
    return !cell->is_null && cell->s.n > 0 && !str_is(cell->s, "0");
}

/* Calls each for every row. The statement is given back empty. */
typedef void each_row(struct reading *r, const struct mysql_cell *row);

static int read_rows(struct reading *r, struct buf *sql, each_row *each, struct err *e)
{
    struct mysql *db = store_db(r->s, e);
    const struct mysql_cell *row;
    int rc = db ? mysql_query(db, buf_str(sql), e) : -1;

    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1)
        each(r, row);
    buf_reset(sql);
    return rc < 0 ? -1 : 0;
}

/* ---- extensions ---- */

const char *oc_status_key(const struct store *s, struct arena *mem, struct str type, struct str code)
{
    if (s->version && oc_version_compare(s->version, "3.0") < 0)
        return arena_printf(mem, "%.*s_status", STR_FMT(code));
    return arena_printf(mem, "%.*s_%.*s_status", STR_FMT(type), STR_FMT(code));
}

static const char *name_of(struct arena *mem, struct str kind, struct str code)
{
    return arena_printf(mem, "%.*s/%.*s", STR_FMT(kind), STR_FMT(code));
}

/* type, code, then from 4.0 on the folder it came in. */
static void take_extension(struct reading *r, const struct mysql_cell *row)
{
    struct arena *mem = &r->out->mem;
    struct rows_of *f = get(r, name_of(mem, row[0].s, row[1].s));

    if (row[2].is_null) {
        f->third_party = !oc_is_own_extension(f->name);
    } else {
        f->folder = arena_dup(mem, row[2].s.p, row[2].s.n);
        f->third_party = f->third_party || !str_is(row[2].s, "opencart");
    }
    if (!row[3].is_null && row[3].s.n > 0)
        f->version = arena_dup(mem, row[3].s.p, row[3].s.n);
}

static int read_extensions(struct reading *r, struct buf *sql, struct err *e)
{
    struct store *s = r->s;
    struct mysql *db = store_db(s, e);
    bool folder;
    bool version;

    if (db == NULL || oc_has(s, "extension", "extension", &folder, e) < 0 || oc_has(s, "extension_install", "version", &version, e) < 0)
        return -1;
    if (folder && version)
        mysql_sqlf(db, sql, "SELECT x.type, x.code, x.extension, (SELECT MAX(i.version) FROM %i i WHERE i.code = x.extension) FROM %i x",
                   store_table(s, "extension_install"), store_table(s, "extension"));
    else
        mysql_sqlf(db, sql, folder ? "SELECT type, code, extension, NULL FROM %i" : "SELECT type, code, NULL, NULL FROM %i",
                   store_table(s, "extension"));
    return read_rows(r, sql, take_extension, e);
}

/* Settings by which extensions are on. */
static void take_status(struct reading *r, const struct mysql_cell *row)
{
    struct arena mem = {0};

    for (size_t i = 0; i < r->found.n; i++) {
        struct str code;
        struct str type = str_cut(str_of(r->found.v[i].name), '/', &code);

        if (str_is(row[0].s, oc_status_key(r->s, &mem, type, code)))
            add(&r->found.v[i], is_true(&row[1]));
    }
    arena_free(&mem);
}

/* The one place in a module's setting, JSON or serialized, that says whether it is on; two of them can't be told apart. */
int oc_module_status(struct str setting, size_t *at)
{
    static const struct {
        const char *head;
        char on, off;
    } forms[] = {{"\"status\":\"", '1', '0'}, {"\"status\":", '1', '0'}, {"s:6:\"status\";s:1:\"", '1', '0'}, {"s:6:\"status\";i:", '1', '0'}};
    int status = -1;

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct str head = str_of(forms[i].head);

        for (size_t from = 0; (from = str_find(setting, head, from)) != SIZE_MAX; from += head.n) {
            size_t place = from + head.n;

            if (place >= setting.n || (setting.p[place] != forms[i].on && setting.p[place] != forms[i].off))
                continue;
            if (status >= 0)
                return -1;
            status = setting.p[place] == forms[i].on;
            *at = place;
        }
    }
    return status;
}

/* code, in 4.x with its folder in front ("opencart.banner"), and setting. */
static void take_module(struct reading *r, const struct mysql_cell *row)
{
    struct arena mem = {0};
    size_t dot = str_rchr(row[0].s, '.');
    struct str code = dot == SIZE_MAX ? row[0].s : str_sub(row[0].s, dot + 1, row[0].s.n);
    const char *name = name_of(&mem, STR("module"), code);
    size_t at;
    int status = oc_module_status(row[1].s, &at);

    for (size_t i = 0; status >= 0 && i < r->found.n; i++)
        if (strcmp(r->found.v[i].name, name) == 0)
            add(&r->found.v[i], status == 1);
    arena_free(&mem);
}

static int read_statuses(struct reading *r, struct buf *sql, struct err *e)
{
    struct store *s = r->s;
    struct mysql *db = store_db(s, e);
    bool modules;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, sql, "SELECT `key`, value FROM %i WHERE `key` LIKE '%%\\_status'", store_table(s, "setting"));
    if (read_rows(r, sql, take_status, e) < 0 || oc_has(s, "module", "setting", &modules, e) < 0)
        return -1;
    if (!modules)
        return 0;
    mysql_sqlf(db, sql, "SELECT code, setting FROM %i", store_table(s, "module"));
    return read_rows(r, sql, take_module, e);
}

/* ---- all others ---- */

/* code, what it calls, whether it is on, the trigger of an event without a status. */
static void take_entry(struct reading *r, const struct mysql_cell *row, const char *kind)
{
    struct arena *mem = &r->out->mem;
    struct rows_of *f = get(r, name_of(mem, str_of(kind), row[0].s));

    bool own = strcmp(kind, "event") == 0 ? oc_is_own_event(mem, row[0].s, row[1].s) : oc_is_own_route(mem, row[1].s);

    f->third_party = f->third_party || !own;
    add(f, row[2].is_null ? !str_starts(row[3].s, STR(OC_EVENT_OFF)) : is_true(&row[2]));
}

static void take_event(struct reading *r, const struct mysql_cell *row)
{
    take_entry(r, row, "event");
}

static void take_startup(struct reading *r, const struct mysql_cell *row)
{
    take_entry(r, row, "startup");
}

static void take_cron(struct reading *r, const struct mysql_cell *row)
{
    take_entry(r, row, "cron");
}

static int read_entries(struct reading *r, struct buf *sql, const char *table, each_row *each, struct err *e)
{
    struct mysql *db = store_db(r->s, e);
    bool there;
    bool status;

    if (db == NULL || oc_has(r->s, table, NULL, &there, e) < 0 || oc_has(r->s, table, "status", &status, e) < 0)
        return -1;
    if (!there)
        return 0;
    mysql_sqlf(db, sql, status ? "SELECT code, action, status, NULL FROM %i" : "SELECT code, action, NULL, `trigger` FROM %i",
               store_table(r->s, table));
    return read_rows(r, sql, each, e);
}

static void take_modification(struct reading *r, const struct mysql_cell *row)
{
    struct arena *mem = &r->out->mem;
    struct rows_of *f = get(r, name_of(mem, STR("modification"), row[0].s));

    f->third_party = true;
    if (!row[2].is_null && row[2].s.n > 0)
        f->version = arena_dup(mem, row[2].s.p, row[2].s.n);
    add(f, is_true(&row[1]));
}

static int read_modifications(struct reading *r, struct buf *sql, struct err *e)
{
    struct mysql *db = store_db(r->s, e);
    const char *column;
    bool there;

    if (db == NULL || oc_has(r->s, "modification", NULL, &there, e) < 0)
        return -1;
    if (!there)
        return 0;
    if (oc_modification_code(r->s, &column, e) < 0)
        return -1;
    mysql_sqlf(db, sql, "SELECT %i, status, version FROM %i", column, store_table(r->s, "modification"));
    return read_rows(r, sql, take_modification, e);
}

/* ---- the list ---- */

static const char *note_of(struct reading *r, const struct rows_of *f)
{
    struct arena *mem = &r->out->mem;

    if (f->folder && str_is_safe_path(str_of(f->folder)) &&
        !tree_exists(&r->s->tree, arena_printf(mem, "extension/%s", f->folder)))
        return arena_printf(mem, "its folder extension/%s is missing", f->folder);
    if (!f->has_status)
        return "installed, and never set up: no setting says that it is on";
    if (f->on > 0 && f->on < f->all)
        return arena_printf(mem, "%zu of its %zu parts %s on", f->on, f->all, plural(f->on, "is", "are"));
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct addon *)a)->name, ((const struct addon *)b)->name);
}

static void fill(struct reading *r)
{
    struct addon_list *out = r->out;

    for (size_t i = 0; i < r->found.n; i++) {
        const struct rows_of *f = &r->found.v[i];

        *vec_push(&out->all) = (struct addon){.name = f->name,
                                              .version = f->version,
                                              .enabled = f->on > 0,
                                              .third_party = f->third_party,
                                              .origin_known = true,
                                              .note = note_of(r, f)};
    }
    if (out->all.n > 1)
        qsort(out->all.v, out->all.n, sizeof *out->all.v, by_name);
}

int oc_addons_list(struct store *s, struct addon_list *out, struct err *e)
{
    struct reading r = {.s = s, .out = out};
    struct buf sql = {0};
    int rc;

    memset(out, 0, sizeof *out);
    rc = read_extensions(&r, &sql, e);
    if (rc == 0)
        rc = read_statuses(&r, &sql, e);
    if (rc == 0)
        rc = read_entries(&r, &sql, "event", take_event, e);
    if (rc == 0)
        rc = read_entries(&r, &sql, "startup", take_startup, e);
    if (rc == 0)
        rc = read_entries(&r, &sql, "cron", take_cron, e);
    if (rc == 0)
        rc = read_modifications(&r, &sql, e);
    if (rc == 0)
        fill(&r);
    free(r.found.v);
    buf_free(&sql);
    return rc;
}

/* ---- switching one ---- */

static const char *note_key(struct store *s, const char *name)
{
    return arena_printf(&s->mem, "addon %s", name);
}

static int switch_on(struct store *s, struct work *w, const char *name, struct err *e)
{
    bool done;

    if (oc_rows_back(s, w, note_key(s, name), &done, e) < 0)
        return -1;
    if (done)
        return 0;
    w->say(w, "%s was not switched off by the toolkit: all of it is switched on", name);
    return oc_addon_force(s, name, e);
}

static int set_one(struct store *s, const char *name, bool on, struct work *w, struct err *e)
{
    struct oc *x = s->own;
    struct oc_rows sets[2];
    size_t n;

    x->modifications_changed = x->modifications_changed || str_starts(str_of(name), STR("modification/"));
    if (on)
        return switch_on(s, w, name, e);
    return oc_addon_rows(s, name, sets, &n, e) < 0 ? -1 : oc_rows_off(s, w, note_key(s, name), sets, n, NULL, e);
}

/* Copies of modified files go only when it is modifications that changed: the others' copies would be gone with them. */
static int clear(struct store *s, struct work *w, struct err *e)
{
    struct oc *x = s->own;

    return x->modifications_changed ? oc_cache_clear(s, w, e) : oc_cache_clear_data(s, w, e);
}

int oc_addons_set(struct store *s, const char *const *names, size_t n, bool on, struct work *w, struct err *e)
{
    static const struct addon_ops ops = {oc_addons_list, set_one, clear};
    struct oc *x = s->own;

    x->modifications_changed = false;
    return addon_change(&ops, s, names, n, on, w, e);
}
