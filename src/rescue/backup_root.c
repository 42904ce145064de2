#include "rescue/backup_parts.h"

#include <stdlib.h>
#include <string.h>

/* Hosts put at most "home/user/domains/x/public_html" in front. */
#define DEPTH_MAX 6
/* A file that tells the version counts more than a name that is alike by chance; "config.php" stands in many places. */
#define MARK_VOTES 3u

static int see_top(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct backup_root *r = arg;

    (void)type;
    (void)e;
    *vec_push(&r->top) = arena_strdup(&r->mem, name);
    return 0;
}

void backup_root_init(struct backup_root *r, const struct store *s)
{
    struct err ignored;

    memset(r, 0, sizeof *r);
    r->s = s;
    /* A store whose top can't be listed has nothing to compare with; then marks alone count. */
    (void)tree_list(&s->tree, "", see_top, r, &ignored);
}

static int cmp_name(const void *key, const void *v)
{
    const struct str *k = key;

    return str_cmp(*k, str_of(*(const char *const *)v));
}

static bool is_top(const struct backup_root *r, struct str name)
{
    return r->top.n > 0 && bsearch(&name, r->top.v, r->top.n, sizeof *r->top.v, cmp_name) != NULL;
}

static void vote(struct backup_root *r, struct str prefix, unsigned votes)
{
    size_t i;

    for (i = 0; i < r->n; i++)
        if (str_is(prefix, r->all[i].prefix))
            break;
    if (i == BACKUP_ROOTS)
        return;
    if (i == r->n) {
        r->all[i].prefix = arena_dup(&r->mem, prefix.p, prefix.n);
        r->n++;
    }
    r->all[i].votes += votes;
}

static void see_marks(struct backup_root *r, struct str path)
{
    const char *const *f = r->s->platform->version_files;

    for (; f != NULL && *f != NULL; f++) {
        struct str front = path;

        if (str_is(path, *f))
            vote(r, STR(""), MARK_VOTES);
        else if (str_chop(&front, str_of(*f)) && str_chop(&front, STR("/")))
            vote(r, front, MARK_VOTES);
    }
}

void backup_root_see(struct backup_root *r, struct str path)
{
    size_t from = 0;
    unsigned depth;

    while (str_skip(&path, STR("./")))
        continue;
    see_marks(r, path);
    for (depth = 0; depth < DEPTH_MAX && from < path.n; depth++) {
        size_t slash = str_chr(path, '/', from);
        struct str name = str_sub(path, from, slash == SIZE_MAX ? path.n : slash);

        if (is_top(r, name)) {
            vote(r, str_sub(path, 0, from > 0 ? from - 1 : 0), 1);
            return;
        }
        if (slash == SIZE_MAX)
            return;
        from = slash + 1;
    }
}

const char *backup_root_best(const struct backup_root *r)
{
    size_t best = 0;
    size_t i;

    for (i = 1; i < r->n; i++)
        if (r->all[i].votes > r->all[best].votes ||
            (r->all[i].votes == r->all[best].votes && strlen(r->all[i].prefix) < strlen(r->all[best].prefix)))
            best = i;
    return r->n > 0 ? r->all[best].prefix : "";
}

void backup_root_free(struct backup_root *r)
{
    free(r->top.v);
    arena_free(&r->mem);
    memset(r, 0, sizeof *r);
}
