/* The package as it lies in var/upgrade/packages/<id>. A refresh of the list of packages in the admin panel removes it, so nothing
 * here may be relied upon to be there. */
#include "platform/cscart/plan_case.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* Reads a JSON file; *text lives in the case. False when it is not there or can't be read, with why in c->package_err. */
static bool read_json(struct store *s, struct cs_case *c, const char *rel, struct str *text)
{
    struct buf bytes = {0};
    struct err why = {0};
    bool ok = tree_read(&s->tree, rel, CS_JSON_MAX, &bytes, &why) == 0;

    if (ok)
        *text = (struct str){arena_dup(c->mem, bytes.p, bytes.n), bytes.n};
    else if (why.kind != ERR_ABSENT)
        c->package_err = arena_strdup(c->mem, why.text);
    buf_free(&bytes);
    return ok;
}

static int find_dir(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct cs_case *c = arg;

    (void)e;
    if (type == DT_DIR && (c->id == NULL || strcmp(name, "core") == 0))
        c->id = arena_strdup(c->mem, name);
    return 0;
}

static int add_migration(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct cs_case *c = arg;
    struct str number;
    struct str class_name;
    struct cs_migration *m;

    (void)e;
    if (type != DT_REG || !cs_migration_name(str_of(name), c->mem, &number, &class_name))
        return 0;
    m = vec_push(&c->migrations);
    m->number = arena_dup(c->mem, number.p, number.n);
    m->class_name = arena_dup(c->mem, class_name.p, class_name.n);
    m->file = arena_printf(c->mem, "%s/content/migrations/%s", c->dir, name);
    return 0;
}

static void read_offer(struct store *s, struct cs_case *c)
{
    struct str text;
    struct err why = {0};

    if (!read_json(s, c, arena_printf(c->mem, "%s/schema.json", c->dir), &text))
        return;
    if (cs_offer_read(text, c->mem, &c->offer, &why) < 0) {
        c->package_err = arena_printf(c->mem, "%s/schema.json: %s", c->dir, why.text);
        return;
    }
    c->has_offer = true;
    if (str_is_safe_path(c->offer.file) && str_chr(c->offer.file, '/', 0) == SIZE_MAX) {
        c->archive = arena_printf(c->mem, "%s/%.*s", c->dir, STR_FMT(c->offer.file));
        if (!tree_exists(&s->tree, c->archive))
            c->archive = NULL;
    }
}

static void read_content(struct store *s, struct cs_case *c)
{
    const char *rel = arena_printf(c->mem, "%s/content/package.json", c->dir);
    struct str text;
    struct err why = {0};

    c->has_content = tree_exists(&s->tree, arena_printf(c->mem, "%s/content", c->dir));
    if (!c->has_content || !read_json(s, c, rel, &text))
        return;
    if (cs_package_read(text, c->mem, &c->package, &why) < 0)
        c->package_err = arena_printf(c->mem, "%s: %s", rel, why.text);
    else
        c->has_package = true;
}

int cs_case_package(struct store *s, struct cs_case *c, struct err *e)
{
    const char *migrations;

    if (c->id == NULL && tree_exists(&s->tree, CS_PACKAGES_DIR) &&
        tree_list(&s->tree, CS_PACKAGES_DIR, find_dir, c, e) < 0)
        return -1;
    if (c->id == NULL || !str_is_safe_path(str_of(c->id)) || strchr(c->id, '/'))
        return 0;
    c->dir = arena_printf(c->mem, CS_PACKAGES_DIR "/%s", c->id);
    read_offer(s, c);
    read_content(s, c);
    migrations = arena_printf(c->mem, "%s/content/migrations", c->dir);
    if (tree_exists(&s->tree, migrations) && tree_list(&s->tree, migrations, add_migration, c, e) < 0)
        return -1;
    return 0;
}
