/*
 * The upgrader's own state: row upgradeCell of <prefix>tmp_vars, PHP's serialize() of a list.
 *
 * 5.1.3 and later: [0] entries, [1] isUpgraded, …, and from 5.2.7 on [5] the map of hooks (file → -1 not called,
 * null done, number or [position, max] to be called again). Before 5.1.3: [0] entries, [1] incompatible modules,
 * [2] isUpgraded. The row is written when a PHP request ends in good order, so after a kill it may be stale.
 *
 * While the toolkit rebuilds the cache the row bears another name: from 5.2 on the last rebuild step runs the
 * post_rebuild hooks of the entries it finds in the row, and each hook has to run exactly once. A renamed row
 * is one statement to hide, one to bring back, and readable by anyone if we are killed in between.
 */
#include "platform/xcart5/xc.h"

#include <stdlib.h>
#include <string.h>

#define ROW      "upgradeCell"
#define HELD_ROW "upgradeCell.held-by-toolkit"
#define KEEP_ROW "upgradeFilesToRemain"

static const char *bounded_text(struct arena *mem, const struct phps_node *n)
{
    struct str s;
    int64_t i;

    if (phps_str(n, &s) && s.n > 0)
        return arena_dup(mem, s.p, s.n);
    if (phps_int(n, &i))
        return arena_printf(mem, "%lld", (long long)i);
    return NULL;
}

/* 5.2.15 and later hold the paths as keys, the values saying that the box was ticked; a list of paths was seen too. */
static void take_kept(struct xc_case *c, const struct phps_node *n)
{
    for (size_t i = 0; phps_is_list(n) && i < n->n; i++) {
        const struct phps_item *item = &n->items[i];
        struct str path = item->key;

        if (item->key_is_int && !phps_str(&item->value, &path))
            continue;
        *vec_push(&c->cell.keep) = arena_dup(c->mem, path.p, path.n);
    }
}

static int fetch(struct store *s, struct xc_case *c, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *cells;
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT name, value FROM %i WHERE name IN (%s, %s, %s) AND value IS NOT NULL",
               store_table(s, "tmp_vars"), ROW, HELD_ROW, KEEP_ROW);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &cells, e)) == 1) {
        struct str value = {arena_dup(c->mem, cells[1].s.p, cells[1].s.n), cells[1].s.n};
        struct phps_doc keep;
        struct err odd = {0};

        if (str_is(cells[0].s, KEEP_ROW)) {
            if (phps_parse(value, c->mem, &keep, &odd) == 0)
                take_kept(c, keep.root);
            continue;
        }
        /* The row put aside holds the upgrade; one that appeared since is empty or newer in nothing. */
        if (str_is(cells[0].s, HELD_ROW)) {
            c->cell.held = true;
            c->cell.raw = value;
        } else if (!c->cell.held) {
            c->cell.raw = value;
        }
    }
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

int xc_read_cell(struct store *s, struct xc_case *c, struct err *e)
{
    struct xc_cell *cell = &c->cell;
    const struct phps_node *flag;
    const struct phps_node *root;

    free(cell->keep.v);
    memset(cell, 0, sizeof *cell);
    if (fetch(s, c, e) < 0)
        return -1;
    cell->known = true;
    if (cell->raw.n == 0)
        return 0;
    if (phps_parse(cell->raw, c->mem, &cell->doc, e) < 0)
        return err_wrap(e, "%s, row " ROW, store_table(s, "tmp_vars"));
    root = phps_deref(cell->doc.root);
    if (!phps_is_list(root))
        return 0;
    cell->entries = phps_get(root, "0");
    flag = phps_get(root, "1");
    if (flag == NULL || flag->kind != PHPS_BOOL)
        flag = phps_get(root, "2");
    if (flag && flag->kind == PHPS_BOOL) {
        cell->upgraded = flag;
        cell->is_upgraded = flag->b;
    }
    cell->hooks = phps_get(root, "5");
    if (!phps_is_list(cell->hooks))
        cell->hooks = NULL;
    cell->present = phps_is_list(cell->entries) && cell->entries->n > 0;
    return 0;
}

/* Versions stand in arrays or objects with majorVersion, minorVersion and, from 5.3 on, build. */
const char *xc_cell_version(struct arena *mem, const struct phps_node *n)
{
    struct str major = str_of(bounded_text(mem, phps_get(n, "majorVersion")));
    struct str minor = str_of(bounded_text(mem, phps_get(n, "minorVersion")));
    struct str build = str_of(bounded_text(mem, phps_get(n, "build")));

    if (major.n == 0 || minor.n == 0)
        return NULL;
    return xc_join_version(mem, major, minor, build);
}

static void set_parts(struct arena *mem, struct xc_entry *en, const struct phps_node *n)
{
    en->major = bounded_text(mem, phps_get(n, "majorVersion"));
    en->minor = bounded_text(mem, phps_get(n, "minorVersion"));
    en->build = bounded_text(mem, phps_get(n, "build"));
}

