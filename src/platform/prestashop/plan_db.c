/* What the database tells of the upgrade: how far its version is, modules in quarantine or behind their files, languages, the gate. */
#include "platform/prestashop/plan_parts.h"

#include <string.h>

#define LANGUAGES_MAX 200

static void read_version(struct store *s, struct ps_case *c)
{
    struct err why = {0};
    struct buf value = {0};
    bool found = false;

    if (ps_setting_get(s, "PS_VERSION_DB", &value, &found, &why) == 0 && found && ps_is_version(str_trim(buf_str(&value)))) {
        struct str v = str_trim(buf_str(&value));

        c->version_db = arena_dup(c->mem, v.p, v.n);
    } else if (why.kind != ERR_NONE) {
        c->db_err = arena_strdup(c->mem, why.text);
    }
    buf_free(&value);
}

static bool has_column(struct mysql *db, const char *table, const char *column)
{
    struct buf sql = {0};
    struct buf value = {0};
    struct err ignored = {0};
    bool found = false;

    mysql_sqlf(db, &sql,
               "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s AND COLUMN_NAME = %s", table,
               column);
    mysql_value(db, buf_str(&sql), &value, &found, &ignored);
    buf_free(&sql);
    buf_free(&value);
    return found;
}

static bool is_word(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return s.n > 0 && s.n < 20;
}

/* A pack that the store keeps, as its version names them. */
static const char *find_pack(struct store *s, struct ps_case *c, const struct ps_language *l)
{
    const char *names[3];
    size_t n = 0;

    if (l->locale) {
        names[n++] = arena_printf(c->mem, "translations/sf-%s.zip", l->locale);
        names[n++] = arena_printf(c->mem, "translations/%s.zip", l->locale);
    }
    names[n++] = arena_printf(c->mem, "translations/%s.gzip", l->iso);
    for (size_t i = 0; i < n; i++)
        if (tree_exists(&s->tree, names[i]))
            return names[i];
    return NULL;
}

static void read_languages(struct store *s, struct ps_case *c, struct mysql *db, struct err *e)
{
    const char *table = store_table(s, "lang");
    bool locale = has_column(db, table, "locale");
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    mysql_sqlf(db, &sql, locale ? "SELECT iso_code, locale FROM %i WHERE active = 1 ORDER BY id_lang"
                                : "SELECT iso_code, NULL FROM %i WHERE active = 1 ORDER BY id_lang",
               table);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct ps_language *l;

        if (!is_word(row[0].s) || c->languages.n == LANGUAGES_MAX)
            continue;
        l = vec_push(&c->languages);
        l->iso = arena_dup(c->mem, row[0].s.p, row[0].s.n);
        l->locale = is_word(row[1].s) ? arena_dup(c->mem, row[1].s.p, row[1].s.n) : NULL;
        l->pack = find_pack(s, c, l);
    }
    buf_free(&sql);
}

void ps_case_db(struct store *s, struct ps_case *c)
{
    struct err why = {0};
    struct err ignored = {0};
    struct mysql *db = store_db(s, &why);

    c->gate = GATE_UNKNOWN;
    if (db == NULL) {
        c->db_err = arena_strdup(c->mem, why.text);
        return;
    }
    c->db = true;
    read_version(s, c);
    /* A database that was rolled back may lack any of these tables; what is there counts. */
    ps_case_modules(s, c, db, &ignored);
    read_languages(s, c, db, &ignored);
    ps_gate(s, &c->gate, &ignored);
}
