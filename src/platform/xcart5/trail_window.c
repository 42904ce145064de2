/*
 * Where the last run begins in gigabytes of upgrade log. The files are looked through from their end in windows that
 * grow by four and do not overlap, until one holds a run's first line for sure: a pack line behind one of a
 * later phase, or a second core pack in one group. From there on all is read in its order. Such a line means the
 * same to a reader that began in the middle as to one that began at the front.
 *
 * A pack line that is the first one seen may belong to a group that began earlier. It is a run's first line when
 * the window before it ends in a later phase, or when nothing is before it.
 *
 * Before that place only line ends are counted and core packs looked for, which costs a fraction of reading records.
 */
#include "platform/xcart5/trail.h"

#include "format/xc_upgrade_log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK        ((size_t)256 * 1024)
#define FIRST_WINDOW ((uint64_t)BLOCK)
/* Larger windows would only make the part larger that is read twice. */
#define WINDOW_MAX ((uint64_t)64 * 1024 * 1024)

/* What was seen of a window. */
struct window {
    bool sure;  /* a run begins in it */
    bool maybe; /* its first group of pack lines may have begun before it */
};

bool xc_log_continues(const struct xc_log_files *files, size_t i)
{
    const struct xc_log_name *now = &files->v.v[i].name;
    const struct xc_log_name *before = i > 0 ? &files->v.v[i - 1].name : NULL;

    return before && before->kind == XC_LOG_UPGRADE && now->dated && before->dated && now->day - before->day <= 1;
}

static void take_start(void *context, const struct xc_upgrade_record *rec)
{
    struct window *w = context;

    w->sure = w->sure || rec->start_sure;
    w->maybe = w->maybe || (rec->starts_run && !rec->start_sure);
}

/* Looks through [from, to) of a file; *ends_later tells that its last line of a phase is of one behind the packs. */
static int look_through(const struct tree *t, int fd, uint64_t from, uint64_t to, bool whole, char *block, struct window *w,
                        bool *ends_later)
{
    struct xc_upgrade_reader reader;
    ssize_t n = 1;

    *w = (struct window){0};
    xc_upgrade_init(&reader, 1, from > 0, take_start, w);
    reader.whole = whole;
    for (uint64_t at = from; n > 0 && at < to; at += (uint64_t)n) {
        n = tree_read_at(t, fd, block, to - at < BLOCK ? (size_t)(to - at) : BLOCK, at);
        if (n > 0)
            xc_upgrade_feed(&reader, (struct str){block, (size_t)n});
    }
    xc_upgrade_end(&reader);
    *ends_later = reader.phase == XC_RUN_LATER;
    xc_upgrade_free(&reader);
    return n < 0 ? -1 : 0;
}

struct search {
    const struct tree *t;
    char *block;
    bool maybe; /* the windows behind this place begin with a group that may reach back */
    struct xc_log_start *out;
};

/* One file from its end to its front; head: nothing before it belongs to the same run. */
static int search_file(struct search *s, const char *rel, bool head, struct err *e)
{
    uint64_t size = FIRST_WINDOW;
    struct stat st;
    uint64_t to;
    int fd = tree_open_file(s->t, rel, O_RDONLY, 0, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (s->t->ops->fstat(fd, &st) != 0)
        goto out;
    to = st.st_size > 0 ? (uint64_t)st.st_size : 0;
    do {
        uint64_t from = to > size ? to - size : 0;
        struct window w;
        bool ends_later;

        rc = look_through(s->t, fd, from, to, head && from == 0, s->block, &w, &ends_later);
        if (rc < 0)
            break;
        if (w.sure || (s->maybe && (ends_later || (head && from == 0)))) {
            s->out->found = true;
            s->out->offset = from;
        }
        s->maybe = s->maybe || w.maybe;
        to = from;
        if (size < WINDOW_MAX)
            size *= 4;
    } while (!s->out->found && to > 0);
out:
    if (rc < 0)
        tree_fail(s->t, rel, "read", e);
    s->t->ops->close(fd);
    return rc;
}

int xc_log_last_run(const struct tree *t, const struct xc_log_files *files, size_t n, struct xc_log_start *out,
                    struct err *e)
{
    struct search s = {.t = t, .out = out};
    int rc = 0;

    memset(out, 0, sizeof *out);
    s.block = mem_alloc(BLOCK);
    for (size_t i = n; rc == 0 && i > 0 && !out->found; i--) {
        out->file = i - 1;
        rc = search_file(&s, files->v.v[i - 1].path, !xc_log_continues(files, i - 1), e);
    }
    free(s.block);
    return rc;
}

struct front {
    struct arena *mem;
    const char *version;
};

static void take_core(void *context, const struct xc_upgrade_record *rec)
{
    struct front *f = context;

    if (rec->kind == XC_UP_PACK_RECEIVED && rec->type != XC_LOG_ERROR && rec->version.n && str_is(rec->entry, XC_CORE))
        f->version = xc_strip_build(f->mem, rec->version);
}

int xc_log_front(const struct tree *t, const char *rel, uint64_t to, struct arena *mem, uint64_t *line_ends,
                 const char **core, struct err *e)
{
    struct front f = {.mem = mem};
    struct xc_upgrade_reader reader;
    int fd = tree_open_file(t, rel, O_RDONLY, 0, e);
    char *block;
    uint64_t at = 0;
    size_t kept = 0;
    ssize_t n = 1;

    if (fd < 0)
        return -1;
    block = mem_alloc(BLOCK);
    xc_upgrade_init(&reader, 1, false, take_core, &f);
    *line_ends = 0;
    while (at < to) {
        struct str lines;

        n = tree_read_at(t, fd, block + kept, to - at < BLOCK - kept ? (size_t)(to - at) : BLOCK - kept, at);
        if (n <= 0)
            break;
        *line_ends += log_lines_count((struct str){block + kept, (size_t)n});
        at += (uint64_t)n;
        lines = (struct str){block, kept + (size_t)n};
        /* What stands behind the last line end waits for the rest of its line; a line that fills the block is none
         * of the upgrader's. */
        kept = lines.n - (str_rchr(lines, '\n') == SIZE_MAX ? 0 : str_rchr(lines, '\n') + 1);
        lines.n -= kept;
        xc_upgrade_feed_cores(&reader, lines);
        memmove(block, block + lines.n, kept);
        if (kept == BLOCK)
            kept = 0;
    }
    xc_upgrade_end(&reader);
    xc_upgrade_free(&reader);
    if (n < 0)
        tree_fail(t, rel, "read", e);
    free(block);
    t->ops->close(fd);
    if (f.version)
        *core = f.version;
    return n < 0 ? -1 : 0;
}
