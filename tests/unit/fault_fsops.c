#include "fault_fsops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define UNSYNCED_MAX 4096

struct fault fault;

/* Files written since the last sync, and what a power cut leaves of them. */
static struct {
    int fd;
    off_t size;
} unsynced[UNSYNCED_MAX];
static int unsynced_n;
static bool torn;

static void forget_unsynced(bool lose)
{
    while (unsynced_n > 0) {
        unsynced_n--;
        if (lose && ftruncate(unsynced[unsynced_n].fd, unsynced[unsynced_n].size) != 0)
            abort();
        close(unsynced[unsynced_n].fd);
    }
}

static void remember_unsynced(int fd)
{
    struct stat st;

    if (unsynced_n == UNSYNCED_MAX || fstat(fd, &st) != 0)
        abort();
    unsynced[unsynced_n].fd = dup(fd);
    unsynced[unsynced_n++].size = st.st_size;
}

static void die(void)
{
    forget_unsynced(fault.kind == FAULT_POWER);
    _exit(FAULT_EXIT);
}

/* True when this call has to fail, with errno set. */
static bool hit(bool changes)
{
    unsigned long now;

    if (fault.changes && !changes)
        return false;
    now = __atomic_add_fetch(&fault.count, 1, __ATOMIC_RELAXED);
    if (fault.at == 0 || fault.kind == FAULT_SHORT || (fault.sticky ? now < fault.at : now != fault.at))
        return false;
    if (fault.kind == FAULT_DIE || fault.kind == FAULT_POWER)
        die();
    errno = fault.sys;
    return true;
}

static bool interrupted(size_t *n)
{
    if (fault.kind != FAULT_SHORT || fault.at == 0)
        return false;
    if (fault.count % 3 == 0) {
        errno = EINTR;
        return true;
    }
    if (*n > fault.count % 7 + 1)
        *n = fault.count % 7 + 1;
    return false;
}

static int f_openat(int dir, const char *path, int flags, mode_t mode)
{
    return hit((flags & (O_CREAT | O_TRUNC)) != 0) ? -1 : fsops_real.openat(dir, path, flags, mode);
}

static int f_openat2(int dir, const char *path, const struct fsops_how *how)
{
    return hit((how->flags & (O_CREAT | O_TRUNC)) != 0) ? -1 : fsops_real.openat2(dir, path, how);
}

/* Closing is not made to fail: Linux gives the descriptor back even then. Dying there counts. */
static int f_close(int fd)
{
    if ((fault.kind == FAULT_DIE || fault.kind == FAULT_POWER) && hit(false))
        return -1;
    return close(fd);
}

static ssize_t f_read(int fd, void *p, size_t n)
{
    return hit(false) || interrupted(&n) ? -1 : read(fd, p, n);
}

static ssize_t f_pread(int fd, void *p, size_t n, off_t at)
{
    return hit(false) || interrupted(&n) ? -1 : pread(fd, p, n, at);
}

static ssize_t f_write(int fd, const void *p, size_t n)
{
    unsigned long now = fault.count + 1;

    if (torn) {
        torn = false;
        errno = fault.sys;
        return -1;
    }
    if (fault.at == now && fault.kind != FAULT_ERRNO && fault.kind != FAULT_SHORT && n > 1) {
        if (fault.kind == FAULT_POWER)
            remember_unsynced(fd);
        if (write(fd, p, n / 2) < 0)
            abort();
        if (fault.kind == FAULT_DIE || fault.kind == FAULT_POWER)
            die();
        fault.count++;
        torn = true;
        return (ssize_t)(n / 2);
    }
    if (hit(true) || interrupted(&n))
        return -1;
    if (fault.kind == FAULT_POWER)
        remember_unsynced(fd);
    return write(fd, p, n);
}

static off_t f_lseek(int fd, off_t at, int whence)
{
    return hit(false) ? -1 : lseek(fd, at, whence);
}

