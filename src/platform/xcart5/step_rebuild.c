/*
 * The cache rebuild: the store's own admin.php, run from the command line again and again; each run does one step and
 * leaves its step file. Marks of a dead rebuild are cleared first, with the step files, so that it starts clean.
 *
 * From 5.2 on the last step also runs the post_rebuild hooks of the entries it finds in the upgrader's state row. The row
 * is put aside for that time, since the toolkit runs them one by one itself, and each has to run exactly once.
 */
#include "platform/xcart5/steps.h"
#include "sys/stage.h"

#include <dirent.h>
#include <string.h>

/* Runs of admin.php without a further step file after which it is given up. */
#define IDLE_RUNS_MAX 5
/* The last step may be repeated; a complete rebuild takes some 13 runs. */
#define RUNS_MAX 200

struct keeping {
    struct stage stage;
    struct arena mem;
};

static int keep_file(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct keeping *k = arg;

    /* Packs are read and removed, never written to. */
    return S_ISREG(st->st_mode) ? stage_keep(&k->stage, rel, false, e) : 0;
}

static int keep_packs(struct store *s, const struct xc_case *c, struct keeping *k, struct err *e)
{
    for (size_t i = 0; i < c->entries.n; i++) {
        const struct xc_entry *en = c->entries.v[i];

        /* Beside the folder stands the list of the installed version. */
        if (en->pack && tree_exists(&s->tree, en->pack) &&
            (tree_walk(&s->tree, en->pack, keep_file, NULL, k, e) < 0 ||
             stage_keep(&k->stage, arena_printf(&k->mem, "%s.php", en->pack), false, e) < 0))
            return -1;
        if (en->archive && stage_keep(&k->stage, en->archive, false, e) < 0)
            return -1;
    }
    return 0;
}

int xc_keep_evidence(struct store *s, const struct xc_case *c, struct work *w, struct err *e)
{
    static const char *const files[] = {"var/run/classes/XLite.php", "var/.rebuildStarted", "var/.rebuildMark",
                                        "var/.rebuildBlockMark"};
    struct stage_options opt = {0};
    struct keeping k = {0};
    int rc = -1;

    if (w->undo == NULL)
        return 0;
    if (stage_open(&k.stage, &s->tree, w->undo, &opt, e) < 0)
        goto out;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (stage_keep(&k.stage, files[i], true, e) < 0)
            goto out;
    for (unsigned n = 1; n <= c->rebuild.steps; n++)
        if (stage_keep(&k.stage, arena_printf(&k.mem, "var/run/.cacheGenerated.%u.step", n), true, e) < 0)
            goto out;
    if (keep_packs(s, c, &k, e) == 0)
        rc = stage_commit(&k.stage, e);
out:
    stage_close(&k.stage);
    arena_free(&k.mem);
    return rc;
}

static int take_step(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct store *s = arg;
    struct arena mem = {0};
    int rc = 0;

    (void)type;
    if (str_starts(str_of(name), STR(".cacheGenerated.")))
        rc = tree_remove(&s->tree, arena_printf(&mem, "var/run/%s", name), e);
    arena_free(&mem);
    return rc;
}

static int take_mark(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct store *s = arg;
    struct str n = str_of(name);
    struct arena mem = {0};
    const char *rel = arena_printf(&mem, "var/%s", name);
    int rc = 0;

    /* Caches that were being built beside the live ones, and what said so. */
    if (type == DT_DIR && xc_is_new_cache(n))
        rc = tree_remove_tree(&s->tree, rel, false, e);
    else if (type != DT_DIR && (str_is(n, ".rebuildStarted") || str_is(n, ".rebuildMark") || str_is(n, ".rebuildBlockMark") ||
                                str_starts(n, STR(".cacheInfo")) || str_starts(n, STR(".process."))))
        rc = tree_remove(&s->tree, rel, e);
    arena_free(&mem);
    return rc;
}

static int list_quietly(struct store *s, const char *dir, tree_each *each, struct err *e)
{
    if (!tree_exists(&s->tree, dir))
        return 0;
    return tree_list(&s->tree, dir, each, s, e);
}

static int clear_dead_rebuild(struct store *s, struct err *e)
{
    if (list_quietly(s, "var/run", take_step, e) < 0 || list_quietly(s, "var", take_mark, e) < 0)
        return -1;
    if (tree_exists(&s->tree, "var/datacache"))
        return tree_remove_tree(&s->tree, "var/datacache", true, e);
    return 0;
}

