#include "db/left_out.h"
#include "db/shadow_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TAG_MAX     12u
#define LOCK_SECONDS 30u /* the session of a killed run ends with the statement it carries out */

#define ER_DBACCESS_DENIED 1044u
#define ER_BAD_DB          1049u

int shadow_note(struct shadow *s, const char *key, const char *value, struct err *e)
{
    return s->o.note == NULL ? 0 : s->o.note(s->o.ctx, key, str_of(value), e);
}

void shadow_remark(struct shadow *s, const char *fmt, ...)
{
    struct buf b = {0};
    va_list ap;
    size_t i;

    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    for (i = 0; i < s->report.remarks.n; i++)
        if (str_eq(str_of(s->report.remarks.v[i]), buf_str(&b)))
            goto out;
    *vec_push(&s->report.remarks) = arena_strdup(&s->mem, buf_cstr(&b));
out:
    buf_free(&b);
}

bool shadow_stopped(const struct shadow *s, struct err *e)
{
    if (s->o.stop == NULL || *s->o.stop == 0)
        return false;
    err_set(e, ERR_STOPPED, "stopped as asked");
    return true;
}

void shadow_tell(struct shadow *s, const char *what, uint64_t done, uint64_t total)
{
    if (s->o.progress != NULL)
        s->o.progress(s->o.ctx, what, done, total);
}

int shadow_exec(struct shadow *s, struct buf *sql, struct err *e)
{
    int r = mysql_exec(s->own, buf_str(sql), NULL, e);

    buf_reset(sql);
    return r;
}

int shadow_number(struct shadow *s, struct buf *sql, uint64_t *n, struct err *e)
{
    struct buf b = {0};
    unsigned tries = 0;
    bool found;
    int r;

    do {
        buf_reset(&b);
        r = mysql_value(s->own, buf_str(sql), &b, &found, e);
    } while (r == 0 && (r = left_out_again(s->own, &tries, e)) > 0);
    *n = 0;
    buf_reset(sql);
    if (r == 0 && found && !str_u64(buf_str(&b), UINT64_MAX, n))
        r = err_set(e, ERR_FORMAT, "%s: the server answers no number", mysql_where(s->own));
    buf_free(&b);
    return r;
}

int shadow_list(struct shadow *s, struct buf *sql, struct shadow_names *out, struct err *e)
{
    const struct mysql_cell *c;
    size_t before = out->n;
    unsigned tries = 0;
    int r;

    do {
        out->n = before;
        r = mysql_query(s->own, buf_str(sql), e);
        while (r == 0 && (r = mysql_row(s->own, &c, e)) > 0) {
            *vec_push(out) = arena_dup(&s->mem, c[0].s.p, c[0].s.n);
            r = 0;
        }
    } while (r == 0 && (r = left_out_again(s->own, &tries, e)) > 0);
    buf_reset(sql);
    return r;
}

/* The first bytes of the name of the live database, not cut within a character, and what makes it ours. */
static void derived_name(char out[SHADOW_NAME_MAX + 1], const char *live, const char *tag, const char *end)
{
    size_t room = SHADOW_NAME_MAX - strlen("__tk_") - strlen(tag) - strlen(end);
    size_t n = strlen(live);

    if (n > room) {
        n = room;
        while (n > 0 && ((uint8_t)live[n] & 0xC0) == 0x80)
            n--;
    }
    snprintf(out, SHADOW_NAME_MAX + 1, "%.*s__tk_%s%s", (int)n, live, tag, end);
}

