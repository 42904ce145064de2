#include "db/load_job.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TRIES 6 /* of a statement that others' locks were in the way of */

#define ER_LOCK_WAIT_TIMEOUT 1205u
#define ER_LOCK_DEADLOCK     1213u

int load_place(struct err *e, const char *file, uint64_t line, uint64_t offset)
{
    if (file == NULL)
        return -1;
    return err_wrap(e, "%s: line %llu, byte %llu", file, (unsigned long long)line,
                    (unsigned long long)offset);
}

static bool by_locks(const struct err *e)
{
    return e->kind == ERR_DB && (e->db_code == ER_LOCK_DEADLOCK || e->db_code == ER_LOCK_WAIT_TIMEOUT);
}

/* Both errors of locks take the whole statement back, so it can be sent again. */
static int exec(struct load_session *s, const struct load_job *job, struct mysql_done *done, struct err *e)
{
    struct timespec pause = {0, 50000000};
    int tries;

    for (tries = 1;; tries++) {
        err_clear(e);
        if (mysql_exec(s->m, buf_str(&job->sql), done, e) == 0)
            return 0;
        if (!by_locks(e) || tries == TRIES || (job->table != NULL && !job->table->transactional))
            return -1;
        nanosleep(&pause, NULL);
    }
}

/* "… at row 12" of the server's words: 11; SIZE_MAX when they name none. */
static size_t row_of_words(const char *text)
{
    const char *p = strstr(text, " at row ");
    uint64_t n;
    size_t digits;

    if (p == NULL)
        return SIZE_MAX;
    p += strlen(" at row ");
    digits = strspn(p, "0123456789");
    if (!str_u64((struct str){p, digits}, LOAD_ROWS, &n) || n == 0)
        return SIZE_MAX;
    return (size_t)n - 1;
}

/* Sends the rows one by one until one is refused; its error takes the place of the first one. */
static size_t row_by_trial(struct load_session *s, const struct load_job *job, struct err *e)
{
    struct buf sql = {0};
    struct err one;
    size_t i;

    for (i = 0; i < job->rows.n; i++) {
        size_t from = job->rows.v[i].at;
        size_t to = i + 1 < job->rows.n ? job->rows.v[i + 1].at - 1 : job->sql.n;

        buf_reset(&sql);
        buf_add(&sql, job->sql.p, job->head);
        buf_add(&sql, job->sql.p + from, to - from);
        err_clear(&one);
        if (mysql_exec(s->m, buf_str(&sql), NULL, &one) != 0) {
            *e = one;
            break;
        }
    }
    buf_free(&sql);
    return i < job->rows.n ? i : SIZE_MAX;
}

static int place_row(struct load_session *s, const struct load_job *job, bool may_repeat, struct err *e)
{
    size_t row = SIZE_MAX;
    uint64_t last;

    if (job->rows.n == 1)
        row = 0;
    else if (e->kind == ERR_DB && e->db_code != 0 && mysql_alive(s->m)) {
        row = row_of_words(e->text);
        if (row >= job->rows.n && may_repeat && job->table != NULL && job->table->transactional)
            row = row_by_trial(s, job, e);
    }
    if (job->table != NULL)
        err_wrap(e, "table %s", job->table->name);
    if (row < job->rows.n)
        return load_place(e, job->file, job->line + job->rows.v[row].line,
                          job->offset + job->rows.v[row].offset);
    last = job->line;
    if (job->rows.n > 0)
        last += job->rows.v[job->rows.n - 1].line;
    err_wrap(e, "in the rows up to line %llu", (unsigned long long)last);
    return load_place(e, job->file, job->line, job->offset);
}

/* Warnings that say that a value is not what the dump has; there are many others. */
static bool is_about_value(struct str code)
{
    static const char *const codes[] = {"1048", "1264", "1265", "1292", "1300", "1364", "1366", "1406", "1411"};
    size_t i;

    for (i = 0; i < sizeof codes / sizeof *codes; i++)
        if (str_is(code, codes[i]))
            return true;
    return false;
}

/* The server keeps the first 64 or so. */
static void see_warnings(struct load_session *s, struct load_done *d)
{
    const struct mysql_cell *c;
    struct err ignored;

    if (mysql_query(s->m, STR("SHOW WARNINGS"), &ignored) != 0)
        return;
    while (mysql_row(s->m, &c, &ignored) == 1) {
        if (mysql_columns(s->m) < 3 || !is_about_value(c[1].s))
            continue;
        if (d->warnings++ == 0)
            snprintf(d->warning, sizeof d->warning, "%.*s", STR_FMT(c[2].s));
    }
}

static int value(struct load_session *s, const struct load_job *job, struct err *e)
{
    struct buf b = {0};
    bool found;
    int r = mysql_value(s->m, buf_str(&job->sql), &b, &found, e);

    *job->value = 0;
    if (r == 0 && found && !str_u64(buf_str(&b), UINT64_MAX, job->value))
        r = err_set(e, ERR_FORMAT, "the server answers no number");
    buf_free(&b);
    return r;
}

int load_job_run(const struct load_job *job, struct load_session *s, bool may_repeat, struct load_done *d,
                 struct err *e)
{
    struct mysql_done done = {0};

    if (load_session_env(s, job->env, e) != 0)
        return load_place(e, job->file, job->line, job->offset);
    if (job->kind == LOAD_VALUE)
        return value(s, job, e);
    if (exec(s, job, &done, e) != 0) {
        if (job->kind == LOAD_ROWS_OF_DUMP)
            return place_row(s, job, may_repeat, e);
        return load_place(e, job->file, job->line, job->offset);
    }
    if (job->kind == LOAD_ROWS_OF_DUMP) {
        d->affected = done.affected;
        if (done.warnings > 0)
            see_warnings(s, d);
    }
    return 0;
}
