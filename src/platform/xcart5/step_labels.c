/*
 * Labels of an entry, from its own files. The core's stand in sql/xlite_data.yaml and, from 5.2 on, sql/xlite_data_lng.yaml;
 * a module's in install.yaml and, from 5.2 on, install_<language>.yaml beside its code.
 */
#include "base/plural.h"
#include "format/label_yaml.h"
#include "format/php_version.h"
#include "platform/xcart5/labels.h"
#include "platform/xcart5/steps.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* The core's file has some 600 KB. */
#define YAML_MAX ((size_t)64 * 1024 * 1024)

struct texts {
    struct arena mem;
    VEC(struct xc_label_text) v;
    size_t files;
};

static int read_file(struct store *s, const char *rel, struct texts *t, struct err *e)
{
    struct buf yaml = {0};
    struct label_list list;
    int rc = -1;

    if (tree_read(&s->tree, rel, YAML_MAX, &yaml, e) < 0)
        goto out;
    if (label_yaml_read((struct str){arena_dup(&t->mem, yaml.p, yaml.n), yaml.n}, &t->mem, &list, e) < 0) {
        err_wrap(e, "%s", rel);
        goto out;
    }
    for (size_t i = 0; i < list.n; i++) {
        const struct label *l = &list.v[i];

        struct xc_label_text *text = vec_push(&t->v);

        text->name = l->name;
        text->code = l->code;
        /* An empty text is a text; only null stands for none. */
        if (!l->is_null)
            text->text = l->text.n ? l->text : STR("");
    }
    t->files++;
    rc = 0;
out:
    buf_free(&yaml);
    return rc;
}

struct dir_files {
    struct store *s;
    struct texts *t;
    const char *dir;
    bool languages; /* install_<language>.yaml counts: 5.2 and later */
};

static int take_module_file(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct dir_files *d = arg;
    struct str n = str_of(name);

    if (type != DT_REG || !str_chop(&n, STR(".yaml")) ||
        !(str_is(n, "install") || (d->languages && str_starts(n, STR("install_")))))
        return 0;
    return read_file(d->s, arena_printf(&d->t->mem, "%s/%s", d->dir, name), d->t, e);
}

static int read_entry(struct store *s, const char *author, const char *module, struct texts *t, struct err *e)
{
    static const char *const core[] = {"sql/xlite_data.yaml", "sql/xlite_data_lng.yaml"};
    struct dir_files d = {.s = s, .t = t};

    d.languages = s->version == NULL || php_version_compare(str_of(s->version), STR("5.2")) >= 0;
    if (author) {
        d.dir = arena_printf(&t->mem, "classes/XLite/Module/%s/%s", author, module);
        return tree_list(&s->tree, d.dir, take_module_file, &d, e);
    }
    for (size_t i = 0; i < sizeof core / sizeof *core; i++)
        if (tree_exists(&s->tree, core[i]) && read_file(s, core[i], t, e) < 0)
            return -1;
    return 0;
}

static void say_result(const char *entry, const struct texts *t, const struct xc_labels_result *r, struct work *w)
{
    w->say(w, "%s: %llu label%s in %zu file%s; %sadded: %llu label%s, %llu text%s; %sfilled: %llu empty text%s; there already: %llu text%s", entry,
           (unsigned long long)r->labels, plural(r->labels, "", "s"), t->files, plural(t->files, "", "s"), w->dry_run ? "would be " : "",
           (unsigned long long)r->labels_added, plural(r->labels_added, "", "s"), (unsigned long long)r->texts_added,
           plural(r->texts_added, "", "s"), w->dry_run ? "would be " : "", (unsigned long long)r->texts_filled, plural(r->texts_filled, "", "s"),
           (unsigned long long)r->there, plural(r->there, "", "s"));
    for (size_t i = 0; i < r->problems.n; i++)
        w->say(w, "not stored: \"%.*s\" (%.*s): %s", STR_FMT(r->problems.v[i].name), STR_FMT(r->problems.v[i].code),
               xc_label_why_text(r->problems.v[i].why));
    if (r->problems_count > r->problems.n)
        w->say(w, "and %llu more that could not be stored", (unsigned long long)(r->problems_count - r->problems.n));
}

