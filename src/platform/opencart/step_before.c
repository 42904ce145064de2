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

/* A statement that can't be asked finds none. */
static bool has_row(struct store *s, const struct oc_case *c, const char *sql)
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

/* ---- carts ---- */

/* The step drops the column without a look, behind the emptying of the table. */
static bool lacks_recurring(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    (void)s;
    return has(c, p->table, NULL) && !has(c, p->table, p->column) && !has(c, p->table, "subscription_plan_id");
}

static int add_recurring(struct store *s, const struct precondition *p, struct err *e)
{
    bool there = false;

    if (oc_has(s, p->table, p->column, &there, e) < 0 || there)
        return there ? 0 : -1;
    return send(s, arena_printf(&s->mem, "ALTER TABLE %s ADD COLUMN %s int(11) NOT NULL DEFAULT '0'", full(s, p->table), quoted(s, p->column)), e);
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
           has_row(s, c, arena_printf(&s->mem, "%s LIMIT 1", codes_sql(s, "SELECT 1", p->column)));
}

static bool names_moved(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    return has(c, p->table, "name") && has(c, arena_printf(&s->mem, "%s_description", p->table), "name") &&
           has_row(s, c, arena_printf(&s->mem, "%s LIMIT 1", names_sql(s, "SELECT 1", p->table)));
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

    return has(c, p->table, "code") && has(c, "product", "mpn") && has_row(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s LIMIT 1", t)) &&
           !has_row(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s WHERE code NOT IN " KINDS " LIMIT 1", t)) &&
           !has_row(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s HAVING COUNT(DISTINCT code) = 6", t));
}

static int drop_kinds(struct store *s, const struct precondition *p, struct err *e)
{
    return send(s, arena_printf(&s->mem, "DELETE FROM %s WHERE code IN " KINDS, full(s, p->table)), e);
}

/* ---- a setting under its second name ---- */

/* What 1002 puts in when it is not there, and 1007 gives the theme's name. */
static const char *limit_sql(struct store *s, const char *head, const char *value)
{
    return arena_printf(&s->mem, "%s WHERE store_id = 0 AND code = 'theme_default' AND `key` = 'theme_default_product_limit' AND value = '%s'", head, value);
}

static bool limit_renamed(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    const char *t = full(s, p->table);

    return oc_case_step(c, "1007") && has(c, p->table, p->column) &&
           !has_row(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s WHERE `key` = 'config_product_limit' LIMIT 1", t)) &&
           has_row(s, c, limit_sql(s, arena_printf(&s->mem, "SELECT 1 FROM %s", t), "20"));
}

static int limit_back(struct store *s, const struct precondition *p, struct err *e)
{
    const char *sql = limit_sql(s, arena_printf(&s->mem, "UPDATE %s SET code = 'config', `key` = 'config_product_limit'", full(s, p->table)), "20");

    return send(s, arena_printf(&s->mem, "%s ORDER BY setting_id DESC LIMIT 1", sql), e);
}

/* ---- the theme ---- */

/* The step puts in the extension and two settings behind it, or none of them where there is any theme. */
static bool theme_cut(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    return has(c, p->table, "type") && has(c, "setting", "code") &&
           has_row(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s WHERE type = 'theme' HAVING COUNT(*) = 1 AND MIN(code) = 'theme_default'",
                                      full(s, p->table))) &&
           !has_row(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s WHERE `key` = 'theme_default_status' LIMIT 1", full(s, "setting")));
}

static int drop_theme(struct store *s, const struct precondition *p, struct err *e)
{
    if (send(s, arena_printf(&s->mem, "DELETE FROM %s WHERE code = 'theme_default' AND `key` = 'theme_default_directory'", full(s, "setting")), e) < 0)
        return -1;
    return send(s, arena_printf(&s->mem, "DELETE FROM %s WHERE type = 'theme' AND code = 'theme_default'", full(s, p->table)), e);
}

/* ---- banners ---- */

/*
 * The step takes each image of a banner away and puts it in anew, once a language, with the titles of its number; it drops the titles at the end. An image
 * that was put in has a new number, and no titles: a second run would only take it away.
 */
static const char *banners_sql(struct store *s, const char *head)
{
    return arena_printf(&s->mem, "%s FROM %s i LEFT JOIN %s d ON d.banner_image_id = i.banner_image_id WHERE d.banner_image_id IS NULL AND i.language_id <> 0",
                        head, full(s, "banner_image"), full(s, "banner_image_description"));
}

static bool has_old_banners(const struct oc_case *c)
{
    return has(c, "banner_image_description", "title") && has(c, "banner_image", "title") && has(c, "banner_image", "language_id");
}

static bool banners_moved(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    (void)p;
    return has_old_banners(c) && has_row(s, c, arena_printf(&s->mem, "%s LIMIT 1", banners_sql(s, "SELECT 1")));
}

static int give_titles(struct store *s, const struct precondition *p, struct err *e)
{
    const char *head = arena_printf(&s->mem, "INSERT INTO %s (banner_image_id, language_id, banner_id, title) "
                                             "SELECT i.banner_image_id, i.language_id, i.banner_id, i.title",
                                    full(s, p->table));
    bool there = false;

    if (oc_has(s, p->table, NULL, &there, e) < 0)
        return -1;
    return there ? send(s, banners_sql(s, head), e) : 0;
}

/* Titles whose image was taken away and never put in again: its picture and its address are gone. */
static bool lost_image(struct store *s, const struct oc_case *c, const struct oc_todo *t)
{
    const char *image = full(s, "banner_image");

    if ((strcmp(t->name, "1007") != 0 && strcmp(t->name, "upgrade_7") != 0) || !has_old_banners(c))
        return false;
    return has_row(s, c, arena_printf(&s->mem,
                                      "SELECT 1 FROM %s d LEFT JOIN %s x ON x.banner_image_id = d.banner_image_id WHERE x.banner_image_id IS NULL AND "
                                      "NOT EXISTS (SELECT 1 FROM %s i WHERE i.banner_id = d.banner_id AND i.language_id = d.language_id AND "
                                      "BINARY CONVERT(i.title USING utf8mb4) = BINARY CONVERT(d.title USING utf8mb4)) LIMIT 1",
                                      full(s, "banner_image_description"), image, image));
}

/* ---- shipping of orders ---- */

/* Nothing else ever wrote a name that looks so. */
#define WRAPPED "o.shipping_method LIKE '{\"name\":\"%%\"code\":%%' AND JSON_VALID(o.shipping_method) AND " \
                "EXISTS (SELECT 1 FROM %s t WHERE t.order_id = o.order_id AND t.code = 'shipping')"
/* Each attempt before wrapped it once. */
#define WRAPS_MAX 16

static const char *wrapped_sql(struct store *s)
{
    return arena_printf(&s->mem, "SELECT 1 FROM %s o WHERE " WRAPPED " LIMIT 1", full(s, "order"), full(s, "order_total"));
}

static bool shipping_wrapped(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    return has(c, p->table, "payment_code") && has(c, p->table, "shipping_code") && has_row(s, c, wrapped_sql(s));
}

static int unwrap_shipping(struct store *s, const struct precondition *p, struct err *e)
{
    const char *sql = arena_printf(&s->mem,
                                   "UPDATE %s o SET o.shipping_code = JSON_UNQUOTE(JSON_EXTRACT(o.shipping_method, '$.code')), "
                                   "o.shipping_method = JSON_UNQUOTE(JSON_EXTRACT(o.shipping_method, '$.name')) WHERE " WRAPPED,
                                   full(s, p->table), full(s, "order_total"));
    struct mysql *db = store_db(s, e);
    bool found = db != NULL;
    int rc = db ? 0 : -1;

    for (int i = 0; rc == 0 && found && i < WRAPS_MAX; i++) {
        struct buf value = {0};

        rc = mysql_exec(db, str_of(sql), NULL, e);
        if (rc == 0)
            rc = mysql_value(db, str_of(wrapped_sql(s)), &value, &found, e);
        buf_free(&value);
    }
    return rc;
}

/* It asks for the first of the two columns that it drops, and does nothing where that is gone. */
static bool code_left(struct store *s, const struct oc_case *c, const struct precondition *p)
{
    (void)s;
    return c->target_known && has(c, p->table, p->column) && !has(c, p->table, "payment_code") && !schema_has(&c->target, p->table, p->column);
}

static int drop_code(struct store *s, const struct precondition *p, struct err *e)
{
    bool there = false;

    if (oc_has(s, p->table, p->column, &there, e) < 0)
        return -1;
    return there ? send(s, arena_printf(&s->mem, "ALTER TABLE %s DROP COLUMN %s", full(s, p->table), quoted(s, p->column)), e) : 0;
}

/* clang-format off */
#define COMPANION "an empty table that the step drops without asking whether it is there"
#define CODES     "codes that an earlier attempt has moved are taken out of product_code, where the step would put them in a second time"
#define NAMES     "names that an earlier attempt has moved are taken out of the new table, where the step would put them in a second time"

#define LIMIT     "the limit of products that an earlier attempt put in gets its first name back, where the step would put in a second one"
#define THEME     "the theme that an earlier attempt put in without its settings is taken out, since the step puts in all of it or nothing"
#define BANNERS   "images of banners that an earlier attempt has moved get their titles again, without which the step would take them away"
#define SHIPPING  "ways of shipping that an earlier attempt has made JSON are made names again, where the step would do it a second time"
#define LEFT      "the column is dropped, which the step leaves when an attempt died between its two"

static const struct precondition preconditions[] = {
    {"1002", LIMIT, limit_renamed, limit_back, "setting", "code"},
    {"1007", THEME, theme_cut, drop_theme, "extension", NULL},
    {"1007", BANNERS, banners_moved, give_titles, "banner_image_description", NULL},
    {"upgrade_7", BANNERS, banners_moved, give_titles, "banner_image_description", NULL},
    {"upgrade_9", SHIPPING, shipping_wrapped, unwrap_shipping, "order", NULL},
    {"upgrade_9", LEFT, code_left, drop_code, "order", "shipping_code"},
    {"1009", COMPANION, lacks_companion, make_empty, "affiliate_activity", NULL},
    {"1009", COMPANION, lacks_companion, make_empty, "affiliate_login", NULL},
    {"1009", COMPANION, lacks_companion, make_empty, "affiliate_transaction", NULL},
    {"upgrade_8", COMPANION, lacks_companion, make_empty, "affiliate_transaction", NULL},
    {"upgrade_8", "the column cart.recurring_id comes back, as the step drops it without asking; it empties open carts in any case", lacks_recurring,
     add_recurring, "cart", "recurring_id"},
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
        const char *what = p->table ? p->table : p->column;

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
    return has(c, table, NULL) && has_row(s, c, arena_printf(&s->mem, "SELECT 1 FROM %s LIMIT 1", full(s, table)));
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
    else if (lost_image(s, c, t))
        t->danger = "an earlier attempt died between taking an image of a banner away and putting it in again: its picture and address are gone, and the step drops "
                    "what is left of it, the title in banner_image_description. Go back with a backup of before, or put the image in by hand afterwards";
}
