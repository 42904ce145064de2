/*
 * Modules with upgrade functions left: their files are newer than their row, since the release or the upgrade's module step brought new
 * files and did not come to run them; and those that the module's own list has left.
 */
#include "platform/prestashop/plan_parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define MODULES_MAX ((size_t)2000)

static struct ps_module_todo *find(struct ps_case *c, const char *name)
{
    for (size_t i = 0; i < c->modules.n; i++)
        if (strcmp(c->modules.v[i].name, name) == 0)
            return &c->modules.v[i];
    return NULL;
}

struct scripts {
    struct ps_case *c;
    struct ps_module_todo *m;
};

/* "upgrade-1.2.0.php", in old modules "Upgrade-1.2.0.php" and "install-1.2.0.php". */
static bool script_version(const char *file, struct str *out)
{
    struct str s = str_of(file);

    if (!str_skip(&s, STR("upgrade-")) && !str_skip(&s, STR("Upgrade-")) && !str_skip(&s, STR("install-")))
        return false;
    *out = s;
    return str_chop(out, STR(".php")) && out->n > 0;
}

static int take_script(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct scripts *x = arg;
    struct str v;

    (void)e;
    if (type != DT_REG || !script_version(name, &v))
        return 0;
    if (php_version_compare(v, str_of(x->m->version_db)) > 0 && php_version_compare(v, str_of(x->m->version_files)) <= 0)
        *vec_push(&x->m->scripts) = arena_printf(x->c->mem, "modules/%s/upgrade/%s", x->m->name, name);
    return 0;
}

static int by_version(const void *pa, const void *pb)
{
    struct str a = str_of(*(const char *const *)pa);
    struct str b = str_of(*(const char *const *)pb);
    struct str va = {0};
    struct str vb = {0};

    script_version(a.p + str_rchr(a, '/') + 1, &va);
    script_version(b.p + str_rchr(b, '/') + 1, &vb);
    return php_version_compare(va, vb);
}

bool ps_modules_migrate(const struct store *s)
{
    const struct ps *x = s->own;

    return x->gen == PS_GEN_6 || x->gen == PS_GEN_7;
}

void ps_module_scripts(struct store *s, struct ps_case *c, struct ps_module_todo *m)
{
    struct scripts x = {c, m};
    struct err ignored = {0};
    const char *dir = arena_printf(c->mem, "modules/%s/upgrade", m->name);

    m->scripts.n = 0;
    if (!ps_modules_migrate(s) || m->version_files == NULL || m->version_db == NULL || !tree_exists(&s->tree, dir))
        return;
    tree_list(&s->tree, dir, take_script, &x, &ignored);
    if (m->scripts.n > 1)
        qsort(m->scripts.v, m->scripts.n, sizeof *m->scripts.v, by_version);
}

static bool is_name(struct str s)
{
    return s.n > 0 && s.n < 64 && str_chr(s, '/', 0) == SIZE_MAX && s.p[0] != '.';
}

/* The row has UA_ in front while a module is in quarantine; its folder has not. */
static void take_row(struct store *s, struct ps_case *c, struct str name, struct str version)
{
    struct ps_module_todo m = {0};
    struct str plain = name;

    if (str_skip(&plain, STR("UA_")) && is_name(plain))
        *vec_push(&c->quarantined) = arena_dup(c->mem, name.p, name.n);
    if (!is_name(plain) || str_is(plain, "autoupgrade") || c->modules.n == MODULES_MAX)
        return;
    m.name = arena_dup(c->mem, plain.p, plain.n);
    m.version_db = version.n ? arena_dup(c->mem, version.p, version.n) : "0";
    m.version_files = ps_module_version_in(&s->tree, "", m.name, c->mem);
    m.zip = ps_module_zip(s, c->mem, m.name);
    if (m.zip && !ps_module_zip_is_new(s, c->mem, m.zip))
        m.zip = NULL;
    if (m.zip || (ps_modules_migrate(s) && m.version_files && php_version_compare(str_of(m.version_files), str_of(m.version_db)) > 0))
        *vec_push(&c->modules) = m;
}

static void take_listed(struct store *s, struct ps_case *c)
{
    const struct ps_list *l = &c->trail.modules_to_upgrade;
    bool found = false;

    for (size_t i = 0; i < l->n && c->modules.n < MODULES_MAX; i++) {
        struct ps_module_todo *m;
        struct str name;
        const char *text;

        if (!ps_list_text(&l->items[i], &name) && !phps_str(phps_get(l->items[i].value, "name"), &name))
            continue;
        if (l->items[i].value->kind == PHPS_ARRAY)
            phps_str(phps_get(l->items[i].value, "name"), &name);
        if (!is_name(name))
            continue;
        text = arena_dup(c->mem, name.p, name.n);
        m = find(c, text);
        if (m == NULL) {
            m = vec_push(&c->modules);
            m->name = text;
            m->version_files = ps_module_version_in(&s->tree, "", text, c->mem);
        }
        m->listed = true;
        ps_module_scripts(s, c, m);
        m->first_left = !found && m->scripts.n > 0;
        found = found || m->scripts.n > 0;
    }
}

void ps_case_modules(struct store *s, struct ps_case *c, struct mysql *db, struct err *e)
{
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    mysql_sqlf(db, &sql, "SELECT name, version FROM %i ORDER BY name", store_table(s, "module"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1)
        take_row(s, c, row[0].s, row[1].s);
    take_listed(s, c);
    for (size_t i = 0; i < c->modules.n; i++)
        ps_module_scripts(s, c, &c->modules.v[i]);
    buf_free(&sql);
}
