/*
 * What a release's own step expects and does not ask for. Where a store lacks that, the step fails or does its work twice; so it is made true first, said in
 * the plan and noted in the journal. Only what the step itself would do or drop anyway is touched.
 */
#include "platform/opencart/plan_parts.h"

#include <string.h>

#define STEP_FILE_MAX ((size_t)1024 * 1024)

struct precondition {
    const char *step;
    const char *words;
    /* Whether it has to be made true on this store. */
    bool (*needed)(struct store *s, const struct oc_case *c, const struct precondition *p);
    int (*make)(struct store *s, const struct precondition *p, struct err *e);
    const char *table, *column;
};

static bool has(const struct oc_case *c, const char *table, const char *column)
{
    return schema_has(&c->live, table, column);
}

static int send(struct store *s, const char *sql, struct err *e)
{
    struct mysql *db = store_db(s, e);

    return db ? mysql_exec(db, str_of(sql), NULL, e) : -1;
}

/* Quoted, as it stands in a statement. */
static const char *quoted(struct store *s, const char *name)
{
    struct buf out = {0};
    const char *text;

    mysql_quote_id(&out, str_of(name));
    text = arena_dup(&s->mem, out.p, out.n);
    buf_free(&out);
    return text;
}

static const char *full(struct store *s, const char *table)
{
    return quoted(s, store_table(s, table));
}

/* ---- carts ---- */

/* The step drops the column without a look, behind the emptying of the table. */
static bool lacks_recurring(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    (void)s;
    (void)p;
    return has(c, "cart", NULL) && !has(c, "cart", "recurring_id") && !has(c, "cart", "subscription_plan_id");
}

static int add_recurring(struct store *s, const struct precondition *p, struct err *e)
{
    bool there = false;

    (void)p;
    if (oc_has(s, "cart", "recurring_id", &there, e) < 0 || there)
        return there ? 0 : -1;
    return send(s, arena_printf(&s->mem, "ALTER TABLE %s ADD COLUMN `recurring_id` int(11) NOT NULL DEFAULT '0'", full(s, "cart")), e);
}

/* ---- affiliates ---- */

static bool lacks_companion(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    (void)s;
    return has(c, "affiliate", NULL) && !has(c, p->table, NULL);
}

static int make_empty(struct store *s, const struct precondition *p, struct err *e)
{
    return send(s,
                arena_printf(&s->mem, "CREATE TABLE IF NOT EXISTS %s (%s)", full(s, p->table),
                             strcmp(p->table, "affiliate_transaction") == 0
                                 ? "`affiliate_transaction_id` int(11) NOT NULL AUTO_INCREMENT PRIMARY KEY, `affiliate_id` int(11) NOT NULL, "
                                   "`order_id` int(11) NOT NULL, `description` text NOT NULL, `amount` decimal(15,4) NOT NULL, "
                                   "`date_added` datetime NOT NULL"
                                 : "`affiliate_id` int(11) NOT NULL PRIMARY KEY"),
                e);
}

/* ---- what was moved already ---- */

static bool is_moved(struct store *s, const struct oc_case *c, const char *sql)
{
    struct err ignored = {0};
    struct buf value = {0};
    bool found = false;
    struct mysql *db = c->db ? store_db(s, &ignored) : NULL;

    if (db)
        mysql_value(db, str_of(sql), &value, &found, &ignored);
    buf_free(&value);
    return found;
}

/* Rows of the new table that are just what the step is about to put in again. */
static const char *codes_sql(struct store *s, const char *head, const char *field)
{
    return arena_printf(&s->mem,
                        "%s FROM %s c JOIN %s p ON p.product_id = c.product_id WHERE c.code = '%s' AND p.%s != '' AND "
                        "BINARY CONVERT(c.value USING utf8mb4) = BINARY CONVERT(p.%s USING utf8mb4)",
                        head, full(s, "product_code"), full(s, "product"), field, quoted(s, field), quoted(s, field));
}

static const char *names_sql(struct store *s, const char *head, const char *table)
{
    return arena_printf(&s->mem,
                        "%s FROM %s d JOIN %s t ON t.%s_id = d.%s_id WHERE BINARY CONVERT(d.name USING utf8mb4) = BINARY CONVERT(t.name USING utf8mb4)",
                        head, full(s, arena_printf(&s->mem, "%s_description", table)), full(s, table), table, table);
}

static bool codes_moved(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    return has(c, "product", p->column) && has(c, "product_code", "value") &&
           is_moved(s, c, arena_printf(&s->mem, "%s LIMIT 1", codes_sql(s, "SELECT 1", p->column)));
}

static bool names_moved(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    return has(c, p->table, "name") && has(c, arena_printf(&s->mem, "%s_description", p->table), "name") &&
           is_moved(s, c, arena_printf(&s->mem, "%s LIMIT 1", names_sql(s, "SELECT 1", p->table)));
}

/* Each is gone from the source once the step has ended; a run that was cut comes here again. */
static int drop_codes(struct store *s, const struct precondition *p, struct err *e)
{
    bool there = false;

    if (oc_has(s, "product", p->column, &there, e) < 0)
        return -1;
    return there ? send(s, codes_sql(s, "DELETE c", p->column), e) : 0;
}

