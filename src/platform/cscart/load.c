/* Recognising the store and reading what needs no database. */
#include "format/php_literal.h"
#include "platform/cscart/cs.h"

#include <string.h>

#define SOURCE_MAX ((size_t)1024 * 1024)

/* A package or the staging area of a backup is a whole tree too, inside of the store. */
static bool is_inside_copy(const struct tree *t)
{
    struct str path = str_of(t->path);

    return str_ends(path, STR("/content/package")) || str_ends(path, STR(".tgz/package")) ||
           str_has(path, STR("/var/cache/misc/tmp/backup/"));
}

/*
 * A restore that was cut off leaves a tree without app, design and js, a copy that was cut off one with some of everything; so no
 * single file is asked for: two signs that no other shop has.
 */
bool cs_recognise(const struct tree *t)
{
    static const char *const places[] = {"app/Tygh",
                                         "app/functions/fn.init.php",
                                         "js/tygh",
                                         "upgrades/source_restore.php",
                                         "var/themes_repository",
                                         "app/controllers/backend/upgrade_center.php"};
    unsigned signs = 0;

    if (is_inside_copy(t))
        return false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        signs += tree_exists(t, places[i]);
    signs += tree_holds(t, "config.php", "PRODUCT_EDITION");
    signs += tree_holds(t, "config.local.php", "customer_index");
    return signs >= 2;
}

static const char *define_of(struct str php, const char *name, struct arena *mem, const char **why)
{
    struct phps_node value;
    struct err e = {0};
    int rc = php_literal_define(php, name, mem, &value, &e);

    if (rc == 1 && value.kind == PHPS_STR)
        return arena_dup(mem, value.s.p, value.s.n);
    if (rc < 0 && *why == NULL)
        *why = arena_printf(mem, "config.php, %s", e.text);
    return NULL;
}

void cs_reread_version(struct store *s)
{
    struct cs *x = s->own;
    struct buf text = {0};
    struct err e = {0};
    struct str php;
    const char *name;
    const char *why = NULL;

    x->version = NULL;
    x->version_err = NULL;
    x->edition = NULL;
    s->version = NULL;
    if (tree_read(&s->tree, "config.php", SOURCE_MAX, &text, &e) < 0) {
        x->version_err = arena_strdup(&s->mem, e.text);
        buf_free(&text);
        return;
    }
    php = (struct str){arena_dup(&s->mem, text.p, text.n), text.n};
    buf_free(&text);
    x->version = define_of(php, "PRODUCT_VERSION", &s->mem, &why);
    if (x->version && !cs_is_version(str_of(x->version))) {
        why = "config.php: PRODUCT_VERSION is no version";
        x->version = NULL;
    }
    x->edition = define_of(php, "PRODUCT_EDITION", &s->mem, &why);
    name = define_of(php, "PRODUCT_STATUS", &s->mem, &why);
    x->status = name ? name : "";
    name = define_of(php, "PRODUCT_BUILD", &s->mem, &why);
    x->build = name ? name : "";
    name = define_of(php, "PRODUCT_NAME", &s->mem, &why);
    x->product = name ? name : "CS-Cart";
    if (x->version == NULL)
        x->version_err = why ? why : "config.php does not define PRODUCT_VERSION";
    s->version = x->version;
}

int cs_load(struct store *s, struct err *e)
{
    struct cs *x = arena_alloc(&s->mem, sizeof *x);

    (void)e;
    s->own = x;
    x->admin = "admin.php";
    x->vendor = "vendor.php";
    x->customer = "index.php";
    x->http_host = x->http_path = x->https_host = x->https_path = "";
    x->cache_backend = "file";
    x->cache_prefix = "";
    x->old_root = "";
    cs_reread_version(s);
    if (cs_read_config(s, &s->config_err) == 0)
        return 0;
    /* The installer's own choice; the user may name the database with options. */
    s->prefix = "cscart_";
    err_fix(&s->config_err, "correct that file, or give the database with --db-user, --db-name and "
                            "--db-defaults-file");
    return 0;
}
