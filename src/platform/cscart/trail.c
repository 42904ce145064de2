/*
 * The upgrade log in bounded memory. One file holds many runs; each has memory of its own, and those of an earlier upgrade
 * are dropped as soon as a run of another one begins.
 */
#include "platform/cscart/trail.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define READ_CHUNK ((size_t)256 * 1024)
/* So many attempts are kept: a console job that tries again every minute must not fill the memory. */
#define RUNS_MAX 64
/* A core package of a year has some two hundred. */
#define MIGRATIONS_MAX 5000
#define LANGS_MAX      1000

struct reading {
    struct cs_trail *t;
    struct cs_run *run; /* the last one, or NULL */
};

/* Two orders: migrations before the files, or behind them. */
int cs_rank(enum cs_gen gen, enum cs_at at)
{
    if (gen != CS_GEN_A && gen != CS_GEN_B)
        return (int)at;
    if (at == CS_AT_SCHEMA)
        return CS_AT_THEMES;
    if (at > CS_AT_SCHEMA && at <= CS_AT_THEMES)
        return (int)at - 1;
    return (int)at;
}

/* Each place for a line is taken once and then written over, so that memory does not grow with the log. */
static struct cs_ref *put(struct cs_ref **slot, struct arena *mem, const struct cs_trail *t, const struct cs_log_line *l)
{
    size_t n = l->text.n > CS_REF_TEXT ? CS_REF_TEXT : l->text.n;
    struct cs_ref *r = *slot ? *slot : arena_alloc(mem, sizeof *r);

    r->source = t->file;
    r->line = l->number;
    r->seconds = l->seconds;
    if (n > 0)
        memcpy(r->text, l->text.p, n);
    memcpy(r->text + n, l->text.n > n ? "..." : "", l->text.n > n ? 4 : 1);
    return *slot = r;
}

/* The first text counts: a run says each of these once. */
static void keep(struct arena *mem, const char **slot, struct str s)
{
    if (*slot == NULL)
        *slot = arena_dup(mem, s.p, s.n);
}

static void free_run(struct cs_run *r)
{
    free(r->migrations.v);
    free(r->langs.v);
    arena_free(&r->mem);
    free(r);
}

void cs_trail_free(struct cs_trail *t)
{
    for (size_t i = 0; i < t->runs.n; i++)
        free_run(t->runs.v[i]);
    free(t->runs.v);
    arena_free(&t->mem);
    memset(t, 0, sizeof *t);
}

static void drop(struct cs_trail *t, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++)
        free_run(t->runs.v[i]);
    memmove(t->runs.v + from, t->runs.v + from + n, (t->runs.n - from - n) * sizeof *t->runs.v);
    t->runs.n -= n;
}

/* The first attempt with a backup is the clean one, so it stays; of the others the oldest goes. */
static void bound_runs(struct cs_trail *t)
{
    size_t victim = 0;

    if (t->runs.n <= RUNS_MAX)
        return;
    while (victim + 2 < t->runs.n && t->runs.v[victim]->backup == NULL && victim < RUNS_MAX / 2)
        victim++;
    if (t->runs.v[victim]->backup)
        victim = victim + 1;
    else
        victim = 0;
    drop(t, victim, 1);
    t->more_runs = true;
}

static void begin(struct reading *r, enum cs_at at, const struct cs_log_line *l)
{
    struct cs_run *run = r->run;

    put(&run->last, &run->mem, r->t, l);
    if (run->begun[at] == NULL)
        put(&run->begun[at], &run->mem, r->t, l);
    run->at = at;
}

static void begin_run(struct reading *r, const struct cs_log_line *l)
{
    struct cs_trail *t = r->t;
    struct cs_run *run = mem_alloc(sizeof *run);
    char stamp[CLOCK_STAMP];

    /* What we brought back is no attempt of the upgrade any more. */
    if (t->restored || (r->run && r->run->done[CS_AT_END]))
        drop(t, 0, t->runs.n);
    t->restored = NULL;
    t->download = NULL;
    *vec_push(&t->runs) = run;
    t->found = true;
    r->run = run;
    keep(&run->mem, &run->id, l->a);
    put(&run->start, &run->mem, t, l);
    clock_civil_text(&l->time, stamp);
    run->started = arena_strdup(&run->mem, stamp);
    begin(r, CS_AT_CHECK, l);
    bound_runs(t);
}

/* The runs above belong to this upgrade if they go between the same versions. */
static void take_versions(struct reading *r, const struct cs_log_line *l)
{
    struct cs_trail *t = r->t;
    struct cs_run *run = r->run;
    const struct cs_run *above = t->runs.n > 1 ? t->runs.v[t->runs.n - 2] : NULL;

    keep(&run->mem, &run->from, l->a);
    keep(&run->mem, &run->to, l->b);
    if (above && (above->from == NULL || strcmp(above->from, run->from) != 0 || strcmp(above->to, run->to) != 0))
        drop(t, 0, t->runs.n - 1);
}

