#include "real_mysql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct mysql *real_root;
struct err real_err;

bool real_is_mysql9(void)
{
    const char *flavour = getenv("TEST_DB_FLAVOUR");

    return flavour != NULL && strcmp(flavour, "mysql9") == 0;
}

struct mysql_opts real_options(const char *user, const char *password, bool tcp)
{
    struct mysql_opts o = {0};
    const char *port = getenv("TEST_DB_PORT");

    mysql_opts_set(&o.user, str_of(user));
    if (password != NULL)
        mysql_opts_set(&o.password, str_of(password));
    if (tcp) {
        mysql_opts_set(&o.host, STR("127.0.0.1"));
        o.port = port != NULL ? (unsigned)strtoul(port, NULL, 10) : 0;
    } else {
        mysql_opts_set(&o.socket, str_of(getenv("TEST_DB_SOCKET")));
    }
    o.connect_ms = 20000;
    o.io_ms = 60000;
    return o;
}

struct mysql *real_try_open(const char *user, const char *password, bool tcp)
{
    struct mysql_opts o = real_options(user, password, tcp);
    struct mysql *m;

    err_clear(&real_err);
    mysql_open(&m, &o, &real_err);
    mysql_opts_free(&o);
    return m;
}

struct mysql *real_open(const char *user, const char *password, bool tcp)
{
    struct mysql *m = real_try_open(user, password, tcp);

    if (m == NULL)
        fail_msg("%s", real_err.text);
    return m;
}

void real_run(struct mysql *m, const char *sql)
{
    if (mysql_exec(m, str_of(sql), NULL, &real_err) != 0)
        fail_msg("%s", real_err.text);
}

/* The single value of a query, to be freed. */
struct buf real_value(struct mysql *m, const char *sql)
{
    struct buf b = {0};
    bool found;

    if (mysql_value(m, str_of(sql), &b, &found, &real_err) != 0)
        fail_msg("%s", real_err.text);
    assert_true(found);
    return b;
}

void real_assert_value(struct mysql *m, const char *sql, const char *expected)
{
    struct buf b = real_value(m, sql);

    assert_string_equal(buf_cstr(&b), expected);
    buf_free(&b);
}

void real_account(const char *name, const char *how)
{
    struct buf sql = {0};

    mysql_sqlf(real_root, &sql, "DROP USER IF EXISTS %s@%s", name, "%");
    real_run(real_root, buf_cstr(&sql));
    buf_reset(&sql);
    mysql_sqlf(real_root, &sql, "CREATE USER %s@%s ", name, "%");
    buf_adds(&sql, how);
    real_run(real_root, buf_cstr(&sql));
    buf_reset(&sql);
    mysql_sqlf(real_root, &sql, "GRANT ALL ON %i.* TO %s@%s", "test_client", name, "%");
    real_run(real_root, buf_cstr(&sql));
    buf_free(&sql);
}

bool real_begin(void)
{
    if (getenv("TEST_DB_SOCKET") == NULL)
        return false;
    real_root = real_open("root", NULL, false);
    return true;
}

void real_end(void)
{
    mysql_close(real_root);
    real_root = NULL;
}

void real_need(void)
{
    if (real_root == NULL)
        skip();
}
