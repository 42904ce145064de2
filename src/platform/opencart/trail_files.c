/* Files that an upgrade leaves: the zip that the back office of 4.x downloaded, and the folder install. */
#include "base/clock.h"
#include "platform/opencart/trail_parts.h"
#include "sys/archive.h"
#include "sys/zip.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

struct looking {
    struct oc_reading *r;
    const char *dir;
    bool aside;
    time_t newest;
};

/* It is no zip, or breaks off: PHP's own reader dies at the first, and takes what there is of the second. */
static bool is_bad(const struct tree *t, const char *rel, uint64_t size)
{
    struct err ignored = {0};
    struct zip z = {0};
    int fd = tree_open_file(t, rel, O_RDONLY, 0, &ignored);
    bool bad = true;

    if (fd < 0)
        return true;
    bad = zip_open(&z, t->ops, fd, size, ARCHIVE_ENTRIES_MAX, &ignored) < 0 || z.all.n == 0;
    zip_close(&z);
    t->ops->close(fd);
    return bad;
}

static int take_zip(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct looking *l = arg;
    const struct tree *t = oc_tree(l->r->s, l->aside);
    struct str version = str_of(name);
    struct err ignored = {0};
    const char *rel;
    struct stat st;

    (void)e;
    if (type != DT_REG || !str_skip(&version, STR("opencart-")) || !str_chop(&version, STR(".zip")) || !oc_is_version(version))
        return 0;
    rel = arena_printf(l->r->mem, "%s/%s", l->dir, name);
    if (tree_stat(t, rel, &st, &ignored) < 0 || (l->r->t->zip && st.st_mtime <= l->newest))
        return 0;
    l->newest = st.st_mtime;
    l->r->t->zip = l->aside ? arena_printf(l->r->mem, "%s/%s", l->r->s->aside_path, rel) : rel;
    l->r->t->zip_version = arena_dup(l->r->mem, version.p, version.n);
    l->r->t->zip_bad = is_bad(t, rel, (uint64_t)st.st_size);
    return 0;
}

static void look_in(struct looking *l, const char *dir, bool aside)
{
    const struct tree *t = oc_tree(l->r->s, aside);
    struct err ignored = {0};

    if (dir == NULL || (aside && t->path == NULL) || !tree_exists(t, dir))
        return;
    l->dir = dir;
    l->aside = aside;
    tree_list(t, dir, take_zip, l, &ignored);
}

static int take_time(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    time_t *newest = arg;

    (void)rel;
    (void)e;
    if (S_ISREG(st->st_mode) && st->st_mtime > *newest)
        *newest = st->st_mtime;
    return 0;
}

void oc_trail_files(struct oc_reading *r)
{
    const struct oc *x = r->s->own;
    /* The back office asks the configuration for the place, the installer looks in the second one. */
    static const char *const fixed[] = {"system/storage/download", "system/download"};
    struct looking l = {.r = r};
    struct err ignored = {0};
    time_t newest = 0;

    look_in(&l, x->download, x->aside_download);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (x->download == NULL || x->aside_download || strcmp(fixed[i], x->download) != 0)
            look_in(&l, fixed[i], false);
    if (x->install && tree_walk(&r->s->tree, x->install, take_time, tree_pass_over, &newest, &ignored) == 0 && newest > 0) {
        char time[CLOCK_STAMP];

        clock_local(newest, time);
        r->t->install_since = arena_strdup(r->mem, time);
    }
}