static void end(struct reading *r, enum cs_at at, const struct cs_log_line *l)
{
    begin(r, at, l);
    put(&r->run->done[at], &r->run->mem, r->t, l);
}

static void stop(struct reading *r, const struct cs_log_line *l)
{
    put(&r->run->last, &r->run->mem, r->t, l);
    r->run->stop = put(&r->run->stop_at, &r->run->mem, r->t, l);
}

static struct cs_migration_log *migration(struct cs_run *run, const struct cs_log_line *l)
{
    struct cs_migration_log *m;

    for (size_t i = run->migrations.n; i > 0; i--)
        if (str_is(l->a, run->migrations.v[i - 1].number))
            return &run->migrations.v[i - 1];
    if (run->migrations.n == MIGRATIONS_MAX)
        return NULL;
    m = vec_push(&run->migrations);
    keep(&run->mem, &m->number, l->a);
    keep(&run->mem, &m->name, l->b);
    return m;
}

static void take_migration(struct reading *r, const struct cs_log_line *l)
{
    struct cs_migration_log *m = migration(r->run, l);

    begin(r, CS_AT_SCHEMA, l);
    if (m && l->kind == CS_LOG_MIGRATING)
        put(&m->begun, &r->run->mem, r->t, l);
    if (m && l->kind == CS_LOG_MIGRATED)
        put(&m->done, &r->run->mem, r->t, l);
}

static void take_lang(struct reading *r, const struct cs_log_line *l)
{
    struct cs_run *run = r->run;
    struct cs_lang_log *lang;

    begin(r, CS_AT_LABELS, l);
    if (run->langs.n == LANGS_MAX)
        return;
    lang = vec_push(&run->langs);
    keep(&run->mem, &lang->code, l->a);
    put(&lang->ref, &run->mem, r->t, l);
    lang->result = l->result;
    run->cut = l->result == CS_LOG_UNDECIDED;
}

/* Before the migrations of 4.3.4 and later the failure ends the run; behind the post script it means nothing. */
static void take_mail_failure(struct reading *r, const struct cs_log_line *l)
{
    if (r->run->at == CS_AT_MAIL || r->run->at == CS_AT_BACKUP)
        stop(r, l);
}

/* A file of the package's migrations named by an exception or a trace. */
static void find_migration_file(struct cs_run *run, struct str s)
{
    struct str dir = STR("/content/migrations/");
    size_t at = str_find(s, dir, 0);
    struct str name;

    if (at == SIZE_MAX)
        return;
    name = str_sub(s, at + dir.n, s.n);
    at = str_find(name, STR(".php"), 0);
    if (at != SIZE_MAX && at < 200)
        keep(&run->mem, &run->failed_migration, str_sub(name, 0, at + 4));
}

static void take_error(struct reading *r, const struct cs_log_line *l)
{
    struct cs_run *run = r->run;

    put(&run->error, &run->mem, r->t, l);
    if (l->kind != CS_LOG_EXCEPTION)
        run->stop = run->error;
    find_migration_file(run, l->text);
}

/* Lines that begin an action and say no more. */
static enum cs_at action_of(enum cs_log_kind k)
{
    switch (k) {
    case CS_LOG_USER:
    case CS_LOG_MODES_KEPT:
    case CS_LOG_CHECKS:
    case CS_LOG_CHECK:
        return CS_AT_CHECK;
    case CS_LOG_PREPARE:
    case CS_LOG_PREPARE_FAULT:
    case CS_LOG_BACKUP_NAME:
    case CS_LOG_RESTORE_SCRIPT:
        return CS_AT_PREPARE;
    case CS_LOG_PRE_SCRIPT:
        return CS_AT_PRE;
    case CS_LOG_CLOSE:
        return CS_AT_CLOSE;
    case CS_LOG_BACKUP:
    case CS_LOG_BACKUP_TROUBLE:
        return CS_AT_BACKUP;
    case CS_LOG_MIGRATIONS:
    case CS_LOG_PHINX:
    case CS_LOG_PHINX_TABLE:
        return CS_AT_SCHEMA;
    case CS_LOG_COPY:
        return CS_AT_COPY;
    case CS_LOG_DELETE:
        return CS_AT_DELETE;
    case CS_LOG_THEMES:
        return CS_AT_THEMES;
    case CS_LOG_LANGUAGES:
    case CS_LOG_LANGUAGES_THERE:
    case CS_LOG_LANGUAGES_AHEAD:
        return CS_AT_LABELS;
    case CS_LOG_POST_SCRIPT:
        return CS_AT_POST;
    case CS_LOG_RECORD:
    case CS_LOG_STATISTICS:
        return CS_AT_RECORD;
    case CS_LOG_PACKAGE_GONE:
        return CS_AT_PACKAGE;
    case CS_LOG_MODES_BACK:
    case CS_LOG_MODES_MISSING:
        return CS_AT_MODES;
    default:
        return CS_AT_NONE;
    }
}

