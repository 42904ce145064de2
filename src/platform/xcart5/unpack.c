/* Unpacking archives: a pack inside the store, or what the user brought with --source. */
#include "base/plural.h"
#include "platform/xcart5/files.h"
#include "sys/archive.h"

#include <fcntl.h>
#include <unistd.h>

struct refusals {
    struct work *w;
    size_t n;
};

/* Refused entries beyond these are counted only. */
#define SAY_MAX 10

static void refused(void *arg, const char *path, const char *why)
{
    struct refusals *r = arg;

    if (r->n++ < SAY_MAX)
        r->w->say(r->w, "left in the archive: %s (%s)", path, why);
}

static int progress(void *arg, uint64_t bytes_in)
{
    struct refusals *r = arg;

    r->w->progress(r->w, "Unpacking", bytes_in, 0);
    return r->w->stop && *r->w->stop ? -1 : 0;
}

static int extract(const struct fsops *ops, int fd, const char *name, const struct tree *into, const char *rel,
                   struct work *w, struct err *e)
{
    struct refusals r = {.w = w};
    struct archive_options opt = {.refused = refused, .arg = &r};
    struct archive_extract_options how = {.progress = progress, .progress_arg = &r};
    struct archive_extract_result done = {0};
    struct archive_src *a = archive_src_open(ops, fd, name, &opt, e);
    int rc = -1;

    if (a && archive_extract(a, into, rel, &how, &done, e) == 0) {
        w->say(w, "%s: %llu file%s unpacked", name, (unsigned long long)done.files, plural(done.files, "", "s"));
        rc = 0;
    }
    archive_src_close(a);
    return rc;
}

int xc_extract(struct store *s, const char *archive, const char *rel, struct work *w, struct err *e)
{
    int fd = tree_open_file(&s->tree, archive, O_RDONLY, 0, e);
    int rc;

    if (fd < 0)
        return -1;
    rc = extract(s->tree.ops, fd, archive, &s->tree, rel, w, e);
    s->tree.ops->close(fd);
    return rc;
}

int xc_extract_path(const char *given, const struct tree *into, const char *rel, struct work *w, struct err *e)
{
    int fd = open(given, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int rc;

    if (fd < 0)
        return err_sys(e, "--source %s", given);
    rc = extract(into->ops, fd, given, into, rel, w, e);
    close(fd);
    return rc;
}
