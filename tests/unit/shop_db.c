#include "shop_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *server(void)
{
    return getenv("TEST_DB_SOCKET");
}

bool shop_db_there(void)
{
    return server() != NULL;
}

void shop_db_need(void)
{
    if (!shop_db_there())
        skip();
}

void shop_db_make(const char *name, const char *charset)
{
    struct mysql_opts o = {0};
    struct mysql *db;
    struct buf drop = {0};
    struct buf create = {0};
    struct err e = {0};

    buf_printf(&drop, "DROP DATABASE IF EXISTS %s", name);
    buf_printf(&create, "CREATE DATABASE %s CHARACTER SET %s", name, charset);
    mysql_opts_set(&o.socket, str_of(server()));
    mysql_opts_set(&o.user, STR("root"));
    if (mysql_open(&db, &o, &e) < 0 || mysql_exec(db, buf_str(&drop), NULL, &e) < 0 || mysql_exec(db, buf_str(&create), NULL, &e) < 0)
        fail_msg("%s", e.text);
    mysql_close(db);
    mysql_opts_free(&o);
    buf_free(&drop);
    buf_free(&create);
}

void shop_db_use(struct store *s, const char *name)
{
    struct mysql_opts *o = &s->db_config;
    struct err e = {0};

    o->socket = arena_strdup(&s->mem, server());
    o->host = NULL;
    o->user = arena_strdup(&s->mem, "root");
    o->password = NULL;
    o->database = arena_strdup(&s->mem, name);
    if (store_db(s, &e) == NULL)
        fail_msg("%s", e.text);
}

void shop_db_run(struct store *s, const char *sql)
{
    struct err e = {0};
    struct mysql *db = store_db(s, &e);

    if (db == NULL || mysql_exec(db, str_of(sql), NULL, &e) != 0)
        fail_msg("%s: %s", sql, e.text);
}

void shop_db_rows(struct store *s, const char *query, struct buf *out)
{
    struct err e = {0};
    struct mysql *db = store_db(s, &e);
    const struct mysql_cell *cell;
    int got;

    if (db == NULL || mysql_query(db, str_of(query), &e) != 0)
        fail_msg("%s: %s", query, e.text);
    while ((got = mysql_row(db, &cell, &e)) == 1) {
        for (size_t i = 0; i < mysql_columns(db); i++) {
            if (cell[i].is_null)
                buf_adds(out, "NULL");
            buf_addstr(out, cell[i].s);
            buf_addc(out, i + 1 < mysql_columns(db) ? '|' : ';');
        }
    }
    assert_int_equal(got, 0);
}

void shop_db_rows_are(struct store *s, const char *query, const char *want)
{
    struct buf out = {0};

    shop_db_rows(s, query, &out);
    if (strcmp(buf_cstr(&out), want) != 0)
        fail_msg("%s\n  %s instead of\n  %s", query, buf_cstr(&out), want);
    buf_free(&out);
}
