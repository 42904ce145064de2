/*
 * Which object of the settings a text belongs to. Sections, options and variants are named in the language files and numbered in
 * the database; all of them are a few thousand rows, so they are read once.
 */
#include "platform/cscart/langs.h"

#include <stdlib.h>
#include <string.h>

/* Stores with every add-on have some 3000 options. */
#define OBJECTS_MAX ((size_t)500000)

struct object {
    uint64_t id;
    uint64_t parent; /* section of a tab, section of an option, option of a variant */
    const char *name;
};

struct objects {
    VEC(struct object) v; /* by name */
};

struct cs_settings {
    struct arena mem;
    struct objects sections;
    struct objects options;
    struct objects variants;
};

static int by_name(const void *pa, const void *pb)
{
    return strcmp(((const struct object *)pa)->name, ((const struct object *)pb)->name);
}

static int read_all(struct store *s, struct cs_settings *x, struct mysql *db, struct objects *to, const char *columns, const char *table,
                    struct err *e)
{
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    buf_printf(&sql, "SELECT %s FROM ", columns);
    mysql_quote_id(&sql, str_of(store_table(s, table)));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct object *o;

        if (to->v.n == OBJECTS_MAX)
            continue;
        o = vec_push(&to->v);
        o->name = arena_dup(&x->mem, row[2].s.p, row[2].s.n);
        if (!str_u64(row[0].s, UINT64_MAX, &o->id) || !str_u64(row[1].s, UINT64_MAX, &o->parent))
            to->v.n--;
    }
    buf_free(&sql);
    if (rc == 0 && to->v.n > 1)
        qsort(to->v.v, to->v.n, sizeof *to->v.v, by_name);
    return rc < 0 ? -1 : 0;
}

struct cs_settings *cs_settings_read(struct store *s, struct mysql *db, struct err *e)
{
    struct cs_settings *x = mem_alloc(sizeof *x);

    if (read_all(s, x, db, &x->sections, "section_id, parent_id, name", "settings_sections", e) < 0 ||
        read_all(s, x, db, &x->options, "object_id, section_id, name", "settings_objects", e) < 0 ||
        read_all(s, x, db, &x->variants, "variant_id, object_id, name", "settings_variants", e) < 0) {
        cs_settings_free(x);
        return NULL;
    }
    return x;
}

void cs_settings_free(struct cs_settings *x)
{
    if (x == NULL)
        return;
    free(x->sections.v.v);
    free(x->options.v.v);
    free(x->variants.v.v);
    arena_free(&x->mem);
    free(x);
}

/* The first object of that name below parent (any: UINT64_MAX); NULL when there is none. */
static const struct object *find(const struct objects *in, struct str name, uint64_t parent)
{
    size_t lo = 0;
    size_t hi = in->v.n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (str_cmp(str_of(in->v.v[mid].name), name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < in->v.n && str_is(name, in->v.v[lo].name); lo++)
        if (parent == UINT64_MAX || in->v.v[lo].parent == parent)
            return &in->v.v[lo];
    return NULL;
}

/* A section stands at the top; a tab of that name belongs to another one. */
static const struct object *section(const struct cs_settings *x, struct str name)
{
    const struct object *top = find(&x->sections, name, 0);

    return top ? top : find(&x->sections, name, UINT64_MAX);
}

bool cs_settings_find(const struct cs_settings *x, const struct str *parts, size_t n, uint64_t *id, char *type, bool *tooltip)
{
    const struct object *o = NULL;
    const struct object *of = n > 1 ? section(x, parts[1]) : NULL;

    *tooltip = str_is(parts[0], "SettingsTooltips");
    if (of == NULL)
        return false;
    if (str_is(parts[0], "SettingsSections") && n == 2) {
        o = of;
        *type = 'S';
    } else if (str_is(parts[0], "SettingsSections") && n == 3) {
        o = find(&x->sections, parts[2], of->id);
        *type = 'S';
    } else if ((str_is(parts[0], "SettingsOptions") || *tooltip) && n == 3) {
        o = find(&x->options, parts[2], of->id);
        *type = 'O';
    } else if (str_is(parts[0], "SettingsVariants") && n == 4) {
        o = find(&x->options, parts[2], of->id);
        o = o ? find(&x->variants, parts[3], o->id) : NULL;
        *type = 'V';
    }
    if (o)
        *id = o->id;
    return o != NULL;
}
