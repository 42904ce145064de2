#include "sys/space.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define RESERVE_MIN ((uint64_t)5 * 1024 * 1024)
#define RESERVE_MAX ((uint64_t)512 * 1024 * 1024)

static uint64_t times(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

int space_of(const struct fsops *ops, int fd, const char *name, struct space *s, struct err *e)
{
    struct statvfs sv;
    struct stat st;

    if (ops->fstatvfs(fd, &sv) != 0 || ops->fstat(fd, &st) != 0)
        return err_sys(e, "%s: the free space cannot be read", name);
    *s = (struct space){
        .bytes = times(sv.f_bavail, sv.f_frsize),
        .bytes_all = times(sv.f_blocks, sv.f_frsize),
        /* btrfs and some network file systems make inodes as they go and say 0 of 0. */
        .inodes = sv.f_files == 0 ? UINT64_MAX : sv.f_favail,
        .block = sv.f_frsize != 0 ? sv.f_frsize : 4096,
        .readonly = (sv.f_flag & ST_RDONLY) != 0,
        .device = st.st_dev,
    };
    return 0;
}

int space_need(const struct space *s, const char *name, uint64_t bytes, uint64_t files, struct err *e)
{
    uint64_t reserve = s->bytes_all / 100;
    /* On average every file wastes half a block at its end. */
    uint64_t waste = times(files, s->block / 2);
    uint64_t need = bytes > UINT64_MAX - waste ? UINT64_MAX : bytes + waste;

    if (reserve < RESERVE_MIN)
        reserve = RESERVE_MIN;
    if (reserve > RESERVE_MAX)
        reserve = RESERVE_MAX;
    if (s->readonly) {
        err_set(e, ERR_REFUSED, "%s: the file system is mounted read-only", name);
        return err_fix(e, "remount it writable, then run the same command again");
    }
    if (s->bytes < reserve || need > s->bytes - reserve) {
        err_set(e, ERR_REFUSED,
                "%s: %" PRIu64 " MiB are needed, %" PRIu64 " MiB are free, and %" PRIu64
                " MiB have to stay free",
                name, need / 1048576 + 1, s->bytes / 1048576, reserve / 1048576);
        return err_fix(e, "free some space on that disk, then run the same command again");
    }
    if (files > s->inodes) {
        err_set(e, ERR_REFUSED, "%s: %" PRIu64 " new files are needed, the file system has room for %" PRIu64,
                name, files, s->inodes);
        return err_fix(e,
                       "remove files nobody needs (old sessions, caches), then run the same command again");
    }
    return 0;
}
