/*
 * Which files make up a language: core.po, editions/mve.po, upgrade.po from 4.14 on, addons/<add-on>.po of installed add-ons, and
 * langs/<code>.po of the themes, in this order. A package that brings languages of its own has them in content/languages. An installed
 * language that has no files gets the missing names from the shop's own language, else from English.
 */
#include "base/plural.h"
#include "db/mysql_rows.h"
#include "platform/cscart/langs.h"
#include "platform/cscart/steps.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* The largest core.po has 700 kB. */
#define PO_MAX_BYTES ((size_t)32 * 1024 * 1024)
#define CODE_LENGTH  2

struct loading {
    struct store *s;
    struct work *w;
    struct arena *mem;
    const char *code;
    const char *from; /* code of the files */
    bool foreign;
    struct cs_langs *l;
    struct cs_langs_result r;
};

/* A file that the shop could not read either is told and passed over. */
static int load_file(struct loading *x, const char *rel, struct err *e)
{
    struct arena mem = {0};
    struct buf bytes = {0};
    struct err why = {0};
    struct po po;
    int rc = 0;

    if (!tree_exists(&x->s->tree, rel))
        return 0;
    if (tree_read(&x->s->tree, rel, PO_MAX_BYTES, &bytes, e) < 0) {
        rc = -1;
    } else if (po_parse(buf_str(&bytes), &mem, &po, &why) < 0) {
        x->w->say(x->w, "%s is left out, as the shop would: %s", rel, why.text);
        x->r.bad_files++;
    } else {
        rc = cs_langs_load(x->l, &po, x->foreign, &x->r, e);
        if (rc < 0)
            err_wrap(e, "%s", rel);
    }
    buf_free(&bytes);
    arena_free(&mem);
    return rc;
}

static int load_addons(struct loading *x, const char *dir, struct err *e)
{
    struct mysql *db = store_db(x->s, e);
    struct mysql_list names;
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT addon FROM %i ORDER BY addon", store_table(x->s, "addons"));
    rc = mysql_rows_list(db, buf_str(&sql), x->mem, &names, e);
    for (size_t i = 0; rc == 0 && i < names.n; i++)
        if (str_is_safe_path(str_of(names.v[i])) && strchr(names.v[i], '/') == NULL)
            rc = load_file(x, arena_printf(x->mem, "%s/addons/%s.po", dir, names.v[i]), e);
    buf_free(&sql);
    return rc;
}

static int load_theme(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct loading *x = arg;

    if (type != DT_DIR)
        return 0;
    return load_file(x, arena_printf(x->mem, "design/themes/%s/langs/%s.po", name, x->from), e);
}

static int load_dir(struct loading *x, const char *dir, struct err *e)
{
    const struct cs *cs = x->s->own;

    if (load_file(x, arena_printf(x->mem, "%s/core.po", dir), e) < 0)
        return -1;
    if (cs->edition && strcmp(cs->edition, "MULTIVENDOR") == 0 &&
        load_file(x, arena_printf(x->mem, "%s/editions/mve.po", dir), e) < 0)
        return -1;
    if (x->s->version && cs_version_compare(str_of(x->s->version), STR("4.14")) >= 0 &&
        load_file(x, arena_printf(x->mem, "%s/upgrade.po", dir), e) < 0)
        return -1;
    if (load_addons(x, dir, e) < 0)
        return -1;
    if (tree_exists(&x->s->tree, "design/themes"))
        return tree_list(&x->s->tree, "design/themes", load_theme, x, e);
    return 0;
}

/* The language of the admin panel, or "en". */
static const char *shop_language(struct store *s, struct arena *mem)
{
    struct err ignored = {0};
    struct mysql *db = store_db(s, &ignored);
    struct buf sql = {0};
    struct buf value = {0};
    bool found = false;
    const char *code = "en";

    if (db) {
        mysql_sqlf(db, &sql, "SELECT value FROM %i WHERE name = 'backend_default_language' LIMIT 1", store_table(s, "settings_objects"));
        if (mysql_value(db, buf_str(&sql), &value, &found, &ignored) == 0 && found && value.n == CODE_LENGTH)
            code = arena_dup(mem, value.p, value.n);
    }
    buf_free(&sql);
    buf_free(&value);
    return code;
}

