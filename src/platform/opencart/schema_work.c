#include "platform/opencart/schema_work.h"

#include "base/plural.h"

#include <stdlib.h>
#include <string.h>

int oc_schema_count(struct mysql *db, const char *sql, uint64_t *n, struct err *e)
{
    struct buf value = {0};
    bool found = false;
    int rc = mysql_value(db, str_of(sql), &value, &found, e);

    *n = 0;
    if (rc < 0 && e->db_code == 1205) {
        e->kind = ERR_LOCKED;
        err_fix(e, "another connection holds the table (SHOW FULL PROCESSLIST on the server shows it): wait or end it, then run the same again");
    }
    if (rc == 0 && (!found || !str_u64(buf_str(&value), UINT64_MAX, n)))
        rc = err_set(e, ERR_FORMAT, "the server's answer is no number");
    buf_free(&value);
    return rc;
}

/*
 * In 4.x the installer's own step makes every table InnoDB with utf8mb4. Up to 3.0 it names MyISAM, which schema_diff does not follow: a table that the
 * owner, or the host, has made InnoDB is worth more. Columns get their new character set in 4.x when the step runs a second time, in 3.0.5 at once:
 * its last step passes over tables whose default is the new one already. The step of 2.2 to 3.0 makes a plain key of each unique one.
 */
static struct schema_rules rules_of(const struct oc_case *c, enum oc_schema_depth depth)
{
    struct schema_rules r = {.engine = true, .charset = true};

    r.columns_charset = depth == OC_SCHEMA_FULL && oc_version_compare(c->to, "3.0.5") >= 0;
    r.plain_keys = depth == OC_SCHEMA_SEEN && oc_family_of(c->to) == OC_FAMILY_22;
    return r;
}

static bool is_kept(const struct oc_schema_work *x, const char *table, const char *column)
{
    for (size_t i = 0; i < x->kept.n; i++)
        if (strcmp(x->kept.v[i].table, table) == 0 && strcmp(x->kept.v[i].column, column) == 0)
            return true;
    return false;
}

static int ask_rows(struct oc_schema_work *x, const char *prefix, const struct schema_step *step, struct mysql *db, struct err *e)
{
    for (size_t i = 0; i < step->narrows.n; i++) {
        const struct schema_narrow *n = &step->narrows.v[i];
        uint64_t rows;

        if (is_kept(x, step->table, n->column))
            continue;
        if (oc_schema_count(db, n->sql, &rows, e) < 0)
            return err_wrap(e, "%s%s", prefix, step->table);
        if (rows == 0)
            continue;
        if (n->may_stay) {
            *vec_push(&x->kept) = (struct schema_kept){arena_strdup(&x->mem, step->table), arena_strdup(&x->mem, n->column)};
            *vec_push(&x->kept_words) = arena_printf(&x->mem, "%s%s: column %s is not made smaller: the values of %llu row%s need its room",
                                                     prefix, step->table, n->change, (unsigned long long)rows, plural(rows, "", "s"));
        } else {
            *vec_push(&x->refused) = arena_printf(&x->mem, "%s%s: column %s would lose the values of %llu row%s", prefix, step->table, n->change,
                                                  (unsigned long long)rows, plural(rows, "", "s"));
        }
    }
    return 0;
}

int oc_schema_compare(struct store *s, const struct oc_case *c, const struct schema *live, const char *only, enum oc_schema_depth depth,
                      struct mysql *db, struct oc_schema_work *out, struct err *e)
{
    struct schema_rules rules = rules_of(c, depth);
    struct schema target = c->target;
    const struct schema_table *one = only ? schema_find(&c->target, only) : NULL;
    size_t before = 0;

    if (only) {
        target.tables.v = c->target.tables.v + (one ? one - c->target.tables.v : 0);
        target.tables.n = one != NULL;
    }
    do {
        before = out->kept.n;
        out->refused.n = 0;
        rules.kept = out->kept.v;
        rules.n_kept = out->kept.n;
        schema_diff_free(&out->diff);
        schema_diff(live, &target, &rules, s->prefix, &out->diff);
        for (size_t i = 0; i < out->diff.steps.n; i++)
            if (ask_rows(out, s->prefix, &out->diff.steps.v[i], db, e) < 0)
                return -1;
    } while (out->kept.n > before);
    return 0;
}

void oc_schema_work_free(struct oc_schema_work *x)
{
    schema_diff_free(&x->diff);
    free(x->kept.v);
    free(x->kept_words.v);
    free(x->refused.v);
    arena_free(&x->mem);
    memset(x, 0, sizeof *x);
}
