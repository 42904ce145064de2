/*
 * The upgrade log in bounded memory: what the last run of the upgrader did, over all files in order of their dates.
 * Reading begins before the last run (trail_window.c); every time a new run starts, what was kept of the one before is
 * dropped.
 */
#include "format/xc_log_name.h"
#include "format/xc_upgrade_log.h"
#include "platform/xcart5/trail.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of one log line this much is shown as evidence. */
#define EVIDENCE_TEXT 400
/* So many error lines are kept; the rest is counted. */
#define ERRORS_MAX 200
#define READ_CHUNK ((size_t)256 * 1024)

struct reading {
    struct xc_case *c;
    const char *file;
    bool dated; /* a record had a date, the last one this: */
    struct civil time;
    char last_text[EVIDENCE_TEXT + 4];
    const char *last_file;
    uint64_t last_line;
    char file_text[EVIDENCE_TEXT + 4]; /* the last line of the files phase */
    const char *file_file;
    uint64_t file_line;
    bool has_run;
};

static void shorten(char *to, struct str text)
{
    size_t n = text.n;

    if (n > EVIDENCE_TEXT) {
        n = EVIDENCE_TEXT;
        memcpy(to, text.p, n);
        memcpy(to + n, "...", 4);
        return;
    }
    if (n > 0)
        memcpy(to, text.p, n);
    to[n] = '\0';
}

struct xc_log_ref *xc_ref(struct arena *mem, const char *source, uint64_t line, struct str text)
{
    struct xc_log_ref *ref = arena_alloc(mem, sizeof *ref);
    char shown[EVIDENCE_TEXT + 4];

    shorten(shown, text);
    ref->source = source;
    ref->line = line;
    ref->text = arena_strdup(mem, shown);
    return ref;
}

void xc_log_free(struct xc_log *l)
{
    free(l->entries.v);
    free(l->hooks.v);
    free(l->files.v);
    free(l->errors.v);
    free(l->invokes.v);
    arena_free(&l->mem);
    memset(l, 0, sizeof *l);
}

static void begin_run(struct reading *r, const struct xc_upgrade_record *rec)
{
    struct xc_log *l = &r->c->log;
    const char *before = l->target ? arena_strdup(r->c->mem, l->target) : l->before;
    const char *file = r->file;
    bool found = l->found;
    char stamp[CLOCK_STAMP] = "";

    xc_log_free(l);
    l->found = found;
    l->has_run = true;
    l->before = before;
    l->file = file;
    l->first_file = file;
    l->first_line = rec->line;
    if (rec->dated)
        clock_civil_text(&rec->time, stamp);
    l->started = stamp[0] ? arena_strdup(&l->mem, stamp) : NULL;
    l->since_known = rec->dated;
    l->since = rec->seconds;
    r->has_run = true;
    r->file_file = NULL;
}

static struct xc_entry_log *entry_log(struct reading *r, struct str name)
{
    struct xc_log *l = &r->c->log;
    struct xc_entry_log *en;

    for (size_t i = 0; i < l->entries.n; i++)
        if (str_is(name, l->entries.v[i].name))
            return &l->entries.v[i];
    en = vec_push(&l->entries);
    en->name = arena_dup(&l->mem, name.p, name.n);
    return en;
}

static void take_hook(struct reading *r, const struct xc_upgrade_record *rec, struct xc_log_ref *ref)
{
    struct xc_log *l = &r->c->log;
    struct xc_hook_log *h = NULL;

    if (rec->hook.n == 0 || rec->entry.n == 0)
        return;
    for (size_t i = 0; i < l->hooks.n; i++)
        if (str_is(rec->hook, l->hooks.v[i].tail) && str_is(rec->entry, l->hooks.v[i].entry))
            h = &l->hooks.v[i];
    if (h == NULL) {
        h = vec_push(&l->hooks);
        h->entry = arena_dup(&l->mem, rec->entry.p, rec->entry.n);
        h->tail = arena_dup(&l->mem, rec->hook.p, rec->hook.n);
    }
    h->ref = ref;
    h->calls++;
    h->slice = rec->has_progress ? arena_dup(&l->mem, rec->progress.p, rec->progress.n) : NULL;
    l->writes_progress = l->writes_progress || rec->has_progress;
}

const char *xc_entry_of_file(const struct xc_case *c, const char *path)
{
    static const char *const heads[] = {"classes/XLite/Module/", "/modules/"};

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct str head = str_of(heads[i]);
        size_t at = str_find(str_of(path), head, 0);
        struct str rest;
        struct str author;
        struct str module;

        /* Skins of modules lie in skins/<skin>/modules/A/N. */
        if (at == SIZE_MAX || (i == 0 && at != 0) || (i == 1 && strncmp(path, "skins/", 6) != 0))
            continue;
        rest = str_sub(str_of(path), at + head.n, strlen(path));
        author = str_cut(rest, '/', &rest);
        module = str_cut(rest, '/', &rest);
        for (size_t k = 0; k < c->entries.n; k++)
            if (c->entries.v[k]->author && str_is(author, c->entries.v[k]->author) &&
                str_is(module, c->entries.v[k]->module))
                return c->entries.v[k]->name;
        if (module.n > 0)
            return arena_printf(c->mem, "%.*s\\%.*s", STR_FMT(author), STR_FMT(module));
    }
    return XC_CORE;
}

