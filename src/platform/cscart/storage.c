/* What several parts ask of the database: is there such a table, and the rows of storage_data. */
#include "platform/cscart/cs.h"

int cs_has_table(struct store *s, const char *prefix, const char *name, bool *there, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    int rc = -1;

    *there = false;
    if (db) {
        mysql_sqlf(
            db, &sql,
            "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s",
            arena_printf(&s->mem, "%s%s", prefix, name));
        rc = mysql_value(db, buf_str(&sql), &value, there, e);
    }
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

int cs_storage_get(struct store *s, const char *key, struct buf *value, bool *found, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc = -1;

    *found = false;
    if (db) {
        mysql_sqlf(db, &sql, "SELECT data FROM %i WHERE data_key = %s", store_table(s, "storage_data"), key);
        rc = mysql_value(db, buf_str(&sql), value, found, e);
    }
    buf_free(&sql);
    return rc;
}

int cs_storage_set(struct store *s, const char *key, struct str value, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc = -1;

    if (db) {
        mysql_sqlf(db, &sql, "REPLACE INTO %i (data_key, data) VALUES (%s, %S)",
                   store_table(s, "storage_data"), key, value);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    return rc;
}

int cs_storage_remove(struct store *s, const char *key, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc = -1;

    if (db) {
        mysql_sqlf(db, &sql, "DELETE FROM %i WHERE data_key = %s", store_table(s, "storage_data"), key);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    return rc;
}
