#include "rescue/backup_sums.h"

#include "format/sum_list.h"
#include "rescue/snapshot.h"

#include <string.h>

/* Two millions of files with long names. */
#define MANIFEST_MAX ((size_t)512 << 20)
#define ABOUT_MAX    ((size_t)1 << 20)

static int take(void *ctx, const struct sum_entry *en, struct err *e)
{
    struct backup_sums *m = ctx;
    struct digest d = {.alg = en->alg == SUM_SHA256 ? HASH_SHA256 : HASH_MD5};

    (void)e;
    memcpy(d.b, en->digest, en->digest_n);
    manifest_add(&m->files, en->path, &d, NULL);
    return 0;
}

static int read_sums(struct backup_sums *m, const struct tree *t, struct err *e)
{
    const struct sum_calls calls = {take, NULL, m};
    struct buf text = {0};
    int r = tree_read(t, SNAPSHOT_MANIFEST, MANIFEST_MAX, &text, e);

    if (r == 0 && text.n > 0)
        r = sum_list_read(buf_str(&text), &calls, e);
    if (r == 0)
        manifest_sort(&m->files);
    else if (e->kind != ERR_ABSENT)
        err_wrap(e, SNAPSHOT_MANIFEST);
    buf_free(&text);
    return r;
}

static void read_fact(struct backup_sums *m, struct str line)
{
    struct str value;
    struct str name = str_cut(line, ':', &value);

    value = str_trim(value);
    if (str_is(name, "taken") && value.n > 0)
        m->taken = arena_dup(&m->files.mem, value.p, value.n);
    else if (str_is(name, "version") && value.n > 0)
        m->version = arena_dup(&m->files.mem, value.p, value.n);
    else if (str_is(name, "files"))
        str_u64(value, UINT64_MAX - 1, &m->n_files);
    else if (str_is(name, "tables"))
        str_u64(value, UINT64_MAX - 1, &m->n_tables);
    else if (str_is(name, "rows"))
        str_u64(value, UINT64_MAX - 1, &m->n_rows);
}

static int read_about(struct backup_sums *m, const struct tree *t, struct err *e)
{
    struct buf text = {0};
    struct str rest;
    struct str line;
    int r = tree_read(t, SNAPSHOT_ABOUT, ABOUT_MAX, &text, e);

    rest = buf_str(&text);
    if (r == 0 && str_line(&rest, &line) && str_starts(line, STR("toolkit snapshot "))) {
        m->has_about = true;
        while (str_line(&rest, &line))
            read_fact(m, line);
    }
    buf_free(&text);
    return r;
}

int backup_sums_read(struct backup_sums *m, const struct fsops *ops, const char *dir, bool about, struct err *e)
{
    struct tree t = {.ops = ops};
    int r;

    memset(m, 0, sizeof *m);
    m->n_files = m->n_tables = m->n_rows = UINT64_MAX;
    if (tree_open(&t, dir, e) != 0)
        return -1;
    r = read_about(m, &t, e);
    if (r == 0 && m->has_about && !about)
        r = read_sums(m, &t, e);
    tree_close(&t);
    if (r != 0 && e->kind == ERR_ABSENT) {
        err_clear(e);
        r = 0;
    }
    return r;
}

void backup_sums_free(struct backup_sums *m)
{
    manifest_free(&m->files);
}
