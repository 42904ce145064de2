/*
 * How far the cache rebuild has come. Step n leaves var/run/.cacheGenerated.<n>.step; a complete set is 1 to 9 in
 * 5.0, 1 to 11 in 5.1, 1 to 13 in 5.2 and 5.3. From 5.2 on the new cache is built in var/run.<key> and then
 * takes the place of var/run; marks in var/ say that a rebuild is wanted, going on, or blocking the storefront.
 */
#include "format/php_version.h"
#include "platform/xcart5/xc.h"

#include <dirent.h>
#include <string.h>

#define STEPS_50 9
#define STEPS_51 11
#define STEPS_52 13

struct scan {
    struct xc_case *c;
};

static int take_step_file(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct xc_rebuild *r = arg;
    struct str s = str_of(name);
    uint64_t n;

    (void)type;
    (void)e;
    if (str_skip(&s, STR(".cacheGenerated.")) && str_chop(&s, STR(".step")) && str_u64(s, 31, &n))
        r->done |= UINT32_C(1) << n;
    return 0;
}

bool xc_is_new_cache(struct str name)
{
    static const char *const kinds[] = {"run", "datacache", "locale", "resources", "tmp"};
    struct str key;
    struct str kind = str_cut(name, '.', &key);
    uint8_t bytes[16];

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(kind, kinds[i]))
            return str_unhex(key, bytes, sizeof bytes);
    return false;
}

static int find_pending(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct scan *scan = arg;

    (void)e;
    if (type == DT_DIR && xc_is_new_cache(str_of(name)))
        scan->c->rebuild.pending = arena_printf(scan->c->mem, "var/%s", name);
    return 0;
}

/* A rebuild is newer than the entry's files when its first step file is newer than the module's main class. */
static bool newer_than_modules(const struct tree *t, const struct xc_case *c)
{
    struct err ignored = {0};
    struct stat step;
    struct stat file;

    if (tree_stat(t, "var/run/.cacheGenerated.1.step", &step, &ignored) < 0)
        return false;
    for (size_t i = 0; i < c->entries.n; i++) {
        const struct xc_entry *en = c->entries.v[i];
        const char *rel;

        if (en->author == NULL)
            continue;
        rel = arena_printf(c->mem, "classes/XLite/Module/%s/%s/Main.php", en->author, en->module);
        if (tree_stat(t, rel, &file, &ignored) == 0 && file.st_mtime > step.st_mtime)
            return false;
    }
    return true;
}

/* Without a known target nothing can be said against a version. */
static bool is_target(const struct xc_entry *core, const char *version)
{
    return core->to == NULL || strcmp(version, core->to) == 0;
}

void xc_read_rebuild(struct store *s, struct xc_case *c)
{
    const struct xc *x = s->own;
    struct xc_rebuild *r = &c->rebuild;
    const struct xc_entry *core = xc_case_entry(c, STR(XC_CORE));
    struct scan scan = {.c = c};
    struct err ignored = {0};
    uint32_t all;

    memset(r, 0, sizeof *r);
    r->steps = STEPS_52;
    if (x->code_version && php_version_compare(str_of(x->code_version), STR("5.1")) < 0)
        r->steps = STEPS_50;
    else if (x->code_version && php_version_compare(str_of(x->code_version), STR("5.2")) < 0)
        r->steps = STEPS_51;
    tree_list(&s->tree, "var/run", take_step_file, r, &ignored);
    tree_list(&s->tree, "var", find_pending, &scan, &ignored);
    r->started = tree_exists(&s->tree, "var/.rebuildStarted");
    r->wanted = tree_exists(&s->tree, "var/.rebuildMark");
    r->blocked = tree_exists(&s->tree, "var/.rebuildBlockMark");
    r->compiled_known = x->compiled_version != NULL && x->code_version != NULL;
    if (core)
        r->compiled_new = r->compiled_known && is_target(core, x->code_version) && is_target(core, x->compiled_version);
    else if (c->entries.n == 0)
        r->compiled_new = r->compiled_known && strcmp(x->compiled_version, x->code_version) == 0;
    else
        r->compiled_new = newer_than_modules(&s->tree, c);

    all = ((UINT32_C(1) << (r->steps + 1)) - 1) & ~UINT32_C(1);
    r->complete = (r->done & all) == all && !r->started && !r->wanted && !r->blocked && !r->pending && r->compiled_new;
    if (c->rebuild_runs_hooks)
        all &= ~(UINT32_C(1) << r->steps);
    /* While the storefront is blocked or a swap is half done, hooks could not even load the store. */
    r->core_done = (r->done & all) == all && !r->pending && !r->blocked && !r->wanted && r->compiled_new;
    if (!c->rebuild_runs_hooks)
        r->core_done = r->complete;
}
