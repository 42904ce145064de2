#include "format/cs_dist.h"

#include "format/php_literal.h"

#include <string.h>

#define THEMES "/design/themes/"

struct reader {
    struct arena *a;
    struct cs_dist *out;
};

/* One "key => /path". */
static void take_file(struct reader *r, const struct phps_item *it, bool theme)
{
    struct cs_dist_file *f = &r->out->files[r->out->n];
    struct str path;

    if (!phps_str(&it->value, &path) || !str_unhex(it->key, f->key, sizeof f->key)) {
        r->out->refused++;
        return;
    }
    f->mixed = path;
    if (theme && !str_skip(&f->mixed, STR(THEMES))) {
        r->out->refused++;
        return;
    }
    if (!str_skip(&path, STR("/")) || !str_is_safe_path(path)) {
        r->out->refused++;
        return;
    }
    f->path = path;
    r->out->n++;
}

static size_t count_of(const struct phps_node *list)
{
    return list && phps_is_list(list) ? list->n : 0;
}

static void take_files(struct reader *r, const struct phps_node *list, bool theme)
{
    for (size_t i = 0; i < count_of(list); i++)
        take_file(r, &list->items[i], theme);
}

/* A name of a folder. */
static bool is_name(struct str s)
{
    return str_is_safe_path(s) && str_chr(s, '/', 0) == SIZE_MAX;
}

static void take_themes(struct reader *r, const struct phps_node *themes)
{
    r->out->first_theme = r->out->n;
    r->out->themes = arena_array(r->a, count_of(themes) + 1, sizeof *r->out->themes);
    for (size_t i = 0; i < count_of(themes); i++) {
        const struct phps_item *it = &themes->items[i];

        if (!is_name(it->key)) {
            r->out->refused++;
            continue;
        }
        r->out->themes[r->out->n_themes++] = arena_dup(r->a, it->key.p, it->key.n);
        take_files(r, phps_get(&it->value, "files"), true);
    }
}

/* Add-ons are values of a list in the versions read; as keys they are understood too. */
static void take_addons(struct reader *r, const struct phps_node *addons)
{
    r->out->has_addons = addons && phps_is_list(addons);
    r->out->addons = arena_array(r->a, count_of(addons) + 1, sizeof *r->out->addons);
    for (size_t i = 0; i < count_of(addons); i++) {
        const struct phps_item *it = &addons->items[i];
        struct str name = it->key;

        if (it->key_is_int && !phps_str(&it->value, &name))
            name = (struct str){0};
        if (is_name(name))
            r->out->addons[r->out->n_addons++] = arena_dup(r->a, name.p, name.n);
        else
            r->out->refused++;
    }
}

static size_t count_all(const struct phps_node *files, const struct phps_node *themes)
{
    size_t n = count_of(files);

    for (size_t i = 0; i < count_of(themes); i++)
        n += count_of(phps_get(&themes->items[i].value, "files"));
    return n;
}

int cs_dist_read(struct str php, struct arena *a, struct cs_dist *out, struct err *e)
{
    struct reader r = {.a = a, .out = out};
    struct phps_node *root = arena_alloc(a, sizeof *root);
    const struct phps_node *files;
    const struct phps_node *themes;

    memset(out, 0, sizeof *out);
    if (php.n > CS_DIST_MAX)
        return err_set(e, ERR_FORMAT, "larger than any list of checksums");
    if (php_literal_array(php, a, root, e) < 0)
        return -1;
    files = phps_deref(phps_get(root, "files"));
    themes = phps_deref(phps_get(root, "themes"));
    if (files == NULL || !phps_is_list(files))
        return err_set(e, ERR_FORMAT, "there is no list of files in it");
    out->files = arena_array(a, count_all(files, themes) + 1, sizeof *out->files);
    take_files(&r, files, false);
    take_themes(&r, themes);
    take_addons(&r, phps_deref(phps_get(root, "addons")));
    if (!phps_str(phps_get(root, "db_scheme"), &out->db_scheme))
        out->db_scheme = STR("");
    return 0;
}
