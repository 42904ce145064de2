/* What a table is like whose rows a dump has alone. */
#include "db/left_out.h"
#include "db/shadow.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* So many columns are named when they differ. */
#define NAMED_MAX 6

struct live {
    struct arena mem;
    VEC(const char *) columns;
    bool primary, counts; /* it has a primary key; a column that counts by itself */
};

static int read_live(struct mysql *m, const char *table, struct live *l, struct err *e)
{
    const struct mysql_cell *c;
    struct buf sql = {0};
    unsigned tries = 0;
    int r;

    mysql_sqlf(m, &sql,
               "SELECT column_name, column_key, extra FROM information_schema.columns WHERE table_schema=DATABASE() AND table_name=%s "
               "ORDER BY ordinal_position", table);
    do {
        l->columns.n = 0;
        l->primary = l->counts = false;
        r = mysql_query(m, buf_str(&sql), e);
        while (r == 0 && (r = mysql_row(m, &c, e)) > 0) {
            *vec_push(&l->columns) = arena_dup(&l->mem, c[0].s.p, c[0].s.n);
            l->primary = l->primary || str_is(c[1].s, "PRI");
            l->counts = l->counts || str_has_nocase(c[2].s, STR("auto_increment"));
            r = 0;
        }
    } while (r == 0 && (r = left_out_again(m, &tries, e)) > 0);
    buf_free(&sql);
    return r;
}

static bool has(const char *const *v, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(v[i], name) == 0)
            return true;
    return false;
}

/* Those of a that b lacks, in words; 0: none. */
static size_t lacking(const char *const *a, size_t na, const char *const *b, size_t nb, struct buf *words)
{
    size_t n = 0;

    for (size_t i = 0; i < na; i++) {
        if (has(b, nb, a[i]))
            continue;
        if (n < NAMED_MAX)
            buf_printf(words, "%s%s", n > 0 ? ", " : "", a[i]);
        n++;
    }
    if (n > NAMED_MAX)
        buf_printf(words, " and %zu more", n - NAMED_MAX);
    return n;
}

static int differs(const struct live *l, const char *table, const char *const *columns, size_t n, const struct err *why, struct err *e)
{
    const char *const *live = (const char *const *)l->columns.v;
    struct buf only_dump = {0};
    struct buf only_live = {0};
    size_t in_dump = lacking(columns, n, live, l->columns.n, &only_dump);
    size_t in_live = lacking(live, l->columns.n, columns, n, &only_live);

    if (l->columns.n == 0)
        err_set(e, ERR_REFUSED, "the dump holds only rows for table %s, and there is no such live table", table);
    else
        err_set(e, ERR_REFUSED, "the dump holds only rows for table %s, of another version than the live one:%s%s%s%s%s", table,
                in_dump ? " it has the columns " : "", buf_cstr(&only_dump), in_dump && in_live ? " and lacks" : in_live ? " it lacks the columns" : "",
                in_live ? " " : "", buf_cstr(&only_live));
    buf_free(&only_dump);
    buf_free(&only_live);
    if (why->fix[0])
        err_fix(e, "%s", why->fix);
    return err_fix(e, "the dump holds no CREATE TABLE: the tables have to be there in the version that it was made with");
}

/* An upgrade that died in the middle of a table leaves it without what the source has: rows put into one like it would be as badly off. */
static bool is_torn(const struct live *l, struct str create)
{
    return (!l->primary && str_has_nocase(create, STR("PRIMARY KEY"))) || (!l->counts && str_has_nocase(create, STR("AUTO_INCREMENT")));
}

int shadow_pattern(struct mysql *m, const char *table, const char *const *columns, size_t n, bool source_first, shadow_source *source, void *ctx,
                   enum shadow_pattern *how, struct buf *create, struct err *e)
{
    struct live l = {0};
    struct buf ignored = {0};
    struct err why = {0};
    int r = read_live(m, table, &l, e);
    bool live = false;

    if (r == 0) {
        const char *const *is = (const char *const *)l.columns.v;

        live = l.columns.n > 0 && (n == 0 || (lacking(columns, n, is, l.columns.n, &ignored) == 0 && lacking(is, l.columns.n, columns, n, &ignored) == 0));
        *how = SHADOW_AS_LIVE;
        if (source && (!live || source_first || !l.primary || !l.counts))
            r = source(ctx, table, columns, n, create, &why);
        if (r > 0 && (!live || source_first || is_torn(&l, buf_str(create))))
            *how = SHADOW_AS_SOURCE;
        else if (r > 0)
            buf_reset(create);
        else if (r < 0)
            *e = why;
        else if (!live)
            r = differs(&l, table, columns, n, &why, e);
    }
    free(l.columns.v);
    arena_free(&l.mem);
    buf_free(&ignored);
    return r < 0 ? -1 : 0;
}
