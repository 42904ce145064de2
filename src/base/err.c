#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
    va_list ap;

    err_clear(e);
    e->kind = kind;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    return -1;
}

int err_sys(struct err *e, const char *fmt, ...)
{
    int sys = errno;
    va_list ap;
    size_t n;

    err_clear(e);
    e->kind = ERR_IO;
    e->sys = sys;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    n = strlen(e->text);
    snprintf(e->text + n, sizeof e->text - n, ": %s", strerror(sys));
    if (sys == ENOSPC || sys == EDQUOT)
        err_fix(e, "free some space on that disk, then run the same command again");
    else if (sys == EACCES || sys == EPERM)
        err_fix(e, "run as the owner of the store or as root");
    else if (sys == EROFS)
        err_fix(e, "the file system is mounted read-only; remount it writable, then run the same command again");
    return -1;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
    char text[sizeof e->text];
    va_list ap;
    size_t n;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    n = strlen(text);
    /* The context may fill the room; what is cut then is the end of the inner text. */
    snprintf(text + n, sizeof text - n, ": %s", e->text);
    memcpy(e->text, text, sizeof text);
    return -1;
}

int err_fix(struct err *e, const char *fmt, ...)
{
    va_list ap;

    if (e->fix[0] != '\0')
        return -1;
    va_start(ap, fmt);
    vsnprintf(e->fix, sizeof e->fix, fmt, ap);
    va_end(ap);
    return -1;
}

void err_clear(struct err *e)
{
    memset(e, 0, sizeof *e);
}