/* The folder with the files of a language; NULL when there is none. */
static const char *dir_of(struct store *s, struct arena *mem, const char *package, const char *code)
{
    const char *dir;

    if (package) {
        dir = arena_printf(mem, "%s/content/languages/%s", package, code);
        if (tree_exists(&s->tree, dir))
            return dir;
    }
    dir = arena_printf(mem, "var/langs/%s", code);
    return tree_exists(&s->tree, dir) ? dir : NULL;
}

static int load(struct store *s, struct arena *mem, const char *package, const char *code, struct work *w, struct err *e)
{
    struct loading x = {.s = s, .w = w, .mem = mem, .code = code, .from = code};
    const char *dir;
    int rc;

    if (!str_is_safe_path(str_of(code)) || strchr(code, '/'))
        return err_set(e, ERR_ABSENT, "\"%s\" is no language of the store", code);
    dir = dir_of(s, mem, package, code);
    if (dir == NULL) {
        x.foreign = true;
        x.from = shop_language(s, mem);
        dir = dir_of(s, mem, package, x.from);
        if (dir == NULL)
            dir = dir_of(s, mem, package, x.from = "en");
    }
    if (dir == NULL) {
        w->say(w, "%s: there are no language files, so nothing is loaded, as the shop does", code);
        return 0;
    }
    if (x.foreign)
        w->say(w, "%s has no files of its own; missing texts are taken from %s, as the shop does", code, dir);
    if (cs_langs_open(&x.l, s, code, w->dry_run, e) < 0)
        return -1;
    rc = load_dir(&x, dir, e);
    cs_langs_close(x.l);
    if (rc < 0)
        return err_wrap(e, "texts of %s", code);
    w->say(w, "%s: %s%llu text%s added, %llu there already, %llu name%s of settings written, from %zu file%s", code, w->dry_run ? "would be " : "",
           (unsigned long long)x.r.added, plural(x.r.added, "", "s"), (unsigned long long)x.r.there, (unsigned long long)x.r.settings,
           plural(x.r.settings, "", "s"), x.r.files, plural(x.r.files, "", "s"));
    if (x.r.refused)
        w->say(w, "%s: %llu name%s left out, too long or not UTF-8", code, (unsigned long long)x.r.refused,
               plural(x.r.refused, " was", "s were"));
    return 0;
}

int cs_run_labels(struct store *s, struct cs_case *c, const char *code, struct work *w, struct err *e)
{
    return load(s, c->mem, c->dir, code, w, e);
}

static int installed(struct store *s, struct arena *mem, struct mysql_list *codes, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT lang_code FROM %i ORDER BY lang_code", store_table(s, "languages"));
    rc = mysql_rows_list(db, buf_str(&sql), mem, codes, e);
    buf_free(&sql);
    return rc;
}

int cs_labels(struct store *s, const char *const *entries, size_t n, struct work *w, struct err *e)
{
    struct arena mem = {0};
    struct mysql_list codes = {0};
    int rc = installed(s, &mem, &codes, e);

    for (size_t i = 0; rc == 0 && i < n; i++) {
        bool there = false;

        for (size_t k = 0; k < codes.n; k++)
            there = there || strcmp(codes.v[k], entries[i]) == 0;
        if (!there)
            rc = err_set(e, ERR_ABSENT, "the store has no language \"%s\"", entries[i]);
    }
    for (size_t i = 0; rc == 0 && i < (n ? n : codes.n); i++)
        rc = load(s, &mem, NULL, n ? entries[i] : codes.v[i], w, e);
    arena_free(&mem);
    return rc;
}
