/* Rows of the table setting. The default shop is number 0, and its rows hold for all shops that have none of their own. */
#include "platform/opencart/oc.h"

int oc_has(struct store *s, const char *table, const char *column, bool *there, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    int rc = -1;

    *there = false;
    if (db == NULL)
        return -1;
    if (column)
        mysql_sqlf(db, &sql,
                   "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s AND COLUMN_NAME = %s",
                   store_table(s, table), column);
    else
        mysql_sqlf(db, &sql, "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s",
                   store_table(s, table));
    rc = mysql_value(db, buf_str(&sql), &value, there, e);
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

int oc_setting_code(struct store *s, const char **column, struct err *e)
{
    bool there;

    if (oc_has(s, "setting", "code", &there, e) < 0)
        return -1;
    *column = there ? "code" : "group";
    return 0;
}

int oc_setting_get(struct store *s, unsigned store_id, const char *key, struct buf *value, bool *found, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    const char *code;
    int rc = -1;

    *found = false;
    if (db && oc_setting_code(s, &code, e) == 0) {
        mysql_sqlf(db, &sql, "SELECT value FROM %i WHERE store_id = %u AND %i = 'config' AND `key` = %s ORDER BY setting_id DESC LIMIT 1",
                   store_table(s, "setting"), store_id, code, key);
        rc = mysql_value(db, buf_str(&sql), value, found, e);
    }
    buf_free(&sql);
    return rc;
}

int oc_setting_set(struct store *s, unsigned store_id, const char *key, const char *value, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf old = {0};
    const char *table = store_table(s, "setting");
    const char *code;
    bool found;
    int rc = -1;

    if (db == NULL || oc_setting_code(s, &code, e) < 0 || oc_setting_get(s, store_id, key, &old, &found, e) < 0)
        goto out;
    if (found)
        mysql_sqlf(db, &sql, "UPDATE %i SET value = %s, serialized = 0 WHERE store_id = %u AND %i = 'config' AND `key` = %s", table, value,
                   store_id, code, key);
    else
        mysql_sqlf(db, &sql, "INSERT INTO %i (store_id, %i, `key`, value, serialized) VALUES (%u, 'config', %s, %s, 0)", table, code,
                   store_id, key, value);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
out:
    buf_free(&sql);
    buf_free(&old);
    return rc;
}
