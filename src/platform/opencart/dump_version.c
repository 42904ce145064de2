#include "platform/opencart/dump_version.h"

#include <string.h>
#include <strings.h>

struct str oc_dump_prefix(const struct store *s, const struct backup *b)
{
    static const char *const always[] = {"setting", "order_product", "product_to_store", "zone_to_geo_zone"};

    for (size_t i = 0; i < b->dumped.n; i++)
        if (s->prefix && str_starts(str_of(b->dumped.v[i].name), str_of(s->prefix)))
            return str_of(s->prefix);
    for (size_t k = 0; k < sizeof always / sizeof *always; k++)
        for (size_t i = 0; i < b->dumped.n; i++) {
            struct str name = str_of(b->dumped.v[i].name);

            if (str_chop(&name, str_of(always[k])) && (name.n == 0 || name.p[name.n - 1] == '_'))
                return name;
        }
    return str_of(s->prefix);
}

static const struct backup_table *table_of(const struct backup *b, struct str prefix, const char *table)
{
    for (size_t i = 0; i < b->dumped.n; i++) {
        struct str name = str_of(b->dumped.v[i].name);

        if (str_skip(&name, prefix) && str_is(name, table))
            return &b->dumped.v[i];
    }
    return NULL;
}

static bool names(const struct backup_table *t, const char *column)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcasecmp(t->columns[i], column) == 0)
            return true;
    return false;
}

static void at_least(struct oc_range *r, const char *version)
{
    if (version && (r->from == NULL || oc_version_compare(version, r->from) > 0))
        r->from = version;
}

static void before(struct oc_range *r, const char *version)
{
    if (version && (r->below == NULL || oc_version_compare(version, r->below) < 0))
        r->below = version;
}

void oc_dump_range(const struct store *s, const struct backup *b, struct oc_range *out)
{
    struct str prefix = oc_dump_prefix(s, b);
    size_t n;
    const struct oc_mark *marks = oc_marks(&n);

    *out = (struct oc_range){0};
    for (size_t i = 0; i < n; i++) {
        const struct oc_mark *m = &marks[i];
        const struct backup_table *t = m->collate ? NULL : table_of(b, prefix, m->table);

        if (t == NULL)
            continue;
        /* That a table or a column is there which later versions have not says nothing: upgrades leave many. That a table is not there says nothing
         * either: who made the backup chose them. */
        if (m->column == NULL)
            at_least(out, m->since);
        else if (t->n > 0 && names(t, m->column))
            at_least(out, m->since);
        else if (t->n > 0 && m->gone)
            continue;
        else if (t->n > 0)
            before(out, m->since);
    }
    out->mixed = out->from && out->below && oc_version_compare(out->from, out->below) >= 0;
    if (out->mixed)
        out->below = NULL;
}

bool oc_range_known(const struct oc_range *r)
{
    return r->from || r->below;
}

bool oc_range_has(const struct oc_range *r, const char *version)
{
    return (r->from == NULL || oc_version_compare(version, r->from) >= 0) && (r->below == NULL || oc_version_compare(version, r->below) < 0);
}

const char *oc_range_words(const struct oc_range *r, struct arena *mem)
{
    if (r->from && r->below)
        return arena_printf(mem, "%s or later, before %s", r->from, r->below);
    if (r->from)
        return arena_printf(mem, "%s or later", r->from);
    return r->below ? arena_printf(mem, "a version before %s", r->below) : "the version that it was made with";
}
