/*
 * What the files have to be: --source when it is given, else the published list of checksums of the version, else the release that the upgrade module has
 * unpacked. Only for the version of the code: an upgrade that stopped half way shows the files that it did not reach.
 */
#include "format/ps_sums.h"
#include "platform/prestashop/plan_parts.h"
#include "platform/source_files.h"
#include "sys/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INNER "prestashop.zip"
/* The archive within the archive is kept in memory; the largest is some 100 MiB. */
#define INNER_MAX ((uint64_t)1 << 30)
#define MARK      "config/defines.inc.php"

static int add_xml(struct store *s, const struct tree *t, const char *rel, const char *want, const char *shown, struct manifest *m,
                   struct err *e)
{
    struct buf text = {0};
    int rc = tree_read(t, rel, PS_SUMS_MAX_BYTES, &text, e);

    if (rc == 0)
        rc = ps_sums_add(s, buf_str(&text), want, shown, m, e);
    buf_free(&text);
    return rc;
}

/* ---- a tree or an archive ---- */

static int add_files(struct store *s, const struct source_files *src, const char *shown, struct manifest *m, struct err *e)
{
    struct arena mem = {0};
    struct str root = {0};
    bool found = source_files_root(src, STR(MARK), &root);

    for (size_t i = 0; found && i < src->all.n; i++) {
        struct str path = str_of(src->all.v[i].path);
        struct str real;

        if (str_skip(&path, root) && ps_real_path(s, path, &mem, &real))
            manifest_add(m, real, &src->all.v[i].digest, shown);
    }
    arena_free(&mem);
    if (found)
        return 0;
    err_set(e, ERR_ABSENT, "%s holds no PrestaShop: looked for " MARK, shown);
    return err_fix(e, "name the folder of an unpacked release, its zip, or its list of checksums (prestashop_%s.xml)",
                   s->version ? s->version : "VERSION");
}

/* The archive within, as a file without a name: 1, 0 when there is none. */
static int take_inner(int fd, const char *shown, int *inner, struct err *e)
{
    struct archive_src *a = archive_src_open(NULL, fd, shown, NULL, e);
    struct tree none = {.ops = &fsops_real};
    struct archive_item item;
    char piece[65536];
    uint64_t total = 0;
    ssize_t n = 0;
    int rc = -1;

    *inner = -1;
    while (a && (rc = archive_src_next(a, &item, e)) == 1)
        if (strcmp(item.path, INNER) == 0)
            break;
    if (rc == 1) {
        *inner = memfd_create(INNER, MFD_CLOEXEC);
        if (*inner < 0)
            rc = err_sys(e, "%s: memory for %s", shown, INNER);
    }
    while (rc == 1 && (n = archive_src_read(a, piece, sizeof piece, e)) > 0) {
        total += (uint64_t)n;
        if (total > INNER_MAX)
            rc = err_set(e, ERR_REFUSED, "%s: %s is too large", shown, INNER);
        else if (tree_write_full(&none, *inner, piece, (size_t)n) < 0)
            rc = err_sys(e, "%s: memory for %s", shown, INNER);
    }
    if (n < 0)
        rc = -1;
    archive_src_close(a);
    return rc;
}

static int add_archive(struct store *s, int fd, const char *shown, struct manifest *m, struct err *e)
{
    struct source_files src = {0};
    int inner = -1;
    int rc = take_inner(fd, shown, &inner, e);

    if (rc >= 0)
        rc = source_files_archive(rc == 1 ? inner : fd, shown, &src, e);
    if (rc >= 0)
        rc = add_files(s, &src, shown, m, e);
    if (inner >= 0)
        close(inner);
    source_files_free(&src);
    return rc;
}

static int add_tree(struct store *s, const struct tree *t, const char *rel, const char *shown, struct manifest *m, struct err *e)
{
    struct source_files src = {0};
    int rc = source_files_tree(t, rel, shown, &src, e);

    if (rc == 0)
        rc = add_files(s, &src, shown, m, e);
    source_files_free(&src);
    return rc;
}

/* A release as it is downloaded has its list and its archive beside each other. */
static int add_given_dir(struct store *s, const char *given, struct manifest *m, struct err *e)
{
    const char *list = arena_printf(&s->mem, "prestashop_%s.xml", s->version ? s->version : "");
    const char *shown = arena_printf(&s->mem, "--source %s", given);
    struct tree t = {0};
    int rc = tree_open(&t, given, e);
    int fd;

    if (rc == 0 && (tree_exists(&t, MARK) || tree_exists(&t, "prestashop/" MARK)))
        rc = add_tree(s, &t, "", shown, m, e);
    else if (rc == 0 && tree_exists(&t, list))
        rc = add_xml(s, &t, list, s->version, arena_printf(&s->mem, "%s/%s", shown, list), m, e);
    else if (rc == 0 && tree_exists(&t, INNER)) {
        fd = tree_open_file(&t, INNER, O_RDONLY, 0, e);
        rc = fd < 0 ? -1 : add_archive(s, fd, shown, m, e);
        if (fd >= 0)
            t.ops->close(fd);
    } else if (rc == 0) {
        rc = add_files(s, &(struct source_files){0}, shown, m, e);
    }
    tree_close(&t);
    return rc;
}

static int read_given(int fd, const char *given, struct buf *out, struct err *e)
{
    ssize_t n;

    while ((n = read(fd, buf_room(out, 65536), 65536)) > 0) {
        out->n += (size_t)n;
        if (out->n > PS_SUMS_MAX_BYTES)
            return err_set(e, ERR_FORMAT, "--source %s is too large for a list of checksums", given);
    }
    return n < 0 ? err_sys(e, "--source %s", given) : 0;
}

