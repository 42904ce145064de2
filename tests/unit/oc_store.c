#include "oc_store.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const struct platform stand_in = {.name = "opencart", .title = "OpenCart"};

static void say(struct work *w, const char *fmt, ...)
{
    struct oc_store *p = w->ctx;
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&p->said, fmt, ap);
    va_end(ap);
    buf_addc(&p->said, '\n');
}

static struct oc_store_note *find(struct oc_store *p, const char *key)
{
    for (size_t i = 0; i < p->n_notes; i++)
        if (strcmp(p->notes[i].key, key) == 0)
            return &p->notes[i];
    return NULL;
}

static int note(struct work *w, const char *key, struct str value, struct err *e)
{
    struct oc_store *p = w->ctx;
    struct oc_store_note *n = find(p, key);

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
    struct oc_store_note *n = find(w->ctx, key);

    if (n)
        buf_addstr(value, buf_str(&n->value));
    return n != NULL;
}

static void progress(struct work *w, const char *what, uint64_t done, uint64_t total)
{
    (void)w, (void)what, (void)done, (void)total;
}

void oc_store_put(const struct oc_store *p, const char *rel, const char *text)
{
    files_put(p->root, rel, text);
}

void oc_store_remove(const struct oc_store *p, const char *rel)
{
    struct tree t = {0};
    struct err e = {0};

    assert_int_equal(tree_open(&t, p->root, &e), 0);
    assert_int_equal(tree_remove_tree(&t, rel, false, &e), 0);
    tree_close(&t);
}

bool oc_store_has(const struct oc_store *p, const char *rel)
{
    char path[1024];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", p->root, rel);
    return lstat(path, &st) == 0;
}

void oc_store_holds(const struct oc_store *p, const char *rel, const char *text)
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

static void put_index(const struct oc_store *p, const char *rel, const char *version, const char *install)
{
    char text[600];

    snprintf(text, sizeof text,
             "<?php\n// Version\ndefine('VERSION', '%s');\n\nif (is_file('config.php')) {\n\trequire_once('config.php');\n}\n\n"
             "if (!defined('DIR_APPLICATION')) {\n\theader('Location: %s');\n\texit;\n}\n\nrequire_once(DIR_SYSTEM . 'startup.php');\n",
             version, install);
    oc_store_put(p, rel, text);
}

void oc_store_version(const struct oc_store *p, const char *version)
{
    put_index(p, "index.php", version, "install/index.php");
    put_index(p, "back/index.php", version, "../install/index.php");
}

void oc_store_config(const struct oc_store *p, const char *root, const char *more)
{
    static const char *const apps[] = {"catalog", "back"};
    const char *at = root[0] ? root : p->root;
    char text[4000];

    for (size_t i = 0; i < 2; i++) {
        snprintf(text, sizeof text,
                 "<?php\n%s\ndefine('DIR_APPLICATION', '%s/%s/');\ndefine('DIR_SYSTEM', '%s/system/');\ndefine('DIR_IMAGE', '%s/image/');\n%s%s%s"
                 "define('DIR_STORAGE', DIR_SYSTEM . 'storage/');\ndefine('DIR_CACHE', DIR_STORAGE . 'cache/');\n"
                 "define('DIR_DOWNLOAD', DIR_STORAGE . 'download/');\ndefine('DIR_LOGS', DIR_STORAGE . 'logs/');\n"
                 "define('DIR_MODIFICATION', DIR_STORAGE . 'modification/');\ndefine('DIR_UPLOAD', DIR_STORAGE . 'upload/');\n\n"
                 "define('DB_DRIVER', 'mysqli');\ndefine('DB_HOSTNAME', 'localhost');\ndefine('DB_USERNAME', 'root');\n"
                 "define('DB_PASSWORD', 'it\\'s');\ndefine('DB_DATABASE', 'shop');\ndefine('DB_PORT', '3306');\ndefine('DB_PREFIX', 'oc_');\n",
                 more, at, apps[i], at, at, i ? "define('DIR_CATALOG', '" : "", i ? at : "", i ? "/catalog/');\n" : "");
        oc_store_put(p, i ? "back/config.php" : "config.php", text);
    }
}

void oc_store_open(struct oc_store *p)
{
    if (p->s.tree.path)
        store_close(&p->s);
    memset(&p->s, 0, sizeof p->s);
    p->s.opts = &p->opts;
    p->s.platform = &stand_in;
    assert_int_equal(tree_open(&p->s.tree, p->root, &p->e), 0);
    if (oc_load(&p->s, &p->e) < 0)
        fail_msg("%s", p->e.text);
}

int oc_store_setup(void **state)
{
    static const char *const dirs[] = {"catalog/controller/common", "catalog/model/catalog", "image/cache", "system/storage/cache",
                                       "system/storage/logs", "system/storage/modification", "system/storage/vendor"};
    struct oc_store *p = *state;
    char undo[96];

    memset(p, 0, sizeof *p);
    snprintf(p->top, sizeof p->top, "/tmp/oc_store.XXXXXX");
    assert_non_null(mkdtemp(p->top));
    snprintf(p->root, sizeof p->root, "%s/shop", p->top);
    snprintf(undo, sizeof undo, "%s/undo", p->top);
    files_mkdir(p->top, "undo");
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        files_mkdir(p->top, arena_printf(&p->s.mem, "shop/%s", dirs[i]));
    arena_free(&p->s.mem);
    oc_store_put(p, "system/startup.php", "<?php\n");
    oc_store_put(p, "system/engine/registry.php", "<?php\n");
    oc_store_put(p, "system/engine/loader.php", "<?php\n");
    oc_store_put(p, "back/controller/common/login.php", "<?php\n");
    oc_store_put(p, "system/storage/cache/index.html", "");
    oc_store_put(p, "system/storage/modification/index.html", "");
    oc_store_version(p, "3.0.3.8");
    oc_store_config(p, "", "");
    assert_int_equal(tree_open(&p->undo, undo, &p->e), 0);
    p->w = (struct work){.ctx = p, .undo = &p->undo, .note = note, .noted = noted, .progress = progress, .say = say};
    oc_store_open(p);
    return 0;
}

int oc_store_teardown(void **state)
{
    struct oc_store *p = *state;
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

void oc_store_said(struct oc_store *p, const char *words)
{
    if (strstr(buf_cstr(&p->said), words) == NULL)
        fail_msg("\"%s\" was not said, but\n%s", words, buf_cstr(&p->said));
    buf_reset(&p->said);
}
