#include "sys/archive.h"

#include "base/str.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Paths given out are safe, and reading comes to an end, also behind damage. */
static void read_archive(int fd, bool salvage)
{
    struct archive_options opt = {.max_bytes = UINT64_C(4) << 20, .salvage = salvage};
    struct archive_item item;
    struct err e = {0};
    char piece[4096];
    struct archive_src *a = archive_src_open(NULL, fd, "fuzz", &opt, &e);
    int r = 0;

    while (a != NULL && (r = archive_src_next(a, &item, &e)) != 0) {
        ssize_t n = 0;

        if (r < 0 && salvage)
            continue;
        if (r < 0)
            break;
        if (!str_is_safe_path(str_of(item.path)) || (item.mode & ~(mode_t)0777) != 0)
            abort();
        while ((n = archive_src_read(a, piece, sizeof piece, &e)) > 0)
            continue;
        if (n < 0 && !salvage)
            break;
    }
    if ((a == NULL || r < 0) && (e.kind == ERR_NONE || e.text[0] == '\0'))
        abort();
    archive_src_close(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    read_archive(fd, false);
    read_archive(fd, true);
    close(fd);
    return 0;
}
