/*
 * Unpacking the release into the place where the module has it. From 1.7 on the shop is in a prestashop.zip inside of the archive, in
 * 1.6 in a folder prestashop. All is written and checked in a folder of its own, which then takes the place of what a run that died
 * has left there; that is kept for undo.
 */
#include "base/plural.h"
#include "format/ps_params.h"
#include "format/ps_sums.h"
#include "platform/prestashop/steps.h"
#include "sys/archive.h"
#include "sys/space.h"
#include "sys/stage.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define INNER   "prestashop.zip"
#define FOLDER  "prestashop/"
/* Found later only when a run was killed. */
#define SCRATCH ".unpack.toolkit"
/* Refused entries beyond these are counted only. */
#define SAY_MAX 10
/* Files that name a version are a few kilobytes. */
#define VERSION_FILE_MAX ((size_t)1024 * 1024)

struct unpacking {
    struct store *s;
    struct ps_case *c;
    struct work *w;
    const char *place;   /* "admin/autoupgrade/latest" */
    const char *scratch; /* a folder beside it */
    const char *fresh;   /* the release in it, once unpacked */
    const char *inside;  /* what entries that are wanted begin with: "" or "prestashop/" */
    bool inner_only;     /* nothing but the inner archive is wanted */
    bool no_samples;
    size_t refused;
    size_t sums;
};

static const char *place_of(struct store *s, struct ps_case *c)
{
    const struct ps *x = s->own;
    const char *below = x->gen == PS_GEN_7 ? "tmp/releases" : "latest";

    if (x->workspace)
        return arena_printf(c->mem, "%s/%s", x->workspace, below);
    return x->admin ? arena_printf(c->mem, "%s/autoupgrade/%s", x->admin, below) : NULL;
}

/* Pictures of the demonstration shop and overrides, which modules up to 5 take out of a release. */
static bool is_sample(struct str path)
{
    static const char *const pictures[] = {"img/c", "img/cms", "img/l", "img/m", "img/os", "img/p", "img/s", "img/scenes", "img/st", "img/su"};
    static const char *const names[] = {"404.gif", "favicon.ico", "logo.jpg", "logo_stores.gif"};

    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (str_is_below(path, pictures[i]) && str_ends(path, STR(".jpg")))
            return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is_below(path, "img") && str_ends(path, str_of(names[i])))
            return true;
    return (str_is_below(path, "modules/editorial") && str_ends(path, STR("homepage_logo.jpg"))) ||
           (str_is_below(path, "override") && str_ends(path, STR(".php")));
}

static bool wanted(void *arg, const char *path)
{
    const struct unpacking *u = arg;
    struct str p = str_of(path);

    if (u->inner_only)
        return str_is(p, INNER);
    return str_skip(&p, str_of(u->inside)) && !(u->no_samples && is_sample(p));
}

static int progress(void *arg, uint64_t bytes_in)
{
    const struct unpacking *u = arg;

    u->w->progress(u->w, "Unpacking", bytes_in, 0);
    return u->w->stop && *u->w->stop ? -1 : 0;
}

static void refused(void *arg, const char *path, const char *why)
{
    struct unpacking *u = arg;

    if (u->refused++ < SAY_MAX)
        u->w->say(u->w, "left in the archive: %s (%s)", path, why);
}

/* What will be written, by the archive's list. */
static int prove_room(const struct unpacking *u, const struct archive_src *a, struct err *e)
{
    uint64_t bytes = 0;
    uint64_t files = 0;
    uint64_t size = 0;
    struct space room;

    while (archive_src_listed(a, (size_t)files, &size) != NULL) {
        bytes = bytes > UINT64_MAX - size ? UINT64_MAX : bytes + size;
        files++;
    }
    if (space_of(u->s->tree.ops, u->s->tree.fd, u->s->tree.path, &room, e) < 0)
        return -1;
    return space_need(&room, u->s->tree.path, bytes, files, e);
}

