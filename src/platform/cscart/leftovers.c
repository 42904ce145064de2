/*
 * What upgrades and restores leave behind. As long as an upgrade is not ended, what tells where it stopped stays: its progress tables
 * and its restore scripts.
 */
#include "base/clock.h"
#include "platform/cscart/cs.h"
#include "platform/cscart/upgrade.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)4 * 1024 * 1024)
#define LOCK     "var/upgrade/.upgrade_lock"
#define LOCK_AGE                                                                                             \
    3600 /* seconds: the longest that a step of the wizard may run by the product's own time limit */
#define STAGED "var/cache/misc/tmp/backup"

struct left {
    struct store *s;
    leftover_fn *each;
    void *arg;
    const struct plan *p;
    const char *dir;
    struct arena mem;
};

static bool is_needed(const struct left *l)
{
    return l->p->state == UPGRADE_INTERRUPTED || l->p->state == UPGRADE_UNKNOWN;
}

static int tell(struct left *l, const char *kind, const char *name, const char *why, struct err *e)
{
    return l->each(l->arg, arena_printf(&l->mem, "%s:%s", kind, name), why, e);
}

static bool is_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

/* The progress table of an upgrade that is not ended is what it is resumed by. */
static bool is_of_this_upgrade(const struct left *l, struct str number)
{
    size_t n;
    const uint64_t *logs = cs_plan_phinxlogs(l->p, &n);
    uint64_t is;

    for (size_t i = 0; str_u64(number, UINT64_MAX, &is) && i < n; i++)
        if (logs[i] == is)
            return true;
    return false;
}

static int tell_table(struct left *l, struct str name, struct err *e)
{
    struct str rest = name;
    struct str number;

    if (str_skip(&rest, STR("phinxlog")) && is_digits(rest)) {
        if (is_needed(l) && is_of_this_upgrade(l, rest))
            return 0;
        return tell(l, "table", arena_dup(&l->mem, name.p, name.n),
                    "list of finished migrations of one run of an upgrade; no later run reads it", e);
    }
    rest = name;
    if (!str_skip(&rest, str_of(l->s->prefix)) || !str_skip(&rest, STR("backup_validator_")))
        return 0;
    number = str_cut(rest, '_', &rest);
    if (!is_digits(number) || !is_digits(rest))
        return 0;
    return tell(l, "table", arena_dup(&l->mem, name.p, name.n),
                "made for the test of a backup that was cut off", e);
}

static int tables(struct left *l, struct err *e)
{
    struct mysql *db = store_db(l->s, e);
    const struct mysql_cell *row;
    VEC(struct str) names = {0};
    int rc;

    if (db == NULL) {
        /* Files can be told without it. */
        err_clear(e);
        return 0;
    }
    rc = mysql_query(db,
                     STR("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() "
                         "AND (TABLE_NAME LIKE "
                         "'phinxlog%' OR TABLE_NAME LIKE '%backup\\_validator\\_%') ORDER BY TABLE_NAME"),
                     e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1)
        *vec_push(&names) = (struct str){arena_dup(&l->mem, row[0].s.p, row[0].s.n), row[0].s.n};
    for (size_t i = 0; rc == 0 && i < names.n; i++)
        rc = tell_table(l, names.v[i], e);
    free(names.v);
    return rc;
}

static int look_at_script(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;

    if (type != DT_REG || !str_starts(str_of(name), STR("restore_")) || !str_ends(str_of(name), STR(".php")))
        return 0;
    return tell(l, "file", arena_printf(&l->mem, "%s/%s", l->dir, name),
                "restore script of an upgrade: open to the web, with the database's password in it", e);
}

static int look_into_dir(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;

    if (type != DT_DIR)
        return 0;
    l->dir = arena_printf(&l->mem, "upgrades/%s", name);
    return tree_list(&l->s->tree, l->dir, look_at_script, l, e);
}

static int look_at_dump(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct left *l = arg;

    if (type != DT_REG || !str_ends(str_of(name), STR(".sql")))
        return 0;
    return tell(l, "file", arena_printf(&l->mem, "var/restore/%s", name),
                "dump of the whole database that the product's own restore left in the live tree", e);
}

static int list_quietly(struct left *l, const char *dir, tree_each *each, struct err *e)
{
    if (!tree_exists(&l->s->tree, dir))
        return 0;
    return tree_list(&l->s->tree, dir, each, l, e);
}

/* The settings themselves may be in there alone. */
static int scripts(struct left *l, struct err *e)
{
    if (is_needed(l) || !tree_exists(&l->s->tree, "config.local.php"))
        return 0;
    if (list_quietly(l, "upgrades", look_into_dir, e) < 0)
        return -1;
    if (tree_exists(&l->s->tree, "var/upgrade/restore.php"))
        return tell(l, "file", "var/upgrade/restore.php",
                    "restore script of an upgrade, with the database's password in it", e);
    return 0;
}

static int lock(struct left *l, struct err *e)
{
    struct stat st;

    if (!tree_exists(&l->s->tree, LOCK))
        return 0;
    if (tree_stat(&l->s->tree, LOCK, &st, e) < 0)
        return -1;
    if (clock_wall() - st.st_mtime < LOCK_AGE)
        return 0;
    return tell(l, "file", LOCK, "lock of an upgrade that died; it keeps every further step from starting",
                e);
}

static bool same_bytes(struct store *s, const char *a, const char *b)
{
    struct buf x = {0};
    struct buf y = {0};
    struct err ignored = {0};
    bool same = tree_read(&s->tree, a, FILE_MAX, &x, &ignored) == 0 &&
                tree_read(&s->tree, b, FILE_MAX, &y, &ignored) == 0 && str_eq(buf_str(&x), buf_str(&y));

    buf_free(&x);
    buf_free(&y);
    return same;
}

/* Packages bring admin.php although the store's own has another name. */
static int public_script(struct left *l, const char *comes_as, const char *is, struct err *e)
{
    if (strcmp(comes_as, is) == 0 || !same_bytes(l->s, comes_as, is))
        return 0;
    return tell(
        l, "file", comes_as,
        arena_printf(&l->mem,
                     "the store's own is %s; this copy under the well-known name came with an upgrade", is),
        e);
}

int cs_leftovers(struct store *s, const struct plan *p, leftover_fn *each, void *arg, struct err *e)
{
    const struct cs *x = s->own;
    struct left l = {.s = s, .each = each, .arg = arg, .p = p};
    int rc = tables(&l, e);

    if (rc == 0)
        rc = scripts(&l, e);
    if (rc == 0)
        rc = list_quietly(&l, "var/restore", look_at_dump, e);
    if (rc == 0)
        rc = lock(&l, e);
    if (rc == 0)
        rc = public_script(&l, "admin.php", x->admin, e);
    if (rc == 0)
        rc = public_script(&l, "vendor.php", x->vendor, e);
    if (rc == 0 && !is_needed(&l) && tree_exists(&s->tree, STAGED))
        rc = tell(&l, "dir", STAGED, "half of a backup or restore that was cut off", e);
    arena_free(&l.mem);
    return rc;
}
