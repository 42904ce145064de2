/*
 * What a step of the release moves or removes by itself is kept first, so that undo can bring it back; and a renamed back office is shown to steps that
 * know it under its first name alone.
 */
#include "platform/one_file.h"
#include "platform/opencart/plan_parts.h"
#include "sys/stage.h"

#include <string.h>

#define CONFIG_MAX ((size_t)1024 * 1024)

/* ---- files ---- */

struct keeping {
    struct stage *st;
    struct arena *mem;
    const char *from, *to;    /* a folder that is moved, below which a file gets its other name; or NULL */
    const char *const *names; /* parts of names that go; NULL: all */
};

static bool is_named(const struct keeping *k, struct str path)
{
    if (k->names == NULL)
        return true;
    for (size_t i = 0; k->names[i]; i++)
        if (str_has(path, str_of(k->names[i])))
            return true;
    return false;
}

static int keep_one(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct keeping *k = arg;
    struct str path = str_of(rel);

    if (S_ISDIR(st->st_mode))
        return k->names && (str_is(path, "image") || str_is(path, "system/storage/cache") || str_is(path, "install")) ? TREE_SKIP : 0;
    if (!S_ISREG(st->st_mode) || !is_named(k, path))
        return 0;
    if (stage_keep(k->st, rel, false, e) < 0)
        return -1;
    /* Where it comes to is kept as it is, mostly as a place where nothing is. */
    if (k->to && str_skip(&path, str_of(k->from)))
        return stage_keep(k->st, arena_printf(k->mem, "%s%.*s", k->to, STR_FMT(path)), false, e);
    return 0;
}

static int keep_below(struct store *s, struct keeping *k, const char *dir, struct err *e)
{
    if (dir[0] && !tree_exists(&s->tree, dir))
        return 0;
    return tree_walk(&s->tree, dir, keep_one, NULL, k, e);
}

static int keep_moved(struct store *s, struct keeping *k, struct err *e)
{
    static const char *const moves[][2] = {{"image/data", "image/catalog"},
                                           {"system/upload", "system/storage/upload"},
                                           {"system/download", "system/storage/download"},
                                           {"download", "system/storage/download"}};

    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        k->from = moves[i][0];
        k->to = moves[i][1];
        if (keep_below(s, k, k->from, e) < 0)
            return -1;
    }
    k->from = k->to = NULL;
    return keep_below(s, k, "system/logs", e);
}

static int keep_named(struct store *s, const struct oc *x, struct keeping *k, const char *const *names, struct err *e)
{
    const char *vendor = x->storage ? arena_printf(k->mem, "%s/vendor", x->storage) : "system/storage/vendor";

    k->names = names;
    if (keep_below(s, k, "", e) < 0)
        return -1;
    k->names = NULL;
    return keep_below(s, k, vendor, e);
}

int oc_keep_files(struct store *s, struct oc_case *c, const struct oc_todo *t, struct work *w, struct err *e)
{
    /* Names by which the steps find what they remove. */
    static const char *const of_1010[] = {"divido", "openbay", "klarna_checkout", "ups.php", "ups.twig", "citylink", "usps.php", "usps.twig",
                                          "google_hangouts", "pp_braintree_button", "owl-carousel", "summernote", "jquery-2.1.1", "braintree_connect",
                                          "mssql.php", "modification/", NULL};
    static const char *const of_12[] = {"ddos", "extension/ocmod/", "helper/vendor.php", "helper/filter.php", "system/vendor.php", "webfonts/", NULL};
    const struct oc *x = s->own;
    struct stage_options opt = {0};
    struct stage st = {0};
    struct keeping k = {.st = &st, .mem = c->mem};
    int rc;

    if (strcmp(t->name, "1006") != 0 && strcmp(t->name, "1010") != 0 && strcmp(t->name, "upgrade_12") != 0)
        return 0;
    rc = stage_open(&st, &s->tree, w->undo, &opt, e);
    if (rc == 0 && strcmp(t->name, "1006") == 0)
        rc = keep_moved(s, &k, e);
    else if (rc == 0)
        rc = keep_named(s, x, &k, strcmp(t->name, "1010") == 0 ? of_1010 : of_12, e);
    if (rc == 0)
        rc = stage_commit(&st, e);
    stage_close(&st);
    return rc;
}

/* ---- the back office under its first name ---- */

#define FIRST_NAME "admin/config.php"

/* Steps of 2.2 to 3.0 write into admin/config.php, whatever the folder is called, and some end at once where it is not. */
bool oc_needs_first_name(const struct store *s, enum oc_family family)
{
    const struct oc *x = s->own;

    return family == OC_FAMILY_22 && x->admin && x->back.path && strcmp(x->admin, "admin") != 0 &&
           (!tree_exists(&s->tree, "admin") || !tree_exists(&s->tree, "admin/index.php"));
}

static int copy_file(struct store *s, const char *from, const char *to, struct work *w, struct err *e)
{
    struct buf php = {0};
    int rc = tree_read(&s->tree, from, CONFIG_MAX, &php, e);

    if (rc == 0)
        rc = one_file_put(s, w, to, buf_str(&php), e);
    if (php.p)
        explicit_bzero(php.p, php.cap);
    buf_free(&php);
    return rc;
}

int oc_first_name_put(struct store *s, struct work *w, struct err *e)
{
    const struct oc *x = s->own;

    return copy_file(s, x->back.path, FIRST_NAME, w, e);
}

/* What the step wrote there belongs into the real one. */
int oc_first_name_back(struct store *s, bool done, struct work *w, struct err *e)
{
    const struct oc *x = s->own;

    if (done && copy_file(s, FIRST_NAME, x->back.path, w, e) < 0)
        return -1;
    return one_file_delete(s, w, FIRST_NAME, true, e);
}