/* What else a line of a run says. */
static void take_detail(struct reading *r, const struct cs_log_line *l)
{
    struct cs_run *run = r->run;

    switch (l->kind) {
    case CS_LOG_PREPARE_FAULT:
    case CS_LOG_BACKUP_TROUBLE:
        put(&run->fault, &run->mem, r->t, l);
        break;
    case CS_LOG_RESTORE_SCRIPT:
        keep(&run->mem, &run->script, l->a);
        break;
    case CS_LOG_PHINX_TABLE:
        run->phinx = l->value;
        break;
    case CS_LOG_LANGUAGES_AHEAD:
        run->has_todo = true;
        break;
    default:
        break;
    }
}

static void take_run_line(struct reading *r, const struct cs_log_line *l)
{
    struct cs_run *run = r->run;
    enum cs_at at = action_of(l->kind);

    if (at != CS_AT_NONE) {
        begin(r, at, l);
        take_detail(r, l);
        return;
    }
    switch (l->kind) {
    case CS_LOG_VERSIONS:
        take_versions(r, l);
        break;
    case CS_LOG_CHECK_STOP:
        keep(&run->mem, &run->stopped_check, l->a);
        stop(r, l);
        break;
    case CS_LOG_PREPARE_STOP:
    case CS_LOG_BACKUP_STOP:
        stop(r, l);
        break;
    case CS_LOG_BACKUP_SKIPPED:
        run->backup_skipped = true;
        end(r, CS_AT_PREPARE, l);
        break;
    case CS_LOG_PRE_SCRIPT_DONE:
        end(r, CS_AT_PRE, l);
        break;
    case CS_LOG_BACKUP_DONE:
        keep(&run->mem, &run->backup, l->a);
        end(r, CS_AT_BACKUP, l);
        break;
    case CS_LOG_MAIL:
        begin(r, run->begun[CS_AT_POST] ? CS_AT_POST : CS_AT_MAIL, l);
        break;
    case CS_LOG_MAIL_SENT:
        end(r, run->begun[CS_AT_POST] ? CS_AT_POST : CS_AT_MAIL, l);
        break;
    case CS_LOG_MAIL_FAILED:
        take_mail_failure(r, l);
        break;
    case CS_LOG_NO_MIGRATIONS:
        run->no_migrations = true;
        end(r, CS_AT_SCHEMA, l);
        break;
    case CS_LOG_MIGRATING:
    case CS_LOG_MIGRATED:
        take_migration(r, l);
        break;
    case CS_LOG_MIGRATIONS_DONE:
        end(r, CS_AT_SCHEMA, l);
        break;
    case CS_LOG_MIGRATIONS_STOP:
        put(&run->migration_fault, &run->mem, r->t, l);
        stop(r, l);
        break;
    case CS_LOG_LANGUAGE:
        take_lang(r, l);
        break;
    case CS_LOG_LANGUAGES_FAILED:
        put(&run->langs_failed, &run->mem, r->t, l);
        break;
    case CS_LOG_POST_SCRIPT_DONE:
        end(r, CS_AT_POST, l);
        break;
    case CS_LOG_CACHE:
        /* The latest versions clean once before the languages. */
        begin(r, run->begun[CS_AT_LABELS] || run->begun[CS_AT_POST] ? CS_AT_CACHE : CS_AT_THEMES, l);
        break;
    case CS_LOG_COMPLETED:
        end(r, CS_AT_END, l);
        break;
    case CS_LOG_FATAL:
    case CS_LOG_CAUGHT:
    case CS_LOG_EXCEPTION:
        take_error(r, l);
        break;
    case CS_LOG_MORE:
        if (run->error)
            find_migration_file(run, l->text);
        break;
    default:
        break;
    }
}

/* An action behind a stop shows that the run went on: a failed migration does not end the run before 4.4.3. */
static void forgive_stop(struct reading *r, const struct cs_log_line *l)
{
    enum cs_at at = action_of(l->kind);

    if (r->run->stop && (at > CS_AT_SCHEMA || l->kind == CS_LOG_COMPLETED || l->kind == CS_LOG_LANGUAGE))
        r->run->stop = NULL;
}

