/*
 * Puts together what traces, files and database say of one upgrade. OpenCart writes nowhere down that an upgrade began or ended, so it is open only
 * where something positively says so: tables of an older version than the code, files of two versions, data that a step would have taken away, a
 * request without its answer.
 */
#include "base/plural.h"
#include "platform/opencart/plan_parts.h"

#include <stdlib.h>
#include <string.h>

#define MARK_MAX ((size_t)4096)

static bool below(const char *a, const char *b)
{
    return a && b && oc_version_compare(a, b) < 0;
}

static const char *newer(const char *a, const char *b)
{
    return a == NULL || below(a, b) ? b : a;
}

const char *oc_milestone(const char *version)
{
    size_t n;
    const struct oc_mark *all = oc_marks(&n);
    const char *best = NULL;

    /* Some releases say that they are the one before. */
    if (version && oc_version_or(version) && !below(oc_version_or(version), version))
        version = oc_version_or(version);
    for (size_t i = 0; version && i < n; i++)
        if (all[i].since && !below(version, all[i].since))
            best = newer(best, all[i].since);
    return best;
}

/* A table that somebody dropped makes no older version of it. */
static bool lacks_one_table(const struct oc_case *c)
{
    return c->marked.missing.n == 1 && c->marked.missing.v[0]->column == NULL;
}

bool oc_schema_old(const struct oc_case *c)
{
    return c->db && c->live.tables.n > 0 && below(c->marked.version, oc_milestone(c->to));
}

/* ---- the mark of an own run ---- */

static const char *mark_line(struct oc_case *c, struct str text, const char *key)
{
    struct str line;

    while (str_line(&text, &line)) {
        struct str value = line;

        if (str_skip(&value, str_of(key)) && str_skip(&value, STR(" ")) && oc_is_version(value))
            return arena_dup(c->mem, value.p, value.n);
    }
    return NULL;
}

static void read_mark(struct store *s, struct oc_case *c)
{
    struct buf text = {0};
    struct err ignored = {0};

    if (tree_read(&s->tree, OC_MARK, MARK_MAX, &text, &ignored) == 0) {
        c->to = mark_line(c, buf_str(&text), "to");
        c->from = mark_line(c, buf_str(&text), "from");
        c->from_tables = c->from == NULL;
        if (c->from == NULL)
            c->from = mark_line(c, buf_str(&text), "tables");
        c->ours = c->to != NULL;
    }
    buf_free(&text);
}

/* ---- versions ---- */

static const char *code_version(const struct oc *x)
{
    return x->version_catalog ? newer(x->version_catalog, x->version_admin) : x->version_admin;
}

static const char *older_code(const struct oc *x)
{
    return below(x->version_admin, x->version_catalog) ? x->version_admin : x->version_catalog;
}

static void find_mixed(const struct oc *x, struct oc_case *c)
{
    if (x->version_catalog && x->version_admin && strcmp(x->version_catalog, x->version_admin) != 0)
        c->mixed = arena_printf(c->mem, "%s in index.php and %s in %s/index.php", x->version_catalog, x->version_admin, x->admin);
}

/* An installer that cannot have come with the code that is here: that of the back office's download lies there first. */
static bool installer_is_foreign(const struct oc *x, const char *version)
{
    return x->install && version && x->install_steps > 0 &&
           (x->install_family != oc_family_of(version) || (oc_steps_of(version) > 0 && x->install_steps != oc_steps_of(version)));
}

static void set_target(struct store *s, struct oc_case *c)
{
    const struct oc *x = s->own;
    const char *code = code_version(x);
    const char *given = c->release.version;

    if (c->to == NULL) {
        c->to = code;
        if (below(code, c->trail.zip_version) && x->install)
            c->to = c->trail.zip_version;
        else if (below(code, c->trail.to))
            c->to = c->trail.to;
        else if (below(code, given) && (installer_is_foreign(x, code) || c->trail.admin_part.source))
            c->to = given;
    }
    if (given && c->to && strcmp(given, c->to) != 0 && (oc_version_or(given) == NULL || strcmp(oc_version_or(given), c->to) != 0)) {
        c->release_other = arena_printf(c->mem, "%s is of %s", c->release.shown, given);
        oc_release_close(&c->release);
    }
}

