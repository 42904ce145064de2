/* The logs beside the upgrade log, as far as they are of the time of the run: decorator.log and php_errors.log. */
#include "base/clock.h"
#include "format/xc_decorator_log.h"
#include "format/xc_php_errors.h"
#include "platform/xcart5/trail.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define LOG_DIR  "var/log"
#define DAY      INT64_C(86400)
/* Clocks of log lines are whole seconds, and a line is written a moment after what it tells of. */
#define SLACK    INT64_C(2)

struct listing {
    struct xc_log_files *out;
    struct arena *mem;
};

static int take_path(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct listing *l = arg;
    struct str path = str_of(rel);
    struct xc_log_name name;

    (void)e;
    if (!S_ISREG(st->st_mode))
        return 0;
    str_skip(&path, STR(LOG_DIR "/"));
    if (xc_log_name_read(path, &name))
        *vec_push(&l->out->v) = (struct xc_log_file){.path = arena_strdup(l->mem, rel), .name = name};
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct xc_log_file *x = a;
    const struct xc_log_file *y = b;

    if (x->name.kind != y->name.kind)
        return x->name.kind < y->name.kind ? -1 : 1;
    return xc_log_name_cmp(&x->name, &y->name);
}

int xc_log_files(struct store *s, struct arena *mem, struct xc_log_files *out, struct err *e)
{
    struct listing l = {.out = out, .mem = mem};

    if (!tree_exists(&s->tree, LOG_DIR))
        return 0;
    /* A folder that can't be read hides its logs; what could be read still counts. */
    if (tree_walk(&s->tree, LOG_DIR, take_path, tree_pass_over, &l, e) < 0)
        return -1;
    if (out->v.n > 1)
        qsort(out->v.v, out->v.n, sizeof *out->v.v, by_name);
    return 0;
}

int xc_logs(struct store *s, backup_found *each, void *arg, struct err *e)
{
    struct xc_log_files files = {0};
    struct arena mem = {0};
    int rc = xc_log_files(s, &mem, &files, e);

    for (size_t i = 0; rc == 0 && i < files.v.n; i++)
        rc = each(arg, files.v.v[i].path, e);
    free(files.v.v);
    arena_free(&mem);
    return rc;
}

struct side {
    struct xc_case *c;
    const struct xc_log_file *file;
    int64_t since; /* of the run; INT64_MIN: unknown, everything counts */
    int64_t now;   /* time of the last dated line in the file; the file's day before the first */
};

static bool too_old(const struct side *s)
{
    if (!s->file->name.dated || s->since == INT64_MIN)
        return false;
    return s->now < s->since - SLACK;
}

static void take_invoke(struct side *s, const struct xc_decorator_record *rec)
{
    struct xc_log *l = &s->c->log;
    struct xc_invoke *in = NULL;

    if (rec->hook.n == 0 || rec->entry.n == 0)
        return;
    for (size_t i = 0; i < l->invokes.n; i++)
        if (str_is(rec->hook, l->invokes.v[i].tail) && str_is(rec->entry, l->invokes.v[i].entry))
            in = &l->invokes.v[i];
    if (in == NULL) {
        in = vec_push(&l->invokes);
        in->entry = arena_dup(&l->mem, rec->entry.p, rec->entry.n);
        in->tail = arena_dup(&l->mem, rec->hook.p, rec->hook.n);
    }
    in->calls++;
    in->ref.source = s->file->path;
    in->ref.line = rec->line;
    in->ref.text = arena_printf(&l->mem, "a call of %s for %s began%s%.*s", in->tail, in->entry,
                                rec->argument.n ? ", given " : "", STR_FMT(rec->argument));
}

