/* Telling dumps by name and by content. */
#include "rescue/backup_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static bool ends_nocase(struct str s, const char *tail)
{
    size_t n = strlen(tail);

    return s.n > n && str_has_nocase(str_sub(s, s.n - n, s.n), str_of(tail));
}

bool backup_is_sql_name(struct str path)
{
    return ends_nocase(path, ".sql") || ends_nocase(path, ".sql.gz") || ends_nocase(path, ".sql.bz2");
}

static bool is_word(struct str s, const char *word)
{
    size_t n = strlen(word);
    char c;

    if (s.n < n || !str_has_nocase(str_sub(s, 0, n), str_of(word)))
        return false;
    if (s.n == n)
        return true;
    c = s.p[n];
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_');
}

/* Takes blanks and one comment off the front. 1 when there was one, 0, -1 when it goes on behind these bytes. */
static int skip_comment(struct str *s)
{
    size_t end;

    while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t' || s->p[0] == '\r' || s->p[0] == '\n'))
        *s = str_sub(*s, 1, s->n);
    if (str_starts(*s, STR("--")) || str_starts(*s, STR("#"))) {
        end = str_chr(*s, '\n', 0);
    } else if (str_starts(*s, STR("/*"))) {
        if (str_starts(*s, STR("/*!")) || str_starts(*s, STR("/*M!")))
            return -1;
        end = str_find(*s, STR("*/"), 2);
        end += end != SIZE_MAX;
    } else {
        return 0;
    }
    if (end == SIZE_MAX)
        return -1;
    *s = str_sub(*s, end + 1, s->n);
    return 1;
}

bool backup_is_sql(struct str head)
{
    static const char *const words[] = {"DROP",  "CREATE", "INSERT",   "REPLACE", "TRUNCATE",  "SET", "USE",
                                        "ALTER", "LOCK",   "START",    "BEGIN",   "DELIMITER", "DELETE"};
    struct str s = head;
    bool comment = false;
    int r;

    if (str_has(head, STR("<?php")) || (head.n > 0 && memchr(head.p, '\0', head.n < 64 ? head.n : 64) != NULL))
        return false;
    str_skip(&s, STR("\xef\xbb\xbf"));
    while ((r = skip_comment(&s)) > 0)
        comment = true;
    if (r < 0)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is_word(s, words[i]))
            return true;
    return comment && s.n == 0;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

int backup_name_cmp(const char *a, const char *b)
{
    const char *whole_a = a;
    const char *whole_b = b;

    while (*a != '\0' && *b != '\0') {
        size_t na;
        size_t nb;

        if (!digit(*a) || !digit(*b)) {
            if (*a != *b)
                return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
            a++;
            b++;
            continue;
        }
        while (*a == '0' && digit(a[1]))
            a++;
        while (*b == '0' && digit(b[1]))
            b++;
        na = strspn(a, "0123456789");
        nb = strspn(b, "0123456789");
        if (na != nb)
            return na < nb ? -1 : 1;
        if (memcmp(a, b, na) != 0)
            return memcmp(a, b, na) < 0 ? -1 : 1;
        a += na;
        b += nb;
    }
    if (*a != *b)
        return *a == '\0' ? -1 : 1;
    return strcmp(whole_a, whole_b);
}

int backup_open_part(const struct store *s, const char *path, struct stat *st, struct err *e)
{
    const struct fsops *ops = s->tree.ops;
    /* A pipe must not hold us up. */
    int fd = ops->openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

    if (fd < 0) {
        err_sys(e, "%s: can't open it", path);
        if (errno == ENOENT || errno == ENOTDIR || e->sys == ENOENT || e->sys == ENOTDIR)
            e->kind = ERR_ABSENT;
        return -1;
    }
    if (ops->fstat(fd, st) != 0) {
        err_sys(e, "%s: can't look at it", path);
    } else if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode)) {
        err_set(e, ERR_FORMAT, "%s: neither a file nor a folder", path);
    } else {
        return fd;
    }
    ops->close(fd);
    return -1;
}
