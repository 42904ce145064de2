/* What there is to know of a dump that the back office wrote, besides whether it is whole: what its values have lost, rows that stand in it twice, an end that
 * proves nothing. */
#include "base/plural.h"
#include "db/mysql_rows.h"
#include "format/sql_facts.h"
#include "platform/opencart/oc.h"

#include <inttypes.h>
#include <string.h>

/* So many tables of a kind are named. */
#define NAMED_MAX 8

struct telling {
    struct store *s;
    const struct sql_facts *f;
    backup_fault *tell;
    void *arg;
    struct arena mem;
};

static void tell(struct telling *t, const char *text)
{
    t->tell(t->arg, false, text);
}

/* ---- values ---- */

static void tell_named(struct telling *t, enum oc_damage kind)
{
    const struct oc_escapes *o = &t->f->escapes;

    for (size_t i = 0; i < o->named.n; i++) {
        const struct oc_damaged *d = &o->named.v[i];

        if (d->kind == kind)
            tell(t, arena_printf(&t->mem, "line %" PRIu64 ", byte %" PRIu64 ": %s.%s of %s: %s", d->line, d->offset, d->table, d->column, d->key,
                                 oc_damage_words(kind)));
    }
    if (o->damaged[kind] > OC_DAMAGED_NAMED)
        tell(t, arena_printf(&t->mem, "%" PRIu64 " more value%s like that", o->damaged[kind] - OC_DAMAGED_NAMED,
                             plural(o->damaged[kind] - OC_DAMAGED_NAMED, " is", "s are")));
}

static void tell_damage(struct telling *t)
{
    const struct oc_escapes *o = &t->f->escapes;
    enum oc_escape by = oc_escapes_by(o);
    uint64_t bytes = o->damaged[OC_DAMAGE_NUL] + o->damaged[OC_DAMAGE_SUB];

    if (by == OC_ESCAPE_NEW)
        return;
    if (by == OC_ESCAPE_BOTH)
        tell(t, "its values are escaped in two ways: it was put together from backups of two versions of OpenCart, or edited");
    if (bytes > 0)
        tell(t, arena_printf(&t->mem, "%" PRIu64 " value%s may have lost bytes, for the old writer of OpenCart's backups makes two characters of a NUL and of "
                                         "0x1A%s", bytes, plural(bytes, "", "s"),
                             by == OC_ESCAPE_OLD ? "; restore --repair-escapes makes them bytes again" : ""));
    tell_named(t, OC_DAMAGE_NUL);
    tell_named(t, OC_DAMAGE_SUB);
    if (o->damaged[OC_DAMAGE_JSON] > 0)
        tell(t, arena_printf(&t->mem, "%" PRIu64 " value%s of JSON %s lost backslashes to the old writer of OpenCart's backups, and the shop can't read %s; "
                                         "what is there is restored as it stands", o->damaged[OC_DAMAGE_JSON], plural(o->damaged[OC_DAMAGE_JSON], "", "s"),
                             plural(o->damaged[OC_DAMAGE_JSON], "has", "have"), plural(o->damaged[OC_DAMAGE_JSON], "it", "them")));
    tell_named(t, OC_DAMAGE_JSON);
}

static bool is_in(const struct mysql_list *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->v[i], name) == 0)
            return true;
    return false;
}

/* Which columns may be NULL the dump does not say; the live tables may know. */
static void tell_nulls(struct telling *t)
{
    const struct sql_facts *f = t->f;
    struct err ignored = {0};
    struct mysql_list may = {0};
    struct mysql *db;
    uint64_t n = 0;
    struct buf which = {0};
    size_t columns = 0;

    if (f->escapes.null || oc_escapes_by(&f->escapes) == OC_ESCAPE_NEW || (db = store_db(t->s, &ignored)) == NULL ||
        mysql_rows_list(db, STR("SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE table_schema=DATABASE() AND "
                                "is_nullable='YES'"), &t->mem, &may, &ignored) < 0)
        return;
    for (size_t i = 0; i < f->tables.n; i++) {
        const struct sql_table_facts *is = &f->tables.v[i];

        for (size_t k = 0; k < is->n_columns; k++) {
            const char *name = arena_printf(&t->mem, "%s.%s", is->name, is->columns[k]);

            if (is->empty[k] == 0 || !is_in(&may, name))
                continue;
            n += is->empty[k];
            if (columns++ < NAMED_MAX)
                buf_printf(&which, "%s%s (%" PRIu64 ")", columns > 1 ? ", " : "", name, is->empty[k]);
        }
    }
    if (columns > NAMED_MAX)
        buf_printf(&which, " and %zu more column%s", columns - NAMED_MAX, plural(columns - NAMED_MAX, "", "s"));
    if (n > 0)
        tell(t, arena_printf(&t->mem, "%" PRIu64 " value%s of columns that may be NULL %s '', as OpenCart wrote NULL before 3.0.3.9: %s", n,
                             plural(n, "", "s"), plural(n, "is", "are"), buf_cstr(&which)));
    buf_free(&which);
}

/* ---- rows ---- */

static void tell_twice(struct telling *t)
{
    size_t told = 0;

    for (size_t i = 0; i < t->f->tables.n; i++) {
        const struct sql_table_facts *is = &t->f->tables.v[i];

        if (is->again == 0 && is->emptied_line == 0)
            continue;
        if (told++ >= NAMED_MAX)
            continue;
        if (is->emptied_line > 0)
            tell(t, arena_printf(&t->mem, "table %s is emptied at line %" PRIu64 " after rows had come: two backups were written into this file, at a time or "
                                             "one after the other", is->name, is->emptied_line));
        if (is->again > 0)
            tell(t, arena_printf(&t->mem, "table %s has %" PRIu64 " row%s twice, the first at lines %" PRIu64 " and %" PRIu64 ": a page of the backup was written "
                                             "again; what a key tells is taken once", is->name, is->again, plural(is->again, "", "s"),
                             is->first_line, is->again_line));
    }
    if (told > NAMED_MAX)
        tell(t, arena_printf(&t->mem, "%zu more table%s like that", told - NAMED_MAX, plural(told - NAMED_MAX, " is", "s are")));
}

void oc_dump_faults(struct store *s, const struct backup *b, const struct sql_facts *f, backup_fault *fault, void *arg)
{
    struct telling t = {.s = s, .f = f, .tell = fault, .arg = arg};

    if (f->writer != SQL_BY_OPENCART)
        return;
    tell_damage(&t);
    tell_nulls(&t);
    tell_twice(&t);
    if (f->ends_open && f->whole != SQL_WHOLE_NO)
        tell(&t, arena_printf(&t.mem, "no blank line stands at its end, as OpenCart writes one behind each table: rows of %s, and tables behind it, may be "
                                      "missing", b->last_table ? b->last_table : "the last table"));
    arena_free(&t.mem);
}
