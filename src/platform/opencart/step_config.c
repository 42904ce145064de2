/*
 * The two config.php as 4.x reads them. The release's own step keeps nothing but lines of one exact form: a storage that was moved and written as an
 * expression, and every constant of the shop's own, are lost by it, and folders that it makes in the storage can't be entered. So the toolkit writes
 * both files itself, in the same form and order, with all that they say now.
 */
#include "platform/opencart/plan_parts.h"
#include "sys/stage.h"

#include <string.h>

/* PLACE: a folder of the shop's own things, which it may have elsewhere. */
enum source { TEXT, CODE, VALUE, ROOT, STORAGE, PLACE, SERVER, CATALOG };

struct constant {
    const char *name;
    enum source from;
    const char *text;    /* TEXT, CODE, STORAGE, PLACE; of VALUE: where the file has none; NULL: it has to */
    const char *back;    /* the same in the back office's file, where that differs; "" in a file: not there */
    const char *comment; /* the line in front of it, which begins a part */
    const char *since;
};

/* clang-format off */
static const struct constant constants[] = {
    {"APPLICATION", TEXT, "Catalog", "Admin", "APPLICATION", NULL},
    {"HTTP_SERVER", SERVER, NULL, NULL, "HTTP", NULL},
    {"HTTP_CATALOG", CATALOG, "", NULL, NULL, NULL},
    {"DIR_OPENCART", ROOT, NULL, NULL, "DIR", NULL},
    {"DIR_APPLICATION", CODE, "DIR_OPENCART . 'catalog/'", NULL, NULL, NULL},
    {"DIR_EXTENSION", CODE, "DIR_OPENCART . 'extension/'", NULL, NULL, NULL},
    {"DIR_IMAGE", PLACE, "DIR_OPENCART . 'image/'", NULL, NULL, NULL},
    {"DIR_SYSTEM", CODE, "DIR_OPENCART . 'system/'", NULL, NULL, NULL},
    {"DIR_CATALOG", CODE, "", "DIR_OPENCART . 'catalog/'", NULL, NULL},
    {"DIR_STORAGE", STORAGE, "DIR_SYSTEM . 'storage/'", NULL, NULL, NULL},
    {"DIR_LANGUAGE", CODE, "DIR_APPLICATION . 'language/'", NULL, NULL, NULL},
    {"DIR_TEMPLATE", CODE, "DIR_APPLICATION . 'view/template/'", NULL, NULL, NULL},
    {"DIR_CONFIG", CODE, "DIR_SYSTEM . 'config/'", NULL, NULL, NULL},
    {"DIR_CACHE", PLACE, "DIR_STORAGE . 'cache/'", NULL, NULL, NULL},
    {"DIR_DOWNLOAD", PLACE, "DIR_STORAGE . 'download/'", NULL, NULL, NULL},
    {"DIR_LOGS", PLACE, "DIR_STORAGE . 'logs/'", NULL, NULL, NULL},
    {"DIR_SESSION", PLACE, "DIR_STORAGE . 'session/'", NULL, NULL, NULL},
    {"DIR_UPLOAD", PLACE, "DIR_STORAGE . 'upload/'", NULL, NULL, NULL},
    {"DB_DRIVER", VALUE, NULL, NULL, "DB", NULL},
    {"DB_HOSTNAME", VALUE, NULL, NULL, NULL, NULL},
    {"DB_USERNAME", VALUE, NULL, NULL, NULL, NULL},
    {"DB_PASSWORD", VALUE, NULL, NULL, NULL, NULL},
    {"DB_DATABASE", VALUE, NULL, NULL, NULL, NULL},
    {"DB_PORT", VALUE, "3306", NULL, NULL, NULL},
    {"DB_PREFIX", VALUE, NULL, NULL, NULL, NULL},
    {"DB_SSL_KEY", VALUE, "", NULL, NULL, "4.1"},
    {"DB_SSL_CERT", VALUE, "", NULL, NULL, "4.1"},
    {"DB_SSL_CA", VALUE, "", NULL, NULL, "4.1"},
    {"OPENCART_SERVER", VALUE, "", "https://www.opencart.com/", "OpenCart API", NULL},
};
/* clang-format on */

/* What older versions read and 4.x does not. */
static const char *const dropped[] = {"HTTPS_SERVER", "HTTPS_CATALOG", "HTTP_IMAGE", "HTTPS_IMAGE", "DIR_MODIFICATION", "DIR_DATABASE"};

struct writing {
    struct store *s;
    const char *to;
    struct arena *mem;
    bool back;
    const struct oc_config_file *f;
};

static bool is_of(const struct writing *w, const struct constant *k)
{
    if (k->since && oc_version_compare(w->to, k->since) < 0)
        return false;
    if (strcmp(k->name, "HTTP_CATALOG") == 0 || strcmp(k->name, "DIR_CATALOG") == 0 || strcmp(k->name, "OPENCART_SERVER") == 0)
        return w->back;
    return true;
}

static const char *value(const struct writing *w, const char *name)
{
    return oc_config_get(&w->f->c, name, w->mem);
}

