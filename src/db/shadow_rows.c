/*
 * Rows of a dump on their way to the server: those of neighbouring INSERT statements with the same head are packed
 * into statements of about LOAD_PACKET bytes, whatever the writer's habit was. A table is made no earlier
 * than its first rows go, for only then it is known whether it is large enough that building its keys behind
 * the rows pays off.
 */
#include "db/shadow_parts.h"

#include "format/sql_values.h"

#include <stdlib.h>
#include <string.h>

int shadow_flush(struct shadow *s, bool more, struct err *e)
{
    struct load_job *job = s->job;

    if (job == NULL)
        return 0;
    s->job = NULL;
    if (job->rows.n == 0) {
        load_put_back(s->pool, job);
        return 0;
    }
    if (shadow_table_make(s, (struct shadow_table *)job->table, more, e) != 0) {
        load_put_back(s->pool, job);
        return -1;
    }
    return load_give(s->pool, job, e);
}

/* The dump has rows alone: the live table must have every column that they name. */
static int check_columns(const struct shadow_table *t, struct str head, size_t from, struct err *e)
{
    struct str rest = str_trim(str_sub(head, from, head.n));
    struct buf name = {0};
    int r = 0;

    if (rest.n == 0 || rest.p[0] != '(')
        return 0;
    while (r == 0 && sql_column_next(&rest, &name)) {
        const char *p = t->columns.p;
        const char *end = p + t->columns.n;
        const char *wanted = buf_cstr(&name);

        while (p < end && strcasecmp(p, wanted) != 0)
            p += strlen(p) + 1;
        if (p < end)
            continue;
        r = err_set(e, ERR_REFUSED,
                    "the dump has rows for column %s of table %s, which the live table does not have",
                    wanted, t->name);
        err_fix(e, "the dump holds no CREATE TABLE: bring the tables to the version it was made with first");
    }
    buf_free(&name);
    return r;
}

/* The first rows of a table may be what tells how it is to be made. */
static int head_of_table(struct shadow *s, struct shadow_table *t, size_t from, struct err *e)
{
    struct str list = str_sub(buf_str(&s->head_raw), from, s->head_raw.n);

    if (t->create == NULL && !t->made)
        return s->o.source ? shadow_alone_make(s, t, list, e)
                           : shadow_from_live(s, t, e) != 0 || check_columns(t, buf_str(&s->head_raw), from, e) != 0 ? -1 : 0;
    if (t->alone)
        return shadow_alone_head(t, list, e);
    return t->from_live ? check_columns(t, buf_str(&s->head_raw), from, e) : 0;
}

static int new_head(struct shadow *s, struct str text, struct err *e)
{
    struct sql_statement *st = &s->head_st;
    struct buf target = {0};
    struct shadow_table *t;
    int r = -1;

    buf_reset(&s->head_raw);
    buf_addstr(&s->head_raw, text);
    sql_statement_read(buf_str(&s->head_raw), mysql_version_number(s->own), mysql_is_mariadb(s->own), st);
    if (st->kind != SQL_INSERT_INTO)
        return err_set(e, ERR_REFUSED, "%s", st->why != NULL ? st->why : "not an INSERT");
    if (st->table.db.n > 0 && !shadow_own_database(s, st->table.db))
        return err_set(e, ERR_REFUSED, "the rows are for another database (%.*s)", STR_FMT(st->table.db));
    shadow_target(s, st->table.name, &target);
    s->skip_rows = !shadow_is_stores(s, buf_str(&target));
    if (s->skip_rows) {
        r = shadow_leave_table(s, e);
        shadow_passed_over(s, buf_cstr(&target));
        goto out;
    }
    t = shadow_table_get(s, buf_str(&target));
    if (s->table != t && shadow_leave_table(s, e) != 0)
        goto out;
    s->table = t;
    if (head_of_table(s, t, st->table.to, e) != 0)
        goto out;
    if (st->ignore || st->replace) {
        t->loose = true;
        t->load.serial = true;
    }
    buf_reset(&s->head);
    r = shadow_rewrite(s, buf_str(&s->head_raw), st, false, &s->head, e);
out:
    buf_free(&target);
    return r;
}

int shadow_rows_head(struct shadow *s, const struct sql_item *item, const struct sql_statement **st,
                     struct err *e)
{
    bool same = s->head_raw.n > 0 && str_eq(item->text, buf_str(&s->head_raw));

    *st = &s->head_st;
    s->insert_split = false;
    if (same && (s->skip_rows || (s->table != NULL && (s->table->create != NULL || s->table->made)))) {
        const char *env = shadow_env(s, e);

        if (env == NULL)
            return -1;
        if (s->job != NULL && s->job->env != env && shadow_flush(s, true, e) != 0)
            return -1;
    } else {
        if (shadow_flush(s, true, e) != 0 || new_head(s, item->text, e) != 0) {
            buf_reset(&s->head_raw);
            return -1;
        }
    }
    s->insert_from = s->job != NULL ? s->job->rows.n : 0;
    return 0;
}

