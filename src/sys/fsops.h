/*
 * The system calls that touch files, as one table of functions. All file access below a store goes through
 * such a table, so that a test can make the k-th call fail, tear or end the process. Each member has the
 * meaning, the result and the errno of the call it is named after.
 */
#ifndef SYS_FSOPS_H
#define SYS_FSOPS_H

#include <dirent.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>

/* The kernel's struct open_how (openat2, Linux 5.6); its header is not available under every libc. */
struct fsops_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};
#define FSOPS_RESOLVE_NO_MAGICLINKS 0x02u
#define FSOPS_RESOLVE_BENEATH       0x08u

struct fsops {
    int (*openat)(int dir, const char *path, int flags, mode_t mode);
    int (*openat2)(int dir, const char *path, const struct fsops_how *how);
    int (*close)(int fd);
    ssize_t (*read)(int fd, void *p, size_t n);
    ssize_t (*pread)(int fd, void *p, size_t n, off_t at);
    ssize_t (*write)(int fd, const void *p, size_t n);
    off_t (*lseek)(int fd, off_t at, int whence);
    int (*ftruncate)(int fd, off_t size);
    int (*fsync)(int fd);
    int (*syncfs)(int fd);
    int (*fstat)(int fd, struct stat *st);
    int (*fstatat)(int dir, const char *path, struct stat *st, int flags);
    int (*fstatvfs)(int fd, struct statvfs *sv);
    int (*fchmod)(int fd, mode_t mode);
    int (*fchown)(int fd, uid_t uid, gid_t gid);
    int (*futimens)(int fd, const struct timespec times[2]);
    int (*mkdirat)(int dir, const char *path, mode_t mode);
    int (*unlinkat)(int dir, const char *path, int flags);
    int (*linkat)(int from_dir, const char *from, int to_dir, const char *to, int flags);
    int (*symlinkat)(const char *target, int dir, const char *path);
    ssize_t (*readlinkat)(int dir, const char *path, char *p, size_t n);
    int (*renameat)(int from_dir, const char *from, int to_dir, const char *to);
    int (*renameat2)(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
    DIR *(*fdopendir)(int fd);
    struct dirent *(*readdir)(DIR *dir);
    int (*closedir)(DIR *dir);
};

/* The calls themselves. */
extern const struct fsops fsops_real;

#endif
