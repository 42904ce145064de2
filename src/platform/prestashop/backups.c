/*
 * Where backups of the upgrade module lie, what their names say, what is in them. A backup is a folder V<version>_<time>-<hex> with the
 * parts of the dump, and beside it the archive of the files. What is wrong with one: dump_set.c; which one is the clean one: backup_judge.c.
 */
#include "format/ps_names.h"
#include "format/ps_params.h"
#include "platform/prestashop/ps.h"

#include <dirent.h>
#include <string.h>

const char *const ps_code_dirs[] = {"app",    "bin",  "classes", "controllers", "src", "vendor", "tools",
                                    "Adapter", "Core", "js",      "pdf",         "webservice", NULL};

const char *const ps_undumped_tables[] = {"connections", "connections_page", "connections_source", "guest", "statssearch", NULL};

const char *const ps_version_files[] = {"config/settings.inc.php", "config/autoload.php", "app/AppKernel.php", "src/Core/Version.php",
                                        NULL};

struct places {
    struct store *s;
    backup_found *found;
    void *arg;
    const char *dir;
    struct arena mem;
};

static int take(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct places *p = arg;
    struct ps_name n;

    if ((type != DT_REG && type != DT_DIR) || !ps_name_read(str_of(name), &n) || (type == DT_DIR) != (n.kind == PS_NAME_BACKUP))
        return 0;
    return p->found(p->arg, arena_printf(&p->mem, "%s/%s", p->dir, name), e);
}

/* The administration may have had other names before; what lies in these folders is as good. */
static int look_into(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct places *p = arg;

    if (type != DT_DIR)
        return 0;
    p->dir = arena_printf(&p->mem, "%s/autoupgrade/backup", name);
    return tree_exists(&p->s->tree, p->dir) ? tree_list(&p->s->tree, p->dir, take, p, e) : 0;
}

int ps_backup_find(struct store *s, backup_found *found, void *arg, struct err *e)
{
    struct places p = {.s = s, .found = found, .arg = arg};
    int rc = tree_list(&s->tree, "", look_into, &p, e);

    arena_free(&p.mem);
    return rc;
}

static struct str last_name(struct str path, struct str *before)
{
    size_t at;

    while (str_chop(&path, STR("/")))
        continue;
    at = str_rchr(path, '/');
    *before = str_sub(path, 0, at == SIZE_MAX ? 0 : at);
    return at == SIZE_MAX ? path : str_sub(path, at + 1, path.n);
}

void ps_backup_hint(struct store *s, const char *rel, struct arena *mem, struct backup_hint *out)
{
    struct str before;
    struct str name = last_name(str_of(rel), &before);
    struct ps_name n;

    (void)s;
    if (!ps_name_read(name, &n))
        return;
    out->version = arena_dup(mem, n.version.p, n.version.n);
    out->taken = arena_strdup(mem, n.taken);
    switch (n.kind) {
    case PS_NAME_BACKUP:
        out->beside = arena_printf(mem, "auto-backupfiles_%.*s.zip", STR_FMT(n.name));
        break;
    case PS_NAME_FILES:
        out->whole = arena_dup(mem, n.name.p, n.name.n);
        break;
    case PS_NAME_DUMP:
        /* One part alone is nothing to bring back. */
        if (str_eq(last_name(before, &before), n.name))
            out->whole = ".";
        break;
    }
}

/* The module passes over these names at any depth; "autoupgrade" is itself and its workspace. */
static bool has_private_part(struct str path)
{
    struct str rest = path;

    while (rest.p) {
        struct str part = str_cut(rest, '/', &rest);

        if (str_is(part, "autoupgrade") || str_is(part, ".git") || str_is(part, ".svn"))
            return true;
    }
    return false;
}

enum backup_role ps_backup_role(const struct store *s, struct str path)
{
    static const char *const left[] = {"app/cache",       "var/cache",     "cache/smarty/cache", "cache/smarty/compile",
                                       "cache/cachefs",   "cache/tcpdf",   "cache/class_index.php", "img/tmp"};
    static const char *const configs[] = {"app/config/parameters.php", "app/config/parameters.yml", "config/settings.inc.php"};
    static const char *const dumps[] = {".sql", ".sql.gz", ".sql.bz2"};

    (void)s;
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        if (str_is_below(path, left[i]))
            return BACKUP_LEAVE;
    if (has_private_part(path))
        return BACKUP_LEAVE;
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++)
        if (str_is(path, configs[i]))
            return BACKUP_CONFIG;
    /* Of a host's archive; the store itself has none at its top. */
    for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++)
        if (str_ends(path, str_of(dumps[i])) && str_chr(path, '/', 0) == SIZE_MAX)
            return BACKUP_DUMP;
    return BACKUP_ENTRY;
}

/* The smallest of the limits that the module has; with a higher level of performance it passes over fewer. */
#define LEFT_OUT_FROM UINT64_C(15728640)

bool ps_backup_left_out(const struct store *s, struct str path, uint64_t size)
{
    (void)s;
    return size >= LEFT_OUT_FROM || has_private_part(path);
}

bool ps_version_file_in(struct str path, struct str bytes, char out[32])
{
    char version[PS_VERSION_MAX];
    struct err ignored = {0};

    if (ps_version_in(path, bytes, version, &ignored) != 1)
        return false;
    memcpy(out, version, sizeof version);
    return true;
}
