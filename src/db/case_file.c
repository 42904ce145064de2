#include "db/case_file.h"

#include "base/clock.h"
#include "base/mem.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A second process reading while we write waits this long. */
#define BUSY_MS 3000

struct case_file {
    sqlite3 *db;
    char *path;
};

/* One transaction: after a kill there are all tables or none. */
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS cases(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL,"
    " platform TEXT NOT NULL, target TEXT NOT NULL, started TEXT NOT NULL, source TEXT NOT NULL, began TEXT NOT NULL,"
    " ended TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE IF NOT EXISTS steps(case_id INTEGER NOT NULL REFERENCES cases(id), step TEXT NOT NULL,"
    " state INTEGER NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY(case_id, step)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS notes(case_id INTEGER NOT NULL REFERENCES cases(id), step TEXT NOT NULL,"
    " key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY(case_id, step, key)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS manifest(case_id INTEGER NOT NULL REFERENCES cases(id), path BLOB NOT NULL,"
    " alg INTEGER NOT NULL, digest BLOB NOT NULL, origin TEXT NOT NULL, PRIMARY KEY(case_id, path)) WITHOUT ROWID;"
    "COMMIT;";

static const char *const kind_words[CASE_KINDS] = {"upgrade", "restore", "change"};
static const char *const state_words[CASE_STATES] = {"open", "finished", "undoing", "undone", "cleaned"};

static int fail(struct case_file *cf, struct err *e)
{
    int code = sqlite3_errcode(cf->db);

    err_set(e, ERR_IO, "case file %s: %s", cf->path, sqlite3_errmsg(cf->db));
    if (code == SQLITE_FULL)
        err_fix(e, "free some space on that disk, then run the same command again");
    return -1;
}

static int run(struct case_file *cf, const char *sql, struct err *e)
{
    return sqlite3_exec(cf->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(cf, e);
}

/* Prepares and binds: each letter of `kinds` takes one argument: i int64_t, t text (NULL gives ""), b struct str *. */
static sqlite3_stmt *prepare(struct case_file *cf, struct err *e, const char *sql, const char *kinds, ...)
{
    sqlite3_stmt *st = NULL;
    va_list ap;
    int at = 1;

    if (sqlite3_prepare_v2(cf->db, sql, -1, &st, NULL) != SQLITE_OK) {
        fail(cf, e);
        return NULL;
    }
    va_start(ap, kinds);
    for (const char *k = kinds; *k; k++, at++) {
        if (*k == 'i') {
            sqlite3_bind_int64(st, at, va_arg(ap, int64_t));
        } else if (*k == 't') {
            const char *text = va_arg(ap, const char *);

            sqlite3_bind_text(st, at, text ? text : "", -1, SQLITE_TRANSIENT);
        } else {
            const struct str *s = va_arg(ap, const struct str *);

            sqlite3_bind_blob64(st, at, s->n ? s->p : "", s->n, SQLITE_TRANSIENT);
        }
    }
    va_end(ap);
    return st;
}

/* Runs a statement that gives no rows. */
static int finish(struct case_file *cf, sqlite3_stmt *st, struct err *e)
{
    int rc;

    if (st == NULL)
        return -1;
    rc = sqlite3_step(st) == SQLITE_DONE ? 0 : fail(cf, e);
    sqlite3_finalize(st);
    return rc;
}

/* 1 a row is there, 0 none, -1 error. */
static int next_row(struct case_file *cf, sqlite3_stmt *st, struct err *e)
{
    int rc;

    if (st == NULL)
        return -1;
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        return 1;
    return rc == SQLITE_DONE ? 0 : fail(cf, e);
}

/* A file without tables is one whose making was cut off: as good as none. */
static int has_tables(struct case_file *cf, struct err *e)
{
    sqlite3_stmt *st = prepare(cf, e, "SELECT 1 FROM sqlite_master WHERE name = 'cases'", "");
    int rc = next_row(cf, st, e);

    sqlite3_finalize(st);
    if (rc == 0)
        return err_set(e, ERR_ABSENT, "case file %s holds no case", cf->path);
    return rc < 0 ? -1 : 0;
}

/*
 * The same over a transaction that a kill has cut: whoever opens the file next has to roll it back, and a reader
 * may not. That touches nothing but the file.
 */
static int read_tables(struct case_file *cf, struct err *e)
{
    int rc = has_tables(cf, e);

    if (rc == 0 || (sqlite3_errcode(cf->db) & 0xff) != SQLITE_READONLY)
        return rc;
    sqlite3_close(cf->db);
    if (sqlite3_open_v2(cf->path, &cf->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return fail(cf, e);
    sqlite3_busy_timeout(cf->db, BUSY_MS);
    err_clear(e);
    if (has_tables(cf, e) < 0)
        return -1;
    return run(cf, "PRAGMA query_only=ON", e);
}

static void copy_text(char *to, size_t room, sqlite3_stmt *st, int column)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    size_t n = text ? strlen(text) : 0;

    if (n >= room)
        n = room - 1;
    if (n > 0)
        memcpy(to, text, n);
    to[n] = '\0';
}

static void now(char out[20])
{
    clock_local(clock_wall(), out);
}

int case_file_open(struct case_file **out, const char *path, bool write, struct err *e)
{
    int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    struct case_file *cf = mem_alloc(sizeof *cf);
    int rc;

    *out = NULL;
    cf->path = mem_strdup(path);
    rc = sqlite3_open_v2(path, &cf->db, flags, NULL);
    if (rc != SQLITE_OK) {
        fail(cf, e);
        if (rc == SQLITE_CANTOPEN && !write)
            e->kind = ERR_ABSENT;
        case_file_close(cf);
        return -1;
    }
    sqlite3_busy_timeout(cf->db, BUSY_MS);
    if (write && (run(cf, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;", e) < 0 || run(cf, schema, e) < 0)) {
        case_file_close(cf);
        return -1;
    }
    if (!write && read_tables(cf, e) < 0) {
        case_file_close(cf);
        return -1;
    }
    *out = cf;
    return 0;
}

void case_file_close(struct case_file *cf)
{
    if (cf == NULL)
        return;
    sqlite3_close(cf->db);
    free(cf->path);
    free(cf);
}

#define CASE_COLUMNS                                           \
    "SELECT id, kind, state, began, ended, source, target,"    \
    " (SELECT count(*) FROM steps WHERE case_id = id AND steps.state = 2) FROM cases "

/* Index of the word in a column; count when it is none of them. */
static unsigned word_at(sqlite3_stmt *st, int column, const char *const *words, unsigned count)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    unsigned i = 0;

    while (i < count && (text == NULL || strcmp(text, words[i]) != 0))
        i++;
    return i;
}

static int read_case(struct case_file *cf, sqlite3_stmt *st, struct case_info *info, struct err *e)
{
    memset(info, 0, sizeof *info);
    info->id = sqlite3_column_int64(st, 0);
    info->kind = (enum case_kind)word_at(st, 1, kind_words, CASE_KINDS);
    info->state = (enum case_state)word_at(st, 2, state_words, CASE_STATES);
    copy_text(info->began, sizeof info->began, st, 3);
    copy_text(info->ended, sizeof info->ended, st, 4);
    copy_text(info->from, sizeof info->from, st, 5);
    copy_text(info->to, sizeof info->to, st, 6);
    info->steps_done = sqlite3_column_int64(st, 7);
    if (info->kind == CASE_KINDS || info->state == CASE_STATES) {
        err_set(e, ERR_FORMAT, "case file %s: case %lld is of a kind that this version does not know", cf->path,
                (long long)info->id);
        err_fix(e, "use the newer toolkit that wrote it");
        return -1;
    }
    return 0;
}

/* The first row of a query of cases: 1 found, 0 none, -1 error. */
static int one_case(struct case_file *cf, sqlite3_stmt *st, struct case_info *info, struct err *e)
{
    int rc = next_row(cf, st, e);

    if (rc == 1 && read_case(cf, st, info, e) < 0)
        rc = -1;
    sqlite3_finalize(st);
    return rc;
}

/* A case that was undone and then cleaned says as little as one that is only undone. */
#define WAS_UNDONE(c) "EXISTS (SELECT 1 FROM notes n WHERE n.case_id = " c ".id AND n.step = 'undo' AND n.key = 'undone')"

int case_file_find(struct case_file *cf, const struct case_key *key, struct case_info *info, struct err *e)
{
    /* What was undone says nothing about the store any more; nor does what a restore came over later. */
    return one_case(cf,
                    prepare(cf, e,
                            CASE_COLUMNS "WHERE kind = ? AND platform = ? AND target = ? AND started = ?"
                                         " AND state NOT IN ('undoing', 'undone') AND NOT " WAS_UNDONE("cases") " AND NOT (kind = 'upgrade' AND EXISTS ("
                                         "SELECT 1 FROM cases r WHERE r.kind = 'restore' AND r.id > cases.id"
                                         " AND r.state IN ('finished', 'cleaned') AND NOT " WAS_UNDONE("r") ")) ORDER BY id DESC LIMIT 1",
                            "tttt", kind_words[key->kind], key->platform, key->to, key->started),
                    info, e);
}

int case_file_get(struct case_file *cf, int64_t id, struct case_info *info, struct err *e)
{
    return one_case(cf, prepare(cf, e, CASE_COLUMNS "WHERE id = ?", "i", id), info, e);
}

int case_file_newest(struct case_file *cf, enum case_kind kind, enum case_state state, struct case_info *info,
                     struct err *e)
{
    return one_case(cf,
                    prepare(cf, e, CASE_COLUMNS "WHERE (?1 = '' OR kind = ?1) AND state = ?2 AND (state <> 'cleaned' OR NOT "
                            WAS_UNDONE("cases") ") ORDER BY id DESC LIMIT 1",
                            "tt", kind == CASE_KINDS ? "" : kind_words[kind], state_words[state]),
                    info, e);
}

int case_file_create(struct case_file *cf, const struct case_key *key, const char *from, int64_t *id, struct err *e)
{
    char at[20];

    now(at);
    if (finish(cf,
               prepare(cf, e,
                       "INSERT INTO cases(kind, state, platform, target, started, source, began)"
                       " VALUES(?,'open',?,?,?,?,?)",
                       "tttttt", kind_words[key->kind], key->platform, key->to, key->started, from, at),
               e) < 0)
        return -1;
    *id = sqlite3_last_insert_rowid(cf->db);
    return 0;
}

int case_file_set_state(struct case_file *cf, int64_t id, enum case_state state, struct err *e)
{
    char at[20];

    now(at);
    return finish(cf,
                  prepare(cf, e, "UPDATE cases SET state = ?, ended = ? WHERE id = ?", "tti", state_words[state], at,
                          id),
                  e);
}

int case_file_clean(struct case_file *cf, int64_t id, struct err *e)
{
    static const char *const statements[] = {
        "INSERT OR REPLACE INTO notes(case_id, step, key, value) SELECT id, 'undo', 'undone', x'' FROM cases"
        " WHERE id = ? AND state = 'undone'",
        "UPDATE cases SET state = 'cleaned', ended = ? WHERE id = ?",
    };
    char at[20];

    now(at);
    if (run(cf, "BEGIN IMMEDIATE", e) < 0)
        return -1;
    if (finish(cf, prepare(cf, e, statements[0], "i", id), e) == 0 &&
        finish(cf, prepare(cf, e, statements[1], "ti", at, id), e) == 0)
        return run(cf, "COMMIT", e);
    sqlite3_exec(cf->db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

int case_file_follow(struct case_file *cf, const struct case_info *old, const struct case_key *key, const char *from, int64_t *id,
                     struct err *e)
{
    static const char *const statements[] = {
        "INSERT INTO steps SELECT ?, step, state, at, text FROM steps WHERE case_id = ?",
        "INSERT INTO notes SELECT ?, step, key, value FROM notes WHERE case_id = ? AND step NOT IN ('', 'undo')",
        "INSERT INTO manifest SELECT ?, path, alg, digest, origin FROM manifest WHERE case_id = ?",
    };
    int rc;

    if (run(cf, "BEGIN IMMEDIATE", e) < 0)
        return -1;
    rc = case_file_create(cf, key, from, id, e);
    for (size_t i = 0; rc == 0 && i < sizeof statements / sizeof *statements; i++)
        rc = finish(cf, prepare(cf, e, statements[i], "ii", *id, old->id), e);
    if (rc == 0)
        return run(cf, "COMMIT", e);
    sqlite3_exec(cf->db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

int case_file_list(struct case_file *cf, bool (*each)(void *ctx, const struct case_info *info), void *ctx,
                   struct err *e)
{
    sqlite3_stmt *st = prepare(cf, e, CASE_COLUMNS "ORDER BY id DESC", "");
    int rc;

    while ((rc = next_row(cf, st, e)) == 1) {
        struct case_info info;

        if (read_case(cf, st, &info, e) < 0) {
            rc = -1;
            break;
        }
        if (!each(ctx, &info))
            break;
    }
    sqlite3_finalize(st);
    return rc < 0 ? -1 : 0;
}

static int put_step(struct case_file *cf, int64_t id, const char *step, enum case_step_state state, const char *text,
                    struct err *e)
{
    char at[20];

    now(at);
    return finish(cf,
                  prepare(cf, e, "INSERT OR REPLACE INTO steps(case_id, step, state, at, text) VALUES(?,?,?,?,?)",
                          "ititt", id, step, (int64_t)state, at, text),
                  e);
}

int case_file_begin_step(struct case_file *cf, int64_t id, const char *step, struct err *e)
{
    return put_step(cf, id, step, CASE_STEP_BEGUN, "", e);
}

int case_file_end_step(struct case_file *cf, int64_t id, const char *step, enum case_step_state state,
                       const char *text, struct err *e)
{
    return put_step(cf, id, step, state, text, e);
}

int case_file_step(struct case_file *cf, int64_t id, const char *step, struct case_step *out, struct err *e)
{
    sqlite3_stmt *st =
        prepare(cf, e, "SELECT state, at, text FROM steps WHERE case_id = ? AND step = ?", "it", id, step);
    int rc = next_row(cf, st, e);

    memset(out, 0, sizeof *out);
    if (rc == 1) {
        int state = sqlite3_column_int(st, 0);

        out->state = state >= CASE_STEP_BEGUN && state <= CASE_STEP_REFUSED ? (enum case_step_state)state
                                                                           : CASE_STEP_NONE;
        copy_text(out->at, sizeof out->at, st, 1);
        copy_text(out->text, sizeof out->text, st, 2);
    }
    sqlite3_finalize(st);
    return rc < 0 ? -1 : 0;
}

int case_file_note(struct case_file *cf, int64_t id, const char *step, const char *key, struct str value,
                   struct err *e)
{
    return finish(cf,
                  prepare(cf, e, "INSERT OR REPLACE INTO notes(case_id, step, key, value) VALUES(?,?,?,?)", "ittb",
                          id, step, key, &value),
                  e);
}

int case_file_noted(struct case_file *cf, int64_t id, const char *step, const char *key, struct buf *value,
                    struct err *e)
{
    sqlite3_stmt *st = prepare(cf, e, "SELECT value FROM notes WHERE case_id = ? AND step = ? AND key = ?", "itt", id,
                               step, key);
    int rc = next_row(cf, st, e);

    if (rc == 1) {
        int n = sqlite3_column_bytes(st, 0);

        buf_reset(value);
        buf_add(value, sqlite3_column_blob(st, 0), n > 0 ? (size_t)n : 0);
    }
    sqlite3_finalize(st);
    return rc;
}

static int put_entry(struct case_file *cf, int64_t id, const struct manifest_entry *en, sqlite3_stmt *st,
                     struct err *e)
{
    sqlite3_bind_int64(st, 1, id);
    sqlite3_bind_blob64(st, 2, en->path, strlen(en->path), SQLITE_STATIC);
    sqlite3_bind_int(st, 3, (int)en->digest.alg);
    sqlite3_bind_blob64(st, 4, en->digest.b, hash_size(en->digest.alg), SQLITE_STATIC);
    sqlite3_bind_text(st, 5, en->origin ? en->origin : "", -1, SQLITE_STATIC);
    if (sqlite3_step(st) != SQLITE_DONE)
        return fail(cf, e);
    sqlite3_reset(st);
    return 0;
}

int case_file_keep_manifest(struct case_file *cf, int64_t id, const struct manifest *m, struct err *e)
{
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (run(cf, "BEGIN IMMEDIATE", e) < 0)
        return -1;
    st = prepare(cf, e, "INSERT OR REPLACE INTO manifest(case_id, path, alg, digest, origin) VALUES(?,?,?,?,?)", "");
    if (st == NULL)
        goto out;
    for (size_t i = 0; i < m->entries.n; i++)
        if (put_entry(cf, id, &m->entries.v[i], st, e) < 0)
            goto out;
    rc = 0;
out:
    sqlite3_finalize(st);
    if (rc == 0)
        return run(cf, "COMMIT", e);
    sqlite3_exec(cf->db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

int case_file_manifest(struct case_file *cf, int64_t id, struct manifest *m, struct err *e)
{
    sqlite3_stmt *st =
        prepare(cf, e, "SELECT path, alg, digest, origin FROM manifest WHERE case_id = ? ORDER BY path", "i", id);
    int rc;

    while ((rc = next_row(cf, st, e)) == 1) {
        int path_n = sqlite3_column_bytes(st, 0);
        int alg = sqlite3_column_int(st, 1);
        int digest_n = sqlite3_column_bytes(st, 2);
        struct str path = {sqlite3_column_blob(st, 0), path_n > 0 ? (size_t)path_n : 0};
        struct digest d = {0};

        if (alg < 0 || alg > HASH_SHA256 || digest_n != (int)hash_size((enum hash_alg)alg) ||
            !str_is_safe_path(path)) {
            rc = err_set(e, ERR_FORMAT, "case file %s: the kept manifest is damaged", cf->path);
            break;
        }
        d.alg = (enum hash_alg)alg;
        memcpy(d.b, sqlite3_column_blob(st, 2), (size_t)digest_n);
        manifest_add(m, path, &d, (const char *)sqlite3_column_text(st, 3));
    }
    sqlite3_finalize(st);
    return rc < 0 ? -1 : 0;
}
