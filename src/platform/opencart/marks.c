#include "platform/opencart/marks.h"

#include <stdlib.h>
#include <string.h>

/* The versions whose tables are known to differ, in order. */
static const char *const versions[] = {"2.0.0.0", "2.0.1.0", "2.1.0.0", "2.2.0.0", "2.3.0.0", "3.0.0.0", "3.0.0.2", "3.0.3.2",
                                       "3.0.5.0", "4.0.0.0", "4.0.1.0", "4.0.2.0", "4.0.2.3", "4.1.0.0", "4.1.0.1"};
#define VERSIONS (sizeof versions / sizeof versions[0])

/* Its place in the list; what was there from the start is of the first one, what never goes is of none. */
static size_t place_of(const char *version, size_t otherwise)
{
    for (size_t i = 0; version != NULL && i < VERSIONS; i++)
        if (strcmp(versions[i], version) == 0)
            return i;
    return otherwise;
}

static bool is_there(const struct schema *live, const struct oc_mark *m)
{
    const struct schema_table *t;

    if (m->collate == NULL)
        return schema_has(live, m->table, m->column);
    t = schema_find(live, m->table);
    return t != NULL && t->collate != NULL && strcmp(t->collate, m->collate) == 0;
}

/* Whether a clean installation of versions[at] has it. */
static bool belongs(const struct oc_mark *m, size_t at)
{
    return place_of(m->since, 0) <= at && at < place_of(m->gone, VERSIONS);
}

static bool has_all(const struct schema *live, size_t at)
{
    size_t n;
    const struct oc_mark *m = oc_marks(&n);

    for (size_t i = 0; i < n; i++)
        if (belongs(&m[i], at) && !is_there(live, &m[i]))
            return false;
    return true;
}

void oc_marks_read(const struct schema *live, struct oc_marked *out)
{
    size_t n;
    const struct oc_mark *m = oc_marks(&n);
    size_t whole = VERSIONS;
    size_t newest = VERSIONS;

    memset(out, 0, sizeof *out);
    for (size_t at = 0; at < VERSIONS; at++)
        if (has_all(live, at))
            whole = at;
    /* A collation that somebody chose himself is no sign of a version. */
    for (size_t i = 0; i < n; i++) {
        size_t since = place_of(m[i].since, 0);

        if (m[i].collate == NULL && is_there(live, &m[i]) && (newest == VERSIONS || since > newest))
            newest = since;
    }
    if (whole < VERSIONS && (newest == VERSIONS || newest < whole))
        newest = whole;
    out->version = whole < VERSIONS ? versions[whole] : NULL;
    out->newest = newest < VERSIONS ? versions[newest] : NULL;
    for (size_t i = 0; newest < VERSIONS && i < n; i++)
        if (belongs(&m[i], newest) && m[i].collate == NULL && !is_there(live, &m[i]))
            *vec_push(&out->missing) = &m[i];
}

void oc_marked_free(struct oc_marked *m)
{
    free(m->missing.v);
    memset(m, 0, sizeof *m);
}