static int extract(struct unpacking *u, int fd, const char *name, const char *to, struct err *e)
{
    struct archive_options opt = {.refused = refused, .arg = u};
    struct archive_extract_options how = {.wanted = wanted, .wanted_arg = u, .progress = progress, .progress_arg = u};
    struct archive_extract_result out;
    struct archive_src *a = archive_src_open(u->s->tree.ops, fd, name, &opt, e);
    uint64_t size;
    int rc = -1;

    if (a && archive_src_listed(a, 0, &size) == NULL)
        err_set(e, ERR_FORMAT, "%s is no zip archive, or an empty one", name);
    else if (a && prove_room(u, a, e) == 0)
        rc = archive_extract(a, &u->s->tree, to, &how, &out, e);
    if (rc < 0 && u->w->stop && *u->w->stop)
        err_set(e, ERR_STOPPED, "stopped while %s was unpacked, as you asked; what was there is as it was", name);
    if (rc == 0 && !u->inner_only)
        u->w->say(u->w, "%s: %llu file%s unpacked", name, (unsigned long long)out.files, plural(out.files, "", "s"));
    archive_src_close(a);
    return rc;
}

static int open_archive(const struct unpacking *u, struct err *e)
{
    const struct ps_release *r = &u->c->release;
    int fd;

    if (!r->archive_given)
        return tree_open_file(&u->s->tree, r->archive, O_RDONLY, 0, e);
    fd = open(r->archive, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        err_sys(e, "--source %s", r->archive);
    return fd;
}

static int unpack_inner(struct unpacking *u, const char *dir, struct err *e)
{
    const char *rel = arena_printf(u->c->mem, "%s/" INNER, dir);
    int fd = tree_open_file(&u->s->tree, rel, O_RDONLY, 0, e);
    int rc;

    if (fd < 0)
        return err_wrap(e, "%s holds no " INNER, u->c->release.archive);
    u->inner_only = false;
    u->fresh = arena_printf(u->c->mem, "%s/release", u->scratch);
    rc = extract(u, fd, INNER " inside of it", u->fresh, e);
    u->s->tree.ops->close(fd);
    return rc;
}

static int unpack(struct unpacking *u, struct err *e)
{
    const char *first = arena_printf(u->c->mem, "%s/outer", u->scratch);
    int fd = open_archive(u, e);
    int rc;

    if (fd < 0)
        return -1;
    u->inner_only = u->c->release.archive_double;
    u->inside = u->inner_only ? "" : FOLDER;
    u->fresh = arena_printf(u->c->mem, "%s/outer/prestashop", u->scratch);
    rc = extract(u, fd, u->c->release.archive, first, e);
    if (rc == 0 && u->inner_only)
        rc = unpack_inner(u, first, e);
    u->s->tree.ops->close(fd);
    return rc;
}

static int check_sum(void *ctx, const struct ps_sum *sum, struct err *e)
{
    struct unpacking *u = ctx;
    const struct tree *t = &u->s->tree;
    const char *rel = arena_printf(u->c->mem, "%s/%.*s", u->fresh, STR_FMT(sum->path));
    struct digest have;
    int fd;

    if (u->no_samples && is_sample(sum->path))
        return 0;
    if (!tree_exists(t, rel))
        return err_set(e, ERR_FORMAT, "%s lacks %.*s, which the list of checksums has", u->c->release.archive, STR_FMT(sum->path));
    fd = tree_open_file(t, rel, O_RDONLY, 0, e);
    if (fd < 0)
        return -1;
    if (hash_fd(t->ops, fd, HASH_MD5, &have, NULL) < 0) {
        tree_fail(t, rel, "read it", e);
        t->ops->close(fd);
        return -1;
    }
    t->ops->close(fd);
    u->sums++;
    if (memcmp(have.b, sum->md5, sizeof sum->md5) != 0)
        return err_set(e, ERR_FORMAT, "%s: %.*s is not the file that the list of checksums means", u->c->release.archive,
                       STR_FMT(sum->path));
    return 0;
}

/* The list that releases carry beside the archive, by the name the makers give it. */
static int check_sums(struct unpacking *u, struct err *e)
{
    const char *archive = u->c->release.archive;
    const char *slash = strrchr(archive, '/');
    const char *list;
    struct buf xml = {0};
    char version[32];
    int rc = 0;

    if (u->c->to == NULL || u->c->release.archive_given || slash == NULL)
        return 0;
    list = arena_printf(u->c->mem, "%.*s/prestashop_%s.xml", (int)(slash - archive), archive, u->c->to);
    if (!tree_exists(&u->s->tree, list))
        return 0;
    rc = tree_read(&u->s->tree, list, PS_SUMS_MAX_BYTES, &xml, e);
    if (rc == 0)
        rc = ps_sums_read(buf_str(&xml), version, check_sum, u, e);
    if (rc == 0)
        u->w->say(u->w, "%zu file%s as %s lists %s", u->sums, plural(u->sums, " is", "s are"), list, plural(u->sums, "it", "them"));
    buf_free(&xml);
    return rc;
}

static bool is_whole(const struct unpacking *u, const char *dir, const char **missing)
{
    static const char *const parts[] = {"index.php", "config/defines.inc.php", "classes", "controllers"};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (tree_exists(&u->s->tree, arena_printf(u->c->mem, "%s/%s", dir, parts[i])))
            continue;
        *missing = parts[i];
        return false;
    }
    return true;
}