static void set_origin(struct store *s, struct oc_case *c)
{
    const struct oc *x = s->own;
    const char *const known[] = {older_code(x), c->db ? c->marked.version : NULL};

    for (size_t i = 0; c->from == NULL && i < sizeof known / sizeof *known; i++)
        if (below(known[i], c->to) && (i == 0 || oc_schema_old(c))) {
            c->from = known[i];
            c->from_tables = i > 0;
        }
}

/* ---- the database ---- */

static void read_database(struct store *s, struct oc_case *c)
{
    struct err why = {0};

    if (c->fresh || store_db(s, &why) == NULL) {
        c->db_err = c->fresh ? "config.php is empty" : arena_strdup(c->mem, why.text);
        return;
    }
    c->db = true;
    if (oc_case_schema(s, c, &why) < 0) {
        c->db = false;
        c->db_err = arena_strdup(c->mem, why.text);
        return;
    }
    err_clear(&why);
    if (oc_gate(s, &c->gate, &why) < 0)
        c->gate = GATE_UNKNOWN;
}

/* ---- whether it is open ---- */

static size_t strong_steps(const struct oc_case *c, const struct oc_todo **first, size_t *shaped)
{
    size_t n = 0;

    *shaped = 0;
    for (size_t i = 0; i < c->steps.n; i++) {
        const struct oc_todo *t = &c->steps.v[i];

        if (!oc_todo_is_left(t))
            continue;
        *shaped += t->shape;
        if (n++ == 0)
            *first = t;
    }
    return n;
}

/* The user named the release of that very version: he means to finish its upgrade, whose installer is in it. Other releases were put away before. */
static bool goes_on_from(const struct oc_case *c)
{
    return c->release.dir && (c->release.has_own || c->release.archive_given) && c->release.version && c->to;
}

static const char *tables_open(const struct store *s, const struct oc_case *c)
{
    const struct oc *x = s->own;

    if (!c->db)
        return NULL;
    if (c->torn_table && (x->install || goes_on_from(c)))
        return arena_printf(c->mem, "the table %s lacks its key or its AUTO_INCREMENT, as the change of tables leaves it for a moment", c->torn_table);
    if (!oc_schema_old(c) || (lacks_one_table(c) && x->install == NULL))
        return NULL;
    if (c->marked.version == NULL)
        return arena_printf(c->mem, "the code is of %s, the tables are of a version before 2.0", c->to);
    if (c->marked.newest && strcmp(c->marked.newest, c->marked.version) != 0)
        return arena_printf(c->mem, "the code is of %s, the tables are partly as in %s and partly as in %s", c->to, c->marked.version, c->marked.newest);
    return arena_printf(c->mem, "the code is of %s, the tables are as %s and the releases right behind it had them", c->to, c->marked.version);
}

static const char *data_open(const struct store *s, struct oc_case *c)
{
    const struct oc *x = s->own;
    const struct oc_todo *t = NULL;
    size_t shaped;
    size_t n = strong_steps(c, &t, &shaped);
    const char *why = n > 0 ? arena_printf(c->mem, "%s: %s", t->sign ? t->sign : t->name, t->why ? t->why : "its work is not there") : NULL;

    /* Without an installer a single sign, or rows alone, may be as old as the shop. */
    if (why && x->install == NULL && !c->config_why && !goes_on_from(c) && (n == 1 || shaped == 0)) {
        c->why_old = why;
        return NULL;
    }
    return why;
}

static const char *trail_open(const struct oc_case *c)
{
    const struct oc_trail *t = &c->trail;
    bool ours = t->to == NULL || (c->to && oc_version_compare(t->to, c->to) == 0);

    if (t->last == 0 || t->end.source || !ours)
        return NULL;
    for (size_t i = 0; i < c->steps.n; i++)
        if (c->steps.v[i].number == t->last && i + 1 == c->steps.n && c->steps.v[i].state == OC_STEP_DONE)
            return NULL;
    return arena_printf(c->mem, "step %u began, and nothing tells that the upgrade came to its end", t->last);
}

