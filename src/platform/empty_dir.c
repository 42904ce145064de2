#include "platform/empty_dir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* In front of the name of what is being removed; found later only when a run was killed. */
#define GONE ".gone.toolkit."

struct emptying {
    struct store *s;
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
static int move_away(struct store *s, const char *dir, const char *name, const char *gone, struct err *e)
{
    const struct fsops *ops = s->tree.ops;
    int fd = tree_open_dir(&s->tree, dir, e);
    int rc;

    if (fd < 0)
        return -1;
    rc = ops->renameat(fd, name, fd, gone);
    if (rc < 0 && errno != ENOENT)
        rc = tree_fail(&s->tree, arena_printf(&s->mem, "%s/%s", dir, name), "rename", e);
    else
        rc = 0;
    ops->close(fd);
    return rc;
}

static int remove_one(struct store *s, const char *dir, const char *name, struct err *e)
{
    const char *gone;

    if (str_starts(str_of(name), STR(GONE)))
        return tree_remove_tree(&s->tree, arena_printf(&s->mem, "%s/%s", dir, name), false, e);
    gone = arena_printf(&s->mem, "%s/" GONE "%s", dir, name);
    if (tree_remove_tree(&s->tree, gone, false, e) < 0 || move_away(s, dir, name, strrchr(gone, '/') + 1, e) < 0)
        return -1;
    return tree_remove_tree(&s->tree, gone, false, e);
}

int empty_dir(struct store *s, struct work *w, const char *dir, empty_dir_keep *keep, void *arg, struct err *e)
{
    struct emptying c = {.s = s, .keep = keep, .arg = arg};
    int rc;

    if (!tree_exists(&s->tree, dir))
        return 0;
    rc = tree_list(&s->tree, dir, take_name, &c, e);
    for (size_t i = 0; rc == 0 && i < c.names.n; i++) {
        if (w->dry_run)
            w->say(w, "would remove %s/%s", dir, c.names.v[i]);
        else
            rc = remove_one(s, dir, c.names.v[i], e);
    }
    free(c.names.v);
    return rc;
}