static struct xc_entry *named_entry(struct xc_case *c, struct str name)
{
    struct xc_entry *en = xc_case_entry(c, name);
    size_t back = str_chr(name, '\\', 0);

    if (en)
        return en;
    en = arena_alloc(c->mem, sizeof *en);
    en->name = arena_dup(c->mem, name.p, name.n);
    if (back != SIZE_MAX) {
        en->author = arena_dup(c->mem, name.p, back);
        en->module = arena_dup(c->mem, name.p + back + 1, name.n - back - 1);
    }
    *vec_push(&c->entries) = en;
    return en;
}

/* "Author\Name" from an array or object with author and name, in either case of the first letter. */
static const char *module_name(struct arena *mem, const struct phps_node *n)
{
    const char *author = bounded_text(mem, phps_get(n, "author"));
    const char *name = bounded_text(mem, phps_get(n, "name"));

    if (author == NULL)
        author = bounded_text(mem, phps_get(n, "Author"));
    if (name == NULL)
        name = bounded_text(mem, phps_get(n, "ActualName"));
    if (name == NULL)
        name = bounded_text(mem, phps_get(n, "Name"));
    if (author == NULL || name == NULL)
        return NULL;
    if (strchr(name, '\\'))
        return name;
    return arena_printf(mem, "%s\\%s", author, name);
}

static void read_entry(struct xc_case *c, const struct phps_item *item)
{
    const struct phps_node *o = phps_deref(&item->value);
    const struct phps_node *next = phps_get(o, "moduleInfoForUpgrade");
    const struct phps_node *now = phps_get(o, "moduleInfoInstalled");
    const struct phps_node *metadata = phps_get(o, "metadata");
    const struct phps_node *list = phps_get(o, "postRebuildHelpers");
    const char *name = NULL;
    struct xc_entry *en;
    bool flag;

    if (str_is(item->key, "____CORE____"))
        name = XC_CORE;
    else if (next || now)
        name = module_name(c->mem, next ? next : now);
    else if (metadata)
        name = module_name(c->mem, metadata);
    if (name == NULL && str_chr(item->key, '\\', 0) != SIZE_MAX)
        name = arena_dup(c->mem, item->key.p, item->key.n);
    if (name == NULL)
        return;
    en = named_entry(c, str_of(name));
    en->in_cell = true;
    en->cell_node = o;
    if (strcmp(name, XC_CORE) == 0) {
        en->to = xc_cell_version(c->mem, o);
        set_parts(c->mem, en, o);
    } else if (next) {
        en->to = xc_cell_version(c->mem, next);
        set_parts(c->mem, en, next);
    }
    if (now)
        en->from = xc_cell_version(c->mem, now);
    en->wanted_pack = bounded_text(c->mem, phps_get(o, "repositoryPath"));
    if (phps_bool(phps_get(o, "isFreshInstall"), &flag))
        en->fresh = flag;
    if (phps_bool(phps_get(o, "postUpgradeActionsCalled"), &flag))
        en->finished = flag;
    for (size_t i = 0; phps_is_list(list) && i < list->n; i++) {
        const char *path = bounded_text(c->mem, &list->items[i].value);

        if (path)
            *vec_push(&en->rebuild_hooks) = path;
    }
}

void xc_cell_entries(struct xc_case *c)
{
    for (size_t i = 0; c->cell.present && i < c->cell.entries->n; i++)
        read_entry(c, &c->cell.entries->items[i]);
    for (size_t i = 0; i < c->log.entries.n; i++) {
        struct xc_entry_log *l = &c->log.entries.v[i];
        struct xc_entry *en = named_entry(c, str_of(l->name));

        en->received = l->received;
        en->unpacked = l->unpacked;
        en->labels = l->labels;
        if (l->pack)
            en->wanted_pack = l->pack;
    }
}

/* Reads the row, lets `edit` choose what changes, writes it back. */
struct change {
    struct store *s;
    struct arena mem;
    struct xc_case c;
};

static int change_open(struct change *ch, struct store *s, struct err *e)
{
    memset(ch, 0, sizeof *ch);
    ch->s = s;
    ch->c.mem = &ch->mem;
    if (xc_read_cell(s, &ch->c, e) < 0)
        return -1;
    for (size_t i = 0; ch->c.cell.present && i < ch->c.cell.entries->n; i++)
        read_entry(&ch->c, &ch->c.cell.entries->items[i]);
    return 0;
}

static void change_close(struct change *ch)
{
    xc_case_free(&ch->c);
    arena_free(&ch->mem);
}

