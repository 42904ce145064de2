#include "files.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define FILES_PATH 1024 /* longer than any path of the tests */

static void join(char *path, const char *root, const char *rel)
{
    int n = snprintf(path, FILES_PATH, "%s/%s", root, rel);

    assert_true(n > 0 && n < FILES_PATH);
}

static void make(const char *path)
{
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        fail_msg("%s: %s", path, strerror(errno));
}

static void make_above(const char *root, char *path)
{
    for (char *p = path + strlen(root) + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            make(path);
            *p = '/';
        }
}

void files_mkdir(const char *root, const char *rel)
{
    char path[FILES_PATH];

    join(path, root, rel);
    make_above(root, path);
    make(path);
}

void files_put(const char *root, const char *rel, const char *text)
{
    char path[FILES_PATH];
    FILE *f;

    join(path, root, rel);
    make_above(root, path);
    f = fopen(path, "w");
    if (f == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}
