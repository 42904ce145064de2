/*
 * Error logs of the store and of PHP, as far as they are not older than the upgrade at hand: what an upgrade's own files ran into, and what the
 * shop did. Of ocmod.log the last refresh counts.
 */
#include "base/clock.h"
#include "format/oc_log.h"
#include "format/oc_ocmod_log.h"
#include "platform/opencart/trail_parts.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define READ_CHUNK ((size_t)256 * 1024)
/* Of a longer log the end is read: an unfinished upgrade goes on writing into it. */
#define TAIL_MAX ((uint64_t)8 * 1024 * 1024)
/* Names of logs in one directory. */
#define LOGS_MAX 40
/* The clocks of the log and of the files may be in other time zones. */
#define SLACK_SECONDS (14 * 3600)

static bool seconds_of(const char *time, int64_t *out)
{
    struct civil c;

    if (!clock_civil_read(str_of(time), "YYYY-MM-DD hh:mm:ss", &c))
        return false;
    *out = clock_civil_seconds(&c);
    return true;
}

/* By more than what clocks of one machine are apart. */
static bool is_older(const char *time, const char *than)
{
    int64_t then, now;

    return seconds_of(than, &then) && seconds_of(time, &now) && now < then - SLACK_SECONDS;
}

/* ---- error logs ---- */

static bool starts_word(struct str *s, const char *word)
{
    size_t n = strlen(word);

    if (s->n <= n || strncasecmp(s->p, word, n) != 0 || !isspace((unsigned char)s->p[n]))
        return false;
    *s = str_trim(str_sub(*s, n, s->n));
    return true;
}

/* Statements that only an upgrade sends. */
static bool changes_tables(struct str sql)
{
    static const char *const words[] = {"ALTER", "CREATE", "DROP", "RENAME"};

    sql = str_trim(sql);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (starts_word(&sql, words[i]))
            return true;
    return false;
}

/* What MySQL answers to such statements alone, when PHP says it without the statement. */
static bool is_of_change(unsigned error)
{
    static const unsigned numbers[] = {1050, 1051, 1060, 1061, 1067, 1068, 1069, 1071, 1072, 1075, 1091, 1118, 1553};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (error == numbers[i])
            return true;
    return false;
}

/* Of several files the newest entry counts. Their clocks may differ, and without a time the one that is read last is right. */
static void put_newest(const struct oc_reading *r, struct oc_slot *slot, const struct oc_log_entry *en)
{
    if (slot->source && slot->source != r->source && is_older(en->time, slot->time))
        return;
    oc_slot_put(slot, r->source, r->whole ? en->line : 0, en->time, "%.*s", STR_FMT(en->text));
}

static void take_own(struct oc_reading *r, const struct oc_log_entry *en)
{
    bool mild = en->sql_error == 0 && en->kind != OC_LOG_FATAL && en->kind != OC_LOG_EXCEPTION;
    unsigned n = oc_trail_step_in(en->file);

    if (mild && en->kind != OC_LOG_WARNING)
        return;
    put_newest(r, mild ? &r->mild : &r->hard, en);
    if (n == 0) /* the frames of 4.1's backtrace name it */
        n = oc_trail_step_in(en->text);
    if (!mild && n > 0)
        put_newest(r, &r->log_failed[n], en);
}

static void take_entry(void *arg, const struct oc_log_entry *en)
{
    struct oc_reading *r = arg;

    if (is_older(en->time, r->since))
        return;
    if (en->in_install || changes_tables(en->sql) || is_of_change(en->sql_error))
        take_own(r, en);
    else if (en->kind == OC_LOG_FATAL || en->kind == OC_LOG_EXCEPTION)
        put_newest(r, &r->shop, en);
}

/* ---- ocmod.log ---- */

struct refresh {
    struct buf text; /* of the last modification that was given up */
};

static void take_refresh(void *arg, const struct oc_ocmod_entry *en)
{
    struct refresh *f = arg;

    if (en->kind == OC_OCMOD_START) {
        buf_reset(&f->text);
    } else if (en->kind == OC_OCMOD_ABORTED) {
        buf_reset(&f->text);
        buf_printf(&f->text, "%.*s: what it looks for in %.*s is not there: %.*s", STR_FMT(en->mod), STR_FMT(en->file), STR_FMT(en->code));
    }
}

/* ---- files ---- */

/* Opens a log at its end, or at its beginning when it is short. */
static int open_tail(struct oc_reading *r, const struct tree *t, const char *rel, struct err *e)
{
    int fd = tree_open_file(t, rel, O_RDONLY, 0, e);
    struct stat st;

    if (fd < 0)
        return -1;
    r->whole = true;
    if (t->ops->fstat(fd, &st) == 0 && (uint64_t)st.st_size > TAIL_MAX)
        r->whole = t->ops->lseek(fd, st.st_size - (off_t)TAIL_MAX, SEEK_SET) < 0;
    return fd;
}

