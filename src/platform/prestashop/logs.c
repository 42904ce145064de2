/* What an upgrade writes of itself outside of the store's own tables. */
#include "platform/prestashop/trail_parts.h"
#include "platform/prestashop/upgrade.h"

int ps_logs(struct store *s, backup_found *each, void *arg, struct err *e)
{
    return ps_trail_each_log(s, each, arg, e);
}
