/*
 * Switches of a shop besides open and closed: events and modifications of others, and the folder of the installer. Each remembers under its
 * own note, or in the undo area of its case, what was there, so that switching back leaves no trace.
 */
#include "base/plural.h"
#include "platform/opencart/addons_own.h"
#include "platform/opencart/modification.h"
#include "sys/stage.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS        "events"
#define MODIFICATIONS "modifications"

/* ---- events ---- */

struct counts {
    size_t on, all; /* of third parties */
    VEC(const char *) codes;
};

static int count_events(struct store *s, struct arena *mem, struct counts *c, struct err *e)
{
    struct addon_list l;
    int rc = oc_addons_list(s, &l, e);

    memset(c, 0, sizeof *c);
    for (size_t i = 0; rc == 0 && i < l.all.n; i++) {
        struct str code = str_of(l.all.v[i].name);

        if (!l.all.v[i].third_party || !str_skip(&code, STR("event/")))
            continue;
        c->all++;
        c->on += l.all.v[i].enabled;
        *vec_push(&c->codes) = arena_dup(mem, code.p, code.n);
    }
    free(l.all.v);
    arena_free(&l.mem);
    return rc;
}

static int get_events(struct store *s, bool *on, struct err *e)
{
    struct arena mem = {0};
    struct counts c;
    int rc = count_events(s, &mem, &c, e);

    *on = rc == 0 && (c.on > 0 || c.all == 0);
    free(c.codes.v);
    arena_free(&mem);
    return rc;
}

static int nothing_noted(const char *what, const char *kind, struct err *e)
{
    err_set(e, ERR_ABSENT, "the %s were not switched off by the toolkit, so which of them are to be on is not known", what);
    return err_fix(e, "switch single ones on: toolkit addons enable %s/CODE", kind);
}

static int set_events(struct store *s, bool on, struct work *w, struct err *e)
{
    struct arena mem = {0};
    struct counts c;
    struct oc_rows rows;
    size_t n = 0;
    bool done;
    int rc = count_events(s, &mem, &c, e);

    if (rc < 0)
        goto out;
    if (c.all == 0) {
        w->say(w, "all events of this shop are its own: there is nothing to switch %s", on ? "on" : "off");
    } else if ((c.on > 0) == on) {
        w->say(w, "events of third parties are %s already", on ? "on" : "off");
    } else if (w->dry_run) {
        w->say(w, "would switch %s %zu event%s of third parties", on ? "on again" : "off", on ? c.all : c.on, plural(on ? c.all : c.on, "", "s"));
    } else if (on) {
        rc = oc_rows_back(s, w, EVENTS, &done, e);
        if (rc == 0 && !done)
            rc = nothing_noted("events", "event", e);
    } else {
        rc = oc_event_rows(s, c.codes.v, c.codes.n, &rows, e);
        if (rc == 0)
            rc = oc_rows_off(s, w, EVENTS, &rows, 1, &n, e);
        if (rc == 0)
            w->say(w, "switched off %zu event%s of third parties; those of the release stay on", n, plural(n, "", "s"));
    }
    if (rc == 0 && !w->dry_run)
        rc = oc_cache_clear_data(s, w, e);
out:
    free(c.codes.v);
    arena_free(&mem);
    return rc;
}

/* ---- modifications ---- */

static int get_modifications(struct store *s, bool *on, struct err *e)
{
    uint64_t n_on;
    uint64_t all;
    int rc = oc_modification_rows_count(s, &n_on, &all, e);

    *on = rc == 0 && (n_on > 0 || all == 0);
    return rc;
}

static int modifications_off(struct store *s, struct work *w, struct err *e)
{
    struct oc_rows rows;
    size_t rows_n;
    size_t copies;

    oc_modification_rows(&rows);
    if (oc_rows_off(s, w, MODIFICATIONS, &rows, 1, &rows_n, e) < 0 || oc_modification_clear(s, w, &copies, e) < 0 ||
        oc_cache_clear_data(s, w, e) < 0)
        return -1;
    w->say(w, "switched off %zu modification%s and removed %zu cop%s of modified files: the shop runs on its original files", rows_n,
           plural(rows_n, "", "s"), copies, plural(copies, "y", "ies"));
    return 0;
}

static int modifications_on(struct store *s, struct work *w, struct err *e)
{
    bool done;

    if (oc_rows_back(s, w, MODIFICATIONS, &done, e) < 0)
        return -1;
    if (!done)
        return nothing_noted("modifications", "modification", e);
    w->say(w, "they take effect once the copies of modified files are made anew: toolkit cache rebuild");
    return 0;
}

