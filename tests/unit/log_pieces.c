#include "log_pieces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void log_field(struct buf *b, const char *name, struct str s)
{
    if (s.n == 0)
        return;
    buf_printf(b, " %s=", name);
    buf_addstr(b, s);
}

void log_feed(struct str log, size_t chunk, void (*feed)(void *reader, struct str piece), void *reader)
{
    for (size_t at = 0; at < log.n; at += chunk) {
        struct str piece = str_sub(log, at, log.n - at < chunk ? log.n : at + chunk);
        char *copy = malloc(piece.n);

        if (copy == NULL)
            fail_msg("no memory for a piece of %zu bytes", piece.n);
        memcpy(copy, piece.p, piece.n);
        feed(reader, (struct str){copy, piece.n});
        memset(copy, '#', piece.n);
        free(copy);
    }
}

void log_compare(struct str log, void (*read_all)(struct str log, size_t chunk, struct buf *out))
{
    struct buf whole = {0};
    struct buf parts = {0};

    for (size_t end = 0; end <= log.n; end++) {
        struct str head = str_sub(log, 0, end);

        read_all(head, log.n + 1, &whole);
        for (size_t chunk = 1; chunk <= 17; chunk += end % 16 == 0 ? 1 : 5) {
            read_all(head, chunk, &parts);
            assert_true(str_eq(buf_str(&whole), buf_str(&parts)));
        }
    }
    buf_free(&whole);
    buf_free(&parts);
}
