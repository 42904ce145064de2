/*
 * Where the files of the new version are: what the user names, what the module unpacked, an archive that could be unpacked. A release
 * of another version than the upgrade's is not used.
 */
#include "format/ps_params.h"
#include "platform/prestashop/plan_case.h"
#include "sys/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Files that name a version are a few kilobytes. */
#define VERSION_FILE_MAX ((size_t)1024 * 1024)
#define INNER            "prestashop.zip"

void ps_release_close(struct ps_release *r)
{
    if (r->has_own)
        tree_close(&r->own);
    memset(r, 0, sizeof *r);
}

static bool is_kind(const struct tree *t, const char *rel, mode_t kind)
{
    struct err ignored = {0};
    struct stat st;

    return tree_stat(t, rel, &st, &ignored) == 0 && (st.st_mode & S_IFMT) == kind;
}

/* What every release has; the module asks for the same. */
static bool is_whole(const struct tree *t, const char *dir, struct arena *mem)
{
    return is_kind(t, arena_join(mem, dir, "index.php"), S_IFREG) && is_kind(t, arena_join(mem, dir, "config/defines.inc.php"), S_IFREG) &&
           is_kind(t, arena_join(mem, dir, "classes"), S_IFDIR) && is_kind(t, arena_join(mem, dir, "controllers"), S_IFDIR);
}

static const char *version_of(const struct tree *t, const char *dir, struct arena *mem)
{
    static const char *const files[] = {"src/Core/Version.php", "app/AppKernel.php", "config/autoload.php", "install/install_version.php",
                                        "install-dev/install_version.php", "config/settings.inc.php"};
    const char *found = NULL;

    for (size_t i = 0; found == NULL && i < sizeof files / sizeof *files; i++) {
        struct buf bytes = {0};
        struct err ignored = {0};
        char version[PS_VERSION_MAX];

        if (tree_read(t, arena_join(mem, dir, files[i]), VERSION_FILE_MAX, &bytes, &ignored) == 0 &&
            ps_version_in(str_of(files[i]), buf_str(&bytes), version, &ignored) == 1)
            found = arena_strdup(mem, version);
        buf_free(&bytes);
    }
    return found;
}

/* The module gives it the shop's own name before it copies. */
static const char *admin_of(const struct tree *t, const char *dir, const struct ps *ps, struct arena *mem)
{
    if (ps->admin && is_kind(t, arena_join(mem, dir, ps->admin), S_IFDIR))
        return ps->admin;
    if (is_kind(t, arena_join(mem, dir, "admin"), S_IFDIR))
        return "admin";
    return is_kind(t, arena_join(mem, dir, "admin-dev"), S_IFDIR) ? "admin-dev" : NULL;
}

static bool fits(const struct ps_case *c, const char *version)
{
    return version == NULL || c->to == NULL || ps_version_compare(str_of(version), str_of(c->to)) == 0;
}

/* Takes what lies there. False when it is no release, or one of another version. */
static bool take_dir(struct store *s, struct ps_case *c, const struct tree *t, const char *dir, const char *shown)
{
    struct ps_release *r = &c->release;
    const char *version;

    if (!is_whole(t, dir, c->mem))
        return false;
    version = version_of(t, dir, c->mem);
    if (!fits(c, version)) {
        c->release_other = arena_printf(c->mem, "%s is of %s", shown, version);
        return false;
    }
    r->tree = t;
    r->dir = dir;
    r->shown = shown;
    r->version = version;
    r->admin = admin_of(t, dir, s->own, c->mem);
    r->whole = true;
    return true;
}

struct listing {
    struct store *s;
    struct ps_case *c;
    const char *dir;
    const char *best;
    time_t best_time;
};

static int take_below(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct listing *l = arg;
    const char *dir = arena_printf(l->c->mem, "%s/%s", l->dir, name);

    (void)e;
    return type == DT_DIR && take_dir(l->s, l->c, &l->s->tree, dir, dir) ? 1 : 0;
}

/* In the folder itself, or one below: "latest/prestashop", "tmp/releases/8.1.2". */
static bool take_unpacked(struct store *s, struct ps_case *c, const char *dir)
{
    struct listing l = {.s = s, .c = c, .dir = dir};
    struct err ignored = {0};

    if (!is_kind(&s->tree, dir, S_IFDIR))
        return false;
    c->unpack_seen = dir;
    return take_dir(s, c, &s->tree, dir, dir) || tree_list(&s->tree, dir, take_below, &l, &ignored) == 1;
}

