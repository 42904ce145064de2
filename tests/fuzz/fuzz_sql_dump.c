#include "chunks.h"
#include "format/sql_facts.h"

#include <string.h>

/* What follows the byte that says how long the pieces are. */
static void add_item(struct buf *sum, const struct sql_item *item)
{
    uint64_t n[3] = {(uint64_t)item->kind, item->line, item->offset};

    buf_add(sum, n, sizeof n);
    buf_addc(sum, item->plain ? 'p' : '-');
    chunks_add(sum, item->text);
}

static void add_facts(struct buf *sum, const struct sql_facts *f)
{
    uint64_t n[] = {f->statements, f->rows,  f->bytes,  f->tables.n,           f->triggers,           f->routines,
                    f->events,     f->views, f->writer, (uint64_t)f->whole, (uint64_t)f->four_byte};

    buf_add(sum, n, sizeof n);
    buf_adds(sum, f->why_not);
    buf_adds(sum, f->database);
    for (size_t i = 0; i < f->tables.n; i++)
        buf_printf(sum, "%s %llu;", f->tables.v[i].name, (unsigned long long)f->tables.v[i].rows);
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct sql_dump *d = sql_dump_new();
    struct sql_facts f;
    struct err e = {0};
    struct sql_item item;
    struct str piece;
    size_t at = 0;
    uint64_t end = 0;
    bool eof = false;
    int rc;

    sql_facts_init(&f);
    while ((rc = sql_dump_next(d, &item, &e)) == 0) {
        struct sql_statement st;
        bool code = item.kind == SQL_STATEMENT || item.kind == SQL_INSERT;

        if (item.kind == SQL_MORE) {
            if (eof)
                break;
            if (chunks_next(log, chunk, &at, &piece)) {
                sql_dump_feed(d, piece);
            } else {
                sql_dump_eof(d);
                eof = true;
            }
            continue;
        }
        /* items stand in the dump, one behind the other */
        if (item.offset < end || item.text.n > log.n - item.offset ||
            (item.text.n > 0 && memcmp(item.text.p, log.p + item.offset, item.text.n) != 0))
            abort();
        end = item.offset + item.text.n;
        add_item(sum, &item);
        if (code)
            sql_statement_read(item.text, 101106, true, &st);
        sql_facts_item(&f, &item, code ? &st : NULL);
    }
    if (rc < 0 && e.kind != ERR_FORMAT)
        abort();
    buf_adds(sum, e.text);
    buf_addc(sum, sql_dump_open_end(d) ? 'o' : 'c');
    sql_facts_file_end(&f, d, rc < 0 ? &e : NULL);
    sql_facts_end(&f);
    f.bytes = rc < 0 ? 0 : f.bytes;
    add_facts(sum, &f);
    sql_facts_free(&f);
    sql_dump_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chunks_compare(data, size, read_all);
}
