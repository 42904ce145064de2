/*
 * Modes of the entry files. Before an upgrade begins it opens what it can't write to everyone, index.php and the root folder among them;
 * the modes of before stand in storage_data as serialize() of absolute path => mode and are put back only at a good end. Web servers
 * that run PHP as the file's owner answer such files with error 500. A second attempt writes the open modes over the good ones, so a mode that
 * lets everyone write is never put back.
 */
#include "platform/cscart/cs.h"
#include "sys/stage.h"

#define KEY       "uc.entry_point_file_permissions"
#define FILE_MODE 0644
#define DIR_MODE  0755
#define OPEN_BITS (S_IWGRP | S_IWOTH)

struct modes {
    struct store *s;
    struct work *w;
    struct stage stage; /* not in a dry run */
};

static int change(struct modes *m, const char *rel, mode_t to, struct err *e)
{
    struct work *w = m->w;
    struct stat st;

    if (tree_stat(&m->s->tree, rel, &st, e) < 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    if ((st.st_mode & 07777) == to || S_ISLNK(st.st_mode))
        return 0;
    w->say(w, "%s %s from %03o to %03o", w->dry_run ? "would change the mode of" : "mode of",
           rel[0] ? rel : "the store's root folder", (unsigned)(st.st_mode & 07777), (unsigned)to);
    return w->dry_run ? 0 : stage_chmod(&m->stage, rel, to, e);
}

static mode_t sound(int64_t stored, bool dir)
{
    mode_t mode = (mode_t)(stored & 0777);

    if (mode == 0 || (mode & S_IWOTH))
        return dir ? DIR_MODE : FILE_MODE;
    return mode;
}

/* "/var/www/shop/index.php" of the server that wrote it: the part behind its root, which every other path begins with. */
static const char *below_root(struct store *s, const struct phps_node *map, struct str path)
{
    const struct cs *x = s->own;
    const char *const names[] = {x->admin,    x->vendor,    x->customer, "api.php",
                                 "admin.php", "vendor.php", "index.php"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_ends(path, str_of(arena_printf(&s->mem, "/%s", names[i]))))
            return names[i];
    while (path.n > 0 && path.p[path.n - 1] == '/')
        path.n--;
    for (size_t i = 0; i < map->n; i++) {
        struct str other = map->items[i].key;

        if (path.n > 0 && other.n > path.n + 1 && str_starts(other, path) && other.p[path.n] == '/' &&
            str_chr(other, '/', path.n + 1) == SIZE_MAX)
            return "";
    }
    return NULL;
}

static int restore_stored(struct modes *m, struct str raw, struct err *e)
{
    struct store *s = m->s;
    struct phps_doc doc;
    int64_t mode;

    if (phps_parse(raw, &s->mem, &doc, e) < 0 || !phps_is_list(doc.root))
        return err_set(e, ERR_FORMAT, "the row %s of %s can't be read", KEY, store_table(s, "storage_data"));
    for (size_t i = 0; i < doc.root->n; i++) {
        const struct phps_item *it = &doc.root->items[i];
        const char *rel = below_root(s, doc.root, it->key);

        if (rel && phps_int(&it->value, &mode) && change(m, rel, sound(mode, rel[0] == '\0'), e) < 0)
            return -1;
    }
    return 0;
}

/* Without the row: what everyone may write can't be meant so. */
static int close_open(struct modes *m, struct err *e)
{
    struct store *s = m->s;
    const struct cs *x = s->own;
    const char *const names[] = {"",        x->customer,  x->admin,           x->vendor,
                                 "api.php", "config.php", "config.local.php", "init.php"};
    struct stat st;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct err ignored = {0};
        bool there = tree_stat(&s->tree, names[i], &st, &ignored) == 0;

        if (there && (st.st_mode & S_IWOTH) &&
            change(m, names[i], S_ISDIR(st.st_mode) ? DIR_MODE : st.st_mode & (07777 & ~(mode_t)OPEN_BITS),
                   e) < 0)
            return -1;
    }
    return 0;
}

int cs_restore_modes(struct store *s, struct work *w, struct err *e)
{
    struct modes m = {.s = s, .w = w};
    struct buf raw = {0};
    struct err why = {0};
    bool there = false;
    bool found = false;
    int rc = 0;

    if (!w->dry_run && stage_open(&m.stage, &s->tree, w->undo, NULL, e) < 0)
        return -1;
    if (store_db(s, &why) == NULL)
        w->say(w, "the database was not reached, so the modes it keeps are not known: %s", why.text);
    else
        rc = cs_has_table(s, s->prefix, "storage_data", &there, e);
    if (rc == 0 && there)
        rc = cs_storage_get(s, KEY, &raw, &found, e);
    if (rc == 0 && found)
        rc = restore_stored(&m, (struct str){arena_dup(&s->mem, raw.p, raw.n), raw.n}, e);
    if (rc == 0)
        rc = close_open(&m, e);
    if (rc == 0 && found && !w->dry_run)
        rc = cs_storage_remove(s, KEY, e);
    stage_close(&m.stage);
    buf_free(&raw);
    return rc;
}
