#include "sys/archive_input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static ssize_t read_raw(struct archive_input *i)
{
    ssize_t n;

    do
        n = i->ops->read(i->fd, i->raw, sizeof i->raw);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        i->sys = errno;
    else
        i->in += (uint64_t)n;
    return n;
}

int archive_input_open(struct archive_input *i, const struct fsops *ops, int fd)
{
    uint8_t head[3];
    ssize_t n;

    memset(i, 0, sizeof *i);
    i->ops = ops;
    i->fd = fd;
    do
        n = ops->pread(fd, head, sizeof head, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 || ops->lseek(fd, 0, SEEK_SET) < 0) {
        i->sys = errno;
        return -1;
    }
    i->gzip = n == 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8;
    if (i->gzip && inflateInit2(&i->z, 15 + 16) != Z_OK) {
        i->gzip = false;
        i->sys = ENOMEM;
        return -1;
    }
    return 0;
}

void archive_input_close(struct archive_input *i)
{
    if (i->gzip)
        inflateEnd(&i->z);
    i->gzip = false;
}

/* Behind a member: another one follows, or the end of the file, or what is none of ours and is left alone. */
static void next_member(struct archive_input *i)
{
    /* Blocks of zeros behind it come from tapes and padded uploads. */
    if (i->z.avail_in >= 2 && i->z.next_in[0] == 0x1f && i->z.next_in[1] == 0x8b)
        inflateReset(&i->z);
    else
        i->ended = true;
}

static ssize_t inflate_some(struct archive_input *i)
{
    i->z.next_out = i->plain;
    i->z.avail_out = sizeof i->plain;
    while (i->z.avail_out == sizeof i->plain && !i->ended) {
        int r;

        if (i->z.avail_in == 0) {
            ssize_t n = read_raw(i);

            if (n < 0)
                return -1;
            if (n == 0) {
                i->cut = true;
                return -1;
            }
            i->z.next_in = i->raw;
            i->z.avail_in = (uInt)n;
        }
        r = inflate(&i->z, Z_NO_FLUSH);
        if (r == Z_STREAM_END) {
            if (i->z.avail_in < 2) {
                ssize_t n;

                /* The two bytes that tell of another member may be still to come. */
                memmove(i->raw, i->z.next_in, i->z.avail_in);
                n = i->ops->read(i->fd, i->raw + i->z.avail_in, sizeof i->raw - i->z.avail_in);
                if (n > 0) {
                    i->in += (uint64_t)n;
                    i->z.avail_in += (uInt)n;
                }
                i->z.next_in = i->raw;
            }
            next_member(i);
        } else if (r != Z_OK && r != Z_BUF_ERROR) {
            snprintf(i->why, sizeof i->why, "%s", i->z.msg ? i->z.msg : "not valid gzip data");
            return -1;
        }
    }
    return (ssize_t)(sizeof i->plain - i->z.avail_out);
}

ssize_t archive_input_read(struct archive_input *i, const void **p)
{
    ssize_t n = i->gzip ? inflate_some(i) : read_raw(i);

    *p = i->gzip ? i->plain : i->raw;
    if (n > 0)
        i->out += (uint64_t)n;
    return n;
}
