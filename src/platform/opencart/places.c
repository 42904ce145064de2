/*
 * Where the configuration puts the store's own things.
 *
 * Its constants are absolute paths of the machine that it was written for. A store that was copied elsewhere has them unchanged, so each is
 * taken relative to the root that the same file implies. What lies outside of that root is a storage that was moved, which is reached
 * through store->aside; that is done only where it is certain that it is this store's and not that of the one it was copied from.
 */
#include "platform/opencart/places.h"

#include <stdlib.h>
#include <string.h>

/* ---- paths as text ---- */

/* Absolute, with "/", without ".", ".." and doubled slashes, without one at the end; the root is "". NULL: no absolute path. */
static const char *normal(struct arena *mem, const char *value)
{
    struct str rest = str_of(value);
    char *out;
    size_t n = 0;

    if (value == NULL || (value[0] != '/' && value[0] != '\\') || rest.n > 4000)
        return NULL;
    out = arena_alloc(mem, rest.n + 1);
    for (char *p = arena_strdup(mem, value); p && *p;) {
        size_t len;

        p += strspn(p, "/\\");
        len = strcspn(p, "/\\");
        if (len == 2 && memcmp(p, "..", 2) == 0) {
            while (n > 0 && out[--n] != '/')
                continue;
        } else if (len > 0 && !(len == 1 && *p == '.')) {
            out[n++] = '/';
            memcpy(out + n, p, len);
            n += len;
        }
        p += len;
    }
    out[n] = '\0';
    return out;
}

/* What of path stands below dir, "" for dir itself; NULL: it is not below. */
static const char *below(const char *path, const char *dir)
{
    size_t n = strlen(dir);

    if (n == 0 || strncmp(path, dir, n) != 0 || (path[n] != '/' && path[n] != '\0'))
        return NULL;
    return path[n] == '/' ? path + n + 1 : path + n;
}

static const char *parent(struct arena *mem, const char *path)
{
    const char *slash = strrchr(path, '/');

    return arena_dup(mem, path, slash ? (size_t)(slash - path) : 0);
}

/* ---- the root ---- */