static void take_line(void *context, const struct cs_log_line *l)
{
    struct reading *r = context;
    struct cs_trail *t = r->t;

    if (l->kind == CS_LOG_START) {
        begin_run(r, l);
        return;
    }
    if (l->kind == CS_LOG_DOWNLOAD || l->kind == CS_LOG_DOWNLOADED || l->kind == CS_LOG_DOWNLOAD_FAILED) {
        t->download = put(&t->download_at, &t->mem, t, l);
        return;
    }
    if (l->kind == CS_LOG_RESTORED || l->kind == CS_LOG_GIVEN_UP) {
        t->given_up = l->kind == CS_LOG_GIVEN_UP;
        t->restored = put(&t->restored_at, &t->mem, t, l);
        return;
    }
    if (r->run == NULL || l->kind == CS_LOG_RULE || l->kind == CS_LOG_BLANK)
        return;
    forgive_stop(r, l);
    take_run_line(r, l);
}

static int feed_file(struct store *s, const char *rel, struct cs_log_reader *reader, struct err *e)
{
    char *chunk;
    ssize_t got;
    int fd = tree_open_file(&s->tree, rel, O_RDONLY, 0, e);
    int rc = 0;

    if (fd < 0)
        return -1;
    chunk = mem_alloc(READ_CHUNK);
    while ((got = tree_read_full(&s->tree, fd, chunk, READ_CHUNK)) > 0)
        cs_log_feed(reader, (struct str){chunk, (size_t)got});
    if (got < 0)
        rc = tree_fail(&s->tree, rel, "read it", e);
    else
        cs_log_end(reader);
    free(chunk);
    s->tree.ops->close(fd);
    return rc;
}

int cs_trail_read_file(struct store *s, const char *rel, struct cs_trail *t, struct err *e)
{
    struct reading r = {.t = t};
    struct cs_log_reader reader;
    struct str id = str_of(rel);
    int rc;

    memset(t, 0, sizeof *t);
    t->file = arena_strdup(&s->mem, rel);
    str_skip(&id, STR(CS_UPGRADE_DIR "/"));
    str_chop(&id, STR("_log.txt"));
    t->id = arena_dup(&s->mem, id.p, id.n);
    cs_log_init(&reader, take_line, &r);
    rc = feed_file(s, rel, &reader, e);
    cs_log_free(&reader);
    if (rc < 0) {
        cs_trail_free(t);
        return -1;
    }
    t->finished = r.run && r.run->done[CS_AT_END];
    return 0;
}

struct choice {
    struct store *s;
    struct cs_trail *best;
};

static const struct cs_run *last_run(const struct cs_trail *t)
{
    return t->runs.n > 0 ? t->runs.v[t->runs.n - 1] : NULL;
}

static bool unfinished(const struct cs_trail *t)
{
    return t->found && !t->finished && !t->restored;
}

/* An unfinished upgrade before a finished one, the core's before an add-on's, a newer one before an older. */
static bool better(const struct cs_trail *a, const struct cs_trail *b)
{
    const struct cs_run *ra = last_run(a);
    const struct cs_run *rb = last_run(b);

    if (ra == NULL || rb == NULL)
        return ra != NULL;
    if (unfinished(a) != unfinished(b))
        return unfinished(a);
    if (unfinished(a) && (strcmp(a->id, "core") == 0) != (strcmp(b->id, "core") == 0))
        return strcmp(a->id, "core") == 0;
    return ra->start->seconds > rb->start->seconds;
}

static int choose(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct choice *c = arg;
    struct cs_trail t;

    if (type != DT_REG || !str_ends(str_of(name), STR("_log.txt")))
        return 0;
    if (cs_trail_read_file(c->s, arena_printf(&c->s->mem, CS_UPGRADE_DIR "/%s", name), &t, e) < 0)
        return -1;
    if (better(&t, c->best)) {
        cs_trail_free(c->best);
        *c->best = t;
    } else {
        cs_trail_free(&t);
    }
    return 0;
}

int cs_trail_read(struct store *s, struct cs_trail *t, struct err *e)
{
    struct choice c = {s, t};

    memset(t, 0, sizeof *t);
    if (!tree_exists(&s->tree, CS_UPGRADE_DIR))
        return 0;
    return tree_list(&s->tree, CS_UPGRADE_DIR, choose, &c, e);
}

const struct cs_run *cs_trail_last(const struct cs_trail *t)
{
    return last_run(t);
}

bool cs_run_reached(const struct cs_run *r, enum cs_gen gen, enum cs_at at)
{
    return cs_rank(gen, r->at) >= cs_rank(gen, at);
}

bool cs_run_changed(const struct cs_run *r, enum cs_gen gen)
{
    return cs_run_reached(r, gen, gen == CS_GEN_A || gen == CS_GEN_B ? CS_AT_COPY : CS_AT_SCHEMA);
}