static void take_decorator(void *context, const struct xc_decorator_record *rec)
{
    struct side *s = context;
    struct xc_log *l = &s->c->log;

    if (rec->has_clock)
        s->now = s->file->name.day * DAY + (int64_t)rec->clock;
    /* Lines of hook calls bear no time; a call of this very hook by an attempt earlier that day counts as well. */
    if (rec->kind != XC_DECO_HOOK && too_old(s))
        return;
    l->has_decorator = true;
    switch (rec->kind) {
    case XC_DECO_STEP:
        l->rebuild_steps = rec->steps < 32 ? (unsigned)rec->steps : 0;
        l->rebuild_last = xc_ref(&l->mem, s->file->path, rec->line,
                                 str_of(arena_printf(&l->mem, "rebuild step %llu of %llu was the last one begun",
                                                     (unsigned long long)rec->step, (unsigned long long)rec->steps)));
        l->plugin_cut = NULL;
        break;
    case XC_DECO_PLUGIN:
        l->plugin_cut = rec->finished ? NULL : xc_ref(&l->mem, s->file->path, rec->line, rec->name);
        break;
    case XC_DECO_DONE:
        l->plugin_cut = NULL;
        break;
    case XC_DECO_HOOK:
        take_invoke(s, rec);
        break;
    case XC_DECO_ACTIONS:
    case XC_DECO_ACTIONS_REFUSED:
        break;
    }
}

/* The path around a hook's tail, back to the blank, quote or bracket before it: its folder tells whose hook it is. */
static const char *hook_path(struct arena *mem, struct str text, struct str tail)
{
    size_t at = str_find(text, tail, 0);
    size_t from = at;

    if (at == SIZE_MAX)
        return arena_dup(mem, tail.p, tail.n);
    while (from > 0 && strchr(" \t\n\"'([", text.p[from - 1]) == NULL)
        from--;
    return arena_dup(mem, text.p + from, at + tail.n - from);
}

static void take_php_error(void *context, const struct xc_php_error *rec)
{
    struct side *s = context;
    struct xc_log *l = &s->c->log;

    s->now = rec->seconds;
    if (s->since != INT64_MIN && rec->seconds < s->since - SLACK)
        return;
    l->php_error = xc_ref(&l->mem, s->file->path, rec->line, rec->message.n ? rec->message : rec->text);
    l->php_error_hook = rec->hook.n ? hook_path(&l->mem, rec->text, rec->hook) : NULL;
}

static void feed_decorator(void *ctx, struct str chunk)
{
    xc_decorator_feed(ctx, chunk);
}

static void feed_php(void *ctx, struct str chunk)
{
    xc_php_errors_feed(ctx, chunk);
}

int xc_read_side_logs(struct store *s, struct xc_case *c, const struct xc_log_files *files, struct err *e)
{
    struct side side = {.c = c, .since = c->log.since_known ? c->log.since : INT64_MIN};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < files->v.n; i++) {
        const struct xc_log_file *f = &files->v.v[i];

        side.file = f;
        side.now = f->name.day * DAY;
        if (f->name.dated && side.since != INT64_MIN && f->name.day < side.since / DAY)
            continue;
        if (f->name.kind == XC_LOG_DECORATOR) {
            struct xc_decorator_reader r;

            xc_decorator_init(&r, 1, false, take_decorator, &side);
            rc = xc_feed_file(&s->tree, f->path, feed_decorator, &r, e);
            xc_decorator_end(&r);
            xc_decorator_free(&r);
        } else if (f->name.kind == XC_LOG_PHP_ERRORS) {
            struct xc_php_errors r;

            xc_php_errors_init(&r, 1, false, take_php_error, &side);
            rc = xc_feed_file(&s->tree, f->path, feed_php, &r, e);
            xc_php_errors_end(&r);
            xc_php_errors_free(&r);
        }
    }
    return rc;
}

int xc_append_log(struct store *s, const struct xc_case *c, const char *text, struct err *e)
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t t = clock_wall();
    struct buf line = {0};
    struct tm tm;
    int fd;
    int rc;

    if (c->log.file == NULL)
        return 0;
    fd = tree_open_file(&s->tree, c->log.file, O_WRONLY | O_APPEND, 0, e);
    if (fd < 0)
        return -1;
    if (localtime_r(&t, &tm) == NULL)
        memset(&tm, 0, sizeof tm);
    buf_printf(&line, "[info, %s %02d %04d %02d:%02d:%02d] %s\n", months[tm.tm_mon], tm.tm_mday, tm.tm_year + 1900,
               tm.tm_hour, tm.tm_min, tm.tm_sec, text);
    rc = tree_write_full(&s->tree, fd, line.p, line.n);
    if (rc < 0)
        tree_fail(&s->tree, c->log.file, "write", e);
    s->tree.ops->close(fd);
    buf_free(&line);
    return rc;
}
