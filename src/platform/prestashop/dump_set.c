/*
 * A backup of the upgrade module as a whole. How many parts a dump has is written nowhere, so everything else that can tell is asked:
 * the names and numbers of the parts, what each says of itself in its first line, and the tables that the live database has.
 */
#include "base/plural.h"
#include "db/mysql_rows.h"
#include "format/ps_names.h"
#include "platform/prestashop/ps.h"
#include "sys/inflate.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* The first comment of a part lies within so many bytes. */
#define HEAD_BYTES 512
/* So many tables are named. */
#define NAMED_MAX 5
/* Rows that the module reads and writes at once. */
#define ROWS_AT_ONCE 200

struct part {
    const char *path;
    struct ps_name name; /* kind PS_NAME_DUMP or _FILES when known */
    bool known;
    bool is_dump;
};

struct set {
    struct store *s;
    const struct backup *b;
    backup_fault *tell;
    void *arg;
    struct arena mem;
    VEC(struct part) parts;
    VEC(const char *) live; /* tables of the store */
    struct str name; /* of the backup; empty: it is none of the module's */
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void damage(struct set *x, const char *text)
{
    x->tell(x->arg, true, text);
}

static void remark(struct set *x, const char *text)
{
    x->tell(x->arg, false, text);
}

/* ---- names ---- */

static void read_names(struct set *x)
{
    struct ps_name n;

    for (size_t i = 0; i < x->b->parts.n; i++) {
        struct part *p = vec_push(&x->parts);

        p->path = x->b->parts.v[i].path;
        p->is_dump = x->b->parts.v[i].is_dump;
        p->known = ps_name_read(str_of(base_name(p->path)), &p->name) && (p->name.kind == PS_NAME_DUMP) == p->is_dump;
    }
    /* The folder says which one it is; without it the first part. */
    if (ps_name_read(str_of(base_name(x->b->path)), &n))
        x->name = n.name;
    for (size_t i = 0; x->name.n == 0 && i < x->parts.n; i++)
        if (x->parts.v[i].known)
            x->name = x->parts.v[i].name.name;
}

static void compare_names(struct set *x)
{
    for (size_t i = 0; i < x->parts.n; i++) {
        const struct part *p = &x->parts.v[i];

        if (!p->known)
            damage(x, arena_printf(&x->mem, "%s is no part of it and would be loaded with it: take it out of the folder",
                                   base_name(p->path)));
        else if (!str_eq(p->name.name, x->name))
            damage(x, arena_printf(&x->mem, "%s belongs to another backup than %.*s: the parts of two are mixed here", base_name(p->path),
                                   STR_FMT(x->name)));
    }
}

static void compare_numbers(struct set *x)
{
    size_t dumps = 0;
    unsigned first = 0;

    for (size_t i = 0; i < x->parts.n; i++) {
        const struct part *p = &x->parts.v[i];

        if (!p->known || !p->is_dump)
            continue;
        if (dumps++ == 0 || p->name.number < first)
            first = p->name.number;
        for (size_t k = 0; k < i; k++)
            if (x->parts.v[k].known && x->parts.v[k].is_dump && x->parts.v[k].name.number == p->name.number)
                damage(x, arena_printf(&x->mem, "part %u of the dump is there twice", p->name.number));
    }
    /* Gaps between two parts are told for all platforms. */
    if (dumps == 1 && first != 1)
        damage(x, arena_printf(&x->mem, "it is part %u of a dump; those before it are missing", first));
}

static bool is_part(const struct set *x, const char *name)
{
    for (size_t i = 0; i < x->parts.n; i++)
        if (strcmp(base_name(x->parts.v[i].path), name) == 0)
            return true;
    return false;
}

static int see_beside(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct set *x = arg;
    struct ps_name n;

    (void)e;
    if (type == DT_REG && ps_name_read(str_of(name), &n) && n.kind == PS_NAME_DUMP && str_eq(n.name, x->name) && !is_part(x, name))
        damage(x, arena_printf(&x->mem, "part %u of the same dump lies beside it: name the folder instead", n.number));
    return 0;
}

/* Somebody has named one part of many. */
static void look_beside(struct set *x)
{
    struct tree t = {.ops = x->s->tree.ops};
    struct err ignored = {0};

    for (size_t i = 0; i < x->parts.n; i++) {
        const char *path = x->parts.v[i].path;
        const char *slash = strrchr(path, '/');

        if (!x->parts.v[i].is_dump)
            continue;
        if (tree_open(&t, slash ? arena_dup(&x->mem, path, (size_t)(slash - path) + 1) : ".", &ignored) == 0)
            tree_list(&t, "", see_beside, x, &ignored);
        tree_close(&t);
        return;
    }
}

/* ---- what the parts say of themselves ---- */

struct source {
    const struct tree *t;
    int fd;
};

static ssize_t read_source(void *arg, void *p, size_t n, struct err *e)
{
    const struct source *src = arg;
    ssize_t got = tree_read_full(src->t, src->fd, p, n);

    return got < 0 ? err_sys(e, "can't be read") : got;
}

/* What can't be read is told by those who read all of it. */
static size_t read_head(struct set *x, const char *path, char *out)
{
    struct source src = {&x->s->tree, x->s->tree.ops->openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0)};
    struct err ignored = {0};
    struct inflate *in;
    size_t n = 0;
    ssize_t got = 1;

