/*
 * Users of the back office. Up to 3.0 the shop keeps sha1(salt . sha1(salt . sha1(password))) beside its salt; from 4.0 on bcrypt, in a wider
 * column, and takes the former as well where the column of the salt is still there. Which one a changed 3.0 does its code tells.
 */
#include "db/mysql_rows.h"
#include "platform/admin.h"
#include "platform/opencart/oc.h"
#include "sys/password.h"

#include <string.h>

/* The group that every shop is installed with. */
#define ADMINISTRATOR "1"
#define BCRYPT_TEXT   60
#define SALT_CHARS    9

static struct admin read_user(struct mysql *db, const struct mysql_cell *row, struct arena *mem)
{
    struct admin a = {.id = admin_text(db, row, "user_id", mem)};

    a.login = admin_text(db, row, "username", mem);
    a.email = admin_text(db, row, "email", mem);
    a.name = admin_name(admin_text(db, row, "firstname", mem), admin_text(db, row, "lastname", mem), mem);
    a.group = admin_text(db, row, "user_group_id", mem);
    a.root = a.group && strcmp(a.group, ADMINISTRATOR) == 0;
    a.active = str_is(mysql_rows_text(db, row, "status"), "1");
    return a;
}

int oc_admins(struct store *s, struct admin_list *out, struct err *e)
{
    int rc = admin_rows(s, "user", "ORDER BY username", read_user, out, e);

    for (size_t i = 0; rc == 0 && i < out->all.n; i++) {
        struct admin *a = &out->all.v[i];

        a->group = admin_lookup(s, store_table(s, "user_group"), "name", "user_group_id", a->group, &out->mem);
        /* From 4.0 on log-ins are kept. */
        a->last_login = admin_lookup(s, store_table(s, "user_login"), "date_added", "user_id", a->id, &out->mem);
    }
    return rc;
}

static bool knows_bcrypt(const struct store *s)
{
    const struct oc *x = s->own;

    return x->family == OC_FAMILY_40 || tree_holds(&s->tree, "system/library/cart/user.php", "password_verify");
}

static int make(struct store *s, struct str password, struct admin_change *out, struct err *e)
{
    char kept[PASSWORD_STORED];
    char salt[PASSWORD_SALT] = "";
    uint64_t width;
    uint64_t salted;
    bool there;
    bool has_salt;

    if (admin_column(s, out->table, "password", &there, &width, e) < 0 || admin_column(s, out->table, "salt", &has_salt, &salted, e) < 0)
        return -1;
    if (width >= BCRYPT_TEXT && knows_bcrypt(s)) {
        out->scheme = "bcrypt";
        if (password_bcrypt(password, kept, e) < 0)
            return -1;
    } else if (has_salt && salted >= SALT_CHARS) {
        out->scheme = "SHA-1 with a salt";
        if (password_salt(salt, SALT_CHARS, e) < 0)
            return -1;
        password_sha1_thrice(password, str_of(salt), kept);
    } else {
        err_set(e, ERR_REFUSED, "the table %s is of another version than the shop's code: no password that is written there would be taken", out->table);
        return err_fix(e, "bring the schema and the code together first: toolkit resume or toolkit restore");
    }
    admin_cell(out, "password", kept);
    if (has_salt)
        admin_cell(out, "salt", salt);
    return 0;
}

/* From 4.0.2 on codes sent by mail are asked for, and wrong ones counted. */
static int forget_failures(struct store *s, const struct admin *who, struct admin_change *out, struct err *e)
{
    const char *table = store_table(s, "user_authorize");
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    uint64_t width;
    bool there;

    if (db == NULL || admin_column(s, table, "total", &there, &width, e) < 0)
        return -1;
    if (there) {
        mysql_sqlf(db, &sql, "UPDATE %i SET total = 0 WHERE user_id = %s", table, who->id);
        out->reset = arena_dup(&out->mem, sql.p, sql.n);
    }
    buf_free(&sql);
    return 0;
}

int oc_admin_password(struct store *s, const struct admin *who, struct str password, bool activate, struct admin_change *out, struct err *e)
{
    *out = (struct admin_change){.key = "user_id"};
    out->table = store_table(s, "user");
    if (make(s, password, out, e) < 0)
        return -1;
    if (!activate)
        return 0;
    admin_cell(out, "status", "1");
    return forget_failures(s, who, out, e);
}