static int f_ftruncate(int fd, off_t size)
{
    return hit(true) ? -1 : ftruncate(fd, size);
}

/* Nothing of the tests has to survive a real power cut, and real syncs take their time. */
static int f_fsync(int fd)
{
    struct stat synced;
    struct stat st;
    int i;

    if (hit(true) || fstat(fd, &synced) != 0)
        return -1;
    for (i = 0; i < unsynced_n;) {
        if (fstat(unsynced[i].fd, &st) == 0 && st.st_ino == synced.st_ino && st.st_dev == synced.st_dev) {
            close(unsynced[i].fd);
            unsynced[i] = unsynced[--unsynced_n];
        } else {
            i++;
        }
    }
    return 0;
}

static int f_syncfs(int fd)
{
    (void)fd;
    if (hit(true))
        return -1;
    forget_unsynced(false);
    return 0;
}

static int f_fstat(int fd, struct stat *st)
{
    return hit(false) ? -1 : fstat(fd, st);
}

static int f_fstatat(int dir, const char *path, struct stat *st, int flags)
{
    return hit(false) ? -1 : fstatat(dir, path, st, flags);
}

static int f_fstatvfs(int fd, struct statvfs *sv)
{
    return hit(false) ? -1 : fstatvfs(fd, sv);
}

static int f_fchmod(int fd, mode_t mode)
{
    return hit(true) ? -1 : fchmod(fd, mode);
}

static int f_fchown(int fd, uid_t uid, gid_t gid)
{
    return hit(true) ? -1 : fchown(fd, uid, gid);
}

static int f_futimens(int fd, const struct timespec times[2])
{
    return hit(true) ? -1 : futimens(fd, times);
}

static int f_mkdirat(int dir, const char *path, mode_t mode)
{
    return hit(true) ? -1 : mkdirat(dir, path, mode);
}

static int f_unlinkat(int dir, const char *path, int flags)
{
    return hit(true) ? -1 : unlinkat(dir, path, flags);
}

static int f_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    if (hit(true))
        return -1;
    if (fault.no_links) {
        errno = EXDEV;
        return -1;
    }
    return linkat(from_dir, from, to_dir, to, flags);
}

static int f_symlinkat(const char *target, int dir, const char *path)
{
    return hit(true) ? -1 : symlinkat(target, dir, path);
}

static ssize_t f_readlinkat(int dir, const char *path, char *p, size_t n)
{
    return hit(false) ? -1 : readlinkat(dir, path, p, n);
}

static int f_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    return hit(true) ? -1 : renameat(from_dir, from, to_dir, to);
}

static int f_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    return hit(true) ? -1 : fsops_real.renameat2(from_dir, from, to_dir, to, flags);
}

static DIR *f_fdopendir(int fd)
{
    return hit(false) ? NULL : fdopendir(fd);
}

static struct dirent *f_readdir(DIR *dir)
{
    return hit(false) ? NULL : readdir(dir);
}

const struct fsops fault_fsops = {
    .openat = f_openat,
    .openat2 = f_openat2,
    .close = f_close,
    .read = f_read,
    .pread = f_pread,
    .write = f_write,
    .lseek = f_lseek,
    .ftruncate = f_ftruncate,
    .fsync = f_fsync,
    .syncfs = f_syncfs,
    .fstat = f_fstat,
    .fstatat = f_fstatat,
    .fstatvfs = f_fstatvfs,
    .fchmod = f_fchmod,
    .fchown = f_fchown,
    .futimens = f_futimens,
    .mkdirat = f_mkdirat,
    .unlinkat = f_unlinkat,
    .linkat = f_linkat,
    .symlinkat = f_symlinkat,
    .readlinkat = f_readlinkat,
    .renameat = f_renameat,
    .renameat2 = f_renameat2,
    .fdopendir = f_fdopendir,
    .readdir = f_readdir,
    .closedir = closedir,
};