static int set_modifications(struct store *s, bool on, struct work *w, struct err *e)
{
    uint64_t n_on;
    uint64_t all;

    if (oc_modification_rows_count(s, &n_on, &all, e) < 0)
        return -1;
    if (all == 0) {
        w->say(w, "this shop has no modifications: there is nothing to switch %s", on ? "on" : "off");
        return 0;
    }
    if ((n_on > 0) == on) {
        w->say(w, "modifications are %s already", on ? "on" : "off");
        /* A run that was killed may have left their copies. */
        return on || w->dry_run ? 0 : oc_modification_clear(s, w, NULL, e);
    }
    if (w->dry_run) {
        w->say(w, on ? "would switch on again those of the %llu modification%s that the toolkit switched off"
                     : "would switch off %llu modification%s and remove the copies of modified files",
               (unsigned long long)(on ? all : n_on), plural(on ? all : n_on, "", "s"));
        return 0;
    }
    return on ? modifications_on(s, w, e) : modifications_off(s, w, e);
}

/* ---- the installer ---- */

#define INSTALL "install"

struct files {
    struct arena mem;
    VEC(const char *) all;
    VEC(const char *) dirs;
    const char *odd; /* neither a file nor a folder */
};

static int take(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct files *f = arg;

    (void)e;
    if (S_ISREG(st->st_mode))
        *vec_push(&f->all) = arena_strdup(&f->mem, rel);
    else if (S_ISDIR(st->st_mode))
        *vec_push(&f->dirs) = arena_strdup(&f->mem, rel);
    else if (f->odd == NULL)
        f->odd = arena_strdup(&f->mem, rel);
    return 0;
}

static int list_installer(struct store *s, struct files *f, struct err *e)
{
    memset(f, 0, sizeof *f);
    return tree_exists(&s->tree, INSTALL) ? tree_walk(&s->tree, INSTALL, take, NULL, f, e) : 0;
}

static void files_free(struct files *f)
{
    free(f->all.v);
    free(f->dirs.v);
    arena_free(&f->mem);
}

static int get_installer(struct store *s, bool *on, struct err *e)
{
    struct files f;
    int rc = list_installer(s, &f, e);

    *on = rc == 0 && f.all.n > 0;
    files_free(&f);
    return rc;
}

static int move_aside(struct store *s, struct work *w, const struct files *f, struct err *e)
{
    struct stage_options opt = {.rehash = true};
    struct stage stage = {0};
    int rc = stage_open(&stage, &s->tree, w->undo, &opt, e);

    for (size_t i = 0; rc == 0 && i < f->all.n; i++)
        rc = stage_delete(&stage, f->all.v[i], true, e);
    if (rc == 0)
        rc = stage_commit(&stage, e);
    stage_close(&stage);
    /* Folders that were empty before, the deepest last in the list, and what they were in. */
    for (size_t i = f->dirs.n + 1; rc == 0 && i-- > 0;) {
        struct err ignored = {0};

        tree_remove(&s->tree, i > 0 ? f->dirs.v[i - 1] : INSTALL, &ignored);
    }
    return rc;
}

static int bring_back(struct store *s, struct work *w, struct err *e)
{
    uint64_t n = 0;

    if (w->undo == NULL || !tree_exists(w->undo, INSTALL))
        return err_set(e, ERR_ABSENT, "the toolkit has not moved the folder install away, or what it kept of it is gone");
    if (stage_undo(w->undo, &s->tree, true, &n, e) < 0)
        return -1;
    w->say(w, "%llu file%s of install/ %s back; who opens it can run steps of an upgrade or a new installation without a password",
           (unsigned long long)n, plural(n, "", "s"), plural(n, "is", "are"));
    return 0;
}

static int set_installer(struct store *s, bool on, struct work *w, struct err *e)
{
    struct oc *x = s->own;
    struct files f;
    int rc = list_installer(s, &f, e);

    if (rc < 0)
        goto out;
    if ((f.all.n > 0) == on) {
        w->say(w, on ? "the folder install is there already" : "there is no folder install");
    } else if (w->dry_run) {
        w->say(w, on ? "would bring the folder install back"
                     : "would move %zu file%s of install/ out of the shop, to be brought back by: toolkit store installer on",
               f.all.n, plural(f.all.n, "", "s"));
    } else if (on) {
        rc = bring_back(s, w, e);
    } else if (f.odd) {
        rc = err_set(e, ERR_REFUSED, "%s is neither a file nor a folder; remove it by hand first", f.odd);
    } else {
        rc = move_aside(s, w, &f, e);
        if (rc == 0)
            w->say(w, "%zu file%s of install/ %s out of reach for visitors; an upgrade that is not over needs that folder back first", f.all.n,
                   plural(f.all.n, "", "s"), plural(f.all.n, "is", "are"));
    }
    if (rc == 0 && !w->dry_run)
        x->install = tree_exists(&s->tree, INSTALL) ? INSTALL : NULL;
out:
    files_free(&f);
    return rc;
}

const struct store_switch oc_switches[] = {
    {"events", "events of third parties, by which extensions change what the shop does", get_events, set_events},
    {"modifications", "modifications, by which extensions change the shop's own files", get_modifications, set_modifications},
    {"installer", "the folder install/, a security hole: whoever opens it can upgrade or install anew without a password", get_installer,
     set_installer},
    {NULL, NULL, NULL, NULL},
};
