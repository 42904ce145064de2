#include "sys/tree_parent.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_above(const char *dir, const char *rel, size_t n)
{
    return strncmp(dir, rel, n) == 0 && dir[n] == '\0';
}

const struct tree *tree_parent(struct tree_parent *p, const struct tree *t, const char *rel, const char **base, struct err *e)
{
    const char *slash = strrchr(rel, '/');
    size_t n = slash ? (size_t)(slash - rel) : 0;

    if (tree_check(t, rel, e) != 0)
        return NULL;
    *base = slash ? slash + 1 : rel;
    if (p->dir != NULL && is_above(p->dir, rel, n))
        return &p->at;
    tree_parent_forget(p);
    p->dir = mem_dup(rel, n);
    if (tree_open_sub(&p->at, t, p->dir, e) == 0)
        return &p->at;
    free(p->dir);
    p->dir = NULL;
    return NULL;
}

int tree_parent_stat(struct tree_parent *p, const struct tree *t, const char *rel, struct stat *st, struct err *e)
{
    const char *base;
    const struct tree *at = tree_parent(p, t, rel, &base, e);

    if (at != NULL)
        return tree_stat(at, base, st, e);
    if (e->sys == ENOTDIR)
        e->kind = ERR_ABSENT;
    return -1;
}

void tree_parent_forget(struct tree_parent *p)
{
    if (p->dir == NULL)
        return;
    tree_close(&p->at);
    free(p->dir);
    p->dir = NULL;
}
