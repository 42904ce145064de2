#include "platform/empty_dir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* In front of the name of what is being removed; found later only when a run was killed. */
#define GONE ".gone.toolkit."

struct emptying {
    struct store *s; /* its memory is used */
    const struct tree *t;
    empty_dir_keep *keep;
    void *arg;
    VEC(const char *) names;
};

static int take_name(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct emptying *c = arg;

    (void)e;
    if (str_starts(str_of(name), STR(GONE)) || c->keep == NULL || !c->keep(c->arg, name, type))
        *vec_push(&c->names) = arena_strdup(&c->s->mem, name);
    return 0;
}

/* What is gone by the time it is to be renamed was removed by the shop itself. */
static int move_away(const struct emptying *c, const char *dir, const char *name, const char *gone, struct err *e)
{
    const struct fsops *ops = c->t->ops;
    int fd = tree_open_dir(c->t, dir, e);
    int rc;

    if (fd < 0)
        return -1;
    rc = ops->renameat(fd, name, fd, gone);
    if (rc < 0 && errno != ENOENT)
        rc = tree_fail(c->t, arena_printf(&c->s->mem, "%s/%s", dir, name), "rename", e);
    else
        rc = 0;
    ops->close(fd);
    return rc;
}

static int remove_one(const struct emptying *c, const char *dir, const char *name, struct err *e)
{
    const char *gone;

    if (str_starts(str_of(name), STR(GONE)))
        return tree_remove_tree(c->t, arena_printf(&c->s->mem, "%s/%s", dir, name), false, e);
    gone = arena_printf(&c->s->mem, "%s/" GONE "%s", dir, name);
    if (tree_remove_tree(c->t, gone, false, e) < 0 || move_away(c, dir, name, strrchr(gone, '/') + 1, e) < 0)
        return -1;
    return tree_remove_tree(c->t, gone, false, e);
}

int empty_dir_in(struct store *s, const struct tree *t, struct work *w, const char *dir, empty_dir_keep *keep, void *arg, struct err *e)
{
    struct emptying c = {.s = s, .t = t, .keep = keep, .arg = arg};
    int rc;

    if (!tree_exists(t, dir))
        return 0;
    rc = tree_list(t, dir, take_name, &c, e);
    for (size_t i = 0; rc == 0 && i < c.names.n; i++) {
        if (w->dry_run)
            w->say(w, "would remove %s/%s", dir, c.names.v[i]);
        else
            rc = remove_one(&c, dir, c.names.v[i], e);
    }
    free(c.names.v);
    return rc;
}

int empty_dir(struct store *s, struct work *w, const char *dir, empty_dir_keep *keep, void *arg, struct err *e)
{
    return empty_dir_in(s, &s->tree, w, dir, keep, arg, e);
}
