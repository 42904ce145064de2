/* The end of a load: what stands in the shadow is measured against the dump. */
#include "base/plural.h"
#include "db/shadow_parts.h"

#include <stdlib.h>
#include <string.h>

static int count_rows(struct shadow *s, struct err *e)
{
    size_t i;

    for (i = 0; i < s->tables.n; i++) {
        struct shadow_table *t = s->tables.v[i];
        struct load_job *job;

        if (!t->made)
            continue;
        job = load_take(s->pool);
        job->kind = LOAD_VALUE;
        job->table = &t->load;
        job->value = &t->counted;
        mysql_sqlf(s->own, &job->sql, "SELECT COUNT(*) FROM %i", t->in);
        if (load_give(s->pool, job, e) != 0)
            return -1;
    }
    return load_wait(s->pool, NULL, e);
}

static int compare_rows(struct shadow *s, struct err *e)
{
    size_t i;

    for (i = 0; i < s->tables.n; i++) {
        const struct shadow_table *t = s->tables.v[i];

        if (!t->made)
            continue;
        if (t->loose ? t->counted > t->rows + t->load.affected : t->counted != t->rows)
            return err_set(e, ERR_MISMATCH, "table %s: the dump has %llu row%s, the server counts %llu", t->name,
                           (unsigned long long)t->rows, plural(t->rows, "", "s"), (unsigned long long)t->counted);
        if (t->loose && t->counted < t->rows)
            shadow_remark(s, "table %s has %llu row%s; %llu more of the dump only repeat what is there", t->name,
                          (unsigned long long)t->counted, plural(t->counted, "", "s"), (unsigned long long)(t->rows - t->counted));
        if (t->load.warnings > 0)
            shadow_remark(s, "table %s: the server altered values: %s (%llu such warnings or more)", t->name,
                          t->load.warning, (unsigned long long)t->load.warnings);
    }
    return 0;
}

static bool is_dropped(const struct shadow *s, const char *name)
{
    for (size_t i = 0; i < s->dropped.n; i++)
        if (strcmp(s->dropped.v[i], name) == 0)
            return true;
    return false;
}

/* Live tables of the store that the dump does not hold. Those that it drops and does not make come first: they were not there when
 * it was taken. */
static int staying(struct shadow *s, struct err *e)
{
    struct shadow_names live = {0};
    struct buf sql = {0};
    size_t i;
    int r;

    mysql_sqlf(s->own, &sql,
               "SELECT table_name FROM information_schema.tables WHERE table_schema=%s AND table_type='BASE TABLE' "
               "ORDER BY table_name",
               s->live);
    r = shadow_list(s, &sql, &live, e);
    for (i = 0; r == 0 && i < 2 * live.n; i++) {
        const char *is = live.v[i < live.n ? i : i - live.n];
        struct str name = str_of(is);
        const struct shadow_table *t = shadow_table_find(s, name);

        if (is_dropped(s, is) != (i < live.n) || !str_starts(name, str_of(s->o.prefix)) || str_starts(name, STR("_tk")) ||
            (t != NULL && (t->made || t->is_view)))
            continue;
        *vec_push(&s->report.staying) = is;
    }
    free(live.v);
    buf_free(&sql);
    return r;
}

static void sum_up(struct shadow *s)
{
    size_t i;

    s->report.tables = 0;
    for (i = 0; i < s->tables.n; i++)
        s->report.tables += s->tables.v[i]->made;
    s->report.views = s->report.triggers = s->report.routines = 0;
    for (i = 0; i < s->things.n; i++) {
        const struct shadow_thing *t = &s->things.v[i];

        if (t->out)
            continue;
        s->report.views += t->kind == THING_VIEW;
        s->report.triggers += t->kind == THING_TRIGGER;
        s->report.routines += t->kind == THING_PROCEDURE || t->kind == THING_FUNCTION;
    }
    if (s->raised && s->facts->four_byte)
        shadow_remark(s, "the dump names utf8 as its character set and holds characters of four bytes: it was read as "
                         "utf8mb4, which keeps them");
}

int shadow_check(struct shadow *s, struct err *e)
{
    if (s->facts->whole == SQL_WHOLE_NO)
        return err_set(e, ERR_FORMAT, "the dump is cut short: %s", s->facts->why_not);
    shadow_tell(s, "counting rows", s->report.bytes, 0);
    if (count_rows(s, e) != 0 || compare_rows(s, e) != 0 || staying(s, e) != 0)
        return -1;
    sum_up(s);
    return 0;
}