static int change_write(struct change *ch, const struct phps_edit *edits, size_t n, struct err *e)
{
    struct mysql *db = store_db(ch->s, e);
    struct buf value = {0};
    struct buf sql = {0};
    int rc = -1;

    if (db && n > 0 && phps_splice(&ch->c.cell.doc, edits, n, &value, e) == 0) {
        mysql_sqlf(db, &sql, "UPDATE %i SET value = %S WHERE name = %s", store_table(ch->s, "tmp_vars"),
                   buf_str(&value), ch->c.cell.held ? HELD_ROW : ROW);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    } else if (db && n == 0) {
        rc = 0;
    }
    buf_free(&value);
    buf_free(&sql);
    return rc;
}

int xc_cell_mark_hook(struct store *s, const char *tail, const char *entry, struct str php_value, struct err *e)
{
    struct change ch;
    struct phps_edit edit = {.text = php_value};
    int rc = change_open(&ch, s, e);

    for (size_t i = 0; rc == 0 && ch.c.cell.hooks && i < ch.c.cell.hooks->n; i++) {
        const struct phps_item *item = &ch.c.cell.hooks->items[i];
        const char *t = xc_hook_tail(&ch.mem, item->key);
        const struct xc_entry *en = t ? xc_hook_entry(&ch.c, item->key) : NULL;

        if (en && strcmp(t, tail) == 0 && strcmp(en->name, entry) == 0)
            edit.node = &item->value;
    }
    if (rc == 0)
        rc = change_write(&ch, &edit, edit.node ? 1 : 0, e);
    change_close(&ch);
    return rc;
}

int xc_cell_mark_upgraded(struct store *s, struct err *e)
{
    struct change ch;
    VEC(struct phps_edit) edits = {0};
    struct buf root = {0};
    int rc = change_open(&ch, s, e);

    if (rc == 0 && ch.c.cell.present) {
        /* From here on the upgrader reads every entry from the store itself. */
        buf_printf(&root, "s:%zu:\"%s/\";", strlen(s->tree.path) + 1, s->tree.path);
        if (ch.c.cell.upgraded && !ch.c.cell.is_upgraded)
            *vec_push(&edits) = (struct phps_edit){.node = ch.c.cell.upgraded, .text = STR("b:1;")};
        for (size_t i = 0; i < ch.c.entries.n; i++) {
            const struct phps_item *path = phps_find(ch.c.entries.v[i]->cell_node, STR("repositoryPath"));

            if (path && path->value.kind == PHPS_STR)
                *vec_push(&edits) = (struct phps_edit){.node = &path->value, .text = buf_str(&root)};
        }
        rc = change_write(&ch, edits.v, edits.n, e);
    }
    free(edits.v);
    buf_free(&root);
    change_close(&ch);
    return rc;
}

int xc_cell_mark_finished(struct store *s, const char *entry, struct err *e)
{
    struct change ch;
    struct phps_edit edit = {.text = STR("b:1;")};
    int rc = change_open(&ch, s, e);

    for (size_t i = 0; rc == 0 && i < ch.c.entries.n; i++) {
        const struct xc_entry *en = ch.c.entries.v[i];
        const struct phps_item *flag = phps_find(en->cell_node, STR("postUpgradeActionsCalled"));

        if (strcmp(en->name, entry) == 0 && flag)
            edit.node = &flag->value;
    }
    if (rc == 0)
        rc = change_write(&ch, &edit, edit.node ? 1 : 0, e);
    change_close(&ch);
    return rc;
}

static int rename_row(struct store *s, const char *from, const char *to, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct mysql_done done = {0};
    struct buf sql = {0};
    int rc = -1;

    if (db == NULL)
        return -1;
    /* Only when there is a row to rename may the one in its way go. */
    mysql_sqlf(db, &sql,
               "DELETE b FROM %i a JOIN %i b WHERE a.name = %s AND a.value IS NOT NULL AND b.name = %s",
               store_table(s, "tmp_vars"), store_table(s, "tmp_vars"), from, to);
    if (mysql_exec(db, buf_str(&sql), &done, e) == 0) {
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "UPDATE %i SET name = %s WHERE name = %s AND value IS NOT NULL",
                   store_table(s, "tmp_vars"), to, from);
        rc = mysql_exec(db, buf_str(&sql), &done, e);
    }
    buf_free(&sql);
    return rc;
}

int xc_cell_hold(struct store *s, bool aside, struct err *e)
{
    struct arena mem = {0};
    struct xc_case c = {.mem = &mem};
    int rc = xc_read_cell(s, &c, e);

    if (rc == 0 && c.cell.held != aside && (c.cell.present || c.cell.held))
        rc = aside ? rename_row(s, ROW, HELD_ROW, e) : rename_row(s, HELD_ROW, ROW, e);
    xc_case_free(&c);
    arena_free(&mem);
    return rc;
}

int xc_cell_clear(struct store *s, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "DELETE FROM %i WHERE name IN (%s, %s)", store_table(s, "tmp_vars"), ROW, HELD_ROW);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}