static bool same_dir(const struct tree *t, const char *path)
{
    struct stat a;
    struct stat b;

    return stat(path, &a) == 0 && t->ops->fstat(t->fd, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* The root that one constant implies; NULL: it says none. tail is what has to stand at its end, NULL: one folder of any name. */
static const char *implied(struct store *s, const struct oc_config *c, const char *name, const char *tail)
{
    const char *path = normal(&s->mem, oc_config_get(c, name, &s->mem));
    const char *slash = path ? strrchr(path, '/') : NULL;

    if (slash == NULL || (tail && strcmp(slash + 1, tail) != 0))
        return NULL;
    return parent(&s->mem, path);
}

/* Where they disagree, one part was moved: the root that is ours is right, else that of the code, which is moved least. */
static const char *find_root(struct store *s, const struct oc_config *c)
{
    const char *open = normal(&s->mem, oc_config_get(c, "DIR_OPENCART", &s->mem));
    const char *roots[] = {open && open[0] ? open : NULL, implied(s, c, "DIR_SYSTEM", "system"), implied(s, c, "DIR_CATALOG", "catalog"),
                           implied(s, c, "DIR_APPLICATION", NULL), implied(s, c, "DIR_IMAGE", "image")};
    const char *first = NULL;

    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (roots[i] == NULL || roots[i][0] == '\0')
            continue;
        if (same_dir(&s->tree, roots[i]))
            return roots[i];
        if (first == NULL)
            first = roots[i];
    }
    return first;
}

bool oc_root_is_here(const struct store *s)
{
    const struct oc *x = s->own;

    return x->root && same_dir(&s->tree, x->root);
}

/* Below the store, as its files lie; NULL: outside. */
static const char *inside(const struct store *s, const char *path)
{
    const struct oc *x = s->own;
    const char *rel = x->root ? below(path, x->root) : NULL;

    if (rel == NULL)
        rel = below(path, s->tree.path);
    return rel && rel[0] ? rel : NULL;
}

/* ---- the storage ---- */

static void note(struct store *s, const char *text)
{
    struct oc *x = s->own;

    x->config_note = x->config_note ? arena_printf(&s->mem, "%s; %s", x->config_note, text) : text;
}

static bool looks_like_storage(const char *path)
{
    static const char *const parts[] = {"cache", "download", "logs", "modification", "session", "upload", "vendor"};
    struct tree t = {0};
    struct err ignored = {0};
    unsigned n = 0;

    if (tree_open(&t, path, &ignored) < 0)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        n += tree_exists(&t, parts[i]);
    tree_close(&t);
    return n >= 3;
}

/* The same place relative to our root as it has to the root of the configuration. */
static const char *carried(struct store *s, const char *path)
{
    const struct oc *x = s->own;
    const char *from = x->root;
    const char *to = s->tree.path;

    while (from[0] && to[0] && below(path, from) == NULL) {
        from = parent(&s->mem, from);
        to = parent(&s->mem, to);
    }
    if (from[0] == '\0' || to[0] == '\0')
        return NULL;
    return arena_printf(&s->mem, "%s/%s", to, below(path, from));
}

/*
 * The storage as it can be opened, or NULL with what to say of it. With a root that is ours the path is as it stands. Where the root of the
 * configuration is another folder of this machine, that is another store and so is its storage. Where there is no such folder, the machine
 * is another one, or its folders have other names here, and the storage may have come along.
 */
static const char *find_aside(struct store *s, const char *path)
{
    const struct oc *x = s->own;
    struct stat st;
    const char *moved;

    if (oc_root_is_here(s)) {
        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            return path;
        note(s, arena_printf(&s->mem, "the storage is to be in %s, which is not there", path));
        return NULL;
    }
    if (x->root == NULL || (stat(x->root, &st) == 0 && S_ISDIR(st.st_mode))) {
        note(s, arena_printf(&s->mem,
                             "the storage %s belongs to the store in %s, for which config.php was written, and is neither read nor changed", path,
                             x->root ? x->root : "another folder"));
        return NULL;
    }
    moved = carried(s, path);
    if (moved && looks_like_storage(moved)) {
        note(s, arena_printf(&s->mem, "config.php was written for another machine: its storage %s was found in %s", path, moved));
        return moved;
    }
    note(s, arena_printf(&s->mem, "config.php was written for another machine (%s), and its storage %s is not here", x->root, path));
    return NULL;
}

/* Not what the store itself lies in. */
static bool is_sound(const struct store *s, const char *real)
{
    return strcmp(real, "/") != 0 && below(s->tree.path, real) == NULL;
}

static void open_aside(struct store *s, const char *path)
{
    struct oc *x = s->own;
    const char *found;
    char *real;

    x->storage_full = path;
    found = find_aside(s, path);
    real = found ? realpath(found, NULL) : NULL;
    if (real && below(real, s->tree.path) && below(real, s->tree.path)[0]) {
        x->storage = arena_strdup(&s->mem, below(real, s->tree.path));
        x->storage_full = NULL;
    } else if (real && is_sound(s, real)) {
        s->aside_path = arena_strdup(&s->mem, real);
        s->aside.ops = s->tree.ops;
        tree_open(&s->aside, real, &s->aside_err);
    } else {
        if (real)
            note(s, arena_printf(&s->mem, "the storage is to be in %s, in which the store itself lies, and is left alone", path));
        x->storage_lost = true;
    }
    free(real);
}

/* The folder inside may be a link to one elsewhere. */
static void take_inside(struct store *s, const char *rel)
{
    struct oc *x = s->own;
    struct stat st;
    struct err ignored = {0};
    char *real;

    x->storage = rel;
    x->storage_link = NULL;
    if (tree_stat(&s->tree, rel, &st, &ignored) < 0 || !S_ISLNK(st.st_mode))
        return;
    real = realpath(arena_printf(&s->mem, "%s/%s", s->tree.path, rel), NULL);
    if (real && below(real, s->tree.path) == NULL && is_sound(s, real)) {
        x->storage = NULL;
        x->storage_link = rel;
        x->storage_full = arena_strdup(&s->mem, real);
        s->aside_path = x->storage_full;
        s->aside.ops = s->tree.ops;
        tree_open(&s->aside, real, &s->aside_err);
        note(s, arena_printf(&s->mem, "%s is a link to %s", rel, real));
    }
    free(real);
}

static bool has_storage(const struct store *s)
{
    const struct oc *x = s->own;

    if (x->family == OC_FAMILY_UNKNOWN)
        return tree_exists(&s->tree, "system/storage");
    return x->family != OC_FAMILY_20;
}

/* 2.x has no constant for it: the folder that holds what was moved. */
static const char *outer_storage(struct store *s, const struct oc_config *c)
{
    static const char *const names[] = {"DIR_CACHE", "DIR_LOGS", "DIR_DOWNLOAD", "DIR_UPLOAD", "DIR_MODIFICATION"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = normal(&s->mem, oc_config_get(c, names[i], &s->mem));

        if (path && path[0] && inside(s, path) == NULL && strchr(path + 1, '/'))
            return parent(&s->mem, path);
    }
    return NULL;
}

static void find_storage(struct store *s, const struct oc_config *c)
{
    const char *path = normal(&s->mem, oc_config_get(c, "DIR_STORAGE", &s->mem));
    const char *rel;

    if (path == NULL || path[0] == '\0')
        path = outer_storage(s, c);
    rel = path ? inside(s, path) : has_storage(s) ? "system/storage" : "system";
    if (rel)
        take_inside(s, rel);
    else
        open_aside(s, path);
}

/* ---- what is in it ---- */

/* One place by its constant, else by its usual name in the storage. */
static const char *find_place(struct store *s, const struct oc_config *c, const char *constant, const char *usual, bool *aside)
{
    const struct oc *x = s->own;
    const char *path = constant ? normal(&s->mem, oc_config_get(c, constant, &s->mem)) : NULL;
    const char *rel;

    *aside = false;
    if (path && path[0]) {
        rel = inside(s, path);
        /* Through the link. */
        if (rel && !(x->storage_link && below(rel, x->storage_link)))
            return rel;
        rel = rel ? below(rel, x->storage_link) : x->storage_full ? below(path, x->storage_full) : NULL;
        if (rel && rel[0] && !x->storage_lost) {
            *aside = true;
            return rel;
        }
        if (!x->storage_lost)
            note(s, arena_printf(&s->mem, "%s is to be in %s, which is neither in the store nor in its storage and is not looked at", constant, path));
        return NULL;
    }
    if (x->storage_lost)
        return NULL;
    *aside = x->storage == NULL;
    return x->storage ? arena_printf(&s->mem, "%s/%s", x->storage, usual) : usual;
}

static void find_modification(struct store *s, const struct oc_config *c)
{
    struct oc *x = s->own;

    x->aside_modification = false;
    if (x->family != OC_FAMILY_40)
        x->modification = find_place(s, c, "DIR_MODIFICATION", "modification", &x->aside_modification);
    else if (oc_version_compare(s->version, "4.1") >= 0)
        x->modification = "extension/ocmod";
    else
        x->modification = NULL;
}

void oc_find_places(struct store *s, const struct oc_config *c)
{
    struct oc *x = s->own;
    const char *path;

    tree_close(&s->aside);
    s->aside_path = NULL;
    err_clear(&s->aside_err);
    x->storage = x->storage_full = x->storage_link = NULL;
    x->storage_lost = false;
    x->root = find_root(s, c);
    find_storage(s, c);
    x->logs = find_place(s, c, "DIR_LOGS", "logs", &x->aside_logs);
    x->cache = find_place(s, c, "DIR_CACHE", "cache", &x->aside_cache);
    x->download = find_place(s, c, "DIR_DOWNLOAD", "download", &x->aside_download);
    x->upload = find_place(s, c, "DIR_UPLOAD", "upload", &x->aside_upload);
    x->backup = NULL;
    x->aside_backup = false;
    if (x->family == OC_FAMILY_40)
        x->backup = find_place(s, c, NULL, "backup", &x->aside_backup);
    find_modification(s, c);
    path = normal(&s->mem, oc_config_get(c, "DIR_IMAGE", &s->mem));
    x->image = path && path[0] ? inside(s, path) : "image";
}

const struct tree *oc_tree(const struct store *s, bool aside)
{
    return aside ? &s->aside : &s->tree;
}

size_t oc_places(const struct store *s, const char *dir, bool aside, const char *const *usual, struct oc_place out[OC_PLACES])
{
    size_t n = 0;

    if (dir && oc_tree(s, aside)->path)
        out[n++] = (struct oc_place){dir, aside};
    for (; *usual; usual++)
        if (dir == NULL || aside || strcmp(dir, *usual) != 0)
            out[n++] = (struct oc_place){*usual, false};
    return n;
}

/* ---- two configurations ---- */

void oc_compare_storage(struct store *s, const struct oc_config *catalog, const struct oc_config *back)
{
    const char *a = normal(&s->mem, oc_config_get(catalog, "DIR_STORAGE", &s->mem));
    const char *b = normal(&s->mem, oc_config_get(back, "DIR_STORAGE", &s->mem));

    if (a && b && strcmp(a, b) != 0)
        note(s, arena_printf(&s->mem, "DIR_STORAGE is %s in config.php and %s in the back office's: one of them works with the wrong storage", a, b));
}
