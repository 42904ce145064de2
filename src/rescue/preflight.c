#include "base/plural.h"
#include "rescue/rescue.h"

#include "base/clock.h"
#include "sys/space.h"

#include <string.h>

/* Below this a rebuild or a database write is likely to fail. */
#define LOW_BYTES  (UINT64_C(64) * 1024 * 1024)
#define LOW_INODES 2000

static void look_at_disk(struct plan *p, const struct tree *t, const char *what)
{
    struct err e = {0};
    struct space sp;
    struct finding *f;
    char size[CLOCK_WORDS];

    if (space_of(t->ops, t->fd, t->path, &sp, &e) < 0) {
        plan_finding(p, FINDING_WARNING, "disk_unknown", "%s", e.text);
        return;
    }
    clock_size(sp.bytes, size);
    if (sp.readonly) {
        f = plan_finding(p, FINDING_PROBLEM, "disk_readonly", "the file system of %s is mounted read-only", what);
        f->fix = "remount it writable (a disk fault is a common cause: look at dmesg), then run diagnose again";
    }
    if (sp.bytes < LOW_BYTES) {
        f = plan_finding(p, sp.bytes < LOW_BYTES / 16 ? FINDING_PROBLEM : FINDING_WARNING, "disk_full",
                         "only %s are free on the disk of %s", size, what);
        f->fix = "free some space first: old logs, old backups, var/tmp of other sites";
    }
    if (sp.inodes < LOW_INODES) {
        f = plan_finding(p, FINDING_PROBLEM, "inodes_full", "only %llu more file%s can be made on the disk of %s",
                         (unsigned long long)sp.inodes, plural(sp.inodes, "", "s"), what);
        f->fix = "remove many small files you don't need: old sessions, caches, mail queues";
    }
}

static void look_at_database(struct store *s, struct plan *p)
{
    struct err e = {0};
    struct finding *f;

    if (store_db(s, &e))
        return;
    f = plan_finding(p, FINDING_PROBLEM, "database_unreachable", "%s", e.text);
    f->detail = "What the database knows of the upgrade could not be read; the plan rests on files and logs alone.";
    f->fix = e.fix[0] ? arena_strdup(&p->mem, e.fix) : "start the database server, or correct the store's configuration";
}

static void look_at_php(struct store *s, struct plan *p)
{
    struct err e = {0};
    struct finding *f;

    if (store_php(s, &e))
        return;
    f = plan_finding(p, FINDING_PROBLEM, "php_missing", "%s", e.text);
    f->detail = "Files and labels need no PHP; hooks and the cache rebuild do.";
    f->fix = e.fix[0] ? arena_strdup(&p->mem, e.fix) : NULL;
}

void preflight(struct store *s, struct plan *p, const struct workdir *w)
{
    struct err ignored = {0};
    struct stat store;
    struct stat work;

    look_at_disk(p, &s->tree, "the store");
    if (w->tree.path && tree_stat(&s->tree, ".", &store, &ignored) == 0 &&
        tree_stat(&w->tree, ".", &work, &ignored) == 0 && store.st_dev != work.st_dev)
        look_at_disk(p, &w->tree, "the work directory");
    look_at_database(s, p);
    if (p->state == UPGRADE_INTERRUPTED)
        look_at_php(s, p);
}