static bool is_filled(const char *text)
{
    return text && text[0];
}

/* ---- what is missing ---- */

bool oc_config_readable(const struct oc_config_file *f)
{
    return f->path && f->err.kind == ERR_NONE && !f->c.empty;
}

static void list_missing(const struct writing *w, struct buf *out)
{
    const size_t before = out->n;

    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (is_of(w, &constants[i]) && oc_config_find(&w->f->c, constants[i].name) == NULL)
            buf_printf(out, "%s%s", out->n > before ? ", " : "", constants[i].name);
}

const char *oc_config_lacks(const struct store *s, const char *to, struct arena *mem)
{
    const struct oc *x = s->own;
    const struct oc_config_file *const files[] = {&x->catalog, &x->back};
    struct buf words = {0};
    const char *out = NULL;

    if (oc_family_of(to) != OC_FAMILY_40)
        return NULL;
    for (int i = 0; i < 2; i++) {
        struct writing w = {.to = to, .mem = mem, .back = i == 1, .f = files[i]};
        struct buf missing = {0};

        if (oc_config_readable(files[i]))
            list_missing(&w, &missing);
        if (missing.n > 0)
            buf_printf(&words, "%s%s does not have %s", words.n ? "; " : "", files[i]->path, buf_cstr(&missing));
        buf_free(&missing);
    }
    if (words.n > 0)
        out = arena_strdup(mem, buf_cstr(&words));
    buf_free(&words);
    return out;
}

static bool is_known_name(struct str name)
{
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (str_is(name, constants[i].name))
            return true;
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        if (str_is(name, dropped[i]))
            return true;
    return false;
}

const char *oc_config_refused(const struct store *s, const char *to, struct arena *mem)
{
    const struct oc *x = s->own;
    const struct oc_config_file *const files[] = {&x->catalog, &x->back};

    for (int i = 0; i < 2; i++) {
        const struct oc_config_file *f = files[i];
        struct writing w = {.to = to, .mem = mem, .back = i == 1, .f = f};

        if (!oc_config_readable(f))
            return arena_printf(mem, "%s: bring it back first", f->err.kind != ERR_NONE ? f->err.text : "a config.php is empty");
        if (f->c.other_code)
            return arena_printf(mem, "%s holds code besides constants, which the toolkit does not rewrite: add the missing constants by hand", f->path);
        for (size_t k = 0; k < sizeof constants / sizeof *constants; k++)
            if (constants[k].from == VALUE && is_of(&w, &constants[k]) && constants[k].text == NULL && value(&w, constants[k].name) == NULL)
                return arena_printf(mem, "%s: what %s is can't be told: write it as define('%s', '...');", f->path, constants[k].name, constants[k].name);
        for (size_t k = 0; k < f->c.defines.n; k++)
            if (!f->c.defines.v[k].known && !is_known_name(f->c.defines.v[k].name))
                return arena_printf(mem, "%s, line %u: what this constant is can't be told, and the toolkit does not rewrite it: add the missing ones by hand",
                                    f->path, f->c.defines.v[k].line);
    }
    return NULL;
}

/* ---- writing ---- */

static void put_quoted(struct buf *out, const char *text)
{
    buf_addc(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_addc(out, '\\');
        buf_addc(out, *text);
    }
    buf_addc(out, '\'');
}

static const char *server(const struct writing *w)
{
    return is_filled(value(w, "HTTPS_SERVER")) ? value(w, "HTTPS_SERVER") : value(w, "HTTP_SERVER");
}

static const char *catalog(const struct writing *w)
{
    return is_filled(value(w, "HTTPS_CATALOG")) ? value(w, "HTTPS_CATALOG") : value(w, "HTTP_CATALOG");
}

/* Where the storage is, when that is not the usual place. */
static const char *storage(const struct writing *w)
{
    const struct oc *x = w->s->own;
    const char *named = value(w, "DIR_STORAGE");
    const char *usual = arena_printf(w->mem, "%s/system/storage/", w->s->tree.path);

    if (named && strcmp(named, usual) != 0 && (x->storage == NULL || strcmp(x->storage, "system/storage") != 0))
        return named;
    /* 2.x has no such constant: its folders alone say where it is. */
    if (named == NULL && x->storage_full && x->storage_link == NULL)
        return arena_printf(w->mem, "%s/", x->storage_full);
    return NULL;
}

static bool is_dir(const char *path, const char *above, struct str name)
{
    struct str rest = str_of(path);

    return str_skip(&rest, str_of(above)) && str_skip(&rest, name) && (rest.n == 0 || str_is(rest, "/"));
}

