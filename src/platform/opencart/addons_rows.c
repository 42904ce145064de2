/* The rows by which add-ons are on. */
#include "platform/opencart/addons_own.h"

#include <string.h>

#define IS_ON " NOT IN ('', '0')"

/* Text of SQL that lives as long as the store. */
static const char *kept(struct store *s, struct buf *sql)
{
    const char *text = arena_dup(&s->mem, sql->p, sql->n);

    buf_free(sql);
    return text;
}

static void extension_rows(struct store *s, struct mysql *db, struct str type, struct str code, struct oc_rows *set)
{
    struct buf sql = {0};

    mysql_sqlf(db, &sql, "`key` = %s AND COALESCE(value, '')" IS_ON, oc_status_key(s, &s->mem, type, code));
    *set = (struct oc_rows){.table = "setting", .column = "value", .keys = {"store_id", "key"}, .where = kept(s, &sql), .off = "'0'"};
}

static void module_rows(struct store *s, struct mysql *db, struct str code, struct oc_rows *set)
{
    struct buf sql = {0};

    /* From 4.0 on with the folder in front. */
    mysql_sqlf(db, &sql, "SUBSTRING_INDEX(code, '.', -1) = %S AND setting LIKE '%%status%%1%%'", code);
    *set = (struct oc_rows){.table = "module", .column = "setting", .keys = {"module_id", NULL}, .where = kept(s, &sql)};
}

static void entry_rows(struct store *s, struct mysql *db, const char *table, const char *id, const char *column, struct str code,
                       struct oc_rows *set)
{
    struct buf sql = {0};

    mysql_sqlf(db, &sql, "%i = %S AND status <> 0", column, code);
    *set = (struct oc_rows){.table = table, .column = "status", .keys = {id, NULL}, .where = kept(s, &sql), .off = "0"};
}

int oc_event_rows(struct store *s, const char *const *codes, size_t n_codes, struct oc_rows *set, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    bool status;

    if (db == NULL || oc_has(s, "event", "status", &status, e) < 0)
        return -1;
    buf_adds(&sql, "code IN (");
    for (size_t i = 0; i < n_codes; i++)
        mysql_sqlf(db, &sql, i ? ", %s" : "%s", codes[i]);
    buf_adds(&sql, n_codes ? ")" : "NULL)");
    /* A trigger that is none is never pulled. */
    buf_adds(&sql, status ? " AND status <> 0" : " AND `trigger` NOT LIKE '" OC_EVENT_OFF "%'");
    *set = (struct oc_rows){.table = "event",
                            .column = status ? "status" : "trigger",
                            .keys = {"event_id", NULL},
                            .where = kept(s, &sql),
                            .off = status ? "0" : "CONCAT('" OC_EVENT_OFF "', `trigger`)"};
    return 0;
}

int oc_modification_code(struct store *s, const char **column, struct err *e)
{
    bool xml;

    if (oc_has(s, "modification", "xml", &xml, e) < 0)
        return -1;
    *column = xml ? "code" : "name";
    return 0;
}

void oc_modification_rows(struct oc_rows *set)
{
    *set = (struct oc_rows){
        .table = "modification", .column = "status", .keys = {"modification_id", NULL}, .where = "status <> 0", .off = "0"};
}

int oc_addon_rows(struct store *s, const char *name, struct oc_rows sets[2], size_t *n, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct str code;
    struct str kind = str_cut(str_of(name), '/', &code);
    const char *const codes[] = {code.p ? code.p : ""};
    const char *column;
    bool modules;

    *n = 1;
    if (db == NULL)
        return -1;
    if (code.p == NULL)
        return err_set(e, ERR_ABSENT, "%s is no add-on: they are called \"type/code\"", name);
    if (str_is(kind, "event"))
        return oc_event_rows(s, codes, 1, &sets[0], e);
    if (str_is(kind, "modification")) {
        if (oc_modification_code(s, &column, e) < 0)
            return -1;
        entry_rows(s, db, "modification", "modification_id", column, code, &sets[0]);
    } else if (str_is(kind, "startup")) {
        entry_rows(s, db, "startup", "startup_id", "code", code, &sets[0]);
    } else if (str_is(kind, "cron")) {
        entry_rows(s, db, "cron", "cron_id", "code", code, &sets[0]);
    } else {
        extension_rows(s, db, kind, code, &sets[0]);
        if (!str_is(kind, "module"))
            return 0;
        if (oc_has(s, "module", "setting", &modules, e) < 0)
            return -1;
        if (modules)
            module_rows(s, db, code, &sets[(*n)++]);
    }
    return 0;
}

int oc_addon_force(struct store *s, const char *name, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct str code;
    struct str kind = str_cut(str_of(name), '/', &code);
    struct buf sql = {0};
    struct mysql_done done = {0};
    const char *column = "code";
    bool status = true;
    int rc = -1;

    if (db == NULL || (str_is(kind, "modification") && oc_modification_code(s, &column, e) < 0) ||
        (str_is(kind, "event") && oc_has(s, "event", "status", &status, e) < 0))
        return -1;
    if (!status)
        mysql_sqlf(db, &sql, "UPDATE %i SET `trigger` = SUBSTRING(`trigger`, %u) WHERE code = %S AND `trigger` LIKE '" OC_EVENT_OFF "%%'",
                   store_table(s, "event"), (unsigned)sizeof OC_EVENT_OFF, code);
    else if (str_is(kind, "event") || str_is(kind, "modification") || str_is(kind, "startup") || str_is(kind, "cron"))
        mysql_sqlf(db, &sql, "UPDATE %i SET status = 1 WHERE %i = %S", store_table(s, arena_dup(&s->mem, kind.p, kind.n)), column, code);
    else
        mysql_sqlf(db, &sql, "UPDATE %i SET value = '1' WHERE `key` = %s", store_table(s, "setting"),
                   oc_status_key(s, &s->mem, kind, code));
    rc = mysql_exec(db, buf_str(&sql), &done, e);
    if (rc == 0 && done.affected == 0) {
        rc = err_set(e, ERR_ABSENT, "%s has no setting that switches it on", name);
        err_fix(e, "set it up in the back office");
    }
    buf_free(&sql);
    return rc;
}
