/*
 * Which hooks belong to the upgrade, in the order in which the upgrader runs them.
 *
 * X-Cart 5.0 – 5.3 keeps hooks in upgrade/<X.Y>/<Z[.B]>/ of the core and of each module and runs those with
 * old < version <= new by PHP's version_compare, versions ascending, files in natural order. Before 5.2.7
 * only the plain file names count. Where the old version is unknown, the hooks that the state row or the
 * log names and what lies above the lowest of them are all that can be told.
 */
#include "base/str.h"
#include "format/hook_source.h"
#include "format/php_version.h"
#include "platform/xcart5/xc.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define HOOK_SOURCE_MAX ((size_t)1024 * 1024)

static const char *const type_names[XC_HOOK_TYPES] = {"pre_upgrade", "post_upgrade", "post_rebuild"};

const char *xc_hook_type_name(enum xc_hook_type t)
{
    return type_names[t];
}

/* "post_rebuild.php", "post_rebuild_2.php": its type, XC_HOOK_TYPES for anything else. */
static enum xc_hook_type type_of_file(struct str file)
{
    if (!str_chop(&file, STR(".php")))
        return XC_HOOK_TYPES;
    for (int t = 0; t < XC_HOOK_TYPES; t++)
        if (str_starts(file, str_of(type_names[t])))
            return (enum xc_hook_type)t;
    return XC_HOOK_TYPES;
}