/* Author and name of the module a file lies in, without making a string of them; empty for the core. */
static struct str module_part(struct str path)
{
    struct str head = STR("classes/XLite/Module/");
    struct str skin = STR("/modules/");
    struct str rest;
    size_t at;

    if (str_starts(path, head)) {
        rest = str_sub(path, head.n, path.n);
    } else if (str_starts(path, STR("skins/")) && (at = str_find(path, skin, 0)) != SIZE_MAX) {
        rest = str_sub(path, at + skin.n, path.n);
    } else {
        return (struct str){0};
    }
    at = str_chr(rest, '/', 0);
    if (at != SIZE_MAX)
        at = str_chr(rest, '/', at + 1);
    return str_sub(rest, 0, at == SIZE_MAX ? 0 : at);
}

static bool same_module(struct str part, const char *entry)
{
    const char *back = strchr(entry, '\\');
    size_t slash = str_chr(part, '/', 0);

    if (slash == SIZE_MAX || back == NULL)
        return slash == SIZE_MAX && back == NULL;
    return str_eq(str_sub(part, 0, slash), (struct str){entry, (size_t)(back - entry)}) &&
           str_is(str_sub(part, slash + 1, part.n), back + 1);
}

static void count_file(struct reading *r, struct str path)
{
    struct xc_log *l = &r->c->log;
    struct str part = module_part(path);
    struct xc_file_count *f;
    size_t slash = str_chr(part, '/', 0);

    /* Files come entry by entry, so the last counter is nearly always the right one. */
    for (size_t i = l->files.n; i > 0; i--)
        if (same_module(part, l->files.v[i - 1].entry)) {
            l->files.v[i - 1].count++;
            return;
        }
    f = vec_push(&l->files);
    f->count = 1;
    f->entry = slash == SIZE_MAX ? XC_CORE
                                 : arena_printf(&l->mem, "%.*s\\%.*s", STR_FMT(str_sub(part, 0, slash)),
                                                STR_FMT(str_sub(part, slash + 1, part.n)));
}

static void take_error(struct reading *r, const struct xc_upgrade_record *rec)
{
    struct xc_log *l = &r->c->log;
    struct xc_error_log *er;

    if (l->errors.n >= ERRORS_MAX) {
        l->errors_dropped++;
        return;
    }
    er = vec_push(&l->errors);
    er->ref = *xc_ref(&l->mem, r->file, rec->line, rec->text);
    er->about_file = rec->kind >= XC_UP_ADD_FAILED && rec->kind <= XC_UP_FILE_UNREADABLE;
    if (er->about_file)
        er->path = arena_dup(&l->mem, rec->path.p, rec->path.n);
}

static void take_file(struct reading *r, const struct xc_upgrade_record *rec)
{
    struct xc_log *l = &r->c->log;

    l->added += rec->kind == XC_UP_FILE_ADDED;
    l->updated += rec->kind == XC_UP_FILE_UPDATED;
    l->deleted += rec->kind == XC_UP_FILE_DELETED;
    count_file(r, rec->path);
    shorten(r->file_text, rec->text);
    r->file_file = r->file;
    r->file_line = rec->line;
}

static void take_record(void *context, const struct xc_upgrade_record *rec)
{
    struct reading *r = context;
    struct xc_log *l = &r->c->log;
    struct xc_log_ref *ref = NULL;

    if (rec->starts_run)
        begin_run(r, rec);
    if (!r->has_run || rec->kind == XC_UP_NOISE)
        return;
    l->file = r->file;
    if (rec->dated) {
        r->dated = true;
        r->time = rec->time;
    }
    shorten(r->last_text, rec->text);
    r->last_file = r->file;
    r->last_line = rec->line;
    if (rec->kind >= XC_UP_FILE_ADDED && rec->kind <= XC_UP_DIR_KEPT) {
        take_file(r, rec);
        return;
    }
    if (rec->type == XC_LOG_ERROR) {
        take_error(r, rec);
        return;
    }
    if (rec->kind == XC_UP_OTHER)
        return;
    ref = xc_ref(&l->mem, r->file, rec->line, rec->text);
    if (rec->kind == XC_UP_PACK_RECEIVED && rec->entry.n) {
        struct xc_entry_log *en = entry_log(r, rec->entry);

        en->received = ref;
        en->pack = arena_dup(&l->mem, rec->path.p, rec->path.n);
        if (rec->version.n && str_is(rec->entry, XC_CORE))
            l->target = xc_strip_build(&l->mem, rec->version);
    } else if (rec->kind == XC_UP_UNPACKED && rec->entry.n) {
        struct xc_entry_log *en = entry_log(r, rec->entry);

        en->unpacked = ref;
        en->pack = arena_dup(&l->mem, rec->path.p, rec->path.n);
    } else if (rec->kind == XC_UP_LABELS && rec->entry.n) {
        entry_log(r, rec->entry)->labels = ref;
    } else if (rec->kind == XC_UP_HOOK) {
        take_hook(r, rec, ref);
    }
}

