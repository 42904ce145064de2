#include "sys/stage_compare.h"

#include "sys/stage_parts.h"

#include <fcntl.h>
#include <string.h>

_Static_assert(STAGE_COMPARE_ROOM == 2 * STAGE_PIECE, "a piece of each side");

/* Up to a whole piece of the source: less only at its end. */
static ssize_t next_piece(struct stage_compare *c, struct err *e)
{
    size_t n = 0;

    while (n < STAGE_PIECE) {
        ssize_t got = c->read(c->arg, c->new_piece + n, STAGE_PIECE - n, e);

        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

int stage_compare_begin(struct stage_compare *c, const struct tree *live, const char *rel, stage_read *read, void *arg, char *room,
                        struct err *e)
{
    struct stat st;
    ssize_t n;

    memset(c, 0, sizeof *c);
    c->live = live;
    c->rel = rel;
    c->read = read;
    c->arg = arg;
    c->new_piece = room;
    c->old_piece = room + STAGE_PIECE;
    hash_start(&c->front_hash, HASH_MD5);
    c->fd = tree_open_file(live, rel, O_RDONLY | O_NOFOLLOW, 0, e);
    if (c->fd < 0)
        return -1;
    if (live->ops->fstat(c->fd, &st) != 0)
        return tree_fail(live, rel, "look at it", e);
    while ((n = next_piece(c, e)) > 0) {
        ssize_t m = tree_read_full(live, c->fd, c->old_piece, (size_t)n);

        if (m < 0)
            return tree_fail(live, rel, "read this file", e);
        if (m != n || memcmp(c->old_piece, c->new_piece, (size_t)n) != 0)
            break;
        c->front += (uint64_t)n;
        /* A shorter piece is the last one: with it the files are equal or the old one is longer. */
        if ((size_t)n == STAGE_PIECE)
            hash_add(&c->front_hash, c->new_piece, (size_t)n);
    }
    if (n < 0)
        return -1;
    if (n == 0 && c->front == (uint64_t)st.st_size)
        return 1;
    if (n == 0 && c->front % STAGE_PIECE != 0) {
        /* All of the new content stands in front of the old one's rest; the last piece is still here. */
        n = (ssize_t)(c->front % STAGE_PIECE);
        c->front -= (uint64_t)n;
    }
    c->pending = (struct str){c->new_piece, (size_t)n};
    return 0;
}

/* What is taken from the live file has to be what was compared. */
static ssize_t read_front(struct stage_compare *c, void *p, size_t n, struct err *e)
{
    uint64_t left = c->front - c->given;
    ssize_t got;

    if (n > left)
        n = (size_t)left;
    got = c->live->ops->pread(c->fd, p, n, (off_t)c->given);
    if (got < 0)
        return tree_fail(c->live, c->rel, "read this file", e);
    if (got > 0) {
        if (c->given == 0)
            hash_start(&c->again, HASH_MD5);
        hash_add(&c->again, p, (size_t)got);
        c->given += (uint64_t)got;
    }
    if (c->given == c->front) {
        struct digest was;
        struct digest is;

        hash_end(&c->front_hash, &was);
        hash_end(&c->again, &is);
        if (digest_eq(&was, &is))
            return got;
    } else if (got > 0) {
        return got;
    }
    return err_set(e, ERR_MISMATCH, "%s/%s: it was changed by somebody else while it was compared", c->live->path,
                   c->rel);
}

ssize_t stage_compare_read(void *compare, void *p, size_t n, struct err *e)
{
    struct stage_compare *c = compare;

    if (n == 0)
        return 0;
    if (c->given < c->front)
        return read_front(c, p, n, e);
    if (c->pending.n == 0)
        return c->read(c->arg, p, n, e);
    if (n > c->pending.n)
        n = c->pending.n;
    memcpy(p, c->pending.p, n);
    c->pending = str_sub(c->pending, n, c->pending.n);
    return (ssize_t)n;
}

void stage_compare_end(struct stage_compare *c)
{
    if (c->fd >= 0 && c->live != NULL)
        c->live->ops->close(c->fd);
    c->fd = -1;
}
