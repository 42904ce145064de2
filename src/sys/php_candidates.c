/* Where servers keep their PHP. */
#include "sys/php.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Looked at in this order; versions inside one pattern from high to low. The names with a version are those
 * of Debian (php7.4), of hosters (php74, php-7.4), and of the panels: cPanel, Plesk, CloudLinux, RunCloud,
 * Remi's packages for RHEL, hand-built ones. */
static const char *const places[] = {
    "/usr/bin/php",
    "/usr/local/bin/php",
    "/usr/bin/php[5-9].[0-9]",
    "/usr/bin/php[5-9][0-9]",
    "/usr/bin/php-[5-9].[0-9]",
    "/usr/bin/php[5-9][0-9]-cli",
    "/usr/local/bin/php[5-9].[0-9]",
    "/usr/local/bin/php[5-9][0-9]",
    "/opt/cpanel/ea-php[0-9]*/root/usr/bin/php",
    "/opt/plesk/php/[0-9]*/bin/php",
    "/opt/alt/php[0-9]*/usr/bin/php",
    "/RunCloud/Packages/php[0-9]*rc/bin/php",
    "/opt/remi/php[0-9]*/root/usr/bin/php",
    "/opt/rh/*php[0-9]*/root/usr/bin/php",
    "/usr/local/php[0-9]*/bin/php",
    "/usr/local/php/bin/php",
    "/usr/local/lsws/lsphp[0-9]*/bin/php",
    "/opt/php[0-9]*/bin/php",
    "/opt/bitnami/php/bin/php",
    "/opt/lampp/bin/php",
    "/usr/lib/php/[5-9].[0-9]/bin/php",
};

/* The same names below each directory of PATH. */
static const char *const names[] = {"php", "php[5-9].[0-9]", "php[5-9][0-9]", "php-[5-9].[0-9]", "php[5-9]"};

struct seen {
    dev_t device[PHP_CANDIDATES_MAX];
    ino_t inode[PHP_CANDIDATES_MAX];
};

static void add(struct php_list *list, struct seen *seen, const char *path)
{
    struct stat st;

    if (list->n == PHP_CANDIDATES_MAX || stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
        (st.st_mode & 0111) == 0)
        return;
    for (size_t i = 0; i < list->n; i++)
        if (seen->device[i] == st.st_dev && seen->inode[i] == st.st_ino)
            return;
    seen->device[list->n] = st.st_dev;
    seen->inode[list->n] = st.st_ino;
    list->v[list->n] = (struct php){.path = arena_strdup(&list->mem, path)};
    list->n++;
}

static int higher_first(const void *a, const void *b)
{
    return strverscmp(*(const char *const *)b, *(const char *const *)a);
}

static void add_pattern(struct php_list *list, struct seen *seen, const char *pattern)
{
    glob_t found;

    if (strpbrk(pattern, "*[") == NULL) {
        add(list, seen, pattern);
        return;
    }
    if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
        return;
    qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, higher_first);
    for (size_t i = 0; i < found.gl_pathc; i++)
        add(list, seen, found.gl_pathv[i]);
    globfree(&found);
}

/* The given name in full, because PHP is started in the folder of the store. A name without a slash is looked
 * for in PATH, as a shell does. When it does not exist, the probe says so. */
static const char *absolute(const struct php_search *s, struct arena *mem)
{
    struct str rest = str_of(s->path);
    char here[PATH_MAX];

    if (strchr(s->given, '/') == NULL) {
        while (rest.p != NULL) {
            struct str dir = str_cut(rest, ':', &rest);
            const char *path = arena_printf(mem, "%.*s/%s", STR_FMT(dir), s->given);

            if (dir.n > 0 && dir.p[0] == '/' && access(path, X_OK) == 0)
                return path;
        }
    } else if (s->given[0] != '/' && getcwd(here, sizeof here) != NULL) {
        return arena_printf(mem, "%s/%s", here, s->given);
    }
    return arena_strdup(mem, s->given);
}

void php_candidates(const struct php_search *s, struct php_list *list)
{
    const char *prefix = s->prefix != NULL ? s->prefix : "";
    struct seen seen = {{0}, {0}};
    struct str rest = str_of(s->path);

    if (s->given != NULL) {
        list->v[0] = (struct php){.path = absolute(s, &list->mem)};
        list->n = 1;
        return;
    }
    while (rest.p != NULL) {
        struct str dir = str_cut(rest, ':', &rest);
        bool plain = dir.n > 0 && dir.p[0] == '/';

        /* A relative part of PATH would pick up a program from the store itself; signs that mean something
         * to glob are not found in the names of such directories. */
        for (size_t i = 0; i < dir.n; i++)
            plain = plain && strchr("*?[\\", dir.p[i]) == NULL;
        for (size_t i = 0; plain && i < sizeof names / sizeof *names; i++)
            add_pattern(list, &seen, arena_printf(&list->mem, "%.*s/%s", STR_FMT(dir), names[i]));
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        add_pattern(list, &seen, arena_printf(&list->mem, "%s%s", prefix, places[i]));
}
