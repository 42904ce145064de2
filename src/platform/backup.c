#include "platform/backup.h"

#include <stdlib.h>
#include <string.h>

const char *backup_kind_name(enum backup_kind k)
{
    static const char *const names[] = {"files", "db", "full"};

    return names[k];
}

void backup_list_free(struct backup_list *l)
{
    for (size_t i = 0; i < l->all.n; i++) {
        free(l->all.v[i]->parts.v);
        free(l->all.v[i]->problems.v);
        free(l->all.v[i]->table_names.v);
        free(l->all.v[i]->dumped.v);
    }
    free(l->all.v);
    arena_free(&l->mem);
    memset(l, 0, sizeof *l);
}
