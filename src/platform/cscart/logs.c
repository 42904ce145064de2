/* What an upgrade writes of itself outside of the store's own tables: its log, which steps append to, and its progress tables. */
#include "platform/cscart/trail.h"
#include "platform/cscart/upgrade.h"

#include <dirent.h>

const char *const cs_table_heads[] = {"phinxlog", NULL};

struct each_log {
    backup_found *each;
    void *arg;
};

static int take(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct each_log *l = arg;
    struct arena mem = {0};
    int rc = 0;

    if (type == DT_REG && str_ends(str_of(name), STR("_log.txt")))
        rc = l->each(l->arg, arena_printf(&mem, CS_UPGRADE_DIR "/%s", name), e);
    arena_free(&mem);
    return rc;
}

int cs_logs(struct store *s, backup_found *each, void *arg, struct err *e)
{
    struct each_log l = {each, arg};

    if (!tree_exists(&s->tree, CS_UPGRADE_DIR))
        return 0;
    return tree_list(&s->tree, CS_UPGRADE_DIR, take, &l, e);
}