static int drop_names(struct store *s, const struct precondition *p, struct err *e)
{
    bool there = false;

    if (oc_has(s, p->table, "name", &there, e) < 0)
        return -1;
    return there ? send(s, names_sql(s, "DELETE d", p->table), e) : 0;
}

#define KINDS "('SKU', 'UPC', 'EAN', 'JAN', 'ISBN', 'MPN')"

/* The step puts all six kinds in, or none when there is any: an attempt that was cut between them left some. */
static bool kinds_cut(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    const char *t = full(s, p->table);

    return has(c, p->table, "code") && has(c, "product", "mpn") && is_moved(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s LIMIT 1", t)) &&
           !is_moved(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s WHERE code NOT IN " KINDS " LIMIT 1", t)) &&
           !is_moved(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s HAVING COUNT(DISTINCT code) = 6", t));
}

static int drop_kinds(struct store *s, const struct precondition *p, struct err *e)
{
    return send(s, arena_printf(&s->mem, "DELETE FROM %s WHERE code IN " KINDS, full(s, p->table)), e);
}

/* clang-format off */
#define COMPANION "an empty table that the step drops without asking whether it is there"
#define CODES     "codes that an earlier attempt has moved are taken out of product_code, where the step would put them in a second time"
#define NAMES     "names that an earlier attempt has moved are taken out of the new table, where the step would put them in a second time"

static const struct precondition preconditions[] = {
    {"1009", COMPANION, lacks_companion, make_empty, "affiliate_activity", NULL},
    {"1009", COMPANION, lacks_companion, make_empty, "affiliate_login", NULL},
    {"1009", COMPANION, lacks_companion, make_empty, "affiliate_transaction", NULL},
    {"upgrade_8", COMPANION, lacks_companion, make_empty, "affiliate_transaction", NULL},
    {"upgrade_8", "the column cart.recurring_id comes back, as the step drops it without asking; it empties open carts in any case", lacks_recurring,
     add_recurring, NULL, NULL},
    {"upgrade_10", "kinds of codes that an earlier attempt has put in are taken out, since the step puts in all of them or none", kinds_cut, drop_kinds,
     "identifier", NULL},
    {"upgrade_10", CODES, codes_moved, drop_codes, NULL, "sku"},
    {"upgrade_10", CODES, codes_moved, drop_codes, NULL, "upc"},
    {"upgrade_10", CODES, codes_moved, drop_codes, NULL, "ean"},
    {"upgrade_10", CODES, codes_moved, drop_codes, NULL, "jan"},
    {"upgrade_10", CODES, codes_moved, drop_codes, NULL, "isbn"},
    {"upgrade_10", CODES, codes_moved, drop_codes, NULL, "mpn"},
    {"upgrade_11", NAMES, names_moved, drop_names, "country", NULL},
    {"upgrade_11", NAMES, names_moved, drop_names, "zone", NULL},
};
/* clang-format on */

int oc_patch_prepare(struct store *s, struct oc_case *c, const struct oc_todo *t, struct work *w, struct err *e)
{
    for (size_t i = 0; i < sizeof preconditions / sizeof *preconditions; i++) {
        const struct precondition *p = &preconditions[i];
        const char *what = p->table ? p->table : p->column ? p->column : "cart";

        if (strcmp(p->step, t->name) != 0 || !p->needed(s, c, p))
            continue;
        w->say(w, "%s%s: %s", w->dry_run ? "before it: " : "", what, p->words);
        if (w->dry_run)
            continue;
        if (w->note(w, arena_printf(c->mem, "before %s", what), str_of(p->words), e) < 0 || p->make(s, p, e) < 0)
            return -1;
    }
    return 0;
}

/* ---- for the plan ---- */

static bool table_has_rows(struct store *s, const struct oc_case *c, const char *table)
{
    return has(c, table, NULL) && is_moved(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s LIMIT 1", full(s, table)));
}

/* 3.0.0 to 3.0.3.2: $affiliatee for $affiliate, so that customers without a name are made, and then the table of affiliates is dropped. */
static bool is_misspelt(struct store *s, const struct oc_case *c, const struct oc_todo *t)
{
    struct buf php = {0};
    struct err ignored = {0};
    bool yes;

    if (strcmp(t->name, "1009") != 0 || !table_has_rows(s, c, "affiliate"))
        return false;
    yes = tree_read(&s->tree, t->file, STEP_FILE_MAX, &php, &ignored) == 0 && str_has(buf_str(&php), STR("$affiliatee"));
    buf_free(&php);
    return yes;
}

void oc_patch_judge(struct store *s, struct oc_case *c, struct oc_todo *t)
{
    if (t->state == OC_STEP_DONE || !c->db)
        return;
    for (size_t i = 0; t->before == NULL && i < sizeof preconditions / sizeof *preconditions; i++)
        if (strcmp(preconditions[i].step, t->name) == 0 && preconditions[i].needed(s, c, &preconditions[i]))
            t->before = preconditions[i].words;
    if (is_misspelt(s, c, t))
        t->danger = "it has a misspelt variable ($affiliatee), by which affiliates that are no customers yet lose their data: put the file of 3.0.3.3 or later "
                    "in its place";
}
