#include "sys/entropy.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

int entropy_bytes(void *p, size_t n, struct err *e)
{
    ssize_t got = getrandom(p, n, 0);
    int fd;

    if (got == (ssize_t)n)
        return 0;
    /* Linux before 3.17 has the device alone. */
    fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(e, "/dev/urandom");
    got = read(fd, p, n);
    if (got != (ssize_t)n)
        err_sys(e, "/dev/urandom");
    close(fd);
    return got == (ssize_t)n ? 0 : -1;
}
