/*
 * Administrators: users of the type A. Below 4.12 the shop keeps md5(md5(password) . md5(salt)); from 4.12 on bcrypt in a wider column, and takes
 * the former as well, which it rewrites when somebody logs in.
 */
#include "db/mysql_rows.h"
#include "platform/admin.h"
#include "platform/cscart/cs.h"
#include "sys/password.h"

#include <string.h>

#define BCRYPT_TEXT 60
#define SALT_CHARS  10

static struct admin read_user(struct mysql *db, const struct mysql_cell *row, struct arena *mem)
{
    struct admin a = {.id = admin_text(db, row, "user_id", mem)};
    struct str company = mysql_rows_text(db, row, "company_id");

    a.email = admin_text(db, row, "email", mem);
    /* Shops that let people log in by their e-mail address, as they do by default, fill the other one in by themselves. */
    a.login = a.email ? a.email : admin_text(db, row, "user_login", mem);
    a.name = admin_name(admin_text(db, row, "firstname", mem), admin_text(db, row, "lastname", mem), mem);
    a.last_login = admin_time(mysql_rows_text(db, row, "last_login"), mem);
    a.root = str_is(mysql_rows_text(db, row, "is_root"), "Y") && (company.n == 0 || str_is(company, "0"));
    a.group = a.root ? "root administrator" : company.n && !str_is(company, "0") ? "administrator of a company" : "administrator";
    a.active = str_is(mysql_rows_text(db, row, "status"), "A");
    return a;
}

int cs_admins(struct store *s, struct admin_list *out, struct err *e)
{
    return admin_rows(s, "users", "WHERE user_type = 'A' ORDER BY email", read_user, out, e);
}

int cs_admin_password(struct store *s, const struct admin *who, struct str password, bool activate, struct admin_change *out, struct err *e)
{
    char kept[PASSWORD_STORED];
    char salt[PASSWORD_SALT] = "";
    bool there;
    uint64_t width;

    (void)who;
    *out = (struct admin_change){.key = "user_id"};
    out->table = store_table(s, "users");
    if (admin_column(s, out->table, "password", &there, &width, e) < 0)
        return -1;
    if (width >= BCRYPT_TEXT && s->version && cs_version_compare(str_of(s->version), STR("4.12")) >= 0) {
        out->scheme = "bcrypt";
        if (password_bcrypt(password, kept, e) < 0)
            return -1;
    } else {
        out->scheme = "MD5 with a salt";
        if (password_salt(salt, SALT_CHARS, e) < 0)
            return -1;
        password_md5_twice(password, str_of(salt), kept);
    }
    admin_cell(out, "password", kept);
    admin_cell(out, "salt", salt);
    if (activate)
        admin_cell(out, "status", "A");
    return 0;
}
