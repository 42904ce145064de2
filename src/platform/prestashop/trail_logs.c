/*
 * Which logs there are. Generations 4 to 6 write tmp/log.txt when they run in the browser and nothing but their output on the command
 * line, which people keep in a file; 7 writes a log for each backup, update and restore into logs/.
 */
#include "platform/prestashop/trail_parts.h"

#include "base/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define READ_CHUNK ((size_t)256 * 1024)
/* Saved output says within this that it is one. */
#define SAVED_HEAD ((size_t)64 * 1024)
#define SAVED_MAX  ((size_t)40)
/* The last so many logs of generation 7 are read: those of the upgrade at hand, and what was tried after it. */
#define LOGS_MAX ((size_t)16)
/* Of the shop's own logs the end is read. */
#define SHOP_LOG_TAIL ((uint64_t)4 * 1024 * 1024)
/* A first error that comes later has another reason. */
#define SHOP_ERROR_SECONDS 900

struct log_file {
    const char *rel;
    struct timespec mtime;
    bool is_backup;
    bool is_saved;
};

struct finding_logs {
    struct store *s;
    struct arena *mem;
    const char *dir;
    VEC(struct log_file) files;
};

/* From the offset on; first_line is 1 there too. */
static int feed(struct store *s, const char *rel, uint64_t from, struct ps_log_reader *reader, struct err *e)
{
    int fd = tree_open_file(&s->tree, rel, O_RDONLY, 0, e);
    char *chunk;
    ssize_t got;
    int rc = 0;

    if (fd < 0)
        return -1;
    if (from > 0 && s->tree.ops->lseek(fd, (off_t)from, SEEK_SET) < 0) {
        rc = tree_fail(&s->tree, rel, "read it", e);
        s->tree.ops->close(fd);
        return rc;
    }
    chunk = mem_alloc(READ_CHUNK);
    while ((got = tree_read_full(&s->tree, fd, chunk, READ_CHUNK)) > 0)
        ps_log_feed(reader, (struct str){chunk, (size_t)got});
    if (got < 0)
        rc = tree_fail(&s->tree, rel, "read it", e);
    else
        ps_log_end(reader);
    free(chunk);
    s->tree.ops->close(fd);
    return rc;
}

static void add(struct finding_logs *f, const char *rel, const struct stat *st)
{
    struct log_file *l = vec_push(&f->files);

    l->rel = arena_strdup(f->mem, rel);
    l->mtime = st->st_mtim;
}

static bool is_saved_output(struct store *s, const char *rel)
{
    struct err ignored = {0};
    int fd = tree_open_file(&s->tree, rel, O_RDONLY, 0, &ignored);
    char *head;
    ssize_t got;
    bool yes = false;

    if (fd < 0)
        return false;
    head = mem_alloc(SAVED_HEAD);
    got = tree_read_full(&s->tree, fd, head, SAVED_HEAD);
    if (got > 0) {
        struct str text = {head, (size_t)got};

        yes = str_has(text, STR("=== Step ")) || str_has(text, STR(" --action=")) || str_has(text, STR("Restart requested"));
    }
    free(head);
    s->tree.ops->close(fd);
    return yes;
}

static int take_saved(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct finding_logs *f = arg;
    struct str n = str_of(name);
    struct err ignored = {0};
    const char *rel;
    struct stat st;

    (void)e;
    if (type != DT_REG || f->files.n >= SAVED_MAX || (!str_ends(n, STR(".log")) && !str_ends(n, STR(".txt"))) ||
        strcmp(name, PS_MARK_FILE) == 0)
        return 0;
    rel = arena_join(f->mem, f->dir, name);
    if (tree_stat(&f->s->tree, rel, &st, &ignored) == 0 && S_ISREG(st.st_mode) && is_saved_output(f->s, rel)) {
        add(f, rel, &st);
        f->files.v[f->files.n - 1].is_saved = true;
    }
    return 0;
}

static int by_time(const void *pa, const void *pb)
{
    const struct log_file *a = pa;
    const struct log_file *b = pb;

    if (a->mtime.tv_sec != b->mtime.tv_sec)
        return a->mtime.tv_sec < b->mtime.tv_sec ? -1 : 1;
    if (a->mtime.tv_nsec != b->mtime.tv_nsec)
        return a->mtime.tv_nsec < b->mtime.tv_nsec ? -1 : 1;
    return strcmp(a->rel, b->rel);
}

/* "2025-03-18-101500-update.txt": their names sort by time. */
static int take_own(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct finding_logs *f = arg;
    struct str n = str_of(name);
    struct err ignored = {0};
    const char *rel;
    struct stat st;

    (void)e;
    if (type != DT_REG || n.n < 18 || n.p[0] < '0' || n.p[0] > '9' ||
        (!str_ends(n, STR("-backup.txt")) && !str_ends(n, STR("-update.txt")) && !str_ends(n, STR("-restore.txt"))))
        return 0;
    rel = arena_printf(f->mem, "%s/%s", f->dir, name);
    if (tree_stat(&f->s->tree, rel, &st, &ignored) == 0) {
        add(f, rel, &st);
        f->files.v[f->files.n - 1].is_backup = str_ends(n, STR("-backup.txt"));
    }
    return 0;
}

