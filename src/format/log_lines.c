#include "format/log_lines.h"

#include <string.h>

void log_lines_init(struct log_lines *l, uint64_t first_line, bool inside, log_line_fn fn, void *context)
{
    *l = (struct log_lines){.fn = fn, .context = context, .number = first_line, .skip = inside};
}

void log_lines_free(struct log_lines *l)
{
    buf_free(&l->part);
}

static size_t leading_nuls(struct str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] == '\0')
        n++;
    return n;
}

static void give(struct log_lines *l, struct str text, uint64_t length, uint64_t offset, bool lasting,
                 bool ended)
{
    struct log_line line = {
        .number = l->number, .offset = offset, .lost = length - text.n, .lasting = lasting, .ended = ended};

    line.text = text;
    l->number++;
    if (l->skip)
        l->skip = false;
    else
        l->fn(l->context, &line);
}

/* The line that lies in `part`. */
static void give_part(struct log_lines *l, bool ended)
{
    struct str text = buf_str(&l->part);
    uint64_t length = l->length;

    if (ended && l->last_cr && length > 0) {
        if (text.n == length)
            text.n--;
        length--;
    }
    give(l, text, length, l->start, false, ended);
    buf_reset(&l->part);
    l->length = 0;
    l->open = false;
}

/* A piece of a line that another chunk began or will end. */
static void keep(struct log_lines *l, struct str piece, uint64_t offset)
{
    if (!l->open) {
        l->open = true;
        l->start = offset;
        l->last_cr = false;
    }
    if (l->length == 0)
        piece = str_sub(piece, leading_nuls(piece), piece.n);
    if (piece.n == 0)
        return;
    if (l->part.n < LOG_LINE_MAX && !l->skip)
        buf_addstr(&l->part, str_sub(piece, 0, LOG_LINE_MAX - l->part.n));
    l->length += piece.n;
    l->last_cr = piece.p[piece.n - 1] == '\r';
}

void log_lines_feed(struct log_lines *l, struct str chunk)
{
    size_t at = 0;

    while (at < chunk.n) {
        const char *end = memchr(chunk.p + at, '\n', chunk.n - at);
        struct str line = str_sub(chunk, at, end ? (size_t)(end - chunk.p) : chunk.n);

        if (end == NULL || l->open) {
            keep(l, line, l->fed + at);
            if (end != NULL)
                give_part(l, true);
        } else {
            uint64_t length;

            if (line.n > 0 && line.p[0] == '\0')
                line = str_sub(line, leading_nuls(line), line.n);
            if (line.n > 0 && line.p[line.n - 1] == '\r')
                line.n--;
            length = line.n;
            if (line.n > LOG_LINE_MAX)
                line.n = LOG_LINE_MAX;
            give(l, line, length, l->fed + at, true, true);
        }
        at = end ? (size_t)(end - chunk.p) + 1 : chunk.n;
    }
    l->fed += chunk.n;
}

void log_lines_end(struct log_lines *l)
{
    if (l->open)
        give_part(l, false);
}

uint64_t log_lines_count(struct str bytes)
{
    uint64_t count = 0;

    for (size_t at = str_chr(bytes, '\n', 0); at != SIZE_MAX; at = str_chr(bytes, '\n', at + 1))
        count++;
    return count;
}
