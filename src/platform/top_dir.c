#include "platform/top_dir.h"

#include <dirent.h>
#include <string.h>

struct search {
    struct store *s;
    const char *const *never;
    top_dir_points *points;
    const char *found;
    unsigned most;
};

static bool is_in(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static int look_at(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct search *f = arg;
    unsigned points;

    (void)e;
    if (type != DT_DIR || name[0] == '.' || is_in(f->never, name))
        return 0;
    points = f->points(f->s, name);
    if (points > 0 && strcmp(name, "admin") != 0)
        points++;
    if (points > f->most) {
        f->most = points;
        f->found = arena_strdup(&f->s->mem, name);
    }
    return 0;
}

const char *top_dir_find(struct store *s, const char *const *never, top_dir_points *points)
{
    struct search f = {.s = s, .never = never, .points = points};
    struct err ignored = {0};

    tree_list(&s->tree, "", look_at, &f, &ignored);
    return f.found;
}
