/* The signs asked of one store, and what they say of each step together with the trail. */
#include "platform/opencart/plan_parts.h"
#include "platform/opencart/signs.h"

#include <string.h>

/* As it is before the step, as it is after it, or not to be told. */
enum answer { SILENT, BEFORE, AFTER };

struct asking {
    struct store *s;
    struct oc_case *c;
    struct mysql *db;
};

/* One step's signs together. */
struct tally {
    unsigned before, strong, shape, sure, begun, after;
    const struct oc_sign *first;
    const char *words; /* of what is no row of the table of signs */
    const char *table; /* of which words are said; NULL: of config.php */
};

static bool came_below(const struct oc_case *c, const char *version)
{
    return version && c->from && oc_version_compare(c->from, version) < 0;
}

static bool find_row(struct asking *q, const struct oc_sign *sign, bool *found)
{
    struct buf sql = {0};
    struct buf value = {0};
    struct err ignored = {0};
    int rc;

    if (q->db == NULL || !mysql_alive(q->db))
        return false;
    mysql_sqlf(q->db, &sql, "SELECT 1 FROM %i WHERE ", store_table(q->s, sign->table));
    buf_printf(&sql, "%s LIMIT 1", sign->where);
    rc = mysql_value(q->db, buf_str(&sql), &value, found, &ignored);
    buf_free(&sql);
    buf_free(&value);
    return rc == 0;
}

static enum answer ask(struct asking *q, const struct oc_sign *sign)
{
    bool found = false;

    switch (sign->kind) {
    case OC_SIGN_COLUMN:
        return schema_has(&q->c->live, sign->table, sign->column) ? BEFORE : AFTER;
    case OC_SIGN_TABLE:
        return schema_has(&q->c->live, sign->table, NULL) ? BEFORE : AFTER;
    case OC_SIGN_NO_ROW:
    case OC_SIGN_ROW:
    case OC_SIGN_BEGUN:
    case OC_SIGN_LEFT:
        break;
    }
    if (!find_row(q, sign, &found))
        return SILENT;
    if (sign->kind == OC_SIGN_NO_ROW)
        return found ? BEFORE : AFTER;
    return found ? AFTER : BEFORE;
}

/* ---- the two config.php ---- */

static const struct oc_config *config_of(const struct oc_config_file *f)
{
    return f->path && f->err.kind == ERR_NONE ? &f->c : NULL;
}

static bool defines(const struct oc_config_file *f, const char *name)
{
    const struct oc_config *c = config_of(f);

    return c == NULL || oc_config_find(c, name) != NULL;
}

static bool value_has(const struct oc_config_file *f, const char *name, const char *part)
{
    const struct oc_define *d = config_of(f) ? oc_config_find(config_of(f), name) : NULL;

    return d && d->known && str_has(d->value, str_of(part));
}

static void ask_config(struct asking *q, const struct oc_todo *t, struct tally *y)
{
    const struct oc *x = q->s->own;
    const char *words = NULL;
    const char *below = NULL;

    if (config_of(&x->catalog) == NULL)
        return;
    if (strcmp(t->name, "upgrade_1") == 0) {
        words = q->c->config_why;
        below = "4.0";
    } else if (strcmp(t->name, "1006") == 0 && oc_version_compare(q->c->to, "2.3") >= 0) {
        if (value_has(&x->catalog, "DIR_LOGS", "system/logs") || value_has(&x->catalog, "DIR_CACHE", "system/cache"))
            words = "config.php has the places of before 2.2";
        below = "2.2";
    } else if (strcmp(t->name, "1009") == 0 && oc_version_compare(q->c->to, "3.0.2") >= 0) {
        if (!defines(&x->catalog, "DIR_STORAGE") || !defines(&x->back, "DIR_STORAGE"))
            words = "a config.php does not have DIR_STORAGE";
        else if (!defines(&x->back, "OPENCART_SERVER"))
            words = "the back office's config.php does not have OPENCART_SERVER";
        below = "3.0";
    } else {
        return;
    }
    if (words) {
        y->before++;
        y->strong++;
        y->shape++;
        y->words = words;
    } else if (came_below(q->c, below)) {
        y->sure++;
    }
}

/*
 * Step 1000 makes a plain key of the unique one, which only step 1010 makes unique again. A new installation has it unique, and the toolkit's own
 * change of tables too: then it tells nothing.
 */
static void ask_lost_key(struct asking *q, const struct oc_todo *t, struct tally *y)
{
    const struct schema_table *product = schema_find(&q->c->live, "googleshopping_product");

    if (strcmp(t->name, "1010") != 0 || oc_version_compare(q->c->to, "3.0.5") < 0 || product == NULL)
        return;
    for (size_t i = 0; i < product->keys.n; i++) {
        if (strcmp(product->keys.v[i].name, "product_id_store_id") != 0 || product->keys.v[i].kind != SCHEMA_PLAIN)
            continue;
        y->before++;
        y->strong++;
        y->shape++;
        y->table = product->name;
        y->words = "the key product_id_store_id is not unique, as the step before leaves it";
    }
}

