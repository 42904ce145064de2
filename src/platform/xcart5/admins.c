/*
 * Administrators: profiles whose level of access is that of an administrator, without the copies that orders have. The form of the value that
 * a profile has tells what the shop's version keeps: "SHA512:" with the store's key, bcrypt, or plain MD5, which every version takes and rewrites when
 * somebody logs in.
 */
#include "db/mysql_rows.h"
#include "format/php_ini.h"
#include "platform/admin.h"
#include "platform/xcart5/steps.h"
#include "sys/password.h"

#include <string.h>

#define CONFIG_MAX ((size_t)1024 * 1024)
#define ENABLED    "E"

static struct admin read_profile(struct mysql *db, const struct mysql_cell *row, struct arena *mem)
{
    struct admin a = {.id = admin_text(db, row, "profile_id", mem)};

    a.login = a.email = admin_text(db, row, "login", mem);
    a.last_login = admin_time(mysql_rows_text(db, row, "last_login"), mem);
    a.group = "administrator";
    a.active = str_is(mysql_rows_text(db, row, "status"), ENABLED);
    return a;
}

int xc_admins(struct store *s, struct admin_list *out, struct err *e)
{
    return admin_rows(s, "profiles", "WHERE access_level >= 100 AND COALESCE(order_id, 0) = 0 ORDER BY login", read_profile, out, e);
}

/* The store's key, of the last file that has one; NULL when only PHP could tell it, empty when it has none. */
static const char *secret_key(struct store *s, struct arena *mem)
{
    static const char *const files[] = {"etc/config.default.php", "etc/config.php", "etc/config.personal.php", "etc/config.local.php"};
    const char *key = "";

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct php_ini_entry *en;
        struct buf text = {0};
        struct php_ini ini;
        struct err ignored = {0};

        if (tree_read(&s->tree, files[i], CONFIG_MAX, &text, &ignored) == 0 &&
            php_ini_parse((struct str){arena_dup(mem, text.p, text.n), text.n}, mem, &ini, &ignored) == 0 &&
            (en = php_ini_get(&ini, "installer_details", "shared_secret_key")) != NULL)
            key = en->odd ? NULL : arena_dup(mem, en->value.p, en->value.n);
        if (text.p)
            explicit_bzero(text.p, text.cap);
        buf_free(&text);
    }
    return key;
}

static bool is_md5(struct str kept)
{
    uint8_t sum[16];

    return kept.n == 0 || str_unhex(kept, sum, sizeof sum);
}

static int make(struct store *s, const char *present, struct str password, struct admin_change *out, char kept[PASSWORD_STORED], struct err *e)
{
    struct str now = str_of(present ? present : "");
    const char *key = secret_key(s, &out->mem);

    if (str_starts(now, STR("$2"))) {
        out->scheme = "bcrypt";
        return password_bcrypt(password, kept, e);
    }
    if (str_starts(now, STR("SHA512:")) && key) {
        out->scheme = "SHA-512 with the store's key";
        password_sha512(password, str_of(key), kept);
        return 0;
    }
    if (is_md5(now) || str_starts(now, STR("MD5:")) || str_starts(now, STR("SHA512:"))) {
        out->scheme = "MD5, which the store replaces when the account next logs in";
        password_md5(STR(""), password, STR(""), kept);
        return 0;
    }
    return err_set(e, ERR_REFUSED, "the store keeps the present password in a form that the toolkit does not know; nothing was changed");
}

int xc_admin_password(struct store *s, const struct admin *who, struct str password, bool activate, struct admin_change *out, struct err *e)
{
    static const char *const counts[] = {"count_of_login_attempts", "date_of_login_attempt"};
    char kept[PASSWORD_STORED];
    uint64_t width;
    bool there;

    *out = (struct admin_change){.key = "profile_id"};
    out->table = store_table(s, "profiles");
    if (make(s, admin_lookup(s, out->table, "password", out->key, who->id, &out->mem), password, out, kept, e) < 0)
        return -1;
    admin_cell(out, "password", kept);
    if (!activate)
        return 0;
    admin_cell(out, "status", ENABLED);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (admin_column(s, out->table, counts[i], &there, &width, e) < 0)
            return -1;
        if (there)
            admin_cell(out, counts[i], "0");
    }
    return 0;
}
