/*
 * Where backups lie, what their names say, what is in them. Up to 3.x the back office gives its backups to the browser alone, so those lie where people put
 * them; from 4.0 on they are kept in the storage. What is wrong with one: backup_faults.c; which one is the clean one: backup_judge.c.
 */
#include "base/clock.h"
#include "platform/opencart/oc.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

const char *const oc_code_dirs[] = {"catalog", "admin", "extension", "system/config", "system/engine", "system/helper", "system/library", NULL};

const char *const oc_undumped_tables[] = {"user", "user_group", NULL};

const char *const oc_version_files[] = {"index.php", NULL};

struct places {
    struct store *s;
    backup_found *found;
    void *arg;
    const char *dir;
    bool aside;
    struct arena mem;
};

static bool is_sql(struct str name)
{
    return str_ends(name, STR(".sql")) || str_ends(name, STR(".sql.gz")) || str_ends(name, STR(".sql.bz2"));
}

static bool is_archive(struct str name)
{
    static const char *const ends[] = {".zip", ".tgz", ".tar.gz", ".tar", ".tar.bz2"};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(name, str_of(ends[i])))
            return true;
    return false;
}

bool oc_is_restoring(struct str name)
{
    if (name.n != 9 || !str_starts(name, STR("bac")))
        return false;
    for (size_t i = 3; i < name.n; i++)
        if (!((name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= 'A' && name.p[i] <= 'Z') || (name.p[i] >= '0' && name.p[i] <= '9')))
            return false;
    return true;
}

static int tell(struct places *p, const char *name, struct err *e)
{
    const char *rel = arena_join(&p->mem, p->dir, name);

    return p->found(p->arg, p->aside ? arena_printf(&p->mem, "%s/%s", p->s->aside_path, rel) : rel, e);
}

static int take_any(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct str s = str_of(name);

    return type == DT_REG && (is_sql(s) || is_archive(s)) ? tell(arg, name, e) : 0;
}

/* At the top of a shop lie other archives too: releases, extensions. */
static int take_top(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct str s = str_of(name);

    if (type != DT_REG || !(is_sql(s) || (is_archive(s) && (str_has_nocase(s, STR("backup")) || str_has_nocase(s, STR("bak"))))))
        return 0;
    return tell(arg, name, e);
}

static int take_restoring(void *arg, const char *name, unsigned char type, struct err *e)
{
    return type == DT_REG && oc_is_restoring(str_of(name)) ? tell(arg, name, e) : 0;
}

static int look_into(struct places *p, bool aside, const char *dir, tree_each *each, struct err *e)
{
    const struct tree *t = oc_tree(p->s, aside);
    struct err why = {0};
    int rc;

    if (dir == NULL || t->path == NULL || (dir[0] && !tree_exists(t, dir)))
        return 0;
    p->dir = dir;
    p->aside = aside;
    rc = tree_list(t, dir, each, p, &why);
    /* A folder that nobody may read hides no backup in another one. */
    if (rc < 0 && why.kind != ERR_STOPPED)
        return 0;
    *e = why;
    return rc;
}

int oc_backup_find(struct store *s, backup_found *found, void *arg, struct err *e)
{
    static const char *const usual[] = {"backup", "backups", "dump", "dumps"};
    const struct oc *x = s->own;
    struct places p = {.s = s, .found = found, .arg = arg};
    int rc = look_into(&p, x->aside_backup, x->backup, take_any, e);

    if (rc == 0)
        rc = look_into(&p, x->aside_upload, x->upload, take_restoring, e);
    if (rc == 0)
        rc = look_into(&p, false, "", take_top, e);
    for (size_t i = 0; rc == 0 && i < sizeof usual / sizeof *usual; i++)
        rc = look_into(&p, false, usual[i], take_any, e);
    arena_free(&p.mem);
    return rc;
}

/* ---- names ---- */

static bool number(struct str s, size_t from, size_t n, int *out)
{
    uint64_t value;

    if (from + n > s.n || !str_u64(str_sub(s, from, from + n), 9999, &value))
        return false;
    *out = (int)value;
    return true;
}

/* "2026-11-21_07-21-55" of 2.x and 3.x, "2026-11-21 07.21.55" of 4.x; hosts write the like. */
static bool read_time(struct str s, struct civil *c)
{
    return s.n >= 19 && number(s, 0, 4, &c->year) && s.p[4] == '-' && number(s, 5, 2, &c->month) && s.p[7] == '-' && number(s, 8, 2, &c->day) &&
           strchr("_ T-", s.p[10]) != NULL && number(s, 11, 2, &c->hour) && strchr(".-:_", s.p[13]) != NULL && number(s, 14, 2, &c->minute) &&
           s.p[16] == s.p[13] && number(s, 17, 2, &c->second) && clock_civil_valid(c);
}

void oc_backup_hint(struct store *s, const char *rel, struct arena *mem, struct backup_hint *out)
{
    struct str name = str_of(rel);
    size_t slash = str_rchr(name, '/');

    (void)s;
    if (slash != SIZE_MAX)
        name = str_sub(name, slash + 1, name.n);
    for (size_t i = 0; i + 19 <= name.n; i++) {
        struct civil c = {0};
        char text[CLOCK_STAMP];

        if (!read_time(str_sub(name, i, name.n), &c))
            continue;
        clock_civil_text(&c, text);
        out->taken = arena_strdup(mem, text);
        return;
    }
}

/* ---- what is in them ---- */

enum backup_role oc_backup_role(const struct store *s, struct str path)
{
    /* Below the storage, which was the folder system itself up to 2.1. */
    static const char *const left[] = {"system/storage/cache", "system/storage/logs", "system/storage/session", "system/storage/backup",
                                       "system/storage/modification", "system/cache", "system/logs", "system/modification", "image/cache",
                                       "vqmod/vqcache", "extension/ocmod"};
    const struct oc *x = s->own;
    struct str rest = path;

    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        if (str_is_below(path, left[i]))
            return BACKUP_LEAVE;
    if ((!x->aside_cache && str_is_below(path, x->cache)) || (!x->aside_logs && str_is_below(path, x->logs)) ||
        (!x->aside_backup && str_is_below(path, x->backup)) || (!x->aside_modification && str_is_below(path, x->modification)))
        return BACKUP_LEAVE;
    if (str_is(path, "config.php") || str_is(path, "admin/config.php") ||
        (x->admin && str_skip(&rest, str_of(x->admin)) && str_is(rest, "/config.php")))
        return BACKUP_CONFIG;
    return is_sql(path) && str_chr(path, '/', 0) == SIZE_MAX ? BACKUP_DUMP : BACKUP_ENTRY;
}

bool oc_version_file_in(struct str path, struct str bytes, char out[32])
{
    struct arena mem = {0};
    const char *version = oc_version_in(bytes, &mem);
    bool found = version != NULL;

    (void)path;
    if (found)
        snprintf(out, 32, "%s", version);
    arena_free(&mem);
    return found;
}