static int find_zip(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct listing *l = arg;
    struct err ignored = {0};
    struct stat st;
    const char *rel;

    (void)e;
    if (type != DT_REG || !str_ends(str_of(name), STR(".zip")))
        return 0;
    rel = arena_printf(l->c->mem, "%s/%s", l->dir, name);
    if (tree_stat(&l->s->tree, rel, &st, &ignored) < 0)
        return 0;
    /* The one that the settings name, else the newest. */
    if (l->c->trail.archive && strcmp(name, l->c->trail.archive) == 0) {
        l->best = rel;
        return 1;
    }
    if (l->best == NULL || st.st_mtime > l->best_time) {
        l->best = rel;
        l->best_time = st.st_mtime;
    }
    return 0;
}

/* From 1.7 on the shop is in an archive within the archive. Any damage is the business of the step that unpacks. */
static bool is_double(int fd, const char *name, bool *is_zip)
{
    struct err ignored = {0};
    struct archive_src *a = archive_src_open(NULL, fd, name, NULL, &ignored);
    const char *path;
    uint64_t size;
    bool yes = false;

    *is_zip = false;
    for (size_t n = 0; a && !yes && (path = archive_src_listed(a, n, &size)) != NULL; n++) {
        *is_zip = true;
        yes = strcmp(path, INNER) == 0;
    }
    archive_src_close(a);
    return yes;
}

static void find_archive(struct store *s, struct ps_case *c)
{
    struct listing l = {.s = s, .c = c};
    struct err ignored = {0};
    bool is_zip;
    int fd;

    if (c->trail.workspace == NULL)
        return;
    l.dir = arena_printf(c->mem, "%s/download", c->trail.workspace);
    if (!is_kind(&s->tree, l.dir, S_IFDIR))
        return;
    tree_list(&s->tree, l.dir, find_zip, &l, &ignored);
    if (l.best == NULL)
        return;
    c->archive_seen = l.best;
    fd = tree_open_file(&s->tree, l.best, O_RDONLY, 0, &ignored);
    if (fd < 0)
        return;
    c->release.archive_double = is_double(fd, l.best, &is_zip);
    /* A download that was cut has no list at its end. */
    c->release.archive = is_zip ? l.best : NULL;
    c->archive_bad = !is_zip;
    s->tree.ops->close(fd);
}

/* -1 when the user names something that can't be used. */
static int take_given(struct store *s, struct ps_case *c, struct err *e)
{
    const char *given = s->opts->source;
    struct ps_release *r = &c->release;
    struct stat st;
    bool is_zip;
    int fd;

    if (stat(given, &st) < 0)
        return err_set(e, ERR_ABSENT, "--source %s: %s", given, strerror(errno));
    if (!S_ISDIR(st.st_mode)) {
        fd = open(given, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0)
            return err_sys(e, "--source %s", given);
        r->archive_double = is_double(fd, given, &is_zip);
        close(fd);
        if (!is_zip)
            return err_set(e, ERR_FORMAT, "--source %s is no zip archive", given);
        r->archive = given;
        r->archive_given = true;
        return 0;
    }
    if (tree_open(&r->own, given, e) < 0)
        return -1;
    r->has_own = true;
    if (take_dir(s, c, &r->own, "", given) || take_dir(s, c, &r->own, "prestashop", given))
        return 0;
    tree_close(&r->own);
    r->has_own = false;
    if (c->release_other)
        err_set(e, ERR_REFUSED, "--source %s, but the upgrade goes to %s", c->release_other, c->to);
    else
        err_set(e, ERR_ABSENT, "--source %s holds no PrestaShop: looked for index.php, config/defines.inc.php, classes and controllers", given);
    return err_fix(e, "name the folder of an unpacked release of %s, or its zip", c->to ? c->to : "the new version");
}

int ps_release_find(struct store *s, struct ps_case *c, struct err *e)
{
    const char *ws = c->trail.workspace;
    const char *given = s->opts ? s->opts->source : NULL;

    ps_release_close(&c->release);
    c->release_other = NULL;
    if (given && take_given(s, c, e) < 0)
        return -1;
    if (c->release.dir || ws == NULL)
        return 0;
    /* What --source names, once unpacked, lies in the same place. */
    if (!take_unpacked(s, c, arena_printf(c->mem, "%s/latest", ws)))
        take_unpacked(s, c, arena_printf(c->mem, "%s/tmp/releases", ws));
    if (c->release.archive == NULL)
        find_archive(s, c);
    return 0;
}
