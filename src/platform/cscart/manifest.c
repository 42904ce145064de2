/*
 * What the files have to be: --source when it is given, else the checksum list that comes with every version, var/snapshots/<version>_…_dist.php.
 * A package brings the list of its version, so while an upgrade is under way that of the version in config.php may
 * still lie in the package.
 */
#include "format/cs_dist.h"
#include "platform/cscart/cs.h"
#include "platform/cscart/source.h"
#include "sys/hash_files.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SNAPSHOTS "var/snapshots"
#define PACKAGES  "var/upgrade/packages"
#define THEMES    "design/themes"

struct search {
    struct store *s;
    struct arena *mem;
    const char *dir;
    const char *version; /* NULL: any */
    const char *edition; /* "" when not known */
    const char *found;
    struct buf others; /* names of lists of other versions */
};

/* "4.14.3.sp1_active_multivendor_dist.php" of 4.14.3.SP1. */
static int look_at_list(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct search *f = arg;
    struct str rest = str_of(name);
    struct str version;
    struct str edition;

    (void)type;
    (void)e;
    if (!str_chop(&rest, STR("_dist.php")))
        return 0;
    version = str_cut(rest, '_', &rest);
    edition = str_sub(rest, str_rchr(rest, '_') == SIZE_MAX ? 0 : str_rchr(rest, '_') + 1, rest.n);
    if (f->version && version.n == strlen(f->version) && strncasecmp(version.p, f->version, version.n) == 0) {
        bool fits = edition.n == strlen(f->edition) && strncasecmp(edition.p, f->edition, edition.n) == 0;

        /* Of two editions' lists that of ours. */
        if (f->found == NULL || fits)
            f->found = arena_printf(f->mem, "%s/%s", f->dir, name);
        return 0;
    }
    buf_printf(&f->others, "%s%s", f->others.n ? ", " : "", name);
    return 0;
}

static int look_into_package(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct search *f = arg;
    struct err ignored = {0};

    (void)e;
    if (type != DT_DIR || f->found)
        return 0;
    f->dir = arena_printf(f->mem, PACKAGES "/%s/content/package/" SNAPSHOTS, name);
    tree_list(&f->s->tree, f->dir, look_at_list, f, &ignored);
    return 0;
}

static void find_list(struct search *f)
{
    const struct cs *x = f->s->own;
    struct err ignored = {0};

    f->edition = x->edition ? x->edition : "";
    f->dir = SNAPSHOTS;
    tree_list(&f->s->tree, SNAPSHOTS, look_at_list, f, &ignored);
    if (f->found == NULL)
        tree_list(&f->s->tree, PACKAGES, look_into_package, f, &ignored);
}

const char *cs_dist_path(struct store *s, const char *version, struct arena *mem)
{
    struct search f = {.s = s, .mem = mem, .version = version};

    find_list(&f);
    buf_free(&f.others);
    return f.found;
}

static int no_list(struct store *s, const struct search *f, struct err *e)
{
    const struct cs *x = s->own;
    struct str others = buf_str(&f->others);

    if (s->version == NULL)
        err_set(e, ERR_ABSENT,
                "the version is not known (%s), so it can't be told which list of checksums is the right one",
                x->version_err ? x->version_err : "no config.php");
    else if (others.n > 0)
        err_set(e, ERR_ABSENT,
                "%s has no list of version %s, which config.php names, only %.*s: files of two versions are "
                "mixed, or the list was not "
                "copied",
                SNAPSHOTS, s->version, STR_FMT(others));
    else
        err_set(e, ERR_ABSENT, "%s has no list of version %s (%s_…_dist.php)", SNAPSHOTS, s->version,
                s->version);
    return err_fix(e, "name a clean tree or the distribution of that version with --source");
}

static int read_list(struct store *s, struct arena *mem, const char **path, struct cs_dist *out,
                     struct err *e)
{
    struct search f = {.s = s, .mem = mem, .version = s->version};
    struct buf text = {0};
    int rc = -1;

    find_list(&f);
    *path = f.found;
    if (f.found == NULL)
        no_list(s, &f, e);
    else if (tree_read(&s->tree, f.found, CS_DIST_MAX, &text, e) == 0) {
        rc = cs_dist_read((struct str){arena_dup(mem, text.p, text.n), text.n}, mem, out, e);
        if (rc < 0)
            err_wrap(e, "%s", f.found);
    }
    buf_free(&text);
    buf_free(&f.others);
    return rc;
}

