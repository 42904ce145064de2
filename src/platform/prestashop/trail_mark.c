/*
 * How the toolkit ended an attempt, in a log of its own beside the module's: "[time] word key". The key names the attempt by the line that it
 * began with, or where no log tells that, by what its state files are; a later attempt has another one.
 */
#include "platform/prestashop/trail_parts.h"

#include "base/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARKS_MAX ((size_t)1024 * 1024)

static const char *const words[] = {
    [PS_MARK_NONE] = "",
    [PS_MARK_FINISHED] = "upgrade finished:",
    [PS_MARK_GIVEN_UP] = "upgrade given up:",
    [PS_MARK_RESTORED] = "store restored:",
};

static const char *mark_path(const struct store *s, struct arena *mem)
{
    const struct ps *ps = s->own;

    return ps->workspace ? arena_printf(mem, "%s/" PS_MARK_FILE, ps->workspace) : NULL;
}

const char *ps_trail_key(const char *source, uint64_t line, const char *time, struct arena *mem)
{
    return arena_printf(mem, "%s %llu %s", source, (unsigned long long)line, time ? time : "-");
}

/* The last line of the attempt, not its first: whoever went on with the module itself after the note made it another attempt. */
static const char *key_of(const struct ps_trail *t, struct arena *mem)
{
    if (t->logged && t->last.source)
        return ps_trail_key(t->last.source, t->last.line, t->last.time, mem);
    return t->state_key ? t->state_key : "none";
}

/* Attempts up to the last one behind which the store was made whole are none of the present one's business. */
static void settle_earlier(struct ps_trail *t, size_t whole)
{
    if (whole > 0) {
        t->earlier.n -= whole;
        memmove(t->earlier.v, t->earlier.v + whole, t->earlier.n * sizeof *t->earlier.v);
        t->attempts = (unsigned)t->earlier.n + 1;
        t->before = PS_PHASE_NONE;
    }
    for (size_t i = 0; i < t->earlier.n; i++) {
        const struct ps_attempt *a = &t->earlier.v[i];

        if (whole > 0 && a->phase > t->before)
            t->before = a->phase;
        if (a->phase < PS_PHASE_FILES || t->changed || t->clean_backup)
            continue;
        t->clean_backup = a->backup;
        t->changed = a->changed;
    }
}

/* Behind which of the earlier attempts the line says that the store is whole again; 0: none. */
static size_t made_whole(const struct ps_trail *t, struct str line)
{
    for (size_t i = t->earlier.n; i > 0; i--)
        for (int m = PS_MARK_FINISHED; m <= PS_MARK_RESTORED; m++) {
            struct str what = line;

            if (m != PS_MARK_GIVEN_UP && str_skip(&what, str_of(words[m])) && str_is(str_trim(what), t->earlier.v[i - 1].key))
                return i;
        }
    return 0;
}

void ps_trail_mark(struct store *s, struct arena *mem, struct ps_trail *t)
{
    const char *path = mark_path(s, mem);
    struct err ignored = {0};
    struct buf text = {0};
    struct str rest;
    struct str line;
    uint64_t number = 0;
    size_t whole = 0;

    t->key = key_of(t, mem);
    if (path == NULL || tree_read(&s->tree, path, MARKS_MAX, &text, &ignored) < 0)
        buf_reset(&text);
    rest = buf_str(&text);
    while (str_line(&rest, &line)) {
        struct str tail = line;

        number++;
        t->mark = PS_MARK_NONE;
        str_cut(tail, ']', &tail);
        tail = str_trim(tail);
        if (made_whole(t, tail) > whole)
            whole = made_whole(t, tail);
        for (int m = PS_MARK_FINISHED; m <= PS_MARK_RESTORED; m++) {
            struct str what = tail;

            if (str_skip(&what, str_of(words[m])) && str_is(str_trim(what), t->key))
                t->mark = (enum ps_mark)m;
        }
        if (t->mark != PS_MARK_NONE)
            t->mark_ref = (struct ps_ref){path, number, arena_dup(mem, line.p, line.n), NULL};
    }
    settle_earlier(t, whole);
    buf_free(&text);
}

/* Root's file would be out of reach for the store's own account. That no other owner can be set is no reason to fail. */
static void give_to_owner(struct store *s, int fd)
{
    const struct ps *ps = s->own;
    struct err ignored = {0};
    struct stat dir;
    struct stat is;

    if (geteuid() == 0 && tree_stat(&s->tree, ps->workspace, &dir, &ignored) == 0 && s->tree.ops->fstat(fd, &is) == 0 &&
        (is.st_uid != dir.st_uid || is.st_gid != dir.st_gid))
        s->tree.ops->fchown(fd, dir.st_uid, dir.st_gid);
}

int ps_mark_put(struct store *s, enum ps_mark m, struct work *w, struct err *e)
{
    struct arena mem = {0};
    struct ps_trail t = {0};
    char stamp[CLOCK_STAMP];
    struct buf line = {0};
    const char *path;
    int rc = -1;
    int fd;

    if (w->dry_run || m == PS_MARK_NONE || mark_path(s, &mem) == NULL) {
        arena_free(&mem);
        return 0;
    }
    path = mark_path(s, &mem);
    if (ps_trail_read(s, &mem, &t, e) < 0)
        goto out;
    fd = tree_open_file(&s->tree, path, O_WRONLY | O_CREAT | O_APPEND, 0640, e);
    if (fd < 0)
        goto out;
    give_to_owner(s, fd);
    clock_local(clock_wall(), stamp);
    buf_printf(&line, "[%s] %s %s\n", stamp, words[m], t.key);
    rc = tree_write_full(&s->tree, fd, line.p, line.n) < 0 ? tree_fail(&s->tree, path, "write it", e) : 0;
    s->tree.ops->close(fd);
out:
    buf_free(&line);
    ps_trail_free(&t);
    arena_free(&mem);
    return rc;
}
