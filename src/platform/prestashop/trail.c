/* The traces of an upgrade, put together: state files, then logs, then each against the other. */
#include "platform/prestashop/trail_parts.h"

#include <stdlib.h>
#include <string.h>

int ps_trail_read(struct store *s, struct arena *mem, struct ps_trail *t, struct err *e)
{
    const struct ps *ps = s->own;

    memset(t, 0, sizeof *t);
    t->workspace = ps->workspace;
    t->keep_images = true;
    if (ps_trail_state(s, mem, t, e) < 0 || ps_trail_logs(s, mem, t, e) < 0) {
        ps_trail_free(t);
        return -1;
    }
    ps_trail_weigh(s, mem, t);
    ps_trail_mark(s, mem, t);
    if (t->phase != PS_PHASE_NONE && !(t->phase == PS_PHASE_COMPLETE && t->phase_done))
        ps_trail_shop_error(s, mem, t);
    return 0;
}

void ps_trail_free(struct ps_trail *t)
{
    free(t->unreadable.v);
    free(t->failed_sql.v);
    free(t->failed_modules.v);
    free(t->earlier.v);
    free(t->modules_done.v);
    free(t->files_skipped.v);
    memset(t, 0, sizeof *t);
}