bool xc_rebuild_is_complete(const struct xc_rebuild *r)
{
    uint32_t all = ((UINT32_C(1) << (r->steps + 1)) - 1) & ~UINT32_C(1);

    return (r->done & all) == all && !r->started && !r->wanted && !r->blocked && !r->pending;
}

static unsigned count_done(const struct xc_rebuild *r)
{
    unsigned n = 0;

    for (unsigned i = 1; i <= r->steps; i++)
        n += (r->done >> i) & 1;
    return n;
}

int xc_rebuild_loop(struct store *s, struct xc_case *c, struct work *w, bool (*enough)(const struct xc_rebuild *r),
                    struct err *e)
{
    struct php_run run;
    unsigned idle = 0;

    if (store_php_run(s, &run, e) < 0)
        return -1;
    xc_read_rebuild(s, c);
    for (unsigned i = 0; i < RUNS_MAX && !enough(&c->rebuild); i++) {
        struct php_script_result res = {0};
        uint32_t before = c->rebuild.done;
        int rc;

        w->progress(w, "Rebuilding the cache", count_done(&c->rebuild), c->rebuild.steps);
        if (w->stop && *w->stop)
            return err_set(e, ERR_STOPPED, "stopped between two steps of the rebuild, as you asked");
        rc = php_script_run(&run, "admin.php", NULL, &res, e);
        if (rc < 0)
            xc_say_output(w, &res.child, &res.error);
        php_script_free(&res);
        if (rc < 0) {
            err_wrap(e, "cache rebuild, after step %u of %u", count_done(&c->rebuild), c->rebuild.steps);
            return -1;
        }
        xc_read_rebuild(s, c);
        idle = c->rebuild.done == before ? idle + 1 : 0;
        if (idle >= IDLE_RUNS_MAX) {
            err_set(e, ERR_CHILD, "the cache rebuild does not get beyond step %u of %u: admin.php ran %u times without a "
                                  "further step and without an error", count_done(&c->rebuild), c->rebuild.steps, idle);
            err_fix(e, "look into var/log for the newest decorator.log and php_errors.log");
            return -1;
        }
    }
    w->progress(w, "Rebuilding the cache", count_done(&c->rebuild), c->rebuild.steps);
    return 0;
}

/* The compiled version is read again: the store was opened before the rebuild. */
static void reread_compiled(struct store *s)
{
    struct xc *x = s->own;

    x->code_version = xc_read_version(&s->tree, "classes/XLite.php", &s->mem);
    x->compiled_version = xc_read_version(&s->tree, "var/run/classes/XLite.php", &s->mem);
    s->version = x->code_version;
    s->version_code = x->compiled_version;
}

int xc_keep_pack_lists(struct store *s, struct xc_case *c, struct work *w, struct err *e)
{
    struct manifest m = {0};
    int rc = xc_case_manifest(s, c, false, &m, e);

    if (rc == 0 && m.entries.n > 0)
        rc = w->keep_manifest(w, &m, e);
    manifest_free(&m);
    return rc;
}

int xc_run_rebuild(struct store *s, struct xc_case *c, struct work *w, struct err *e)
{
    int rc;
    struct err back = {0};

    xc_read_rebuild(s, c);
    if (w->dry_run) {
        w->say(w, "would clear the marks and step files of the old rebuild, put the upgrader's state row aside, and run "
                  "php admin.php until all %u steps are done", c->rebuild.steps);
        return 0;
    }
    if (xc_keep_pack_lists(s, c, w, e) < 0)
        return -1;
    /* Without a database no step of the rebuild would work either. */
    if (xc_cell_mark_upgraded(s, e) < 0 || xc_cell_hold(s, true, e) < 0)
        return -1;
    rc = xc_keep_evidence(s, c, w, e);
    if (rc == 0)
        rc = clear_dead_rebuild(s, e);
    if (rc == 0)
        rc = xc_rebuild_loop(s, c, w, xc_rebuild_is_complete, e);
    /* Also after a failure: the row belongs where the store looks for it. */
    if (xc_cell_hold(s, false, rc < 0 ? &back : e) < 0 && rc == 0)
        rc = -1;
    reread_compiled(s);
    xc_read_rebuild(s, c);
    return rc;
}