static int check_opts(const struct shadow_opts *o, struct err *e)
{
    size_t n = o->tag != NULL ? strlen(o->tag) : 0;
    size_t i;

    if (n == 0 || n > TAG_MAX)
        return err_set(e, ERR_USAGE, "a tag has 1 to %u letters and digits", TAG_MAX);
    for (i = 0; i < n; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", o->tag[i]) == NULL)
            return err_set(e, ERR_USAGE, "a tag has 1 to %u letters and digits", TAG_MAX);
    if (o->db->database == NULL || *o->db->database == '\0')
        return err_set(e, ERR_USAGE, "no database is named");
    if (strlen(o->db->database) >= sizeof ((struct shadow *)NULL)->live)
        return err_set(e, ERR_USAGE, "the name of the database is too long");
    return 0;
}

const char *shadow_lock_name(struct shadow *s)
{
    return arena_printf(&s->mem, "tk_%s", s->o.tag);
}

int shadow_session_open(struct shadow *s, unsigned session, struct load_session *out, const char *database,
                        const char *const *setup, struct err *e)
{
    if (load_session_open(out, s->o.db, database, setup, e) != 0)
        return -1;
    return load_session_lock(out, shadow_lock_name(s), session, e);
}

/*
 * The further sessions of a run that was killed may be in the middle of a statement. Nobody waits for its end any more, so it is
 * ended; what it has done until then, statement by statement, is found like everything else that the run has left.
 */
static int end_sessions(struct shadow *s, struct err *e)
{
    const struct timespec pause = {0, 20000000};
    const unsigned tries = LOCK_SECONDS * 50;
    struct buf ask = {0};
    struct buf sql = {0};
    uint64_t id = 1;
    uint64_t killed = 0;
    unsigned i;
    int r = 0;

    buf_adds(&ask, "SELECT COALESCE(");
    for (i = 0; i < SHADOW_SESSIONS; i++)
        buf_printf(&ask, "IS_USED_LOCK('%s_%u'), ", shadow_lock_name(s), i);
    buf_adds(&ask, "0)");
    for (i = 0; r == 0 && i < tries; i++) {
        buf_addstr(&sql, buf_str(&ask));
        r = shadow_number(s, &sql, &id, e);
        if (r != 0 || id == 0)
            break;
        if (id != killed) {
            struct err gone = {0};

            buf_printf(&sql, "KILL %llu", (unsigned long long)id);
            (void)shadow_exec(s, &sql, &gone);
            killed = id;
        }
        nanosleep(&pause, NULL);
    }
    if (r == 0 && id != 0) {
        r = err_set(e, ERR_LOCKED, "%s: connection %llu of an earlier run is still at work", mysql_where(s->own),
                    (unsigned long long)id);
        err_fix(e, "wait until it has ended, or end it: KILL %llu", (unsigned long long)id);
    }
    buf_free(&ask);
    buf_free(&sql);
    return r;
}

/* One run at a time, and none behind the back of another: a killed run's last statement may still be under way. */
static int lock(struct shadow *s, struct err *e)
{
    struct buf sql = {0};
    uint64_t got;
    int r;

    mysql_sqlf(s->own, &sql, "SELECT GET_LOCK(%s, %u)", shadow_lock_name(s), LOCK_SECONDS);
    r = shadow_number(s, &sql, &got, e);
    if (r == 0 && got != 1) {
        r = err_set(e, ERR_LOCKED, "%s: another connection is loading or switching these tables",
                    mysql_where(s->own));
        err_fix(e, "wait until it has ended; SHOW PROCESSLIST on the server shows it");
    }
    if (r == 0)
        r = end_sessions(s, e);
    buf_free(&sql);
    return r;
}

static void set_where(struct shadow *s)
{
    switch (s->mode) {
    case SHADOW_NAMES:
        snprintf(s->where, sizeof s->where, "tables _tk%s… of database %.200s", s->o.tag, s->live);
        break;
    case SHADOW_IN_PLACE:
        snprintf(s->where, sizeof s->where, "database %.200s itself", s->live);
        break;
    case SHADOW_AUTO:
    case SHADOW_DATABASE:
        snprintf(s->where, sizeof s->where, "database %s", s->sh);
        break;
    }
}

static void set_mode(struct shadow *s, enum shadow_mode mode)
{
    s->mode = mode;
    s->report.mode = mode;
    if (mode == SHADOW_DATABASE) {
        derived_name(s->sh, s->live, s->o.tag, "");
        derived_name(s->keep, s->live, s->o.tag, "_old");
    } else {
        snprintf(s->sh, sizeof s->sh, "%s", s->live);
        snprintf(s->keep, sizeof s->keep, "%s", s->live);
    }
    set_where(s);
}

static bool noted(struct shadow *s, const char *key, const char *value)
{
    struct buf b = {0};
    bool is = s->o.noted != NULL && s->o.noted(s->o.ctx, key, &b) && str_is(buf_str(&b), value);

    buf_free(&b);
    return is;
}

/*
 * What the account may do is asked for without trying it: SHOW CREATE DATABASE of one that is not there is refused when
 * the account has no right to any such database.
 */
static int choose_mode(struct shadow *s, struct err *e)
{
    struct buf sql = {0};
    struct err why = {0};

    if (s->o.mode != SHADOW_AUTO) {
        set_mode(s, s->o.mode);
        return 0;
    }
    if (noted(s, "db.mode", "names") || noted(s, "db.mode", "in-place")) {
        set_mode(s, noted(s, "db.mode", "names") ? SHADOW_NAMES : SHADOW_IN_PLACE);
        return 0;
    }
    set_mode(s, SHADOW_DATABASE);
    mysql_sqlf(s->own, &sql, "SHOW CREATE DATABASE %i", s->sh);
    if (shadow_exec(s, &sql, &why) != 0 && why.db_code == ER_DBACCESS_DENIED)
        set_mode(s, SHADOW_NAMES);
    else if (why.kind != ERR_NONE && why.db_code != ER_BAD_DB) {
        *e = why;
        buf_free(&sql);
        return -1;
    }
    buf_free(&sql);
    return 0;
}

static int look(struct shadow *s, struct err *e)
{
    if (s->mode == SHADOW_IN_PLACE) {
        s->state = noted(s, "db.in-place", "done") ? SHADOW_SWITCHED : SHADOW_NONE;
        return 0;
    }
    return shadow_mark_find(s, &s->state, e);
}

int shadow_open(struct shadow **out, const struct shadow_opts *o, struct err *e)
{
    struct shadow *s;
    struct buf sql = {0};
    struct buf engine = {0};
    uint64_t fold;
    bool found;

    *out = NULL;
    if (check_opts(o, e) != 0)
        return -1;
    s = mem_alloc(sizeof *s);
    s->o = *o;
    s->db = *o->db;
    s->o.db = &s->db;
    s->o.tag = arena_strdup(&s->mem, o->tag);
    s->o.prefix = arena_strdup(&s->mem, o->prefix != NULL ? o->prefix : "");
    s->o.from_prefix = arena_strdup(&s->mem, o->from_prefix);
    snprintf(s->live, sizeof s->live, "%s", o->db->database);
    if (mysql_open(&s->own, s->o.db, e) != 0 || lock(s, e) != 0)
        goto fail;
    buf_adds(&sql, "SELECT @@lower_case_table_names <> 0");
    if (shadow_number(s, &sql, &fold, e) != 0)
        goto fail;
    s->lower_case = fold != 0;
    if (mysql_value(s->own, STR("SELECT @@default_storage_engine"), &engine, &found, e) != 0)
        goto fail;
    s->innodb = str_has_nocase(buf_str(&engine), STR("innodb"));
    buf_adds(&sql, "SET foreign_key_checks=0");
    if (shadow_exec(s, &sql, e) != 0 || choose_mode(s, e) != 0 || look(s, e) != 0)
        goto fail;
    buf_free(&sql);
    buf_free(&engine);
    *out = s;
    return 0;

fail:
    buf_free(&sql);
    buf_free(&engine);
    shadow_close(s);
    return -1;
}

enum shadow_state shadow_state(const struct shadow *s)
{
    return s->state;
}

enum shadow_mode shadow_mode(const struct shadow *s)
{
    return s->mode;
}

const char *shadow_where(const struct shadow *s)
{
    return s->where;
}

const struct shadow_report *shadow_report(const struct shadow *s)
{
    return &s->report;
}

/* The account may do less than it seemed to. */
void shadow_fall_back(struct shadow *s)
{
    set_mode(s, SHADOW_NAMES);
}

void shadow_close(struct shadow *s)
{
    if (s == NULL)
        return;
    shadow_load_free(s);
    mysql_close(s->own);
    free(s->report.passed_over.v);
    free(s->report.staying.v);
    free(s->dropped.v);
    free(s->report.remarks.v);
    arena_free(&s->mem);
    free(s);
}

const char *shadow_mode_name(enum shadow_mode m)
{
    static const char *const names[] = {"auto", "database", "names", "in-place"};

    return names[m];
}
