/*
 * The dump as a whole: one session, one view of the data, tables with their rows, then views, routines and triggers, so
 * that no trigger fires while rows are loaded and every view finds its tables.
 */
#include "db/dump_parts.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Someone else's long work is not waited for: a shop that is locked this long loses orders. */
#define LOCK_WAIT "30"
/* Between two reads of ours lie compression and a slow disk. */
#define NET_WAIT "3600"

#define ER_DBACCESS_DENIED    1044
#define ER_TABLEACCESS_DENIED 1142
#define ER_LOCK_WAIT_TIMEOUT  1205
#define ER_NO_SUCH_TABLE      1146
#define ER_VIEW_INVALID       1356
#define ER_TABLE_DEF_CHANGED  1412

int dump_flush(struct dump *d, struct err *e)
{
    size_t n = d->out.n;

    if (n == 0)
        return 0;
    if (d->write(d->arg, d->out.p, n, e) < 0)
        return -1;
    d->r->bytes += n;
    buf_reset(&d->out);
    return 0;
}

int dump_may_go_on(const struct dump *d, struct err *e)
{
    if (d->o->stop && *d->o->stop)
        return err_set(e, ERR_STOPPED, "stopped while the database was dumped, as you asked");
    return 0;
}

struct buf *dump_sql(struct dump *d)
{
    buf_reset(&d->sql);
    return &d->sql;
}

/* Codes of the storage engines and of the server for a table whose files are damaged or gone. */
static bool is_damaged(unsigned code)
{
    static const unsigned codes[] = {126, 127, 134, 144, 145, 1016, 1017, 1030, 1033, 1034, 1035, 1194, 1195, 1712, 1932};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return true;
    return false;
}

int dump_failed(const char *what, const char *name, struct err *e)
{
    err_wrap(e, "%s %s can't be dumped", what, name);
    if (e->kind != ERR_DB)
        return -1;
    if (is_damaged(e->db_code))
        return err_fix(e, "mend it (REPAIR TABLE for MyISAM and Aria; for InnoDB look into the server's error log), or drop it if the store does "
                          "not need it, then run the same command again");
    if (e->db_code == ER_VIEW_INVALID || (e->db_code == ER_NO_SUCH_TABLE && strcmp(what, "view") == 0))
        return err_fix(e, "it reads from something that is gone: mend it, or DROP VIEW it if the store does not need it, then run the same "
                          "command again");
    if (e->db_code == ER_TABLE_DEF_CHANGED || e->db_code == ER_NO_SUCH_TABLE)
        return err_fix(e, "a table was changed while it was read: run the same command again");
    if (e->db_code == ER_TABLEACCESS_DENIED || e->db_code == ER_DBACCESS_DENIED)
        return err_fix(e, "grant the account what the server says it lacks, or name another one with --db-user");
    return -1;
}

int dump_results(struct dump *d, bool own, struct err *e)
{
    return mysql_exec(d->m, own ? STR("SET SESSION character_set_results = NULL") : STR("SET SESSION character_set_results = utf8mb4"),
                      NULL, e);
}

/* What one kind of server knows and another does not. */
static int try(struct dump *d, const char *sql, struct err *e)
{
    if (mysql_exec(d->m, str_of(sql), NULL, e) == 0)
        return 0;
    if (!mysql_alive(d->m))
        return -1;
    err_clear(e);
    return 0;
}

static int open_session(struct dump *d, struct err *e)
{
    static const char *const needed[] = {
        "SET SESSION sql_mode = ''",
        "SET SESSION time_zone = '+00:00'",
        "SET SESSION sql_quote_show_create = 1",
    };
    static const char *const wished[] = {
        "SET SESSION lock_wait_timeout = " LOCK_WAIT, "SET SESSION net_write_timeout = " NET_WAIT,
        "SET SESSION max_statement_time = 0",         "SET SESSION max_execution_time = 0",
        "SET SESSION query_cache_type = OFF",         "SET SESSION show_gipk_in_create_table_and_information_schema = ON",
    };

    if (mysql_open(&d->m, d->o->db, e) < 0)
        return -1;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (mysql_exec(d->m, str_of(needed[i]), NULL, e) < 0)
            return -1;
    for (size_t i = 0; i < sizeof wished / sizeof *wished; i++)
        if (try(d, wished[i], e) < 0)
            return -1;
    return 0;
}

