/*
 * The packs: new versions unpacked in var/tmp/<id>/ with their list of files in .hash ({"path":"md5"}) and their
 * description in .phar/.metadata.bin. The archive is var/tmp/<id>.gz until it is unpacked; var/tmp/<id>.php, where it
 * exists, is the marketplace's list of the installed version.
 */
#include "format/json_map.h"
#include "format/php_literal.h"
#include "platform/xcart5/xc.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define HASH_FILE_MAX     ((size_t)64 * 1024 * 1024)
#define METADATA_MAX      ((size_t)1024 * 1024)

/* A path of the log or of the state row as one below the store: it may be absolute, of this or of an older
 * place of the store. NULL when it does not point into var/tmp. */
static const char *below_store(struct arena *mem, const char *path)
{
    struct str s = str_of(path);
    struct str mark = STR("var/tmp/");
    size_t at = SIZE_MAX;

    while (str_chop(&s, STR("/")))
        ;
    for (size_t i = str_find(s, mark, 0); i != SIZE_MAX; i = str_find(s, mark, i + 1))
        if (i == 0 || s.p[i - 1] == '/')
            at = i;
    if (at == SIZE_MAX)
        return NULL;
    s = str_sub(s, at, s.n);
    return str_is_safe_path(s) ? arena_dup(mem, s.p, s.n) : NULL;
}

static bool is_pack(const struct tree *t, struct arena *mem, const char *dir)
{
    return tree_exists(t, arena_printf(mem, "%s/.hash", dir));
}

static const char *text_of(struct arena *mem, const struct phps_node *n)
{
    struct str s;
    int64_t i;

    if (phps_str(n, &s))
        return arena_dup(mem, s.p, s.n);
    if (phps_int(n, &i))
        return arena_printf(mem, "%lld", (long long)i);
    return NULL;
}

/* Reads .metadata.bin into a tree; NULL when it can't be read. */
static const struct phps_node *metadata(const struct tree *t, struct arena *mem, const char *dir)
{
    struct buf text = {0};
    struct err ignored = {0};
    struct phps_doc doc = {0};
    const struct phps_node *root = NULL;

    if (tree_read(t, arena_printf(mem, "%s/.phar/.metadata.bin", dir), METADATA_MAX, &text, &ignored) == 0 &&
        phps_parse((struct str){arena_dup(mem, text.p, text.n), text.n}, mem, &doc, &ignored) == 0)
        root = doc.root;
    buf_free(&text);
    return root;
}

/* The entry a pack is of: a core pack holds classes/XLite.php, a module's names author and module. */
static const char *pack_entry(const struct tree *t, struct arena *mem, const char *dir)
{
    const struct phps_node *meta = metadata(t, mem, dir);
    const char *actual = text_of(mem, phps_get(meta, "ActualName"));
    const char *author = text_of(mem, phps_get(meta, "Author"));
    const char *name = text_of(mem, phps_get(meta, "Name"));

    if (tree_exists(t, arena_printf(mem, "%s/classes/XLite.php", dir)))
        return XC_CORE;
    if (actual && strchr(actual, '\\'))
        return actual;
    if (author && (actual || name))
        return arena_printf(mem, "%s\\%s", author, actual ? actual : name);
    return NULL;
}

static void read_target(const struct tree *t, struct arena *mem, struct xc_entry *en)
{
    const struct phps_node *meta = metadata(t, mem, en->pack);
    const char *major = text_of(mem, phps_get(meta, "VersionMajor"));
    const char *minor = text_of(mem, phps_get(meta, "VersionMinor"));
    const char *build = text_of(mem, phps_get(meta, "VersionBuild"));

    if (major == NULL || minor == NULL)
        return;
    if (en->major == NULL || en->minor == NULL) {
        en->major = major;
        en->minor = minor;
        en->build = build;
    }
    if (en->to == NULL)
        en->to = xc_join_version(mem, str_of(major), str_of(minor), str_of(build));
}

struct found_pack {
    const char *dir;
    const char *entry;
};

struct scan {
    struct store *s;
    struct xc_case *c;
    VEC(struct found_pack) packs;
};

static int look_at(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct scan *scan = arg;
    const char *dir = arena_printf(scan->c->mem, "var/tmp/%s", name);

    (void)e;
    if (type == DT_DIR && is_pack(&scan->s->tree, scan->c->mem, dir))
        *vec_push(&scan->packs) =
            (struct found_pack){dir, pack_entry(&scan->s->tree, scan->c->mem, dir)};
    return 0;
}