/* ---- a step ---- */

static void describe(struct asking *q, struct oc_todo *t, const struct tally *y)
{
    const struct oc_sign *g = y->first;

    if (g == NULL || y->words) {
        t->why = y->words;
        t->sign = y->words == NULL ? NULL : y->table ? store_table(q->s, y->table) : "config.php";
        return;
    }
    t->sign = g->kind == OC_SIGN_TABLE || g->column == NULL ? store_table(q->s, g->table)
                                                           : arena_printf(q->c->mem, "%s.%s", store_table(q->s, g->table), g->column);
    t->why = g->words;
}

static void settle(struct asking *q, struct oc_todo *t)
{
    struct tally y = {0};
    size_t n;
    const struct oc_sign *all = oc_signs(&n);
    const struct oc *x = q->s->own;
    bool thorough = x->install || q->c->ours;

    for (size_t i = 0; i < n; i++) {
        enum answer a;

        if (strcmp(all[i].step, t->name) != 0 || (all[i].large && !thorough) || !oc_sign_fits(&all[i], q->c->to, &q->c->live, &q->c->target))
            continue;
        a = ask(q, &all[i]);
        if (all[i].kind == OC_SIGN_BEGUN) {
            y.begun += a == AFTER;
        } else if (all[i].kind == OC_SIGN_LEFT) {
            y.sure += a == AFTER;
        } else if (a == BEFORE) {
            if (y.first == NULL || (all[i].strong && !y.first->strong))
                y.first = &all[i];
            y.before++;
            y.strong += all[i].strong;
            y.shape += all[i].strong && (all[i].kind == OC_SIGN_COLUMN || all[i].kind == OC_SIGN_TABLE);
        } else if (a == AFTER) {
            y.sure += came_below(q->c, all[i].came_below);
            y.after += all[i].strong;
        }
    }
    ask_config(q, t, &y);
    ask_lost_key(q, t, &y);
    t->clean = y.before == 0 && y.after > 0;
    if (y.before > 0) {
        t->state = y.sure > 0 || y.begun > 0 ? OC_STEP_PART : OC_STEP_BEFORE;
        t->strong = y.strong > 0;
        t->shape = y.shape > 0;
        describe(q, t, &y);
    } else if (y.sure > 0) {
        t->state = OC_STEP_DONE;
    }
}

/* What the requests and answers tell of it; what the store itself shows otherwise counts more. */
static void hear_trail(const struct oc_case *c, struct oc_todo *t)
{
    const struct oc_step_seen *seen = t->number <= OC_STEPS_MAX ? &c->trail.steps[t->number] : NULL;

    if (seen == NULL || (t->state != OC_STEP_UNKNOWN && (t->strong || t->state == OC_STEP_DONE)))
        return;
    if (seen->answered.source || c->trail.end.source)
        t->state = OC_STEP_DONE;
    else if (seen->asked.source || seen->failed.source)
        /* Where all was one request, its failure is that of the tables, and what stands behind them shows by itself. */
        t->state = t->clean && oc_family_of(c->to) == OC_FAMILY_20 ? OC_STEP_DONE : OC_STEP_PART;
}

/* Steps run in their order: behind one whose work is there stands none that did not run. */
static void imply(struct oc_case *c)
{
    bool later = false;

    for (size_t i = c->steps.n; i-- > 0;) {
        struct oc_todo *t = &c->steps.v[i];

        if (later && (t->state == OC_STEP_UNKNOWN || (t->state != OC_STEP_DONE && !t->strong))) {
            t->state = OC_STEP_DONE;
            t->why = "the work of a later step is there";
            t->sign = NULL;
        }
        later = later || t->state == OC_STEP_DONE || t->state == OC_STEP_PART;
    }
}

/* The trail is of this upgrade when it names no other version. */
static bool is_of_this(const struct oc_case *c)
{
    return c->trail.to == NULL || c->to == NULL || oc_version_compare(c->trail.to, c->to) == 0;
}

void oc_case_signs(struct store *s, struct oc_case *c)
{
    struct err ignored = {0};
    struct asking q = {.s = s, .c = c, .db = c->db ? store_db(s, &ignored) : NULL};

    for (size_t i = 0; i < c->steps.n; i++) {
        struct oc_todo *t = &c->steps.v[i];

        t->state = OC_STEP_UNKNOWN;
        t->strong = t->shape = false;
        t->why = t->sign = NULL;
        settle(&q, t);
        if (is_of_this(c))
            hear_trail(c, t);
    }
    imply(c);
}