static void close_session(struct dump *d)
{
    mysql_close(d->m);
    buf_free(&d->out);
    buf_free(&d->sql);
    free(d->tables.v);
    free(d->views.v);
    arena_free(&d->mem);
}

/* ---- consistency ---- */

static bool all_transactional(const struct dump *d)
{
    for (size_t i = 0; i < d->tables.n; i++)
        if (!d->tables.v[i].transactional)
            return false;
    return true;
}

static int begin_transaction(struct dump *d, struct err *e)
{
    d->r->consistency = DUMP_BY_TRANSACTION;
    if (mysql_exec(d->m, STR("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"), NULL, e) < 0)
        return -1;
    return mysql_exec(d->m, STR("START TRANSACTION WITH CONSISTENT SNAPSHOT"), NULL, e);
}

static int lock_tables(struct dump *d, struct err *e)
{
    struct buf *sql = dump_sql(d);

    buf_adds(sql, "LOCK TABLES ");
    for (size_t i = 0; i < d->tables.n; i++) {
        if (i > 0)
            buf_adds(sql, ", ");
        mysql_quote_id(sql, str_of(d->tables.v[i].name));
        buf_adds(sql, " READ");
    }
    d->r->consistency = DUMP_BY_LOCK;
    if (mysql_exec(d->m, buf_str(sql), NULL, e) == 0)
        return 0;
    if (e->kind != ERR_DB || !mysql_alive(d->m))
        return -1;
    if (is_damaged(e->db_code)) {
        err_wrap(e, "the tables can't be dumped");
        return err_fix(e, "mend the table that the server names (REPAIR TABLE for MyISAM and Aria), then run the same command again");
    }
    if (e->db_code != ER_DBACCESS_DENIED && e->db_code != ER_TABLEACCESS_DENIED && e->db_code != ER_LOCK_WAIT_TIMEOUT)
        return -1;
    d->r->consistency = DUMP_UNLOCKED;
    snprintf(d->r->why, sizeof d->r->why, "%s", e->text);
    err_clear(e);
    return 0;
}

/* Without this every table that was read could not be altered until the dump ends. */
static int release_table(struct dump *d, struct err *e)
{
    if (d->r->consistency != DUMP_BY_TRANSACTION)
        return 0;
    return mysql_exec(d->m, STR("ROLLBACK TO SAVEPOINT toolkit"), NULL, e);
}

static int begin_consistent(struct dump *d, struct err *e)
{
    if (!all_transactional(d))
        return lock_tables(d, e);
    if (begin_transaction(d, e) < 0)
        return -1;
    return mysql_exec(d->m, STR("SAVEPOINT toolkit"), NULL, e);
}

static int end_consistent(struct dump *d, struct err *e)
{
    if (d->r->consistency == DUMP_BY_TRANSACTION)
        return mysql_exec(d->m, STR("COMMIT"), NULL, e);
    return d->r->consistency == DUMP_BY_LOCK ? mysql_exec(d->m, STR("UNLOCK TABLES"), NULL, e) : 0;
}

/* ---- the text ---- */

/* Into a comment of one line. */
static void put_plain(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        buf_addc(out, (uint8_t)s.p[i] < 32 || s.p[i] == 127 ? '?' : s.p[i]);
}

static const char *consistency_words(enum dump_consistency c)
{
    switch (c) {
    case DUMP_BY_TRANSACTION:
        return "one transaction";
    case DUMP_BY_LOCK:
        return "read lock on all tables";
    case DUMP_UNLOCKED:
        break;
    }
    return "none: the tables were read one after the other while the store could change them";
}

