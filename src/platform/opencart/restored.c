/*
 * After a restore. Copies of modified files, which were made of the other version's code, would be loaded instead of what came back. Rows of sessions are
 * left: who was logged in stays so. Whether code and tables are of one version is said.
 */
#include "base/plural.h"
#include "db/schema_live.h"
#include "platform/opencart/marks.h"
#include "platform/opencart/oc.h"
#include "platform/opencart/upgrade.h"

#include <string.h>

/* The version whose tables the code of that version works with: the newest mark that is not above it. */
static const char *tables_of(const char *version)
{
    size_t n;
    const struct oc_mark *marks = oc_marks(&n);
    const char *best = NULL;

    for (size_t i = 0; i < n; i++) {
        const char *since = marks[i].since;

        if (since && oc_version_compare(since, version) <= 0 && (best == NULL || oc_version_compare(since, best) > 0))
            best = since;
        since = marks[i].gone;
        if (since && oc_version_compare(since, version) <= 0 && (best == NULL || oc_version_compare(since, best) > 0))
            best = since;
    }
    return best;
}

/* That tables can't be read is no reason to call a restore failed. */
static void compare_versions(struct store *s, struct work *w)
{
    struct err ignored = {0};
    struct mysql *db = s->prefix ? store_db(s, &ignored) : NULL;
    struct schema live = {0};
    struct oc_marked m = {0};
    const char *wanted = s->version ? tables_of(s->version) : NULL;

    if (db == NULL || schema_live(db, s->prefix, &live, &ignored) < 0)
        goto out;
    oc_marks_read(&live, &m);
    if (m.version && m.newest && strcmp(m.version, m.newest) != 0)
        w->say(w, "beside the tables of %s stand some that %s brought, which the backup does not hold and which stayed as they were", m.version, m.newest);
    if (m.version == NULL || wanted == NULL)
        goto out;
    if (oc_version_compare(m.version, wanted) < 0)
        w->say(w, "the tables are of OpenCart %s and the code is %s: bring back the files of that version too, or do the upgrade behind this: toolkit resume",
               m.version, s->version);
    else if (oc_version_compare(m.version, wanted) > 0)
        w->say(w, "the tables are of OpenCart %s and the code is %s: the database of that version is needed, too", m.version, s->version);
out:
    oc_marked_free(&m);
    schema_free(&live);
}

int oc_restored(struct store *s, bool files, bool db, struct work *w, struct err *e)
{
    size_t n = 0;

    if (files && !w->dry_run)
        oc_reread(s);
    if (oc_mark_drop(s, w, e) < 0 || oc_modification_clear(s, w, &n, e) < 0)
        return -1;
    if (n > 0)
        w->say(w, "%s %zu cop%s of modified files; Extensions, Modifications, Refresh in the back office makes %s anew",
               w->dry_run ? "would remove" : "removed", n, plural(n, "y", "ies"), plural(n, "it", "them"));
    if ((files || db) && !w->dry_run)
        compare_versions(s, w);
    return 0;
}