static int check_version(struct unpacking *u, struct err *e)
{
    static const char *const files[] = {"src/Core/Version.php", "app/AppKernel.php", "config/autoload.php", "install/install_version.php"};
    char version[PS_VERSION_MAX];
    struct buf text = {0};
    int rc = 0;

    for (size_t i = 0; rc == 0 && u->c->to && i < sizeof files / sizeof *files; i++) {
        const char *rel = arena_printf(u->c->mem, "%s/%s", u->fresh, files[i]);

        buf_reset(&text);
        if (!tree_exists(&u->s->tree, rel))
            continue;
        if (tree_read(&u->s->tree, rel, VERSION_FILE_MAX, &text, e) < 0) {
            rc = -1;
        } else if (ps_version_in(str_of(files[i]), buf_str(&text), version, e) == 1) {
            if (ps_version_compare(str_of(version), str_of(u->c->to)) != 0)
                rc = err_set(e, ERR_REFUSED, "%s holds PrestaShop %s, and the upgrade is one to %s", u->c->release.archive, version,
                             u->c->to);
            break;
        }
    }
    buf_free(&text);
    return rc;
}

static int check(struct unpacking *u, struct err *e)
{
    const char *missing = NULL;

    if (!is_whole(u, u->fresh, &missing))
        return err_set(e, ERR_FORMAT, "%s holds no PrestaShop: it lacks %s", u->c->release.archive, missing);
    err_clear(e);
    if (check_version(u, e) < 0)
        return -1;
    return check_sums(u, e);
}

struct keeping {
    struct unpacking *u;
    struct stage *st;
    size_t skip; /* length of the folder that path begins with, with its slash */
};

static int keep_file(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct keeping *k = arg;
    const char *path = arena_printf(k->u->c->mem, "%s/%s", k->u->place, rel + k->skip);

    return S_ISREG(st->st_mode) ? stage_keep(k->st, path, false, e) : 0;
}

/* For undo: what is there now, and that the rest is not. */
static int keep(struct unpacking *u, struct err *e)
{
    struct stage_options opt = {0};
    struct stage st = {0};
    struct keeping k = {.u = u, .st = &st, .skip = strlen(u->fresh) + 1};
    int rc = stage_open(&st, &u->s->tree, u->w->undo, &opt, e);

    if (rc == 0)
        rc = tree_walk(&u->s->tree, u->fresh, keep_file, NULL, &k, e);
    k.skip = strlen(u->place) + 1;
    if (rc == 0 && tree_exists(&u->s->tree, u->place))
        rc = tree_walk(&u->s->tree, u->place, keep_file, NULL, &k, e);
    if (rc == 0)
        rc = stage_commit(&st, e);
    stage_close(&st);
    return rc;
}