/* The folder that the constant names now; NULL: its usual one, or that of before 2.2, from which its files move. */
static const char *chosen_place(const struct writing *w, const struct constant *k)
{
    const struct oc *x = w->s->own;
    const char *named = value(w, k->name);
    const char *root = x->root ? x->root : w->s->tree.path;
    const char *above = arena_printf(w->mem, "%s/", root);
    const char *before = arena_printf(w->mem, "%s/system/", root);
    struct str name = str_of(k->text);
    bool stored = str_starts(name, STR("DIR_STORAGE"));

    str_cut(name, '\'', &name);
    str_chop(&name, STR("/'"));
    if (stored)
        above = storage(w) ? storage(w) : arena_printf(w->mem, "%s/system/storage/", root);
    if (!is_filled(named) || is_dir(named, above, name) || (stored && oc_storage_of_release(w->s) && is_dir(named, before, name)))
        return NULL;
    return named;
}

static void put_value(const struct writing *w, const struct constant *k, struct buf *out)
{
    const struct oc *x = w->s->own;
    const char *text = w->back && k->back ? k->back : k->text;
    const char *found = NULL;

    switch (k->from) {
    case TEXT:
        put_quoted(out, text);
        return;
    case CODE:
        if (strcmp(k->name, "DIR_APPLICATION") == 0 && w->back)
            buf_printf(out, "DIR_OPENCART . '%s/'", x->admin);
        else
            buf_adds(out, text);
        return;
    case ROOT:
        put_quoted(out, arena_printf(w->mem, "%s/", w->s->tree.path));
        return;
    case STORAGE:
    case PLACE:
        found = k->from == STORAGE ? storage(w) : chosen_place(w, k);
        if (found)
            put_quoted(out, found);
        else
            buf_adds(out, text);
        return;
    case SERVER:
        found = server(w);
        break;
    case CATALOG:
        found = catalog(w);
        break;
    case VALUE:
        found = value(w, k->name);
        break;
    }
    put_quoted(out, found ? found : text ? text : "");
}

static void put_own(const struct writing *w, struct buf *out)
{
    bool first = true;

    for (size_t i = 0; i < w->f->c.defines.n; i++) {
        const struct oc_define *d = &w->f->c.defines.v[i];

        if (d->again || !d->known || is_known_name(d->name))
            continue;
        buf_printf(out, "%sdefine('%.*s', ", first ? "\n// Own\n" : "", STR_FMT(d->name));
        put_quoted(out, arena_dup(w->mem, d->value.p, d->value.n));
        buf_adds(out, ");\n");
        first = false;
    }
}

/* Parts are apart by an empty line. */
static void write_config(const struct writing *w, struct buf *out)
{
    bool first = true;

    buf_adds(out, "<?php\n");
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        const struct constant *k = &constants[i];

        if (!is_of(w, k))
            continue;
        if (k->comment)
            buf_printf(out, "%s// %s\n", first ? "" : "\n", k->comment);
        first = false;
        buf_printf(out, "define('%s', ", k->name);
        put_value(w, k, out);
        buf_adds(out, ");\n");
    }
    put_own(w, out);
}

/* ---- the step ---- */

static int put_config(struct stage *st, struct writing *x, struct work *w, struct err *e)
{
    struct buf php = {0};
    struct buf missing = {0};
    int rc = 0;

    list_missing(x, &missing);
    if (missing.n > 0) {
        write_config(x, &php);
        w->say(w, "%s%s gets %s; what it says stays", w->dry_run ? "would write: " : "", x->f->path, buf_cstr(&missing));
        if (!w->dry_run)
            rc = stage_put_bytes(st, x->f->path, buf_str(&php), NULL, e);
    }
    if (php.p)
        explicit_bzero(php.p, php.cap);
    buf_free(&php);
    buf_free(&missing);
    return rc;
}

int oc_run_config(struct store *s, struct oc_case *c, struct work *w, struct err *e)
{
    const struct oc *x = s->own;
    const struct oc_config_file *const files[] = {&x->catalog, &x->back};
    const char *why = oc_config_refused(s, c->to, c->mem);
    struct stage_options opt = {.rehash = true};
    struct stage st = {0};
    int rc = 0;

    if (c->config_why && why)
        return err_set(e, ERR_REFUSED, "%s", why);
    if (oc_make_storage(s, w, c->mem, e) < 0)
        return -1;
    if (c->config_why == NULL)
        return 0;
    if (!w->dry_run)
        rc = stage_open(&st, &s->tree, w->undo, &opt, e);
    for (int i = 0; rc == 0 && i < 2; i++) {
        struct writing one = {.s = s, .to = c->to, .mem = c->mem, .back = i == 1, .f = files[i]};

        rc = put_config(&st, &one, w, e);
    }
    if (rc == 0 && !w->dry_run)
        rc = stage_commit(&st, e);
    stage_close(&st);
    if (rc == 0 && !w->dry_run)
        oc_reread(s);
    return rc;
}

int oc_recheck_config(struct store *s, struct oc_case *c, struct err *e)
{
    const char *lacks;

    oc_reread(s);
    lacks = oc_config_lacks(s, c->to, c->mem);
    if (lacks)
        return err_set(e, ERR_MISMATCH, "after it was written %s", lacks);
    lacks = oc_moves_left(s, c->to);
    if (lacks)
        return err_set(e, ERR_MISMATCH, "%s still has files, though they were to be moved", lacks);
    return 0;
}
