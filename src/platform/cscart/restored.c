/*
 * After a restore. The dump was taken when the upgrade had begun: in it the storefronts are closed, which rescue/ sees to, and storage_data has the
 * upgrade's own rows. Files come back with the modes of the archive, where all may write all.
 */
#include "platform/cscart/cs.h"
#include "platform/cscart/legacy.h"

static int drop_rows(struct store *s, struct work *w, struct err *e)
{
    static const char *const keys[] = {"collision_files", "collisions_hash"};
    bool there;

    if (cs_has_table(s, s->prefix, "storage_data", &there, e) < 0)
        return -1;
    for (size_t i = 0; there && i < sizeof keys / sizeof *keys; i++) {
        struct buf value = {0};
        bool found = false;
        int rc = cs_storage_get(s, keys[i], &value, &found, e);

        buf_free(&value);
        if (rc == 0 && found) {
            w->say(w, "%s the upgrade's row %s of %s", w->dry_run ? "would remove" : "removed", keys[i],
                   store_table(s, "storage_data"));
            if (!w->dry_run)
                rc = cs_storage_remove(s, keys[i], e);
        }
        if (rc < 0)
            return -1;
    }
    return 0;
}

int cs_restored(struct store *s, bool files, bool db, struct work *w, struct err *e)
{
    if (files && !w->dry_run)
        cs_reread_version(s);
    if (db && drop_rows(s, w, e) < 0)
        return -1;
    if (cs_restore_modes(s, w, e) < 0)
        return -1;
    return db ? cs_legacy_restored(s, w, e) : 0;
}
