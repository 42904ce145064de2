/*
 * Who wrote a dump is told by its first comment or, for those that write none, by its first statement; what proves that it
 * is whole depends on that. Each file of a dump is judged at its end, and the dump is as good as its worst file.
 */
#include "format/sql_facts.h"

#include "format/rows_seen.h"
#include "format/sql_scan.h"
#include "format/sql_values.h"
#include "format/sql_words.h"
#include "format/sql_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct own {
    size_t current; /* the table that is being filled, from 1; 0: none */
    VEC(bool) filled; /* for each table: rows came since it was emptied */
    struct sql_end file;
    const char *twice; /* a table that is emptied and filled again */
    size_t files;
    struct rows_seen seen;
};

const char *sql_writer_name(enum sql_writer w)
{
    static const char *const names[] = {
        [SQL_BY_UNKNOWN] = "an unknown writer",
        [SQL_BY_MYSQLDUMP] = "mysqldump",
        [SQL_BY_CSCART] = "CS-Cart",
        [SQL_BY_CSCART_MYSQLDUMP] = "mysqldump, called by CS-Cart",
        [SQL_BY_PRESTASHOP] = "PrestaShop",
        [SQL_BY_OPENCART] = "OpenCart",
        [SQL_BY_PHPMYADMIN] = "phpMyAdmin",
        [SQL_BY_DANPU] = "Danpu",
        [SQL_BY_TOOLKIT] = "toolkit",
    };

    return names[w];
}

void sql_facts_init(struct sql_facts *f)
{
    *f = (struct sql_facts){.whole = SQL_WHOLE_UNKNOWN};
    f->own = mem_alloc(sizeof(struct own));
}

void sql_facts_free(struct sql_facts *f)
{
    struct own *own = f->own;

    if (own != NULL) {
        free(own->filled.v);
        rows_seen_free(&own->seen);
    }
    free(own);
    free(f->tables.v);
    oc_escapes_free(&f->escapes);
    arena_free(&f->mem);
    *f = (struct sql_facts){.whole = SQL_WHOLE_UNKNOWN};
}

static struct sql_table_facts *table_of(struct sql_facts *f, struct str name)
{
    struct own *own = f->own;
    struct sql_table_facts *t;

    if (own->current > 0 && str_is(name, f->tables.v[own->current - 1].name))
        return &f->tables.v[own->current - 1];
    for (own->current = 1; own->current <= f->tables.n; own->current++)
        if (str_is(name, f->tables.v[own->current - 1].name))
            return &f->tables.v[own->current - 1];
    t = vec_push(&f->tables);
    t->name = arena_dup(&f->mem, name.p, name.n);
    vec_push(&own->filled);
    return t;
}

static void count(struct sql_facts *f, const struct sql_item *item, const struct sql_statement *st)
{
    struct own *own = f->own;
    struct sql_table_facts *t;

    switch (st->kind) {
    case SQL_CREATE_TABLE:
        t = table_of(f, st->table.name);
        t->created = true;
        t->bytes += item->text.n;
        break;
    case SQL_CREATE_VIEW:
        t = table_of(f, st->table.name);
        t->is_view = true;
        t->created = false;
        break;
    case SQL_TRUNCATE:
        t = table_of(f, st->table.name);
        if (own->filled.v[own->current - 1]) {
            own->twice = t->name;
            t->emptied_line = item->line;
        }
        t->rows = 0;
        break;
    case SQL_INSERT_INTO:
        t = table_of(f, st->table.name);
        own->filled.v[own->current - 1] = true;
        if (item->kind == SQL_INSERT && t->columns == NULL) {
            t->n_columns = sql_columns(str_sub(item->text, st->table.to, item->text.n), &f->mem, &t->columns);
            t->empty = arena_array(&f->mem, t->n_columns + 1, sizeof *t->empty);
        }
        break;
    case SQL_CREATE_TRIGGER:
        f->triggers++;
        break;
    case SQL_CREATE_ROUTINE:
        f->routines++;
        break;
    case SQL_CREATE_EVENT:
        f->events++;
        break;
    case SQL_USE:
    case SQL_CREATE_DATABASE:
        snprintf(f->database, sizeof f->database, "%.*s", STR_FMT(st->table.name));
        break;
    default:
        break;
    }
}

/* What a backup of OpenCart's back office can have lost, and what two runs of it have written into one file. */
static void opencart_row(struct sql_facts *f, struct sql_table_facts *t, const struct sql_item *item)
{
    struct own *own = f->own;
    struct oc_row where = {t->name, t->columns, t->n_columns, t->empty, item->line, item->offset};
    uint64_t sum = rows_sum(rows_sum(ROWS_SUM, str_of(t->name)), item->text);
    struct row_seen *before;
    bool there;

    oc_escapes_row(&f->escapes, &where, item->text);
    before = rows_seen(&own->seen, sum, &there);
    if (before && !there)
        before->line = (uint32_t)item->line;
    /* Rows in front of the emptying are gone with it. */
    if (before && there && before->line < t->emptied_line)
        before->line = (uint32_t)item->line;
    else if (before && there && t->again++ == 0) {
        t->again_line = item->line;
        t->first_line = before->line;
    }
}

