/* Where backups lie, what their names say, what is in them. Which one is the clean one: backup_judge.c. */
#include "base/clock.h"
#include "format/php_literal.h"
#include "platform/cscart/cs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct places {
    backup_found *found;
    void *arg;
    const char *dir;
    struct arena mem;
    const struct tree *t;
};

static bool is_backup_name(struct str name)
{
    static const char *const ends[] = {".zip",     ".tgz", ".tar.gz", ".tar",
                                       ".tar.bz2", ".sql", ".sql.gz", ".sql.bz2"};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(name, str_of(ends[i])))
            return true;
    return false;
}

static int take_file(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct places *p = arg;

    if ((type != DT_REG && type != DT_LNK) || !is_backup_name(str_of(name)))
        return 0;
    return p->found(p->arg, arena_printf(&p->mem, "%s/%s", p->dir, name), e);
}

/* 4.0 to 4.2 kept what an upgrade touched beside its package. */
static int take_package(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct places *p = arg;
    const char *dir = arena_printf(&p->mem, "var/upgrade/%s/backup", name);

    if (type != DT_DIR || !tree_exists(p->t, dir))
        return 0;
    return p->found(p->arg, dir, e);
}

int cs_backup_find(struct store *s, backup_found *found, void *arg, struct err *e)
{
    static const char *const dirs[] = {"var/backups", "var/restore"};
    struct places p = {.found = found, .arg = arg, .t = &s->tree};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof dirs / sizeof *dirs; i++) {
        p.dir = dirs[i];
        if (tree_exists(&s->tree, p.dir))
            rc = tree_list(&s->tree, p.dir, take_file, &p, e);
    }
    if (rc == 0 && tree_exists(&s->tree, "var/upgrade"))
        rc = tree_list(&s->tree, "var/upgrade", take_package, &p, e);
    arena_free(&p.mem);
    return rc;
}

/* "09Aug2017_200024" at the end of a name, behind a "_", is taken off. */
static bool chop_time(struct str *name, struct civil *c)
{
    static const char form[] = "DDNNNYYYY_hhmmss";
    size_t n = sizeof form - 1;
    struct str rest;

    if (name->n < n)
        return false;
    rest = str_sub(*name, 0, name->n - n);
    if (!clock_civil_read(str_sub(*name, rest.n, name->n), form, c) || (rest.n > 0 && !str_chop(&rest, STR("_"))))
        return false;
    *name = rest;
    return true;
}

static struct str last_part(struct str *s)
{
    size_t at = str_rchr(*s, '_');
    struct str part = at == SIZE_MAX ? *s : str_sub(*s, at + 1, s->n);

    *s = str_sub(*s, 0, at == SIZE_MAX ? 0 : at);
    return part;
}

static const char *version_text(struct str s, struct arena *mem)
{
    return cs_is_version(s) ? arena_dup(mem, s.p, s.n) : NULL;
}

/* "4.7.1.SP3_mve-4.7.2_mve", "4.6.1-4.6.2". */
static void read_versions(struct str s, struct arena *mem, struct backup_hint *out)
{
    struct str to;
    struct str from = str_cut(s, '-', &to);
    struct str rest;

    from = str_cut(from, '_', &rest);
    to = str_cut(to, '_', &rest);
    if (!cs_is_version(from) || !cs_is_version(to))
        return;
    out->from = version_text(from, mem);
    out->to = version_text(to, mem);
    /* It was made before the upgrade changed anything. */
    out->version = out->from;
}

static struct str base_name(const char *rel)
{
    struct str s = str_of(rel);
    size_t at = str_rchr(s, '/');

    return at == SIZE_MAX ? s : str_sub(s, at + 1, s.n);
}

static void hint_package(const char *rel, struct arena *mem, struct backup_hint *out)
{
    struct str s = str_of(rel);

    str_skip(&s, STR("var/upgrade/"));
    s = str_cut(s, '/', &(struct str){0});
    str_skip(&s, STR("upgrade_"));
    str_chop(&s, STR(".tgz"));
    read_versions(s, mem, out);
}

/* The wizard saves the tables it touches in uc.sql, among the files it touches. */
static bool is_wizard_backup(struct store *s, const char *rel, struct arena *mem)
{
    const char *dump = arena_printf(mem, "%s/uc.sql", rel);
    struct stat st;

    if (rel[0] != '/')
        return tree_exists(&s->tree, dump);
    return s->tree.ops->fstatat(AT_FDCWD, dump, &st, 0) == 0 && S_ISREG(st.st_mode);
}

void cs_backup_hint(struct store *s, const char *rel, struct arena *mem, struct backup_hint *out)
{
    static const char *const ends[] = {".zip", ".tgz", ".gz", ".bz2", ".tar", ".sql"};
    struct str name = base_name(rel);
    struct civil c = {0};
    char text[CLOCK_STAMP];

    out->partial = is_wizard_backup(s, rel, mem);
    if (str_is(name, "backup")) {
        hint_package(rel, mem, out);
        return;
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        str_chop(&name, str_of(ends[i]));
    if (!chop_time(&name, &c))
        return;
    clock_civil_text(&c, text);
    out->taken = arena_strdup(mem, text);
    if (str_skip(&name, STR("backup_")))
        out->version = version_text(name, mem);
    else if (str_skip(&name, STR("upg_")))
        read_versions(last_part(&name), mem, out);
}

enum backup_role cs_backup_role(const struct store *s, struct str path)
{
    static const char *const left[] = {"var/cache", "var/backups", "var/upgrade"};
    struct str rest;

    (void)s;
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        if (str_is_below(path, left[i]))
            return BACKUP_LEAVE;
    if (str_is(path, "config.local.php") || str_is(path, "local_conf.php"))
        return BACKUP_CONFIG;
    rest = path;
    str_skip(&rest, STR("var/restore/"));
    if (str_ends(rest, STR(".sql")) && str_chr(rest, '/', 0) == SIZE_MAX)
        return BACKUP_DUMP;
    return BACKUP_ENTRY;
}

const char *const cs_version_files[] = {"config.php", NULL};

bool cs_version_in(struct str path, struct str bytes, char out[32])
{
    struct arena mem = {0};
    struct phps_node value;
    struct err ignored = {0};
    bool found;

    (void)path;
    found = php_literal_define(bytes, "PRODUCT_VERSION", &mem, &value, &ignored) == 1 &&
            value.kind == PHPS_STR && cs_is_version(value.s);
    if (found)
        snprintf(out, 32, "%.*s", STR_FMT(value.s));
    arena_free(&mem);
    return found;
}