static int feed(const struct tree *t, const char *rel, int fd, void (*give)(void *reader, struct str chunk), void *reader, struct err *e)
{
    char *chunk = mem_alloc(READ_CHUNK);
    uint64_t left = TAIL_MAX + READ_CHUNK; /* it may grow meanwhile */
    ssize_t got = 0;

    while (left > 0 && (got = tree_read_full(t, fd, chunk, READ_CHUNK)) > 0) {
        give(reader, (struct str){chunk, (size_t)got});
        left -= (uint64_t)got < left ? (uint64_t)got : left;
    }
    free(chunk);
    return got < 0 ? tree_fail(t, rel, "read it", e) : 0;
}

static void give_log(void *reader, struct str chunk)
{
    oc_log_feed(reader, chunk);
}

static void give_ocmod(void *reader, struct str chunk)
{
    oc_ocmod_feed(reader, chunk);
}

static const char *shown(const struct oc_reading *r, const char *rel, bool aside)
{
    return aside ? arena_printf(r->mem, "%s/%s", r->s->aside_path, rel) : arena_strdup(r->mem, rel);
}

static void read_log(struct oc_reading *r, const char *rel, bool aside)
{
    const struct tree *t = oc_tree(r->s, aside);
    struct oc_log_reader *reader;
    struct err why = {0};
    int fd = open_tail(r, t, rel, &why);

    r->source = shown(r, rel, aside);
    if (fd >= 0) {
        reader = oc_log_new(1, !r->whole, take_entry, r);
        feed(t, rel, fd, give_log, reader, &why);
        oc_log_end(reader);
        t->ops->close(fd);
    }
    if (why.kind != ERR_NONE && why.kind != ERR_ABSENT)
        oc_trail_unread(r, r->source, &why);
}

static void read_ocmod(struct oc_reading *r, const char *rel, bool aside)
{
    const struct tree *t = oc_tree(r->s, aside);
    struct oc_ocmod_reader *reader;
    struct refresh f = {0};
    struct err why = {0};
    int fd = open_tail(r, t, rel, &why);

    if (fd < 0)
        return;
    reader = oc_ocmod_new(1, !r->whole, take_refresh, &f);
    feed(t, rel, fd, give_ocmod, reader, &why);
    oc_ocmod_end(reader);
    t->ops->close(fd);
    if (f.text.n > 0)
        r->t->ocmod_error = arena_strdup(r->mem, buf_cstr(&f.text));
    buf_free(&f.text);
}

struct names {
    struct oc_reading *r;
    const char *dir;
    bool aside;
    size_t n;
};

static int take_name(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct names *l = arg;
    const char *rel = arena_printf(l->r->mem, "%s/%s", l->dir, name);

    (void)e;
    if (type != DT_REG || !str_ends(str_of(name), STR(".log")) || l->n >= LOGS_MAX)
        return 0;
    l->n++;
    if (strcmp(name, "ocmod.log") == 0)
        read_ocmod(l->r, rel, l->aside);
    else
        read_log(l->r, rel, l->aside);
    return 0;
}

static void read_dir(struct oc_reading *r, const char *dir, bool aside)
{
    const struct tree *t = oc_tree(r->s, aside);
    struct names l = {.r = r, .dir = dir, .aside = aside};
    struct err ignored = {0};

    if (dir && t->path && tree_exists(t, dir))
        tree_list(t, dir, take_name, &l, &ignored);
}

/* PHP's own log, as hosts have it: in the folder of the script that ran. */
static void read_php_logs(struct oc_reading *r)
{
    const struct oc *x = r->s->own;
    const char *const dirs[] = {"", x->admin, x->install};

    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (dirs[i]) {
            const char *rel = dirs[i][0] ? arena_printf(r->mem, "%s/error_log", dirs[i]) : "error_log";

            if (tree_exists(&r->s->tree, rel))
                read_log(r, rel, false);
        }
}

void oc_trail_logs(struct oc_reading *r)
{
    const struct oc *x = r->s->own;
    /* The installer writes into the store whatever the configuration says. */
    static const char *const fixed[] = {"system/storage/logs", "system/logs"};
    const char *since = r->access.started[0] ? r->access.started : r->t->install_since;

    if (since && strlen(since) < sizeof r->since)
        memcpy(r->since, since, strlen(since) + 1);
    read_php_logs(r);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (x->logs == NULL || x->aside_logs || strcmp(fixed[i], x->logs) != 0)
            read_dir(r, fixed[i], false);
    read_dir(r, x->logs, x->aside_logs);
}