int xc_feed_from(const struct tree *t, const char *rel, uint64_t offset, void (*feed)(void *ctx, struct str chunk), void *ctx,
                 struct err *e)
{
    int fd = tree_open_file(t, rel, O_RDONLY, 0, e);
    char *chunk;
    ssize_t n;

    if (fd < 0)
        return -1;
    if (offset > 0 && t->ops->lseek(fd, (off_t)offset, SEEK_SET) < 0) {
        tree_fail(t, rel, "read", e);
        t->ops->close(fd);
        return -1;
    }
    chunk = mem_alloc(READ_CHUNK);
    while ((n = tree_read_full(t, fd, chunk, READ_CHUNK)) > 0)
        feed(ctx, (struct str){chunk, (size_t)n});
    if (n < 0)
        tree_fail(t, rel, "read", e);
    free(chunk);
    t->ops->close(fd);
    return n < 0 ? -1 : 0;
}

int xc_feed_file(const struct tree *t, const char *rel, void (*feed)(void *ctx, struct str chunk), void *ctx,
                 struct err *e)
{
    return xc_feed_from(t, rel, 0, feed, ctx, e);
}

static void feed(void *ctx, struct str chunk)
{
    xc_upgrade_feed(ctx, chunk);
}

/* From the start on through all files behind it. line_ends: those before the start in its file. */
static int read_run(struct store *s, struct reading *r, const struct xc_log_files *files, size_t n,
                    const struct xc_log_start *from, uint64_t line_ends, struct err *e)
{
    struct xc_upgrade_reader reader;
    int rc = 0;

    xc_upgrade_init(&reader, line_ends + 1, from->offset > 0, take_record, r);
    for (size_t i = from->file; rc == 0 && i < n; i++) {
        if (i > from->file)
            xc_upgrade_next(&reader, xc_log_continues(files, i));
        r->file = files->v.v[i].path;
        rc = xc_feed_from(&s->tree, r->file, i > from->file ? 0 : from->offset, feed, &reader, e);
    }
    xc_upgrade_end(&reader);
    xc_upgrade_free(&reader);
    return rc;
}

static int read_upgrade_logs(struct store *s, struct reading *r, const struct xc_log_files *files, size_t n,
                             struct err *e)
{
    struct xc_log *l = &r->c->log;
    struct xc_log_start from;
    uint64_t line_ends = 0;

    if (xc_log_last_run(&s->tree, files, n, &from, e) < 0)
        return -1;
    if (!from.found)
        return 0;
    if (from.offset > 0 && xc_log_front(&s->tree, files->v.v[from.file].path, from.offset, r->c->mem, &line_ends,
                                        &l->before, e) < 0)
        return -1;
    if (read_run(s, r, files, n, &from, line_ends, e) < 0)
        return -1;
    for (size_t i = from.file; i > 0 && l->before == NULL; i--)
        if (xc_log_front(&s->tree, files->v.v[i - 1].path, UINT64_MAX, r->c->mem, &line_ends, &l->before, e) < 0)
            return -1;
    return 0;
}

int xc_read_logs(struct store *s, struct xc_case *c, struct err *e)
{
    struct xc_log_files files = {0};
    struct reading r = {.c = c};
    struct xc_log *l = &c->log;
    size_t n = 0;
    int rc;

    if (xc_log_files(s, c->mem, &files, e) < 0)
        return -1;
    while (n < files.v.n && files.v.v[n].name.kind == XC_LOG_UPGRADE)
        n++;
    l->found = n > 0;
    rc = read_upgrade_logs(s, &r, &files, n, e);
    if (l->has_run) {
        char stamp[CLOCK_STAMP] = "";

        if (r.dated)
            clock_civil_text(&r.time, stamp);
        l->last_activity = arena_strdup(&l->mem, stamp);
        l->last = xc_ref(&l->mem, r.last_file, r.last_line, str_of(r.last_text));
        if (r.file_file)
            l->last_file = xc_ref(&l->mem, r.file_file, r.file_line, str_of(r.file_text));
    }
    if (rc == 0)
        rc = xc_read_side_logs(s, c, &files, e);
    free(files.v.v);
    return rc;
}
