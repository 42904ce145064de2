/*
 * Texts into the database, by the rules of an upgrade: a text whose name is there is left alone, since a merchant may have changed
 * it; names of settings are written anew. Rows go in many at a time, and a second load changes nothing.
 */
#include "platform/cscart/langs.h"

#include "base/utf8.h"
#include "db/mysql_batch.h"

#include <stdlib.h>
#include <string.h>

/* The widest the columns have been; more would be cut, and two names become one. */
#define NAME_MAX_CHARS    128
#define CONTEXT_MAX_CHARS 128
/* What a text column holds. */
#define TEXT_MAX_BYTES ((size_t)65535)

struct name {
    struct name *next;
    struct str name;
};

#define SLOTS 16384 /* a core has some 7000 names */

struct cs_langs {
    struct store *s;
    struct mysql *db;
    const char *code;
    bool dry_run;
    struct arena mem;
    struct name *slots[SLOTS];
    struct cs_settings *settings; /* NULL: the tables can't be read */
};

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Equal for what the table takes for one name, as far as ASCII goes. */
static size_t hash_of(struct str s)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ lower(s.p[i])) * 1099511628211u;
    return (size_t)(h ^ h >> 32) % SLOTS;
}

static bool same_name(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

/* True when the name is new. */
static bool take_name(struct cs_langs *l, struct str name)
{
    struct name **slot = &l->slots[hash_of(name)];
    struct name *n;

    for (n = *slot; n; n = n->next)
        if (same_name(n->name, name))
            return false;
    n = arena_alloc(&l->mem, sizeof *n);
    n->name = (struct str){arena_dup(&l->mem, name.p, name.n), name.n};
    n->next = *slot;
    *slot = n;
    return true;
}

static int read_names(struct cs_langs *l, struct err *e)
{
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    mysql_sqlf(l->db, &sql, "SELECT name FROM %i WHERE lang_code = %s", store_table(l->s, "language_values"), l->code);
    rc = mysql_query(l->db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(l->db, &row, e)) == 1)
        take_name(l, row[0].s);
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

int cs_langs_open(struct cs_langs **out, struct store *s, const char *code, bool dry_run, struct err *e)
{
    struct mysql_opts o = store_db_opts(s);
    char charset[] = "utf8"; /* as the shop's own sessions: its tables hold no more */
    struct cs_langs *l;
    struct err ignored = {0};

    *out = NULL;
    if (store_db(s, e) == NULL)
        return -1;
    l = mem_alloc(sizeof *l);
    l->s = s;
    l->code = code;
    l->dry_run = dry_run;
    o.charset = charset;
    if (mysql_open(&l->db, &o, e) < 0 || mysql_exec(l->db, STR("SET SESSION sql_mode = ''"), NULL, e) < 0 || read_names(l, e) < 0) {
        cs_langs_close(l);
        return -1;
    }
    l->settings = cs_settings_read(s, l->db, &ignored);
    *out = l;
    return 0;
}

void cs_langs_close(struct cs_langs *l)
{
    if (l == NULL)
        return;
    mysql_close(l->db);
    cs_settings_free(l->settings);
    arena_free(&l->mem);
    free(l);
}

/* Trimmed as the shop does it; characters of four bytes become "?", which is what its own session makes of them. */
static struct str text_of(struct cs_langs *l, const struct po_entry *en)
{
    struct str s = str_trim(en->text.n > 0 ? en->text : en->id);
    char *p = arena_alloc(&l->mem, s.n + 1);
    size_t n = 0;

    while (s.n > 0) {
        uint32_t cp;
        size_t len = utf8_next(s, &cp);

        if (len == 4)
            p[n++] = '?';
        else
            memcpy(p + n, s.p, len ? len : 1), n += len ? len : 1;
        s = str_sub(s, len ? len : 1, s.n);
    }
    return (struct str){p, n};
}

static bool fits(struct str s, size_t chars)
{
    size_t n = 0;

    while (s.n > 0) {
        uint32_t cp;
        size_t len = utf8_next(s, &cp);

        if (len == 0 || len == 4)
            return false;
        n++;
        s = str_sub(s, len, s.n);
    }
    return n <= chars;
}

/* What one file is written through. */
struct writing {
    struct cs_langs *l;
    struct cs_langs_result *r;
    struct mysql_batch texts;
    struct mysql_batch originals;
    struct mysql_batch settings;
    struct mysql_batch tooltips;
};

static int write_text(struct writing *w, const struct po_entry *en, struct str name, struct err *e)
{
    struct cs_langs *l = w->l;
    struct str text = text_of(l, en);

    if (name.n == 0 || !fits(name, NAME_MAX_CHARS) || text.n > TEXT_MAX_BYTES) {
        w->r->refused++;
        return 0;
    }
    if (!take_name(l, name)) {
        w->r->there++;
        return 0;
    }
    w->r->added++;
    if (l->dry_run)
        return 0;
    mysql_sqlf(l->db, mysql_batch_row(&w->texts), "(%s, %S, %S)", l->code, name, text);
    if (mysql_batch_add(&w->texts, e) < 0)
        return -1;
    if (!fits(en->context, CONTEXT_MAX_CHARS))
        return 0;
    mysql_sqlf(l->db, mysql_batch_row(&w->originals), "(%S, %S)", en->context, en->id);
    return mysql_batch_add(&w->originals, e);
}

static int write_setting(struct writing *w, const struct po_entry *en, const struct str *parts, size_t n, struct err *e)
{
    struct cs_langs *l = w->l;
    struct mysql_batch *b;
    uint64_t id;
    char type[2] = "";
    bool tooltip;

    if (l->settings == NULL || !cs_settings_find(l->settings, parts, n, &id, type, &tooltip)) {
        w->r->unknown++;
        return 0;
    }
    w->r->settings++;
    if (l->dry_run)
        return 0;
    b = tooltip ? &w->tooltips : &w->settings;
    if (tooltip)
        mysql_sqlf(l->db, mysql_batch_row(b), "(%U, %s, %s, '', %S)", id, type, l->code, text_of(l, en));
    else
        mysql_sqlf(l->db, mysql_batch_row(b), "(%U, %s, %s, %S, '')", id, type, l->code, text_of(l, en));
    return mysql_batch_add(b, e);
}

/* Only rows that are there. */
static int write_addon(struct writing *w, const struct po_entry *en, const struct str *parts, struct err *e)
{
    struct cs_langs *l = w->l;
    struct buf sql = {0};
    bool name = str_is(parts[1], "name");
    int rc = 0;

    if (!name && !str_is(parts[1], "description")) {
        w->r->unknown++;
        return 0;
    }
    w->r->settings++;
    if (!l->dry_run) {
        mysql_sqlf(l->db, &sql, "UPDATE %i SET %i = %S WHERE addon = %S AND lang_code = %s",
                   store_table(l->s, "addon_descriptions"), name ? "name" : "description", text_of(l, en), parts[2], l->code);
        rc = mysql_exec(l->db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    return rc;
}

static int write_entry(struct writing *w, const struct po_entry *en, bool foreign, struct err *e)
{
    struct str parts[4];
    size_t n = po_context_parts(en->context, parts);

    if (n == 2 && str_is(parts[0], "Languages"))
        return write_text(w, en, parts[1], e);
    if (n < 2 || foreign)
        return 0;
    if (str_starts(parts[0], STR("Settings")))
        return write_setting(w, en, parts, n, e);
    if (n == 3 && str_is(parts[0], "Addons"))
        return write_addon(w, en, parts, e);
    return 0;
}

static void begin(struct writing *w, struct mysql_batch *b, const char *table, const char *columns, const char *tail)
{
    struct buf head = {0};

    mysql_sqlf(w->l->db, &head, strncmp(columns, "(object", 7) == 0 ? "INSERT INTO %i " : "REPLACE INTO %i ",
               store_table(w->l->s, table));
    buf_printf(&head, "%s VALUES ", columns);
    mysql_batch_begin(b, w->l->db, (struct str){arena_dup(&w->l->mem, head.p, head.n), head.n}, str_of(tail));
    buf_free(&head);
}

int cs_langs_load(struct cs_langs *l, const struct po *po, bool foreign, struct cs_langs_result *r, struct err *e)
{
    static const char described[] = "(object_id, object_type, lang_code, value, tooltip)";
    struct writing w = {.l = l, .r = r};
    int rc = 0;

    begin(&w, &w.texts, "language_values", "(lang_code, name, value)", "");
    begin(&w, &w.originals, "original_values", "(msgctxt, msgid)", "");
    begin(&w, &w.settings, "settings_descriptions", described, " ON DUPLICATE KEY UPDATE value = VALUES(value)");
    begin(&w, &w.tooltips, "settings_descriptions", described, " ON DUPLICATE KEY UPDATE tooltip = VALUES(tooltip)");
    for (size_t i = 0; rc == 0 && i < po->n; i++)
        rc = write_entry(&w, &po->entries[i], foreign, e);
    if (rc == 0 && (mysql_batch_end(&w.texts, e) < 0 || mysql_batch_end(&w.originals, e) < 0 ||
                    mysql_batch_end(&w.settings, e) < 0 || mysql_batch_end(&w.tooltips, e) < 0))
        rc = -1;
    mysql_batch_free(&w.texts);
    mysql_batch_free(&w.originals);
    mysql_batch_free(&w.settings);
    mysql_batch_free(&w.tooltips);
    r->files++;
    return rc;
}