/* A job for rows, with the head in it. */
static int begin(struct shadow *s, const struct sql_item *item, struct err *e)
{
    const char *env = shadow_env(s, e);
    struct load_job *job;

    if (env == NULL)
        return -1;
    job = load_take(s->pool);
    job->kind = LOAD_ROWS_OF_DUMP;
    job->table = &s->table->load;
    job->env = env;
    job->file = s->file;
    job->line = item->line;
    job->offset = item->offset;
    buf_addstr(&job->sql, buf_str(&s->head));
    job->head = job->sql.n;
    s->job = job;
    s->insert_from = 0;
    return 0;
}

static int too_large(const struct shadow *s, size_t n, struct err *e)
{
    unsigned long long limit = load_max_packet(s->pool) + 2;

    err_set(e, ERR_REFUSED,
            "a row of table %s needs a statement of %zu bytes, above the server's max_allowed_packet of %llu",
            s->table->name, n, limit);
    return err_fix(e, "raise max_allowed_packet on the database server above %zu and try again", n + 2);
}

/* Values that call or read something do not come from a dump. */
static int refuse_values(const struct shadow *s, struct str text, struct err *e)
{
    const char *why = sql_values_refused(text, mysql_version_number(s->own), mysql_is_mariadb(s->own));

    return why ? err_set(e, ERR_REFUSED, "%s", why) : 0;
}

/* A row takes the place of one that has its key, behind all that was sent before. */
static int instead(struct shadow *s, const struct sql_item *item, struct str text, struct err *e)
{
    struct str head = buf_str(&s->head);
    struct load_job *job;

    if (!str_skip(&head, STR("INSERT")))
        return err_set(e, ERR_FORMAT, "a row of table %s stands in the dump twice", s->table->name);
    if (shadow_flush(s, true, e) != 0)
        return -1;
    job = load_take(s->pool);
    job->kind = LOAD_STATEMENT;
    job->exclusive = true;
    job->table = &s->table->load;
    job->env = shadow_env(s, e);
    job->file = s->file;
    job->line = item->line;
    job->offset = item->offset;
    if (job->env == NULL) {
        load_put_back(s->pool, job);
        return -1;
    }
    buf_adds(&job->sql, "REPLACE");
    buf_addstr(&job->sql, head);
    buf_addstr(&job->sql, text);
    s->insert_from = 0;
    return load_give(s->pool, job, e);
}

static int add_row(struct shadow *s, const struct sql_item *item, struct str text, struct err *e)
{
    uint64_t most = load_max_packet(s->pool);
    size_t target = most < LOAD_PACKET ? (size_t)most : LOAD_PACKET;
    struct load_job *job = s->job;
    struct load_row *row;

    if (job != NULL && (job->sql.n + 1 + text.n > target || job->rows.n >= LOAD_ROWS || item->line - job->line > UINT32_MAX ||
                        item->offset - job->offset > UINT32_MAX)) {
        s->insert_split = s->insert_from < job->rows.n;
        if (shadow_flush(s, true, e) != 0)
            return -1;
    }
    if (s->job == NULL && begin(s, item, e) != 0)
        return -1;
    job = s->job;
    if (job->rows.n > 0)
        buf_addc(&job->sql, ',');
    row = vec_push(&job->rows);
    row->at = (uint32_t)job->sql.n;
    row->line = (uint32_t)(item->line - job->line);
    row->offset = (uint32_t)(item->offset - job->offset);
    buf_addstr(&job->sql, text);
    s->table->rows++;
    s->report.rows++;
    return 0;
}

/* The text of a row that is loaded. */
static struct str row_text(struct shadow *s, const struct sql_item *item)
{
    if (s->o.repair == NULL)
        return item->text;
    buf_reset(&s->row);
    if (!s->o.repair(item->text, &s->row))
        return item->text;
    s->repaired++;
    return buf_str(&s->row);
}

int shadow_rows_row(struct shadow *s, const struct sql_item *item, struct err *e)
{
    enum alone_row what = ALONE_TAKE;
    struct str text;

    if (!item->plain && refuse_values(s, item->text, e) != 0)
        return -1;
    if (s->skip_rows)
        return 0;
    text = row_text(s, item);
    if (s->head.n + text.n + 1 > load_max_packet(s->pool))
        return too_large(s, s->head.n + text.n, e);
    if (s->table->alone && shadow_alone_row(s, s->table, text, item->line, &what, e) != 0)
        return -1;
    if (what == ALONE_PASS)
        return 0;
    return what == ALONE_INSTEAD ? instead(s, item, text, e) : add_row(s, item, text, e);
}

int shadow_rows_end(struct shadow *s, const struct sql_item *item, struct err *e)
{
    struct str tail = str_trim(item->text);

    if (tail.n > 0 && tail.p[tail.n - 1] == ';')
        tail = str_trim(str_sub(tail, 0, tail.n - 1));
    if (tail.n > 0 && refuse_values(s, tail, e) != 0)
        return -1;
    if (s->skip_rows || tail.n == 0 || s->job == NULL)
        return 0;
    /* ON DUPLICATE KEY UPDATE belongs to the rows of its own statement. */
    if (s->insert_split || s->insert_from > 0)
        return err_set(e, ERR_REFUSED, "words behind the rows of an INSERT (%.*s) are not supported here",
                       STR_FMT(str_sub(tail, 0, 60)));
    buf_addc(&s->job->sql, ' ');
    buf_addstr(&s->job->sql, tail);
    s->table->loose = true;
    s->table->load.serial = true;
    return shadow_flush(s, true, e);
}
