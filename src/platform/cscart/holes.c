#include "platform/cscart/holes.h"

#include "format/cs_dist.h"
#include "platform/cscart/cs.h"
#include "sys/archive.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many missing files are named. */
#define NAMED_MAX 3

struct scan {
    struct arena *mem;
    VEC(const char *) paths;
    struct buf list; /* text of the checksum list */
    bool has_langs;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has(const struct scan *sc, const char *path)
{
    return sc->paths.n > 0 && bsearch(&path, sc->paths.v, sc->paths.n, sizeof *sc->paths.v, by_text) != NULL;
}

static int read_list(struct scan *sc, struct archive_src *a, struct err *e)
{
    ssize_t n;

    buf_reset(&sc->list);
    while ((n = archive_src_read(a, buf_room(&sc->list, 65536), 65536, e)) > 0) {
        sc->list.n += (size_t)n;
        if (sc->list.n > CS_DIST_MAX)
            return err_set(e, ERR_FORMAT, "the checksum list in it is too large");
    }
    return n < 0 ? -1 : 0;
}

static bool is_list_of(const struct backup *b, struct str path)
{
    struct str version = str_of(b->version ? b->version : b->from);

    return str_skip(&path, STR("var/snapshots/")) && str_ends(path, STR("_dist.php")) && version.n > 0 &&
           str_has_nocase(str_sub(path, 0, version.n), version) && path.p[version.n] == '_';
}

static int scan_archive(struct scan *sc, const struct backup *b, const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct archive_src *a = NULL;
    struct archive_item item;
    int rc = -1;

    if (fd < 0)
        return err_sys(e, "%s", path);
    a = archive_src_open(NULL, fd, path, NULL, e);
    while (a && (rc = archive_src_next(a, &item, e)) == 1) {
        struct str rel = str_of(item.path);

        if (b->root)
            str_skip(&rel, str_of(b->root));
        str_skip(&rel, STR("/"));
        sc->has_langs |= str_starts(rel, STR("var/langs/"));
        if (!item.is_dir)
            *vec_push(&sc->paths) = arena_dup(sc->mem, rel.p, rel.n);
        if (is_list_of(b, rel) && read_list(sc, a, e) < 0) {
            rc = -1;
            break;
        }
    }
    archive_src_close(a);
    close(fd);
    if (sc->paths.n > 1)
        qsort(sc->paths.v, sc->paths.n, sizeof *sc->paths.v, by_text);
    return rc;
}

/* What upgrades put into their backups of what the list has. */
static bool is_saved(struct str path)
{
    static const char *const heads[] = {"app/", "design/", "js/"};

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_starts(path, str_of(heads[i])))
            return true;
    return str_is(path, "config.php") || str_is(path, "index.php") || str_is(path, "init.php") ||
           str_is(path, "api.php");
}

static void count_missing(struct store *s, const struct scan *sc, const struct cs_dist *dist,
                          struct arena *mem, struct cs_holes *out)
{
    const struct cs *x = s->own;
    struct buf names = {0};

    for (size_t i = 0; i < dist->n; i++) {
        struct str path = dist->files[i].path;
        const char *name = arena_dup(mem, path.p, path.n);

        if (strcmp(name, "index.php") == 0)
            name = x->customer;
        if (!is_saved(path) || has(sc, name))
            continue;
        if (out->missing++ < NAMED_MAX)
            buf_printf(&names, "%s%s", names.n ? ", " : "", name);
    }
    if (out->missing > NAMED_MAX)
        buf_adds(&names, " and others");
    out->first = arena_dup(mem, names.p ? names.p : "", names.n);
    buf_free(&names);
}

int cs_find_holes(struct store *s, const struct backup *b, struct arena *mem, struct cs_holes *out,
                  struct err *e)
{
    struct scan sc = {.mem = mem};
    struct cs_dist dist;
    struct err bad = {0};
    int rc = 0;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; rc == 0 && i < b->parts.n; i++)
        if (!b->parts.v[i].is_dump)
            rc = scan_archive(&sc, b, b->parts.v[i].path, e);
    out->has_langs = sc.has_langs;
    if (rc == 0 && sc.list.n > 0 &&
        cs_dist_read((struct str){arena_dup(mem, sc.list.p, sc.list.n), sc.list.n}, mem, &dist, &bad) == 0) {
        out->known = true;
        count_missing(s, &sc, &dist, mem, out);
    }
    free(sc.paths.v);
    buf_free(&sc.list);
    return rc;
}
