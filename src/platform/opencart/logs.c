/* Logs that running steps append to: the store's error log, wherever it lies. */
#include "platform/opencart/oc.h"
#include "platform/opencart/upgrade.h"

#include <dirent.h>
#include <string.h>

struct listing {
    struct store *s;
    const char *dir;
    backup_found *each;
    void *arg;
};

static int take_log(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct listing *l = arg;

    if (type != DT_REG || !str_ends(str_of(name), STR(".log")))
        return 0;
    return l->each(l->arg, arena_printf(&l->s->mem, "%s/%s", l->dir, name), e);
}

int oc_logs(struct store *s, backup_found *each, void *arg, struct err *e)
{
    const struct oc *x = s->own;
    struct listing l = {.s = s, .dir = x->logs, .each = each, .arg = arg};

    /* Of one outside of the store an undo would not know the place. */
    if (x->logs == NULL || x->aside_logs || !tree_exists(&s->tree, x->logs))
        return 0;
    return tree_list(&s->tree, x->logs, take_log, &l, e);
}