static int load(struct store *s, const char *entry, const char *author, const char *module, struct work *w,
                bool *added, struct err *e)
{
    struct xc_labels_result r = {0};
    struct texts t = {0};
    struct mysql *db;
    int rc = -1;

    if (read_entry(s, author, module, &t, e) < 0)
        goto out;
    db = store_db(s, e);
    if (db == NULL)
        goto out;
    if (s->prefix == NULL) {
        err_set(e, ERR_ABSENT, "the store's configuration names no table prefix");
        goto out;
    }
    if (xc_labels_load(db, s->prefix, t.v.v, t.v.n, w->dry_run, &r, e) < 0)
        goto out;
    say_result(entry, &t, &r, w);
    *added = r.labels_added + r.texts_added + r.texts_filled > 0;
    rc = 0;
out:
    xc_labels_result_free(&r);
    free(t.v.v);
    arena_free(&t.mem);
    return rc < 0 ? err_wrap(e, "labels of %s", entry) : 0;
}

int xc_run_labels(struct store *s, struct xc_case *c, struct xc_entry *en, struct work *w, struct err *e)
{
    struct buf line = {0};
    struct err ignored = {0};
    bool added = false;

    if (load(s, en->name, en->author, en->module, w, &added, e) < 0)
        return -1;
    if (w->dry_run)
        return 0;
    if (added && xc_cache_clear(s, w, e) < 0)
        return -1;
    /* The store's own records say so too, so that neither the next rebuild nor the admin page does it again. */
    buf_printf(&line, "Common update hook 'add_labels' is run for %s (%s)", en->name,
               added ? "labels were uploaded" : "labels were not uploaded");
    if (xc_append_log(s, c, buf_cstr(&line), &ignored) < 0)
        w->say(w, "the upgrade log could not be written: %s", ignored.text);
    buf_free(&line);
    return xc_cell_mark_finished(s, en->name, e);
}

struct module_name {
    const char *author;
    const char *name;
};

struct module_list {
    struct arena mem;
    VEC(struct module_name) v;
};

static int enabled_modules(struct store *s, struct module_list *l, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT author, name FROM %i WHERE installed = 1 AND enabled = 1 ORDER BY author, name",
               store_table(s, "modules"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1)
        *vec_push(&l->v) = (struct module_name){arena_dup(&l->mem, row[0].s.p, row[0].s.n),
                                                arena_dup(&l->mem, row[1].s.p, row[1].s.n)};
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

/* Core, or Author\Name of a module that is there. */
static int load_named(struct store *s, const char *entry, struct work *w, bool *added, struct err *e)
{
    const char *back = strchr(entry, '\\');
    const char *author;
    const char *dir;

    if (strcmp(entry, XC_CORE) == 0)
        return load(s, entry, NULL, NULL, w, added, e);
    author = back ? arena_dup(&s->mem, entry, (size_t)(back - entry)) : "";
    dir = back ? arena_printf(&s->mem, "classes/XLite/Module/%s/%s", author, back + 1) : "";
    if (back == NULL || !str_is_safe_path(str_of(dir)) || !tree_exists(&s->tree, dir)) {
        err_set(e, ERR_ABSENT, "there is no entry %s in this store", entry);
        return err_fix(e, "an entry is Core or a module's Author\\Name, such as 'CDev\\Paypal' in quotes");
    }
    return load(s, entry, author, back + 1, w, added, e);
}

int xc_labels(struct store *s, const char *const *entries, size_t n, struct work *w, struct err *e)
{
    struct module_list modules = {0};
    bool any = false;
    bool added = false;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = load_named(s, entries[i], w, &added, e);
        any = any || added;
    }
    if (n == 0) {
        rc = enabled_modules(s, &modules, e);
        if (rc == 0)
            rc = load(s, XC_CORE, NULL, NULL, w, &any, e);
        for (size_t i = 0; rc == 0 && i < modules.v.n; i++) {
            const char *entry = arena_printf(&s->mem, "%s\\%s", modules.v.v[i].author, modules.v.v[i].name);

            rc = load(s, entry, modules.v.v[i].author, modules.v.v[i].name, w, &added, e);
            any = any || added;
        }
    }
    if (rc == 0 && any)
        rc = xc_cache_clear(s, w, e);
    free(modules.v.v);
    arena_free(&modules.mem);
    return rc;
}