static int add_given(struct store *s, const char *given, struct manifest *m, struct err *e)
{
    const char *shown = arena_printf(&s->mem, "--source %s", given);
    struct buf text = {0};
    struct stat st;
    int rc;
    int fd;

    if (stat(given, &st) < 0)
        return err_set(e, ERR_ABSENT, "%s: %s", shown, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return add_given_dir(s, given, m, e);
    fd = open(given, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_sys(e, "%s", shown);
    if (str_ends(str_of(given), STR(".xml"))) {
        rc = read_given(fd, given, &text, e);
        if (rc == 0)
            rc = ps_sums_add(s, buf_str(&text), s->version, shown, m, e);
        if (rc < 0 && e->kind == ERR_REFUSED)
            err_fix(e, "bring the list of %s; to compare with this one all the same: toolkit verify --manifest %s", s->version, given);
        buf_free(&text);
    } else {
        rc = add_archive(s, fd, shown, m, e);
    }
    close(fd);
    return rc;
}

/* ---- what the store has ---- */

struct unpacked {
    struct store *s;
    const char *dir;
    const char *found;
    struct arena *mem;
};

/* A release before it is installed names its version in these places. */
static bool is_of_version(struct store *s, const char *dir, struct arena *mem)
{
    static const char *const places[] = {"src/Core/Version.php", "app/AppKernel.php", "config/autoload.php", "install/install_version.php"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct buf text = {0};
        struct err ignored = {0};
        char version[PS_VERSION_MAX];
        int rc = tree_read(&s->tree, arena_printf(mem, "%s/%s", dir, places[i]), (size_t)1 << 20, &text, &ignored);

        if (rc == 0)
            rc = ps_version_in(str_of(places[i]), buf_str(&text), version, &ignored);
        buf_free(&text);
        if (rc == 1)
            return s->version && ps_version_compare(str_of(version), str_of(s->version)) == 0;
    }
    return false;
}

static int look_at_unpacked(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct unpacked *u = arg;
    const char *dir = arena_printf(u->mem, "%s/%s", u->dir, name);

    (void)e;
    if (type != DT_DIR || !tree_exists(&u->s->tree, arena_printf(u->mem, "%s/" MARK, dir)) || !is_of_version(u->s, dir, u->mem))
        return 0;
    u->found = dir;
    return 1;
}

/* In the folder or one below it. */
static const char *find_unpacked(struct store *s, struct arena *mem)
{
    static const char *const places[] = {"latest", "tmp/releases", "tmp"};
    const struct ps *x = s->own;
    struct unpacked u = {.s = s, .mem = mem};
    struct err ignored = {0};

    for (size_t i = 0; x->workspace && i < sizeof places / sizeof *places && u.found == NULL; i++) {
        u.dir = x->workspace;
        look_at_unpacked(&u, places[i], DT_DIR, &ignored);
        if (u.found)
            break;
        u.dir = arena_printf(mem, "%s/%s", x->workspace, places[i]);
        tree_list(&s->tree, u.dir, look_at_unpacked, &u, &ignored);
    }
    return u.found;
}

/* Modules are updated on their own as well, and those that an upgrade leaves alone for it are not the release's. */
static void allow_modules_left(struct store *s, const char *release, struct manifest *m, struct arena *mem)
{
    struct ps_case c = {.mem = mem, .release = {.tree = &s->tree, .dir = release}};
    struct ps_left left;

    ps_left_init(&left, s, &c);
    for (size_t i = 0; i < m->entries.n; i++)
        if (str_starts(str_of(m->entries.v[i].path), STR("modules/")))
            m->entries.v[i].may_differ = ps_left_alone(&left, m->entries.v[i].path);
}

static int no_list(struct store *s, struct str others, struct err *e)
{
    if (s->version == NULL)
        err_set(e, ERR_ABSENT, "no file of the shop names its version, so it can't be told which list of checksums is the right one");
    else if (others.n > 0)
        err_set(e, ERR_ABSENT, "there is no list of checksums of version %s, only of others: %.*s", s->version, STR_FMT(others));
    else
        err_set(e, ERR_ABSENT, "there is no list of checksums of version %s: looked for config/xml/%s.xml and beside the downloaded release",
                s->version, s->version);
    return err_fix(e, "name the release of that version, its folder, or its list prestashop_%s.xml with --source",
                   s->version ? s->version : "VERSION");
}

int ps_manifest(struct store *s, struct manifest *m, const char **origin, struct err *e)
{
    struct arena mem = {0};
    struct buf others = {0};
    const char *release;
    const char *path;
    int rc;

    if (s->opts && s->opts->source) {
        *origin = s->opts->source;
        return add_given(s, s->opts->source, m, e);
    }
    release = find_unpacked(s, &mem);
    path = s->version ? ps_sums_find(s, s->version, &mem, &others) : NULL;
    if (path) {
        *origin = arena_strdup(&s->mem, path);
        rc = add_xml(s, &s->tree, path, s->version, *origin, m, e);
    } else if (release) {
        *origin = arena_printf(&s->mem, "the release in %s", release);
        rc = add_tree(s, &s->tree, release, *origin, m, e);
    } else {
        rc = no_list(s, buf_str(&others), e);
    }
    if (rc == 0 && release)
        allow_modules_left(s, release, m, &mem);
    buf_free(&others);
    arena_free(&mem);
    return rc;
}
