#include "db/mysql_batch.h"

/* Larger statements gain no speed and cost memory on both sides. */
#define BATCH_BYTES ((size_t)1024 * 1024)
/* Between the longest statement and max_allowed_packet: command byte and the server's own "less than". */
#define PACKET_SLACK 2u

void mysql_batch_begin(struct mysql_batch *b, struct mysql *m, struct str head, struct str tail)
{
    uint64_t most = mysql_max_packet(m) - PACKET_SLACK;

    *b = (struct mysql_batch){.m = m, .head = head, .tail = tail};
    b->limit = most < BATCH_BYTES ? (size_t)most : BATCH_BYTES;
}

struct buf *mysql_batch_row(struct mysql_batch *b)
{
    buf_reset(&b->row);
    return &b->row;
}

static int flush(struct mysql_batch *b, struct err *e)
{
    struct mysql_done done;
    size_t n = b->waiting;

    if (n == 0)
        return 0;
    b->waiting = 0;
    buf_addstr(&b->sql, b->tail);
    if (mysql_exec(b->m, buf_str(&b->sql), &done, e) != 0)
        return -1;
    b->rows += n;
    b->affected += done.affected;
    b->warnings += done.warnings;
    return 0;
}

int mysql_batch_add(struct mysql_batch *b, struct err *e)
{
    if (b->waiting > 0 && b->sql.n + 1 + b->row.n + b->tail.n > b->limit && flush(b, e) != 0)
        return -1;
    if (b->waiting == 0) {
        buf_reset(&b->sql);
        buf_addstr(&b->sql, b->head);
    } else {
        buf_addc(&b->sql, ',');
    }
    buf_addstr(&b->sql, buf_str(&b->row));
    b->waiting++;
    return 0;
}

int mysql_batch_end(struct mysql_batch *b, struct err *e)
{
    return flush(b, e);
}

void mysql_batch_free(struct mysql_batch *b)
{
    buf_free(&b->sql);
    buf_free(&b->row);
}
