/*
 * What the database tells of the upgrade: which migrations have their row in a table of progress, whether the upgrade is recorded as
 * installed, whether its marks are still there.
 *
 * Each attempt has a progress table of its own, named "phinxlog" and the Unix time at which the attempt was requested. The log
 * has that moment in the shop's time zone, so the two differ by whole quarters of an hour.
 */
#include "platform/cscart/plan_case.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define QUARTER 900
/* From the request to the first line of the log: loading the shop on a slow server. */
#define START_SECONDS 120
#define WEST          (12 * 3600)
#define EAST          (14 * 3600)
/* Real shops had fifteen of them after years. */
#define TABLES_MAX ((size_t)2000)

static bool is_time_of(uint64_t number, const struct cs_run *run)
{
    int64_t apart;

    if (run->phinx != 0)
        return run->phinx == number;
    if (number > INT64_MAX)
        return false;
    apart = run->start->seconds - (int64_t)number;
    if (apart < -WEST || apart > EAST + START_SECONDS)
        return false;
    return (apart % QUARTER + QUARTER) % QUARTER <= START_SECONDS;
}

static bool is_of_series(const struct cs_case *c, uint64_t number)
{
    for (size_t i = 0; i < c->trail.runs.n; i++)
        if (is_time_of(number, c->trail.runs.v[i]))
            return true;
    return false;
}

static struct cs_migration *find(struct cs_case *c, struct str number)
{
    for (size_t i = 0; i < c->migrations.n; i++)
        if (str_is(number, c->migrations.v[i].number))
            return &c->migrations.v[i];
    return NULL;
}

static int list_tables(struct store *s, struct mysql *db, uint64_t *numbers, size_t *n, struct err *e)
{
    const struct mysql_cell *row;
    int rc = mysql_query(db, STR("SHOW TABLES LIKE 'phinxlog%'"), e);

    (void)s;
    *n = 0;
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct str name = row[0].s;
        uint64_t number;

        if (str_skip(&name, STR("phinxlog")) && str_u64(name, INT64_MAX, &number) && *n < TABLES_MAX)
            numbers[(*n)++] = number;
    }
    return rc < 0 ? -1 : 0;
}

static int newer_last(const void *pa, const void *pb)
{
    const uint64_t *a = pa;
    const uint64_t *b = pb;

    return (*a > *b) - (*a < *b);
}

/* Rows of one table. *strange: it has rows of migrations that nobody knows of. */
static int read_rows(struct mysql *db, struct cs_case *c, uint64_t number, bool mark, size_t *rows, bool *strange,
                     struct err *e)
{
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    *rows = 0;
    *strange = false;
    mysql_sqlf(db, &sql, "SELECT version FROM %i", arena_printf(c->mem, "phinxlog%llu", (unsigned long long)number));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct cs_migration *m = find(c, row[0].s);

        (*rows)++;
        *strange = *strange || m == NULL;
        if (m && mark) {
            m->row = true;
            m->table = number;
        }
    }
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

static int read_progress(struct store *s, struct mysql *db, struct cs_case *c, struct err *e)
{
    uint64_t *numbers = mem_array(TABLES_MAX, sizeof *numbers);
    size_t n = 0;
    int rc = list_tables(s, db, numbers, &n, e);

    if (n > 1)
        qsort(numbers, n, sizeof *numbers, newer_last);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        bool by_time = is_of_series(c, numbers[i]);
        bool strange = false;
        size_t rows = 0;

        rc = read_rows(db, c, numbers[i], false, &rows, &strange, e);
        /* Migrations have numbers of their own: a table with this package's rows is of this upgrade, whatever the clock says. */
        if (rc == 0 && !(strange && c->migrations_listed) && (by_time || (rows > 0 && c->migrations_listed)))
            *vec_push(&c->phinxlogs) = numbers[i];
    }
    /* The restore script brings tables back and leaves the progress of before lying about. */
    if (c->restored_by_script && c->phinxlogs.n > 1) {
        c->phinxlogs.v[0] = c->phinxlogs.v[c->phinxlogs.n - 1];
        c->phinxlogs.n = 1;
    }
    for (size_t i = 0; rc == 0 && i < c->phinxlogs.n; i++) {
        bool strange;
        size_t rows;

        rc = read_rows(db, c, c->phinxlogs.v[i], true, &rows, &strange, e);
    }
    free(numbers);
    return rc;
}

static int read_record(struct store *s, struct mysql *db, struct cs_case *c, struct err *e)
{
    struct buf sql = {0};
    struct buf value = {0};
    bool found = false;
    int64_t since = c->trail.runs.n > 0 ? c->trail.runs.v[0]->start->seconds - EAST - START_SECONDS : 0;
    int rc = cs_has_table(s, s->prefix ? s->prefix : "", "installed_upgrades", &c->record_table, e);

    if (rc == 0 && c->record_table) {
        mysql_sqlf(db, &sql, "SELECT id FROM %i WHERE `timestamp` >= %D", store_table(s, "installed_upgrades"), since);
        /* 4.3.1 to 4.3.3 name the versions nowhere but in the package: then any row of that time is the one. */
        if (c->from && c->to)
            mysql_sqlf(db, &sql, " AND name IN (%s, %S)", arena_printf(c->mem, "Upgrade %s - %s", c->from, c->to), c->offer.name);
        mysql_sqlf(db, &sql, " LIMIT 1");
        rc = mysql_value(db, buf_str(&sql), &value, &found, e);
        c->recorded = found;
    }
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

static int read_languages(struct store *s, struct mysql *db, struct cs_case *c, struct err *e)
{
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    mysql_sqlf(db, &sql, "SELECT lang_code FROM %i ORDER BY lang_id", store_table(s, "languages"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1)
        if (row[0].s.n > 0 && row[0].s.n < 10)
            *vec_push(&c->languages) = arena_dup(c->mem, row[0].s.p, row[0].s.n);
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

static int find_dump(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct cs_case *c = arg;

    (void)e;
    if (type == DT_REG && str_starts(str_of(name), STR("dump_")) && str_ends(str_of(name), STR(".sql")))
        c->restored_by_script = true;
    return 0;
}

void cs_case_db_record(struct store *s, struct cs_case *c)
{
    struct err ignored = {0};
    struct mysql *db = store_db(s, &ignored);

    if (db)
        read_record(s, db, c, &ignored);
}

void cs_case_db(struct store *s, struct cs_case *c)
{
    struct err why = {0};
    struct err ignored = {0};
    struct mysql *db = store_db(s, &why);
    struct buf value = {0};

    if (tree_exists(&s->tree, "var/restore"))
        tree_list(&s->tree, "var/restore", find_dump, c, &ignored);
    c->gate = GATE_UNKNOWN;
    if (db == NULL || read_progress(s, db, c, &why) < 0) {
        c->db_err = arena_strdup(c->mem, why.text);
        return;
    }
    c->db = true;
    /* A damaged database may lack any of these; what is there counts. */
    if (cs_storage_get(s, "uc.entry_point_file_permissions", &value, &c->modes_row, &ignored) < 0 ||
        read_record(s, db, c, &ignored) < 0 || read_languages(s, db, c, &ignored) < 0)
        c->db_err = arena_strdup(c->mem, ignored.text);
    cs_gate(s, &c->gate, &ignored);
    buf_free(&value);
}