/* In the order in which they were written. */
static void find_logs(struct store *s, struct arena *mem, struct finding_logs *f)
{
    const struct ps *ps = s->own;
    struct err ignored = {0};
    struct stat st;
    const char *web;

    *f = (struct finding_logs){.s = s, .mem = mem, .dir = ""};
    if (ps->workspace == NULL)
        return;
    web = arena_printf(mem, "%s/tmp/log.txt", ps->workspace);
    if (tree_stat(&s->tree, web, &st, &ignored) == 0 && S_ISREG(st.st_mode))
        add(f, web, &st);
    tree_list(&s->tree, "", take_saved, f, &ignored);
    f->dir = ps->workspace;
    tree_list(&s->tree, f->dir, take_saved, f, &ignored);
    if (f->files.n > 1)
        qsort(f->files.v, f->files.n, sizeof *f->files.v, by_time);
    f->dir = arena_printf(mem, "%s/logs", ps->workspace);
    if (tree_exists(&s->tree, f->dir))
        tree_list(&s->tree, f->dir, take_own, f, &ignored);
}

int ps_trail_each_log(struct store *s, backup_found *each, void *arg, struct err *e)
{
    const struct ps *ps = s->own;
    struct arena mem = {0};
    struct finding_logs f;
    size_t n;
    int rc = 0;

    find_logs(s, &mem, &f);
    n = f.files.n;
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (strncmp(f.files.v[i].rel, ps->workspace, strlen(ps->workspace)) == 0)
            rc = each(arg, f.files.v[i].rel, e);
    if (rc == 0 && ps->workspace) {
        const char *mark = arena_printf(&mem, "%s/" PS_MARK_FILE, ps->workspace);

        if (tree_exists(&s->tree, mark))
            rc = each(arg, mark, e);
    }
    free(f.files.v);
    arena_free(&mem);
    return rc;
}

static int read_log(struct ps_reading *r, const struct log_file *l, struct err *e)
{
    struct ps_log_reader reader;
    int rc;

    r->source = l->rel;
    r->is_backup = l->is_backup;
    r->is_saved = l->is_saved;
    ps_log_init(&reader, 1, false, ps_trail_take, r);
    rc = feed(r->s, l->rel, 0, &reader, e);
    ps_log_free(&reader);
    return rc;
}

int ps_trail_logs(struct store *s, struct arena *mem, struct ps_trail *t, struct err *e)
{
    struct ps_reading *r = mem_alloc(sizeof *r);
    struct finding_logs f;
    size_t own = 0;

    (void)e;
    *r = (struct ps_reading){.s = s, .mem = mem, .t = t};
    find_logs(s, mem, &f);
    for (size_t i = 0; i < f.files.n; i++)
        own += str_has(str_of(f.files.v[i].rel), STR("/logs/"));
    for (size_t i = 0; i < f.files.n; i++) {
        struct err why = {0};

        if (own > LOGS_MAX && str_has(str_of(f.files.v[i].rel), STR("/logs/"))) {
            own--;
            continue;
        }
        if (read_log(r, &f.files.v[i], &why) < 0)
            *vec_push(&t->unreadable) = (struct ps_ref){f.files.v[i].rel, 0, arena_strdup(mem, why.text), NULL};
    }
    ps_trail_settle(r);
    ps_run_free(&r->run);
    free(r);
    free(f.files.v);
    return 0;
}

/* ---- the shop's own logs ---- */

struct shop_log {
    struct ps_reading r; /* for its source */
    struct ps_slot hit;
    int64_t from;
    int64_t best;
};

static bool seconds_of(struct str text, int64_t *out)
{
    struct civil c;

    if (!clock_civil_read(text, "YYYY-MM-DD hh:mm:ss", &c))
        return false;
    *out = clock_civil_seconds(&c);
    return true;
}

static void take_shop(void *arg, const struct ps_log_event *ev)
{
    struct shop_log *l = arg;
    int64_t at;

    if (ev->kind == PS_LOG_SYMFONY ? ev->level < PS_LEVEL_ERROR : ev->kind != PS_LOG_EXCEPTION)
        return;
    if (!seconds_of(ev->time, &at) || at < l->from || at > l->from + SHOP_ERROR_SECONDS || (l->hit.source && at >= l->best))
        return;
    l->best = at;
    ps_run_put(&l->r, &l->hit, ev);
}

struct shop_logs {
    struct store *s;
    struct arena *mem;
    const char *dir;
    struct shop_log *l;
};

static int read_shop_log(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct shop_logs *x = arg;
    struct str n = str_of(name);
    struct err ignored = {0};
    struct ps_log_reader reader;
    struct stat st;
    uint64_t from = 0;

    (void)e;
    if (type != DT_REG || !str_ends(n, STR(".log")))
        return 0;
    x->l->r.source = arena_printf(x->mem, "%s/%s", x->dir, name);
    if (tree_stat(&x->s->tree, x->l->r.source, &st, &ignored) < 0)
        return 0;
    if ((uint64_t)st.st_size > SHOP_LOG_TAIL)
        from = (uint64_t)st.st_size - SHOP_LOG_TAIL;
    ps_log_init(&reader, from ? 0 : 1, from > 0, take_shop, x->l);
    feed(x->s, x->l->r.source, from, &reader, &ignored);
    ps_log_free(&reader);
    return 0;
}

void ps_trail_shop_error(struct store *s, struct arena *mem, struct ps_trail *t)
{
    static const char *const dirs[] = {"var/logs", "app/logs", "log"};
    struct shop_log *l;
    struct shop_logs x = {.s = s, .mem = mem};
    struct err ignored = {0};

    if (t->last_activity == NULL)
        return;
    l = mem_alloc(sizeof *l);
    x.l = l;
    if (seconds_of(str_of(t->last_activity), &l->from))
        for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
            x.dir = dirs[i];
            if (tree_exists(&s->tree, dirs[i]))
                tree_list(&s->tree, dirs[i], read_shop_log, &x, &ignored);
        }
    if (l->hit.source)
        t->shop_error = (struct ps_ref){l->hit.source, l->hit.line, arena_strdup(mem, l->hit.text), arena_strdup(mem, l->hit.time)};
    free(l);
}