int xc_find_packs(struct store *s, struct xc_case *c, struct err *e)
{
    struct scan scan = {.s = s, .c = c};
    struct err ignored = {0};

    (void)e;
    tree_list(&s->tree, "var/tmp", look_at, &scan, &ignored);
    for (size_t i = 0; i < c->entries.n; i++) {
        struct xc_entry *en = c->entries.v[i];
        const char *dir = en->wanted_pack ? below_store(c->mem, en->wanted_pack) : NULL;
        const char *archive;

        if (dir && is_pack(&s->tree, c->mem, dir))
            en->pack = dir;
        /* The row names the store itself once the upgrader called it upgraded; the packs may still be there. */
        for (size_t k = 0; en->pack == NULL && k < scan.packs.n; k++)
            if (scan.packs.v[k].entry && strcmp(scan.packs.v[k].entry, en->name) == 0)
                en->pack = scan.packs.v[k].dir;
        if (en->pack)
            read_target(&s->tree, c->mem, en);
        if (dir == NULL)
            continue;
        if (str_ends(str_of(dir), STR(".gz"))) {
            archive = dir;
            dir = arena_dup(c->mem, dir, strlen(dir) - 3);
            if (en->pack == NULL && is_pack(&s->tree, c->mem, dir)) {
                en->pack = dir;
                read_target(&s->tree, c->mem, en);
            }
        } else {
            archive = arena_printf(c->mem, "%s.gz", dir);
        }
        if (tree_exists(&s->tree, archive))
            en->archive = archive;
    }
    free(scan.packs.v);
    return 0;
}

struct fill {
    struct manifest *m;
    const char *origin;
};

static int take_hash(struct fill *f, struct str key, struct str value, struct err *e)
{
    struct digest d;
    struct str path = key;
    struct buf slashes = {0};
    int rc = 0;

    /* Lists made on Windows part folders with a backslash. */
    if (str_chr(key, '\\', 0) != SIZE_MAX) {
        buf_addstr(&slashes, key);
        for (size_t i = 0; i < slashes.n; i++)
            if (slashes.p[i] == '\\')
                slashes.p[i] = '/';
        path = buf_str(&slashes);
    }
    if (!str_is_safe_path(path))
        rc = err_set(e, ERR_REFUSED, "%s names the path \"%.*s\", which is not one inside a store", f->origin,
                     STR_FMT(key));
    else if (!digest_parse(value, &d) || d.alg != HASH_MD5)
        rc = err_set(e, ERR_FORMAT, "%s: the checksum of %.*s is not an MD5 sum", f->origin, STR_FMT(path));
    else
        manifest_add(f->m, path, &d, f->origin);
    buf_free(&slashes);
    return rc;
}

static int take_pair(void *ctx, const struct json_pair *pair, struct err *e)
{
    return take_hash(ctx, pair->key, pair->value, e);
}

int xc_pack_manifest(struct store *s, const struct xc_entry *en, struct manifest *m, struct err *e)
{
    struct fill fill = {.m = m};
    struct buf rel = {0};
    struct buf text = {0};
    int rc = -1;

    if (en->pack == NULL)
        return err_set(e, ERR_ABSENT, "the pack of %s is gone", en->name);
    buf_printf(&rel, "%s/.hash", en->pack);
    fill.origin = buf_cstr(&rel);
    if (tree_read(&s->tree, fill.origin, HASH_FILE_MAX, &text, e) == 0)
        rc = json_map_each(buf_str(&text), take_pair, &fill, e);
    if (rc < 0 && e->kind == ERR_FORMAT)
        err_wrap(e, "pack of %s", en->name);
    buf_free(&rel);
    buf_free(&text);
    return rc;
}

int xc_installed_manifest(struct store *s, const struct xc_entry *en, struct manifest *m, struct err *e)
{
    struct arena mem = {0};
    struct fill fill = {.m = m};
    struct buf text = {0};
    struct phps_node list;
    const char *rel = arena_printf(&mem, "%s.php", en->pack ? en->pack : "none");
    int rc = -1;

    fill.origin = rel;
    if (en->pack == NULL) {
        err_set(e, ERR_ABSENT, "the pack of %s is gone", en->name);
        goto out;
    }
    if (tree_read(&s->tree, rel, HASH_FILE_MAX, &text, e) < 0 ||
        php_literal_array(buf_str(&text), &mem, &list, e) < 0)
        goto out;
    rc = 0;
    for (size_t i = 0; rc == 0 && i < list.n; i++) {
        struct str sum;

        if (phps_str(&list.items[i].value, &sum))
            rc = take_hash(&fill, list.items[i].key, sum, e);
    }
out:
    buf_free(&text);
    arena_free(&mem);
    return rc;
}
