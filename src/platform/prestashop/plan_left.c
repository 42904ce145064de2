/*
 * What the module's copying leaves alone, though the release has it: pictures and overrides of the shop, its configuration, and modules that
 * are newer than those of the release or were updated on their own.
 */
#include "format/ps_params.h"
#include "platform/prestashop/plan_parts.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define MODULE_MAX ((size_t)4 * 1024 * 1024)

/* Names that are passed over at any depth. */
static bool has_hidden_part(struct str path)
{
    while (path.p != NULL) {
        struct str part = str_cut(path, '/', &path);

        if (str_is(part, ".svn") || str_is(part, ".git") || str_is(part, "autoupgrade"))
            return true;
    }
    return false;
}

static bool is_shops_own(const char *path)
{
    static const char *const files[] = {"app/config/parameters.php", "app/config/parameters.yml", "img/404.gif", "img/favicon.ico",
                                        "img/logo.jpg", "img/logo_stores.gif"};
    static const char *const globs[] = {"img/c/*.jpg", "img/cms/*.jpg", "img/l/*.jpg", "img/m/*.jpg",      "img/os/*.jpg",
                                        "img/p/*.jpg", "img/s/*.jpg",   "img/st/*.jpg", "img/scenes/*.jpg", "img/su/*.jpg"};
    static const char *const dirs[] = {"install", "install-dev"};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strcmp(path, files[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof globs / sizeof *globs; i++)
        if (fnmatch(globs[i], path, FNM_PATHNAME) == 0)
            return true;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (str_is_below(str_of(path), dirs[i]))
            return true;
    return str_is_below(str_of(path), "override");
}

/* $this->version = '1.2.3' */
static bool version_in_code(struct str php, struct str *out)
{
    size_t at = str_find(php, STR("$this->version"), 0);
    struct str rest;
    char quote;

    if (at == SIZE_MAX)
        return false;
    rest = str_sub(php, at + 14, at + 14 + 80);
    for (at = 0; at < rest.n && rest.p[at] != '\'' && rest.p[at] != '"' && rest.p[at] != ';'; at++)
        ;
    if (at >= rest.n || rest.p[at] == ';')
        return false;
    quote = rest.p[at];
    rest = str_sub(rest, at + 1, rest.n);
    at = str_chr(rest, quote, 0);
    if (at == SIZE_MAX || at == 0)
        return false;
    *out = str_sub(rest, 0, at);
    return true;
}

const char *ps_module_version_in(const struct tree *t, const char *dir, const char *name, struct arena *mem)
{
    struct buf text = {0};
    struct err ignored = {0};
    struct ps_module_info info = {0};
    struct str version = {0};
    const char *found = NULL;
    const char *at = arena_printf(mem, "%s%smodules/%s", dir, dir[0] ? "/" : "", name);

    /* The code is what counts; config.xml is a copy that the shop makes of it. */
    if (tree_read(t, arena_printf(mem, "%s/%s.php", at, name), MODULE_MAX, &text, &ignored) == 0 &&
        version_in_code(buf_str(&text), &version))
        found = arena_dup(mem, version.p, version.n);
    buf_reset(&text);
    if (found == NULL && tree_read(t, arena_printf(mem, "%s/config.xml", at), MODULE_MAX, &text, &ignored) == 0 &&
        ps_module_config(buf_str(&text), mem, &info, &ignored) == 0 && info.version.n > 0)
        found = arena_dup(mem, info.version.p, info.version.n);
    buf_free(&text);
    return found;
}

static bool leaves_module(struct ps_left *l, struct str name)
{
    struct ps_case *c = l->c;
    const char *module = arena_dup(c->mem, name.p, name.n);
    const char *dir = arena_printf(c->mem, "modules/%s", module);
    const char *ours;
    const char *theirs;
    bool known;
    bool grown;

    if (!tree_exists(&l->s->tree, dir))
        return false;
    ours = ps_module_version_in(&l->s->tree, "", module, c->mem);
    theirs = ps_module_version_in(c->release.tree, c->release.dir, module, c->mem);
    if (ours && theirs && php_version_compare(str_of(ours), str_of(theirs)) > 0)
        return true;
    /* Which modules these are the upgrade takes from composer.lock, which 1.6 does not have. */
    grown = tree_exists(&l->s->tree, "composer.lock") && ps_module_is_native(l->s, module, &known) && tree_exists(&l->s->tree, arena_printf(c->mem, "%s/vendor", dir));
    /* One that was itself copied by this upgrade has a folder vendor as well: it may be half there. */
    return grown && (ours == NULL || theirs == NULL || strcmp(ours, theirs) != 0);
}

static bool leaves_path_of_module(struct ps_left *l, struct str path)
{
    struct str name;

    str_skip(&path, STR("modules/"));
    name = str_cut(path, '/', &path);
    if (path.n == 0)
        return false;
    /* Paths come sorted, so the last answer mostly fits. */
    if (l->last && str_is(name, l->last))
        return l->last_left;
    l->last_left = leaves_module(l, name);
    l->last = arena_dup(l->c->mem, name.p, name.n);
    return l->last_left;
}

void ps_left_init(struct ps_left *l, struct store *s, struct ps_case *c)
{
    *l = (struct ps_left){.s = s, .c = c};
}

bool ps_left_alone(struct ps_left *l, const char *path)
{
    struct str p = str_of(path);

    if (has_hidden_part(p) || is_shops_own(path))
        return true;
    if (l->c->trail.config_known && l->c->trail.keep_theme && str_is_below(p, "themes/classic"))
        return true;
    return str_starts(p, STR("modules/")) && leaves_path_of_module(l, p);
}

static bool is_iso(struct str s)
{
    return s.n == 2 && s.p[0] >= 'a' && s.p[0] <= 'z' && s.p[1] >= 'a' && s.p[1] <= 'z';
}

bool ps_is_texts(const char *path)
{
    static const char *const names[] = {"admin.php", "errors.php", "fields.php", "pdf.php"};
    struct str p = str_of(path);
    struct str head;
    size_t at;

    if (str_skip(&p, STR("translations/"))) {
        head = str_cut(p, '/', &p);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (is_iso(head) && str_is(p, names[i]))
                return true;
        return false;
    }
    if (str_skip(&p, STR("modules/"))) {
        at = str_find(p, STR("/translations/"), 0);
        return at != SIZE_MAX && str_chop(&p, STR(".php")) && is_iso(str_sub(p, at + 14, p.n));
    }
    if (str_skip(&p, STR("themes/default/lang/")) || str_skip(&p, STR("themes/prestashop/lang/")))
        return str_chop(&p, STR(".php")) && is_iso(p);
    return false;
}