static int move(struct unpacking *u, const char *from, const char *to, struct err *e)
{
    const struct tree *t = &u->s->tree;
    const char *from_base;
    const char *to_base;
    int a = tree_open_parent(t, from, &from_base, e);
    int b = a < 0 ? -1 : tree_open_parent(t, to, &to_base, e);
    int rc = b < 0 ? -1 : t->ops->renameat(a, from_base, b, to_base);

    if (b >= 0 && rc != 0)
        tree_fail(t, from, "rename it", e);
    if (rc == 0 && (t->ops->fsync(a) != 0 || t->ops->fsync(b) != 0))
        rc = tree_fail(t, to, "sync the folder it is in", e);
    if (a >= 0)
        t->ops->close(a);
    if (b >= 0)
        t->ops->close(b);
    return rc;
}

static int take_place(struct unpacking *u, struct err *e)
{
    const char *old = arena_printf(u->c->mem, "%s/old", u->scratch);

    if (keep(u, e) < 0)
        return -1;
    if (tree_exists(&u->s->tree, u->place) && move(u, u->place, old, e) < 0)
        return -1;
    if (move(u, u->fresh, u->place, e) == 0)
        return 0;
    if (tree_exists(&u->s->tree, old)) {
        struct err ignored = {0};

        move(u, old, u->place, &ignored);
    }
    return -1;
}

int ps_run_unpack(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    const struct ps *x = s->own;
    struct unpacking u = {.s = s, .c = c, .w = w, .place = place_of(s, c), .no_samples = x->gen == PS_GEN_3 || x->gen == PS_GEN_4};
    const char *above;
    int rc;

    if (c->release.archive == NULL) {
        err_set(e, ERR_ABSENT, "the archive of the release %s is not at hand", c->to ? c->to : "");
        return err_fix(e, "get prestashop_%s.zip on another machine, and name it with --source FILE", c->to ? c->to : "VERSION");
    }
    if (u.place == NULL)
        return err_set(e, ERR_ABSENT, "the admin folder was not found, and the release is unpacked below it");
    if (w->dry_run) {
        w->say(w, "would unpack %s%s into %s", c->release.archive, c->release.archive_double ? " and the " INNER " in it" : "", u.place);
        return 0;
    }
    above = arena_dup(c->mem, u.place, (size_t)(strrchr(u.place, '/') - u.place));
    u.scratch = arena_printf(c->mem, "%s/" SCRATCH, above);
    if (tree_mkdirs(&s->tree, above, NULL, NULL, e) < 0 || tree_remove_tree(&s->tree, u.scratch, false, e) < 0 ||
        tree_mkdirs(&s->tree, u.scratch, NULL, NULL, e) < 0)
        return -1;
    rc = unpack(&u, e);
    if (rc == 0)
        rc = check(&u, e);
    if (rc == 0)
        rc = take_place(&u, e);
    if (rc == 0) {
        rc = tree_remove_tree(&s->tree, u.scratch, false, e);
    } else {
        struct err ignored = {0};

        tree_remove_tree(&s->tree, u.scratch, false, &ignored);
    }
    return rc;
}

int ps_recheck_unpack(struct store *s, struct ps_case *c, struct err *e)
{
    struct unpacking u = {.s = s, .c = c, .place = place_of(s, c)};
    const char *missing = "the folder";

    if (u.place == NULL || !is_whole(&u, u.place, &missing))
        return err_set(e, ERR_MISMATCH, "%s: %s is not there after unpacking", u.place ? u.place : "the workspace", missing);
    return 0;
}
