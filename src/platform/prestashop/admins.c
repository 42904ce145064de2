/*
 * Employees. Up to 1.6 the shop keeps md5(_COOKIE_KEY_ . password); from 1.7 on bcrypt, in a wider column, and takes the former as well, which it
 * rewrites when somebody logs in.
 */
#include "db/mysql_rows.h"
#include "platform/admin.h"
#include "platform/prestashop/ps.h"
#include "sys/password.h"

#include <string.h>

/* The profile with every right, which each shop is installed with. */
#define SUPER_ADMIN "1"
#define BCRYPT_TEXT 60

static struct admin read_employee(struct mysql *db, const struct mysql_cell *row, struct arena *mem)
{
    struct admin a = {.id = admin_text(db, row, "id_employee", mem)};
    struct str active = mysql_rows_text(db, row, "active");

    a.login = a.email = admin_text(db, row, "email", mem);
    a.name = admin_name(admin_text(db, row, "firstname", mem), admin_text(db, row, "lastname", mem), mem);
    a.last_login = admin_text(db, row, "last_connection_date", mem);
    a.group = admin_text(db, row, "id_profile", mem);
    a.root = a.group && strcmp(a.group, SUPER_ADMIN) == 0;
    a.active = !str_is(active, "0");
    return a;
}

int ps_admins(struct store *s, struct admin_list *out, struct err *e)
{
    int rc = admin_rows(s, "employee", "ORDER BY email", read_employee, out, e);

    for (size_t i = 0; rc == 0 && i < out->all.n; i++)
        out->all.v[i].group =
            admin_lookup(s, store_table(s, "profile_lang"), "name", "id_profile", out->all.v[i].group, &out->mem);
    return rc;
}

/* A value of 1.6 that the code of 1.7 reads, too, fits where an upgrade has not widened the column yet. */
static int make(struct store *s, struct str password, struct admin_change *out, char kept[PASSWORD_STORED], struct err *e)
{
    const struct ps *x = s->own;
    bool there;
    uint64_t width;

    if (admin_column(s, out->table, "passwd", &there, &width, e) < 0)
        return -1;
    if (ps_series(s->version) != 16 && width >= BCRYPT_TEXT) {
        out->scheme = "bcrypt";
        return password_bcrypt(password, kept, e);
    }
    if (s->config_err.kind != ERR_NONE || !x->params.has_cookie_key || x->params.cookie_key.n == 0) {
        err_set(e, ERR_ABSENT, "the shop's _COOKIE_KEY_ is not known, without which it takes no password");
        return err_fix(e, "mend config/settings.inc.php or app/config/parameters.php first");
    }
    out->scheme = "MD5 with the shop's cookie key";
    password_md5(x->params.cookie_key, password, STR(""), kept);
    return 0;
}

int ps_admin_password(struct store *s, const struct admin *who, struct str password, bool activate, struct admin_change *out, struct err *e)
{
    char kept[PASSWORD_STORED];

    (void)who;
    *out = (struct admin_change){.key = "id_employee"};
    out->table = store_table(s, "employee");
    if (make(s, password, out, kept, e) < 0)
        return -1;
    admin_cell(out, "passwd", kept);
    if (activate)
        admin_cell(out, "active", "1");
    return 0;
}