static void row(struct sql_facts *f, const struct sql_item *item)
{
    struct own *own = f->own;

    f->rows++;
    if (own->current > 0) {
        struct sql_table_facts *t = &f->tables.v[own->current - 1];

        t->rows++;
        t->bytes += item->text.n;
        if (own->file.writer == SQL_BY_OPENCART)
            opencart_row(f, t, item);
    }
    f->four_byte = f->four_byte || sql_scan_four_byte(item->text.p, item->text.n);
}

void sql_facts_item(struct sql_facts *f, const struct sql_item *item, const struct sql_statement *st)
{
    struct own *own = f->own;

    if (item->kind == SQL_ROW) {
        row(f, item);
        return;
    }
    if (item->kind == SQL_STATEMENT || item->kind == SQL_INSERT)
        f->statements++;
    if (item->kind == SQL_COMMENT)
        sql_writer_comment(f, item->text);
    sql_writer_item(&own->file, item, st);
    if (st != NULL)
        count(f, item, st);
    else if (item->kind == SQL_STATEMENT || item->kind == SQL_INSERT)
        own->current = 0;
}

/* The worse of what was known and what is said of one more file. */
static void judge(struct sql_facts *f, enum sql_whole whole, const char *why)
{
    bool first = ((struct own *)f->own)->files == 0;

    if (!first && (f->whole == SQL_WHOLE_NO || whole == SQL_WHOLE_YES || whole == f->whole))
        return;
    f->whole = whole;
    snprintf(f->why_not, sizeof f->why_not, "%s", whole == SQL_WHOLE_YES ? "" : why);
}

/* OpenCart writes one blank line behind each TRUNCATE and at least one more behind a table. */
static bool ends_table(const struct sql_end *end, const struct sql_dump *d)
{
    return sql_dump_line_ends(d) >= (end->last.kind == SQL_STATEMENT ? 3 : 2);
}

void sql_facts_file_end(struct sql_facts *f, const struct sql_dump *d, const struct err *error)
{
    struct own *own = f->own;
    enum sql_whole whole;
    const char *why = "";

    if (own->files == 0)
        f->writer = own->file.writer;
    f->bytes += sql_dump_offset(d);
    if (error != NULL && error->kind != ERR_NONE) {
        whole = SQL_WHOLE_NO;
        why = error->text;
    } else if (sql_dump_open_end(d)) {
        whole = SQL_WHOLE_NO;
        why = "cut short: the last statement has no end";
    } else {
        whole = sql_writer_whole(&own->file, sql_dump_ends_line(d), &why);
    }
    judge(f, whole, why);
    f->ends_open = own->file.writer == SQL_BY_OPENCART && whole == SQL_WHOLE_YES && !ends_table(&own->file, d);
    own->files++;
    own->current = 0;
    own->file = (struct sql_end){.writer = SQL_BY_UNKNOWN};
}

/* The toolkit's own dumps say how much they hold. */
static void judge_promise(struct sql_facts *f)
{
    uint64_t tables = 0;
    char why[200];

    for (size_t i = 0; i < f->tables.n; i++)
        tables += f->tables.v[i].created;
    if (!f->promised || (tables == f->promised_tables && f->rows == f->promised_rows))
        return;
    snprintf(why, sizeof why,
             "it says that it has %" PRIu64 " tables and %" PRIu64 " rows, but it has %" PRIu64 " and %" PRIu64,
             f->promised_tables, f->promised_rows, tables, f->rows);
    judge(f, SQL_WHOLE_NO, why);
}

/* PrestaShop's writer puts a table's rows behind its structure, in the same file or in those before. */
static void judge_heads(struct sql_facts *f)
{
    char why[200];

    if (f->writer != SQL_BY_PRESTASHOP)
        return;
    for (size_t i = 0; i < f->tables.n; i++) {
        if (f->tables.v[i].created || f->tables.v[i].is_view)
            continue;
        snprintf(why, sizeof why, "table %.100s has rows and no structure: a file in front of them is missing", f->tables.v[i].name);
        judge(f, SQL_WHOLE_NO, why);
        return;
    }
}

void sql_facts_end(struct sql_facts *f)
{
    struct own *own = f->own;
    char why[200];

    f->views = 0;
    f->rows_alone = f->tables.n > 0;
    for (size_t i = 0; i < f->tables.n; i++) {
        f->views += f->tables.v[i].is_view;
        f->rows_alone = f->rows_alone && !f->tables.v[i].created && !f->tables.v[i].is_view;
    }
    if (own->files == 0)
        judge(f, SQL_WHOLE_UNKNOWN, "none of it was read to its end");
    judge_promise(f);
    judge_heads(f);
    if (own->twice != NULL) {
        snprintf(why, sizeof why, "table %s is emptied and filled more than once: two backups may have been written into "
                                  "one file", own->twice);
        judge(f, SQL_WHOLE_UNKNOWN, why);
    }
}

size_t sql_facts_tables(const struct sql_facts *f)
{
    return f->tables.n - f->views;
}