int cs_dist_addons(struct store *s, struct cs_dist *out, struct arena *mem, struct err *e)
{
    const char *path;

    if (read_list(s, mem, &path, out, e) < 0)
        return -1;
    if (!out->has_addons)
        return err_set(e, ERR_ABSENT, "%s names no add-ons", path);
    return 0;
}

/* A renamed script is listed under the name it comes with. */
static const char *real_name(const struct store *s, struct str listed)
{
    const struct cs *x = s->own;

    if (str_is(listed, "admin.php"))
        return x->admin;
    if (str_is(listed, "vendor.php"))
        return x->vendor;
    if (str_is(listed, "index.php"))
        return x->customer;
    return NULL;
}

/* A public admin.php beside the renamed one is the package's; a missing one is as the merchant wanted it. */
static void add_core(struct store *s, const struct cs_dist_file *f, const char *origin, struct manifest *m)
{
    const char *real = real_name(s, f->path);
    struct digest d = {.alg = HASH_MD5_MIXED};

    memcpy(d.b, f->key, sizeof f->key);
    manifest_add_mixed(m, real ? str_of(real) : f->path, f->mixed, &d, origin);
    if (real && !str_is(f->path, real) && tree_exists(&s->tree, arena_dup(&s->mem, f->path.p, f->path.n)))
        manifest_add_mixed(m, f->path, f->mixed, &d, origin);
}

struct themes {
    struct store *s;
    const struct cs_dist *dist;
    const char *origin;
    struct manifest *m;
    struct arena *mem;
};

/* Another theme is compared where it has a file of the base theme's name; that it differs is what it was made for. */
static int add_theme(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct themes *t = arg;

    (void)e;
    for (size_t i = 0; i < t->dist->n_themes; i++)
        if (type != DT_DIR || strcmp(t->dist->themes[i], name) == 0)
            return 0;
    for (size_t i = t->dist->first_theme; i < t->dist->n; i++) {
        const struct cs_dist_file *f = &t->dist->files[i];
        struct digest d = {.alg = HASH_MD5_MIXED};
        struct str rest;
        const char *path;

        str_cut(f->mixed, '/', &rest);
        path = arena_printf(t->mem, THEMES "/%s/%.*s", name, STR_FMT(rest));
        if (!str_is_safe_path(str_of(path)) || !tree_exists(&t->s->tree, path))
            continue;
        memcpy(d.b, f->key, sizeof f->key);
        manifest_add_mixed(t->m, str_of(path), f->mixed, &d, t->origin);
        t->m->entries.v[t->m->entries.n - 1].may_differ = true;
    }
    return 0;
}

static int from_list(struct store *s, struct manifest *m, const char **origin, struct err *e)
{
    struct arena mem = {0};
    struct err ignored = {0};
    struct cs_dist dist;
    struct themes t = {.s = s, .dist = &dist, .m = m, .mem = &mem};
    const char *path;
    int rc = read_list(s, &mem, &path, &dist, e);

    if (rc == 0) {
        *origin = arena_strdup(&s->mem, path);
        t.origin = *origin;
        for (size_t i = 0; i < dist.first_theme; i++)
            add_core(s, &dist.files[i], path, m);
        for (size_t i = dist.first_theme; i < dist.n; i++)
            add_core(s, &dist.files[i], path, m);
        tree_list(&s->tree, THEMES, add_theme, &t, &ignored);
    }
    arena_free(&mem);
    return rc;
}

int cs_manifest(struct store *s, struct manifest *m, const char **origin, struct err *e)
{
    if (s->opts && s->opts->source) {
        *origin = s->opts->source;
        return cs_source_manifest(s, s->opts->source, m, e);
    }
    return from_list(s, m, origin, e);
}

/*
 * What differs from store to store, and what lists of some versions hold and others do not. Nothing of var/ and images/ is
 * listed by any version.
 */
bool cs_is_volatile(struct store *s, struct str path)
{
    static const char *const dirs[] = {"var", "images", ".git", "install"};
    static const char *const files[] = {"config.local.php", "local_conf.php", "robots.txt",
                                        ".htaccess",        "install.html",   "README.rst",
                                        "copyright.txt",    "changelog.txt"};

    (void)s;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (str_is(path, files[i]))
            return true;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (str_is_below(path, dirs[i]))
            return true;
    return str_starts(path, STR("upgrades/")) && !str_is(path, "upgrades/source_restore.php");
}