static bool starts_with_digit(struct str s)
{
    return s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

/* The last `parts` parts of a path. */
static struct str last_parts(struct str path, int parts)
{
    size_t i = path.n;

    while (i > 0) {
        if (path.p[i - 1] == '/' && --parts == 0)
            break;
        i--;
    }
    return str_sub(path, i, path.n);
}

const char *xc_hook_tail(struct arena *mem, struct str path)
{
    struct str rest = last_parts(path, 4);
    struct str tail = rest;
    struct str major;
    struct str minor;

    if (!str_skip(&tail, STR("upgrade/"))) {
        /* A tail by itself, as it stands in our own records. */
        tail = path;
    }
    rest = tail;
    major = str_cut(rest, '/', &rest);
    minor = str_cut(rest, '/', &rest);
    if (!starts_with_digit(major) || !starts_with_digit(minor) || type_of_file(rest) == XC_HOOK_TYPES ||
        str_chr(rest, '/', 0) != SIZE_MAX)
        return NULL;
    return arena_dup(mem, tail.p, tail.n);
}

static const char *version_of_tail(struct arena *mem, const char *tail)
{
    struct str rest = str_of(tail);
    struct str major = str_cut(rest, '/', &rest);
    struct str minor = str_cut(rest, '/', &rest);

    return arena_printf(mem, "%.*s.%.*s", STR_FMT(major), STR_FMT(minor));
}

/* The folder that holds an entry's upgrade/ below a root. */
static const char *hook_dir(struct arena *mem, const struct xc_entry *en, const char *root)
{
    const char *head = root ? arena_printf(mem, "%s/", root) : "";

    if (en->author)
        return arena_printf(mem, "%sclasses/XLite/Module/%s/%s/upgrade", head, en->author, en->module);
    return arena_printf(mem, "%supgrade", head);
}

/* Natural order: runs of digits compare as numbers. */
static int natural_cmp(const char *a, const char *b)
{
    while (*a && *b) {
        if (*a >= '0' && *a <= '9' && *b >= '0' && *b <= '9') {
            char *end_a;
            char *end_b;
            unsigned long long na = strtoull(a, &end_a, 10);
            unsigned long long nb = strtoull(b, &end_b, 10);

            if (na != nb)
                return na < nb ? -1 : 1;
            a = end_a;
            b = end_b;
        } else if (*a != *b) {
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        } else {
            a++;
            b++;
        }
    }
    return (*a != '\0') - (*b != '\0');
}

struct names {
    struct arena *mem;
    unsigned char type;
    VEC(const char *) list;
};

static int take_name(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct names *n = arg;

    (void)e;
    if (type == n->type || type == DT_LNK)
        *vec_push(&n->list) = arena_strdup(n->mem, name);
    return 0;
}

/* Names in a folder; a folder that is not there or can't be read has none. */
static void list_names(struct store *s, const char *dir, struct names *n)
{
    struct err ignored = {0};

    tree_list(&s->tree, dir, take_name, n, &ignored);
}

static struct xc_hook *find_hook(const struct xc_case *c, const struct xc_entry *en, const char *tail)
{
    for (size_t i = 0; i < c->hooks.n; i++)
        if (c->hooks.v[i]->entry == en && strcmp(c->hooks.v[i]->tail, tail) == 0)
            return c->hooks.v[i];
    return NULL;
}

static struct xc_hook *add_hook(struct xc_case *c, struct xc_entry *en, const char *tail)
{
    struct xc_hook *h = find_hook(c, en, tail);

    if (h)
        return h;
    h = arena_alloc(c->mem, sizeof *h);
    h->type = type_of_file(last_parts(str_of(tail), 1));
    h->entry = en;
    h->tail = tail;
    *vec_push(&c->hooks) = h;
    return h;
}

/* Whether a version lies in (from, to], or, without from, in [least, to]. */
static bool qualifies(const char *version, const char *from, const char *least, const char *to)
{
    struct str v = str_of(version);

    if (to && php_version_compare(v, str_of(to)) > 0)
        return false;
    if (from)
        return php_version_compare(str_of(from), v) < 0;
    return least && php_version_compare(str_of(least), v) <= 0;
}

/* The store's own list of an entry's post_rebuild hooks counts once the code is new: the rule can't be applied then
 * without knowing the old version for sure. */
static bool has_own_list(const struct xc_case *c, const struct xc_entry *en)
{
    return en->in_cell && (en->rebuild_hooks.n > 0 || c->cell.is_upgraded);
}

static void scan_version(struct store *s, struct xc_case *c, struct xc_entry *en, const char *dir, const char *major,
                         const char *minor)
{
    struct names files = {.mem = c->mem, .type = DT_REG};

    list_names(s, arena_printf(c->mem, "%s/%s/%s", dir, major, minor), &files);
    for (size_t i = 0; i < files.list.n; i++) {
        struct str file = str_of(files.list.v[i]);
        enum xc_hook_type t = type_of_file(file);

        if (t == XC_HOOK_TYPES)
            continue;
        if (t == XC_POST_REBUILD && has_own_list(c, en))
            continue;
        if (c->old_calls && file.n != strlen(type_names[t]) + strlen(".php"))
            continue;
        add_hook(c, en, arena_printf(c->mem, "%s/%s/%s", major, minor, files.list.v[i]));
    }
    free(files.list.v);
}

static void scan_entry(struct store *s, struct xc_case *c, struct xc_entry *en, const char *root, const char *least)
{
    const char *dir = hook_dir(c->mem, en, root);
    struct names majors = {.mem = c->mem, .type = DT_DIR};

    list_names(s, dir, &majors);
    for (size_t i = 0; i < majors.list.n; i++) {
        struct names minors = {.mem = c->mem, .type = DT_DIR};
        const char *major = majors.list.v[i];

        if (!starts_with_digit(str_of(major)))
            continue;
        list_names(s, arena_printf(c->mem, "%s/%s", dir, major), &minors);
        for (size_t k = 0; k < minors.list.n; k++) {
            const char *minor = minors.list.v[k];

            if (starts_with_digit(str_of(minor)) &&
                qualifies(arena_printf(c->mem, "%s.%s", major, minor), en->from, least, en->to))
                scan_version(s, c, en, dir, major, minor);
        }
        free(minors.list.v);
    }
    free(majors.list.v);
}

/* The entry a hook's path belongs to: below classes/XLite/Module/A/N/ it is a module's. */
struct xc_entry *xc_hook_entry(const struct xc_case *c, struct str path)
{
    struct str head = STR("classes/XLite/Module/");
    size_t at = str_find(path, head, 0);
    struct str rest;
    struct str author;
    struct str module;

    if (at == SIZE_MAX)
        return xc_case_entry(c, STR(XC_CORE));
    rest = str_sub(path, at + head.n, path.n);
    author = str_cut(rest, '/', &rest);
    module = str_cut(rest, '/', &rest);
    return xc_case_entry(c, str_of(arena_printf(c->mem, "%.*s\\%.*s", STR_FMT(author), STR_FMT(module))));
}

static void apply_map(struct xc_case *c)
{
    for (size_t i = 0; c->cell.hooks && i < c->cell.hooks->n; i++) {
        const struct phps_item *item = &c->cell.hooks->items[i];
        const char *tail = xc_hook_tail(c->mem, item->key);
        struct xc_entry *en = tail ? xc_hook_entry(c, item->key) : NULL;
        struct xc_hook *h;
        int64_t number;

        if (en == NULL)
            continue;
        h = add_hook(c, en, tail);
        h->mark_item = item;
        if (item->value.kind == PHPS_NULL)
            h->mark = XC_MARK_DONE;
        else if (phps_int(&item->value, &number) && number < 0)
            h->mark = XC_MARK_WAITING;
        else
            h->mark = XC_MARK_GOING;
    }
}

static void apply_cell_lists(struct xc_case *c)
{
    for (size_t i = 0; i < c->entries.n; i++)
        for (size_t k = 0; k < c->entries.v[i]->rebuild_hooks.n; k++) {
            const char *tail = xc_hook_tail(c->mem, str_of(c->entries.v[i]->rebuild_hooks.v[k]));

            if (tail)
                add_hook(c, c->entries.v[i], tail);
        }
}

static void apply_logs(struct xc_case *c)
{
    for (size_t i = 0; i < c->log.hooks.n; i++) {
        struct xc_entry *en = xc_case_entry(c, str_of(c->log.hooks.v[i].entry));
        struct xc_hook *h = en ? add_hook(c, en, c->log.hooks.v[i].tail) : NULL;

        if (h) {
            h->logged = c->log.hooks.v[i].ref;
            h->slice = c->log.hooks.v[i].slice;
        }
    }
    for (size_t i = 0; i < c->log.invokes.n; i++) {
        struct xc_invoke *in = &c->log.invokes.v[i];
        struct xc_entry *en = xc_case_entry(c, str_of(in->entry));
        struct xc_hook *h = en ? find_hook(c, en, in->tail) : NULL;
        uint64_t finished = 0;

        for (size_t k = 0; k < c->log.hooks.n; k++)
            if (strcmp(c->log.hooks.v[k].tail, in->tail) == 0 && strcmp(c->log.hooks.v[k].entry, in->entry) == 0)
                finished = c->log.hooks.v[k].calls;
        /* Each call writes one line before and one after. */
        if (h && in->calls > finished)
            h->invoked = &in->ref;
    }
}

/* The lowest hook version that the log or the state row names for the entry. */
static const char *least_known(struct xc_case *c, const struct xc_entry *en)
{
    const char *least = NULL;

    for (size_t i = 0; i < c->hooks.n; i++) {
        const char *v;

        if (c->hooks.v[i]->entry != en)
            continue;
        v = version_of_tail(c->mem, c->hooks.v[i]->tail);
        if (least == NULL || php_version_compare(str_of(v), str_of(least)) < 0)
            least = v;
    }
    return least;
}

static size_t entry_rank(const struct xc_case *c, const struct xc_entry *en)
{
    for (size_t i = 0; i < c->entries.n; i++)
        if (c->entries.v[i] == en)
            return i;
    return c->entries.n;
}

static int hook_cmp(const void *pa, const void *pb, void *arg)
{
    const struct xc_hook *a = *(struct xc_hook *const *)pa;
    const struct xc_hook *b = *(struct xc_hook *const *)pb;
    struct xc_case *c = arg;
    size_t rank_a = entry_rank(c, a->entry);
    size_t rank_b = entry_rank(c, b->entry);
    int by_version;

    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (rank_a != rank_b)
        return rank_a < rank_b ? -1 : 1;
    by_version = php_version_compare(str_of(version_of_tail(c->mem, a->tail)),
                                     str_of(version_of_tail(c->mem, b->tail)));
    if (by_version != 0)
        return by_version;
    return natural_cmp(last_parts(str_of(a->tail), 1).p, last_parts(str_of(b->tail), 1).p);
}

/* Finds the file and judges whether running it twice does harm. */
static void look_at_source(struct store *s, struct xc_case *c, struct xc_hook *h)
{
    const char *in_root = arena_printf(c->mem, "%s/%s", hook_dir(c->mem, h->entry, NULL), h->tail);
    const char *in_pack =
        h->entry->pack ? arena_printf(c->mem, "%s/%s", hook_dir(c->mem, h->entry, h->entry->pack), h->tail) : NULL;
    struct buf source = {0};
    struct err ignored = {0};
    struct str why = {0};

    /* Hooks of the first two kinds are run from the pack; in the store they stand only after the copy. */
    if (in_pack && tree_exists(&s->tree, in_pack))
        h->file = in_pack;
    else if (tree_exists(&s->tree, in_root))
        h->file = in_root;
    if (h->file && tree_read(&s->tree, h->file, HOOK_SOURCE_MAX, &source, &ignored) == 0) {
        h->repeatable = hook_source_is_repeatable(buf_str(&source), &why);
        h->repeatable_why = arena_dup(c->mem, why.p, why.n);
    }
    buf_free(&source);
}

int xc_expect_hooks(struct store *s, struct xc_case *c, struct err *e)
{
    (void)e;
    apply_map(c);
    apply_cell_lists(c);
    apply_logs(c);
    for (size_t i = 0; i < c->entries.n; i++) {
        struct xc_entry *en = c->entries.v[i];
        const char *least = en->from ? NULL : least_known(c, en);

        /* The map was made by the upgrader from the same rule, with the old version at hand. */
        if (en->fresh || (c->cell.hooks && c->cell.hooks->n > 0))
            continue;
        scan_entry(s, c, en, en->pack, least);
    }
    /* The calls begun may be of hooks that only the folders showed. */
    apply_logs(c);
    if (c->hooks.n > 1)
        qsort_r(c->hooks.v, c->hooks.n, sizeof *c->hooks.v, hook_cmp, c);
    for (size_t i = 0; i < c->hooks.n; i++)
        look_at_source(s, c, c->hooks.v[i]);
    return 0;
}