    if (src.fd < 0)
        return 0;
    in = inflate_open(read_source, &src, &ignored);
    while (in && got > 0 && n < HEAD_BYTES) {
        got = inflate_read(in, out + n, HEAD_BYTES - n, &ignored);
        n += got > 0 ? (size_t)got : 0;
    }
    inflate_close(in);
    x->s->tree.ops->close(src.fd);
    return n;
}

struct addresses {
    struct str host; /* to be found */
    struct str first;
    size_t n;
    bool found;
};

static void ask_addresses(struct set *x, const char *column, struct addresses *a)
{
    struct err ignored = {0};
    struct mysql *db = x->s->prefix ? store_db(x->s, &ignored) : NULL;
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc = -1;

    if (db) {
        mysql_sqlf(db, &sql, "SELECT CONCAT(%i, physical_uri) FROM %t", column, x->s->prefix, "shop_url");
        rc = mysql_query(db, buf_str(&sql), &ignored);
    }
    while (rc == 0 && mysql_row(db, &row, &ignored) == 1) {
        if (a->n++ == 0)
            a->first = (struct str){arena_dup(&x->mem, row[0].s.p, row[0].s.n), row[0].s.n};
        a->found = a->found || str_eq(row[0].s, a->host);
    }
    buf_free(&sql);
}

/* A store without a database has no address to compare with. */
static void compare_host(struct set *x, struct str host)
{
    struct addresses a = {.host = host};

    ask_addresses(x, "domain", &a);
    ask_addresses(x, "domain_ssl", &a);
    if (a.n > 0 && !a.found)
        remark(x, arena_printf(&x->mem, "its dump was made of the shop %.*s, this one is %.*s: make sure that it is the same shop",
                               STR_FMT(host), STR_FMT(a.first)));
}

static void compare_heads(struct set *x)
{
    char text[HEAD_BYTES];
    struct str host = {0};
    bool any = false;

    for (size_t i = 0; i < x->parts.n; i++) {
        const struct part *p = &x->parts.v[i];
        struct ps_dump_head h;

        if (!p->known || !p->is_dump || !ps_dump_head((struct str){text, read_head(x, p->path, text)}, &h))
            continue;
        if (h.number != p->name.number)
            damage(x, arena_printf(&x->mem, "%s says of itself that it is part %u: it was renamed", base_name(p->path), h.number));
        if (any && !str_eq(h.host, host))
            damage(x, arena_printf(&x->mem, "%s is of the shop %.*s, the parts before it are of %.*s", base_name(p->path),
                                   STR_FMT(h.host), STR_FMT(host)));
        if (!any)
            host = (struct str){arena_dup(&x->mem, h.host.p, h.host.n), h.host.n};
        any = true;
    }
    if (host.n > 0)
        compare_host(x, host);
}

/* ---- tables ---- */

/* Tables of the product from 1.6 to 9, so that one that is missing was not yet written. Modules and upgrades make others. */
static const char *const core_tables[] = {
    "accessory", "address", "address_format", "alias", "attachment", "attachment_lang", "attribute", "attribute_group",
    "attribute_group_lang", "attribute_group_shop", "attribute_lang", "attribute_shop", "carrier", "carrier_group", "carrier_lang",
    "carrier_shop", "carrier_tax_rules_group_shop", "carrier_zone", "cart", "cart_cart_rule", "cart_product", "cart_rule",
    "category", "category_group", "category_lang", "category_product", "category_shop", "cms", "cms_category", "cms_lang",
    "configuration", "configuration_lang", "contact", "contact_lang", "country", "country_lang", "country_shop", "currency",
    "currency_shop", "customer", "customer_group", "customization", "delivery", "employee", "employee_shop", "feature",
    "feature_lang", "feature_product", "feature_value", "gender", "group", "group_lang", "group_shop", "hook", "hook_module",
    "image", "image_lang", "image_type", "lang", "lang_shop", "log", "manufacturer", "message", "meta", "meta_lang", "module",
    "module_shop", "operating_system", "order_cart_rule", "order_detail", "order_history", "order_invoice", "order_payment",
    "order_state", "order_state_lang", "orders", "pack", "page", "page_type", "product", "product_attribute",
    "product_attribute_shop", "product_lang", "product_sale", "product_shop", "product_supplier", "profile", "profile_lang",
    "quick_access", "range_price", "range_weight", "risk", "search_index", "search_word", "shop", "shop_group", "shop_url",
    "specific_price", "state", "stock_available", "store", "supplier", "supplier_lang", "tab", "tab_lang", "tag", "tax", "tax_lang",
    "tax_rule", "tax_rules_group", "timezone", "warehouse", "web_browser", "webservice_account", "webservice_permission", "zone",
    "zone_shop"};

