#include "sys/fsops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From Linux 5.6 on, the same number on every architecture. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static int real_openat(int dir, const char *path, int flags, mode_t mode)
{
    return openat(dir, path, flags, mode);
}

static int real_openat2(int dir, const char *path, const struct fsops_how *how)
{
    return (int)syscall(SYS_openat2, dir, path, how, sizeof *how);
}

static int real_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
#ifdef SYS_renameat2
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
#else
    (void)from_dir, (void)from, (void)to_dir, (void)to, (void)flags;
    errno = ENOSYS;
    return -1;
#endif
}

const struct fsops fsops_real = {
    .openat = real_openat,
    .openat2 = real_openat2,
    .close = close,
    .read = read,
    .pread = pread,
    .write = write,
    .lseek = lseek,
    .ftruncate = ftruncate,
    .fsync = fsync,
    .syncfs = syncfs,
    .fstat = fstat,
    .fstatat = fstatat,
    .fstatvfs = fstatvfs,
    .fchmod = fchmod,
    .fchown = fchown,
    .futimens = futimens,
    .mkdirat = mkdirat,
    .unlinkat = unlinkat,
    .linkat = linkat,
    .symlinkat = symlinkat,
    .readlinkat = readlinkat,
    .renameat = renameat,
    .renameat2 = real_renameat2,
    .fdopendir = fdopendir,
    .readdir = readdir,
    .closedir = closedir,
};
