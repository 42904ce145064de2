#include "shop_dir.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static void say(struct work *w, const char *fmt, ...)
{
    struct shop_dir *p = w->ctx;
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&p->said, fmt, ap);
    va_end(ap);
    buf_addc(&p->said, '\n');
}

static struct shop_dir_note *find(struct shop_dir *p, const char *key)
{
    for (size_t i = 0; i < p->n_notes; i++)
        if (strcmp(p->notes[i].key, key) == 0)
            return &p->notes[i];
    return NULL;
}

static int note(struct work *w, const char *key, struct str value, struct err *e)
{
    struct shop_dir *p = w->ctx;
    struct shop_dir_note *n = find(p, key);

    (void)e;
    if (w->dry_run)
        return 0;
    if (n == NULL) {
        assert_true(p->n_notes < sizeof p->notes / sizeof *p->notes);
        n = &p->notes[p->n_notes++];
        snprintf(n->key, sizeof n->key, "%s", key);
    }
    buf_reset(&n->value);
    buf_addstr(&n->value, value);
    return 0;
}

static bool noted(struct work *w, const char *key, struct buf *value)
{
    struct shop_dir_note *n = find(w->ctx, key);

    if (n)
        buf_addstr(value, buf_str(&n->value));
    return n != NULL;
}

static void progress(struct work *w, const char *what, uint64_t done, uint64_t total)
{
    (void)w, (void)what, (void)done, (void)total;
}

void shop_dir_put(const struct shop_dir *p, const char *rel, const char *text)
{
    files_put(p->root, rel, text);
}

void shop_dir_remove(const struct shop_dir *p, const char *rel)
{
    struct tree t = {0};
    struct err e = {0};

    assert_int_equal(tree_open(&t, p->root, &e), 0);
    assert_int_equal(tree_remove_tree(&t, rel, false, &e), 0);
    tree_close(&t);
}

bool shop_dir_has(const struct shop_dir *p, const char *rel)
{
    char path[1024];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", p->root, rel);
    return lstat(path, &st) == 0;
}

void shop_dir_holds(const struct shop_dir *p, const char *rel, const char *text)
{
    struct tree t = {0};
    struct err e = {0};
    struct buf have = {0};

    assert_int_equal(tree_open(&t, p->root, &e), 0);
    assert_int_equal(tree_read(&t, rel, 1 << 20, &have, &e), 0);
    assert_string_equal(buf_cstr(&have), text);
    buf_free(&have);
    tree_close(&t);
}

void shop_dir_make(struct shop_dir *p)
{
    memset(p, 0, sizeof *p);
    snprintf(p->top, sizeof p->top, "/tmp/shop_dir.XXXXXX");
    assert_non_null(mkdtemp(p->top));
    assert_int_equal(chmod(p->top, 0755), 0);
    snprintf(p->root, sizeof p->root, "%s/shop", p->top);
    files_mkdir(p->top, "shop");
    p->w = (struct work){.ctx = p, .say = say, .note = note, .noted = noted, .progress = progress};
}

bool shop_dir_recognised(const char *dir, bool (*recognise)(const struct tree *t))
{
    struct tree t = {0};
    struct err e = {0};
    bool yes;

    assert_int_equal(tree_open(&t, dir, &e), 0);
    yes = recognise(&t);
    tree_close(&t);
    return yes;
}

void shop_dir_undo(struct shop_dir *p)
{
    char path[64];

    snprintf(path, sizeof path, "%s/undo", p->top);
    files_mkdir(p->top, "undo");
    assert_int_equal(tree_open(&p->undo, path, &p->e), 0);
    p->w.undo = &p->undo;
}

void shop_dir_open(struct shop_dir *p, const struct platform *stand_in, int (*load)(struct store *s, struct err *e))
{
    if (p->s.tree.path)
        store_close(&p->s);
    memset(&p->s, 0, sizeof p->s);
    p->s.opts = &p->opts;
    p->s.platform = stand_in;
    assert_int_equal(tree_open(&p->s.tree, p->root, &p->e), 0);
    if (load(&p->s, &p->e) < 0)
        fail_msg("%s", p->e.text);
}

int shop_dir_teardown(void **state)
{
    struct shop_dir *p = *state;
    struct tree t = {0};

    store_close(&p->s);
    tree_close(&p->undo);
    buf_free(&p->said);
    for (size_t i = 0; i < p->n_notes; i++)
        buf_free(&p->notes[i].value);
    if (tree_open(&t, p->top, &p->e) == 0) {
        tree_remove_tree(&t, "", true, &p->e);
        tree_close(&t);
        remove(p->top);
    }
    return 0;
}

void shop_dir_said(struct shop_dir *p, const char *words)
{
    if (strstr(buf_cstr(&p->said), words) == NULL)
        fail_msg("\"%s\" was not said, but\n%s", words, buf_cstr(&p->said));
    buf_reset(&p->said);
}