static void put_head(struct dump *d)
{
    char at[CLOCK_STAMP];

    clock_local(clock_wall(), at);
    buf_adds(&d->out, "-- toolkit dump 1\n--\n-- Database: ");
    put_plain(&d->out, str_of(d->o->db->database));
    buf_adds(&d->out, "\n-- Server version\t");
    put_plain(&d->out, str_of(mysql_server_version(d->m)));
    buf_printf(&d->out, "\n-- Begun: %s\n-- Consistency: %s\n", at, consistency_words(d->r->consistency));
    buf_adds(&d->out, "\n/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n"
                      "/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;\n"
                      "/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;\n"
                      "/*!40101 SET NAMES utf8mb4 */;\n"
                      "/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;\n"
                      "/*!40103 SET TIME_ZONE='+00:00' */;\n"
                      "/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;\n"
                      "/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;\n"
                      "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n");
}

static void put_foot(struct dump *d)
{
    buf_adds(&d->out, "\n/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n"
                      "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n"
                      "/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;\n"
                      "/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;\n"
                      "/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n"
                      "/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;\n"
                      "/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;\n\n");
    buf_printf(&d->out, "-- toolkit: dump completed, %zu tables, %llu rows\n", d->r->tables, (unsigned long long)d->r->rows);
}

static int put_create(struct dump *d, const struct dump_table *t, struct err *e)
{
    struct buf *sql = dump_sql(d);
    const struct mysql_cell *cell;
    int r;

    buf_adds(sql, "SHOW CREATE TABLE ");
    mysql_quote_id(sql, str_of(t->name));
    if (mysql_query(d->m, buf_str(sql), e) < 0)
        return -1;
    r = mysql_row(d->m, &cell, e);
    if (r < 0)
        return -1;
    if (r == 0 || mysql_columns(d->m) < 2 || cell[1].is_null)
        return err_set(e, ERR_DB, "the server does not say how it is made");
    buf_adds(&d->out, "\nDROP TABLE IF EXISTS ");
    mysql_quote_id(&d->out, str_of(t->name));
    buf_adds(&d->out, ";\n");
    buf_addstr(&d->out, cell[1].s);
    buf_adds(&d->out, ";\n");
    return mysql_skip(d->m, e);
}

static int put_table(struct dump *d, const struct dump_table *t, struct err *e)
{
    if (dump_may_go_on(d, e) < 0)
        return -1;
    if (put_create(d, t, e) < 0 || dump_rows(d, t, e) < 0 || release_table(d, e) < 0)
        return e->kind == ERR_DB ? dump_failed("table", t->name, e) : -1;
    d->r->tables++;
    d->done += t->size;
    if (d->o->progress)
        d->o->progress(d->o->ctx, t->name, d->done, d->total);
    return 0;
}

static int put_all(struct dump *d, struct err *e)
{
    put_head(d);
    for (size_t i = 0; i < d->tables.n; i++)
        if (put_table(d, &d->tables.v[i], e) < 0)
            return -1;
    if (end_consistent(d, e) < 0 || dump_routines(d, e) < 0 || dump_views(d, e) < 0 || dump_triggers(d, e) < 0)
        return -1;
    put_foot(d);
    return dump_flush(d, e);
}

int db_dump(const struct dump_opts *o, dump_write *write, void *arg, struct dump_result *r, struct err *e)
{
    struct dump d = {.o = o, .write = write, .arg = arg, .r = r};
    int rc = -1;

    memset(r, 0, sizeof *r);
    if (open_session(&d, e) == 0 && dump_list_tables(&d, e) == 0 &&
        (d.tables.n == 0 || begin_consistent(&d, e) == 0) && put_all(&d, e) == 0)
        rc = 0;
    /* The end of the session ends transaction and locks. */
    close_session(&d);
    return rc;
}

int db_dump_estimate(const struct dump_opts *o, uint64_t *total, struct err *e)
{
    struct dump_result ignored = {0};
    struct dump d = {.o = o, .r = &ignored};
    int rc = -1;

    *total = 0;
    if (open_session(&d, e) == 0 && dump_list_tables(&d, e) == 0) {
        *total = d.total;
        rc = 0;
    }
    close_session(&d);
    return rc;
}