static bool is_among(const char *const *list, size_t n, struct str name)
{
    for (size_t i = 0; i < n && list[i]; i++)
        if (str_is(name, list[i]))
            return true;
    return false;
}

static bool is_in_dump(const struct backup *b, const char *table)
{
    for (size_t i = 0; i < b->table_names.n; i++)
        if (strcmp(b->table_names.v[i], table) == 0)
            return true;
    return false;
}

static int read_live(struct set *x, struct str prefix, struct err *e)
{
    static const char sql[] = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND "
                              "TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME";
    struct mysql *db = store_db(x->s, e);
    struct mysql_list all;

    if (db == NULL || mysql_rows_list(db, str_of(sql), &x->mem, &all, e) < 0)
        return -1;
    for (size_t i = 0; i < all.n; i++)
        if (str_starts(str_of(all.v[i]), prefix) && !str_starts(str_of(all.v[i]), STR("_tk")))
            *vec_push(&x->live) = all.v[i];
    return 0;
}

/*
 * The rows of a table may go on in a further part, and nothing in the dump says that there is one. Up to generation 6 the rows before
 * it are whole statements of ROWS_AT_ONCE.
 */
static void compare_last(struct set *x)
{
    const struct backup *b = x->b;
    struct err ignored = {0};
    struct mysql *db = store_db(x->s, &ignored);
    struct buf sql = {0};
    struct buf value = {0};
    uint64_t n = 0;
    bool found = false;
    bool live = false;

    for (size_t i = 0; i < x->live.n; i++)
        live = live || (b->last_table && strcmp(x->live.v[i], b->last_table) == 0);
    if (db && live && b->last_rows % ROWS_AT_ONCE == 0) {
        mysql_sqlf(db, &sql, "SELECT COUNT(*) FROM %i", b->last_table);
        if (mysql_value(db, buf_str(&sql), &value, &found, &ignored) < 0)
            found = false;
    }
    if (found && str_u64(buf_str(&value), UINT64_MAX, &n) && n > b->last_rows)
        remark(x, arena_printf(&x->mem, "its last table, %s, has %llu row%s in it, the live one has %llu: a last part of the dump may be missing",
                               b->last_table, (unsigned long long)b->last_rows, plural(b->last_rows, "", "s"), (unsigned long long)n));
    buf_free(&sql);
    buf_free(&value);
}

static struct str without_prefix(const char *table, struct str prefix)
{
    struct str name = str_of(table);

    str_skip(&name, prefix);
    return name;
}

/* Live tables that a whole dump of this product would have. */
static void compare_tables(struct set *x)
{
    const struct backup *b = x->b;
    struct str prefix = str_of(x->s->prefix);
    struct err ignored = {0};
    const char *names = "";
    bool own = false;
    size_t n = 0;

    for (size_t i = 0; i < b->table_names.n; i++)
        own = own || str_starts(str_of(b->table_names.v[i]), prefix);
    /* Of another shop, or under another prefix: that is told elsewhere. */
    if (!own || read_live(x, prefix, &ignored) < 0)
        return;
    for (size_t i = 0; i < x->live.n; i++) {
        struct str name = without_prefix(x->live.v[i], prefix);

        if (is_in_dump(b, x->live.v[i]) || is_among(ps_undumped_tables, SIZE_MAX, name) ||
            !is_among(core_tables, sizeof core_tables / sizeof *core_tables, name))
            continue;
        if (n++ < NAMED_MAX)
            names = arena_printf(&x->mem, "%s%s%s", names, n > 1 ? ", " : "", x->live.v[i]);
    }
    if (n > 0)
        damage(x, arena_printf(&x->mem, "%zu table%s of the product %s not in the dump (%s%s): making it was cut off", n, n == 1 ? "" : "s",
                               n == 1 ? "is" : "are", names, n > NAMED_MAX ? ", …" : ""));
    else
        compare_last(x);
}

/* The name is of the time when the upgrade began. */
static void compare_version(struct set *x)
{
    struct ps_name n;
    const char *version = x->b->version;

    if (x->b->files > 0 && version && ps_name_read((struct str){x->name.p, x->name.n}, &n) &&
        ps_version_compare(n.version, str_of(version)) != 0)
        remark(x, arena_printf(&x->mem, "by its name it is of version %.*s, the files in it are of %s: it was made when the files had "
                                        "begun to change",
                               STR_FMT(n.version), version));
}

void ps_backup_faults(struct store *s, const struct backup *b, backup_fault *tell, void *arg)
{
    struct set x = {.s = s, .b = b, .tell = tell, .arg = arg};

    read_names(&x);
    if (x.name.n > 0) {
        compare_names(&x);
        compare_numbers(&x);
        look_beside(&x);
        compare_heads(&x);
        compare_version(&x);
        if (b->table_names.n > 0 && s->prefix)
            compare_tables(&x);
    }
    free(x.parts.v);
    free(x.live.v);
    arena_free(&x.mem);
}
