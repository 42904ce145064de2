#include "cs_store.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const struct platform stand_in = {.name = "cscart", .title = "CS-Cart"};

static void say(struct work *w, const char *fmt, ...)
{
    struct cs_store *c = w->ctx;
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&c->said, fmt, ap);
    va_end(ap);
    buf_addc(&c->said, '\n');
}

static int note(struct work *w, const char *key, struct str value, struct err *e)
{
    struct cs_store *c = w->ctx;

    (void)key;
    (void)e;
    if (w->dry_run)
        return 0;
    buf_reset(&c->noted);
    buf_addstr(&c->noted, value);
    c->has_note = true;
    return 0;
}

static bool noted(struct work *w, const char *key, struct buf *value)
{
    struct cs_store *c = w->ctx;

    (void)key;
    if (c->has_note)
        buf_addstr(value, buf_str(&c->noted));
    return c->has_note;
}

static void progress(struct work *w, const char *what, uint64_t done, uint64_t total)
{
    (void)w, (void)what, (void)done, (void)total;
}

void cs_store_put(const struct cs_store *c, const char *rel, const char *text)
{
    files_put(c->root, rel, text);
}

void cs_store_remove(const struct cs_store *c, const char *rel)
{
    struct tree t = {0};
    struct err e = {0};

    assert_int_equal(tree_open(&t, c->root, &e), 0);
    assert_int_equal(tree_remove_tree(&t, rel, false, &e), 0);
    tree_close(&t);
}

bool cs_store_has(const struct cs_store *c, const char *rel)
{
    char path[1024];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", c->root, rel);
    return lstat(path, &st) == 0;
}

void cs_store_version(const struct cs_store *c, const char *version, const char *edition)
{
    char text[500];

    snprintf(text, sizeof text,
             "<?php\ndefine('PRODUCT_NAME', 'CS-Cart');\ndefine('PRODUCT_VERSION', "
             "'%s');\ndefine('PRODUCT_STATUS', '');\n"
             "define('PRODUCT_EDITION', '%s');\ndefine('PRODUCT_BUILD', '');\n",
             version, edition);
    cs_store_put(c, "config.php", text);
}

void cs_store_open(struct cs_store *c)
{
    if (c->s.tree.path)
        store_close(&c->s);
    memset(&c->s, 0, sizeof c->s);
    c->s.opts = &c->opts;
    c->s.platform = &stand_in;
    assert_int_equal(tree_open(&c->s.tree, c->root, &c->e), 0);
    assert_int_equal(cs_load(&c->s, &c->e), 0);
}

int cs_store_setup(void **state)
{
    struct cs_store *c = *state;

    memset(c, 0, sizeof *c);
    snprintf(c->root, sizeof c->root, "/tmp/cs_store.XXXXXX");
    assert_non_null(mkdtemp(c->root));
    assert_int_equal(chmod(c->root, 0755), 0);
    cs_store_version(c, "4.9.1", "ULTIMATE");
    cs_store_put(c, "config.local.php",
                 "<?php\n$config['db_host'] = 'localhost';\n$config['db_name'] = 'shop';\n"
                 "$config['db_user'] = 'root';\n$config['db_password'] = '';\n"
                 "$config['table_prefix'] = 'cscart_';\n$config['customer_index'] = 'index.php';\n");
    cs_store_put(c, "index.php", "<?php\n");
    cs_store_put(c, "admin.php", "<?php\n");
    files_mkdir(c->root, "app/Tygh");
    files_mkdir(c->root, "js/tygh");
    c->w = (struct work){.ctx = c, .say = say, .note = note, .noted = noted, .progress = progress};
    cs_store_open(c);
    return 0;
}

int cs_store_teardown(void **state)
{
    struct cs_store *c = *state;
    struct tree tmp = {0};
    struct err ignored = {0};

    store_close(&c->s);
    buf_free(&c->said);
    buf_free(&c->noted);
    if (tree_open(&tmp, "/tmp", &ignored) == 0)
        tree_remove_tree(&tmp, c->root + strlen("/tmp/"), false, &ignored);
    tree_close(&tmp);
    return 0;
}

void cs_store_said(struct cs_store *c, const char *words)
{
    if (strstr(buf_cstr(&c->said), words) == NULL)
        fail_msg("\"%s\" is not in:\n%s", words, buf_cstr(&c->said));
    buf_reset(&c->said);
}
