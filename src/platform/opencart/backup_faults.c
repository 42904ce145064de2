/*
 * What a backup of the back office does not say of itself. It has no mark at its end, and its tables were chosen by who made it: whether it was cut is told by
 * tables that every version has, in their order, which is the writer's too; what else is missing, by the live tables.
 */
#include "base/plural.h"
#include "db/mysql_rows.h"
#include "platform/opencart/dump_version.h"

#include <string.h>

/* So many tables are named. */
#define NAMED_MAX 8

/* In every version from 2.0 to 4.1, in the order of the server's list of tables. */
static const char *const core[] = {"address",     "attribute", "banner",     "category",    "country",      "coupon",       "currency",     "customer",
                                   "download",    "event",     "extension",  "geo_zone",    "information",  "language",     "layout",       "length_class",
                                   "manufacturer", "option",   "order",      "order_product", "order_status", "product",    "product_description",
                                   "return",      "review",    "setting",    "stock_status", "store",       "tax_class",    "tax_rate",     "upload",
                                   "weight_class", "zone",     "zone_to_geo_zone"};
#define CORE (sizeof core / sizeof *core)

struct faults {
    struct store *s;
    const struct backup *b;
    backup_fault *tell;
    void *arg;
    struct str prefix; /* of the dump */
    struct oc_range range;
    struct arena mem;
};

static bool in_dump(const struct faults *f, struct str table)
{
    for (size_t i = 0; i < f->b->dumped.n; i++) {
        struct str name = str_of(f->b->dumped.v[i].name);

        if (str_skip(&name, f->prefix) && str_eq(name, table))
            return true;
    }
    return false;
}

/* A table that somebody took away can't be missed. live is empty where nothing is known of the live tables. */
static bool is_expected(const struct faults *f, const struct mysql_list *live, const char *table)
{
    for (size_t i = 0; i < live->n; i++) {
        struct str name = str_of(live->v[i]);

        if (str_skip(&name, str_of(f->s->prefix)) && str_is(name, table))
            return true;
    }
    return live->n == 0;
}

/* It stops in the middle of the tables that every version has: the first of those it lacks; NULL when it does not. */
static const char *cut_at(const struct faults *f, const struct mysql_list *live)
{
    const char *first = NULL;
    bool any = false;

    for (size_t i = 0; i < CORE; i++) {
        if (!is_expected(f, live, core[i]))
            continue;
        if (!in_dump(f, str_of(core[i])))
            first = first ? first : core[i];
        else if (first)
            return NULL;
        else
            any = true;
    }
    return any ? first : NULL;
}

static bool is_undumped(struct str table)
{
    for (size_t i = 0; oc_undumped_tables[i]; i++)
        if (str_is(table, oc_undumped_tables[i]))
            return true;
    return false;
}

/* The table came with a version that the dump is not of. */
static bool is_later(const struct faults *f, struct str table)
{
    size_t n;
    const struct oc_mark *marks = oc_marks(&n);

    for (size_t i = 0; f->range.below && i < n; i++) {
        struct str rest = table;

        /* subscription_history came with subscription. */
        if (marks[i].column == NULL && marks[i].since && str_skip(&rest, str_of(marks[i].table)) && (rest.n == 0 || rest.p[0] == '_') &&
            oc_version_compare(marks[i].since, f->range.below) >= 0)
            return true;
    }
    return false;
}

static void tell_missing(struct faults *f, const struct mysql_list *live)
{
    struct buf names = {0};
    size_t n = 0;

    for (size_t i = 0; i < live->n; i++) {
        struct str table = str_of(live->v[i]);

        if (!str_skip(&table, str_of(f->s->prefix)) || in_dump(f, table) || is_undumped(table) || is_later(f, table))
            continue;
        if (n++ < NAMED_MAX)
            buf_printf(&names, "%s%s", n > 1 ? ", " : "", live->v[i]);
    }
    if (n > NAMED_MAX)
        buf_printf(&names, " and %zu more", n - NAMED_MAX);
    if (n > 0)
        f->tell(f->arg, false, arena_printf(&f->mem, "%zu live table%s not in it and would stay as %s, in the version %s now: %s", n,
                                            plural(n, " is", "s are"), plural(n, "it is", "they are"), plural(n, "it has", "they have"),
                                            buf_cstr(&names)));
    buf_free(&names);
}

/* The shop talked to the database in three bytes up to 3.0.5, also when its tables had four: what was written then has question marks. */
static void tell_lost_characters(struct faults *f, struct mysql *db)
{
    struct buf sql = {0};
    struct buf value = {0};
    struct err ignored = {0};
    bool found = false;

    if (f->b->four_byte || f->range.below == NULL || oc_version_compare(f->range.below, "4.0.0.0") > 0)
        return;
    mysql_sqlf(db, &sql,
               "SELECT character_set_name FROM information_schema.columns WHERE table_schema=DATABASE() AND table_name=%s AND column_name='name'",
               store_table(f->s, "product_description"));
    if (mysql_value(db, buf_str(&sql), &value, &found, &ignored) == 0 && found && str_is(buf_str(&value), "utf8mb4"))
        f->tell(f->arg, false, "it has no character of four bytes, as emoji are, and the tables can hold them: OpenCart wrote them as ? before 4.0");
    buf_free(&sql);
    buf_free(&value);
}

void oc_backup_faults(struct store *s, const struct backup *b, backup_fault *tell, void *arg)
{
    struct faults f = {.s = s, .b = b, .tell = tell, .arg = arg};
    struct mysql_list live = {0};
    struct err ignored = {0};
    const char *cut;
    struct mysql *db;

    if (!b->rows_alone || b->dumped.n == 0)
        return;
    f.prefix = oc_dump_prefix(s, b);
    oc_dump_range(s, b, &f.range);
    if (f.range.mixed)
        tell(arg, false, arena_printf(&f.mem, "some of its tables are of %s or later and others older: it was made in the middle of an upgrade", f.range.from));
    db = s->prefix ? store_db(s, &ignored) : NULL;
    if (db)
        (void)mysql_rows_list(db, STR("SELECT table_name FROM information_schema.tables WHERE table_schema=DATABASE() AND table_type='BASE TABLE' "
                                      "ORDER BY table_name"), &f.mem, &live, &ignored);
    cut = cut_at(&f, &live);
    if (cut)
        tell(arg, true, arena_printf(&f.mem, "it ends at table %s: %s and what every version has behind it are missing; making it was cut off",
                                     b->last_table ? b->last_table : "", cut));
    else
        tell_missing(&f, &live);
    if (db)
        tell_lost_characters(&f, db);
    arena_free(&f.mem);
}