static const char *zip_open(const struct store *s, const struct oc_case *c)
{
    const struct oc *x = s->own;

    if (c->trail.zip && x->install && below(s->version, c->to))
        return arena_printf(c->mem, "%s and its installer are there, the code is still of %s", c->trail.zip, s->version);
    if (x->install && below(s->version, c->to))
        return arena_printf(c->mem, "an installer of %s is there, the code is still of %s", c->to, s->version);
    return NULL;
}

static void decide(const struct store *s, struct oc_case *c)
{
    const char *const reasons[] = {
        c->ours ? "the toolkit began to finish it" : NULL,
        c->mixed ? arena_printf(c->mem, "the store has files of two versions: %s", c->mixed) : NULL,
        tables_open(s, c),
        zip_open(s, c),
        data_open(s, c),
        trail_open(c),
    };
    const struct oc *x = s->own;

    for (size_t i = 0; c->why_open == NULL && i < sizeof reasons / sizeof *reasons; i++)
        c->why_open = reasons[i];
    c->trail_alone = c->why_open && c->why_open == reasons[sizeof reasons / sizeof *reasons - 1];
    c->open = c->why_open != NULL && !c->fresh && oc_family_of(c->to) != OC_FAMILY_UNKNOWN;
    c->finished = !c->open && !c->fresh && (c->trail.end.source || x->install);
}

/* ---- all of it ---- */

/* The zip was not used up although the code is there: are all its files? */
static bool zip_has_more(const struct store *s, const struct oc_case *c)
{
    return !c->open && c->trail.zip && c->release.dir && s->version && c->release.version &&
           strcmp(c->release.version, s->version) == 0;
}

static int read_files(struct store *s, struct oc_case *c, struct err *e)
{
    if (!c->open && !zip_has_more(s, c)) {
        oc_case_copies(s, c);
        return 0;
    }
    if (oc_case_files(s, c, e) < 0) {
        if (c->release.archive == NULL || c->release.archive_given)
            return -1;
        /* A zip that turns out to be damaged is as good as none. */
        c->release_other = arena_printf(c->mem, "%s can't be used: %s", c->release.shown, e->text);
        err_clear(e);
        oc_release_close(&c->release);
        if (oc_case_files(s, c, e) < 0)
            return -1;
    }
    if (!c->open && c->files_known && c->todo.n + c->todo_aside.n > 0) {
        c->why_open = arena_printf(c->mem, "%s is left, and %zu of its files %s not in the store", c->trail.zip, c->todo.n + c->todo_aside.n,
                                   plural(c->todo.n + c->todo_aside.n, "is", "are"));
        c->open = true;
        c->finished = false;
    }
    return 0;
}

int oc_case_read(struct store *s, struct arena *mem, struct oc_case *c, struct err *e)
{
    const struct oc *x = s->own;

    memset(c, 0, sizeof *c);
    c->mem = mem;
    oc_trail_read(s, mem, &c->trail);
    c->fresh = x->catalog.path && x->catalog.err.kind == ERR_NONE && x->catalog.c.empty;
    read_mark(s, c);
    find_mixed(x, c);
    if (oc_release_find(s, c, e) < 0)
        return -1;
    set_target(s, c);
    read_database(s, c);
    set_origin(s, c);
    c->config_why = oc_config_lacks(s, c->to, mem);
    oc_case_steps(s, c);
    oc_case_signs(s, c);
    decide(s, c);
    if (read_files(s, c, e) < 0)
        return -1;
    if (c->open && c->todo_install.n > 0) {
        oc_case_steps(s, c);
        oc_case_signs(s, c);
    }
    return 0;
}

void oc_case_free(struct oc_case *c)
{
    oc_case_forget_files(c);
    oc_release_close(&c->release);
    schema_free(&c->live);
    schema_free(&c->target);
    oc_marked_free(&c->marked);
    free(c->steps.v);
    memset(c, 0, sizeof *c);
}
