#include "ps_store.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const struct platform stand_in = {.name = "prestashop", .title = "PrestaShop"};

static void say(struct work *w, const char *fmt, ...)
{
    struct ps_store *p = w->ctx;
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&p->said, fmt, ap);
    va_end(ap);
    buf_addc(&p->said, '\n');
}

static struct ps_store_note *find(struct ps_store *p, const char *key)
{
    for (size_t i = 0; i < p->n_notes; i++)
        if (strcmp(p->notes[i].key, key) == 0)
            return &p->notes[i];
    return NULL;
}

static int note(struct work *w, const char *key, struct str value, struct err *e)
{
    struct ps_store *p = w->ctx;
    struct ps_store_note *n = find(p, key);

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
    struct ps_store_note *n = find(w->ctx, key);

    if (n)
        buf_addstr(value, buf_str(&n->value));
    return n != NULL;
}

static void progress(struct work *w, const char *what, uint64_t done, uint64_t total)
{
    (void)w, (void)what, (void)done, (void)total;
}

void ps_store_put(const struct ps_store *p, const char *rel, const char *text)
{
    files_put(p->root, rel, text);
}

void ps_store_remove(const struct ps_store *p, const char *rel)
{
    struct tree t = {0};
    struct err e = {0};

    assert_int_equal(tree_open(&t, p->root, &e), 0);
    assert_int_equal(tree_remove_tree(&t, rel, false, &e), 0);
    tree_close(&t);
}

bool ps_store_has(const struct ps_store *p, const char *rel)
{
    char path[1024];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", p->root, rel);
    return lstat(path, &st) == 0;
}

void ps_store_holds(const struct ps_store *p, const char *rel, const char *text)
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

void ps_store_version(const struct ps_store *p, const char *version)
{
    char text[500];

    snprintf(text, sizeof text,
             "<?php\nnamespace PrestaShop\\PrestaShop\\Core;\n\nfinal class Version\n{\n    public const VERSION = '%s';\n}\n", version);
    ps_store_put(p, "src/Core/Version.php", text);
}

void ps_store_old(const struct ps_store *p, const char *version)
{
    char text[1000];

    ps_store_remove(p, "src");
    ps_store_remove(p, "app");
    snprintf(text, sizeof text,
             "<?php\ndefine('_DB_SERVER_', 'localhost');\ndefine('_DB_NAME_', 'old');\ndefine('_DB_USER_', 'root');\n"
             "define('_DB_PASSWD_', '');\ndefine('_DB_PREFIX_', 'ps_');\ndefine('_MYSQL_ENGINE_', 'InnoDB');\n"
             "define('_PS_CACHING_SYSTEM_', 'CacheMemcache');\ndefine('_PS_CACHE_ENABLED_', '0');\n"
             "define('_PS_VERSION_', '%s');\n",
             version);
    ps_store_put(p, "config/settings.inc.php", text);
}

void ps_store_open(struct ps_store *p)
{
    if (p->s.tree.path)
        store_close(&p->s);
    memset(&p->s, 0, sizeof p->s);
    p->s.opts = &p->opts;
    p->s.platform = &stand_in;
    assert_int_equal(tree_open(&p->s.tree, p->root, &p->e), 0);
    if (ps_load(&p->s, &p->e) < 0)
        fail_msg("%s", p->e.text);
}

int ps_store_setup(void **state)
{
    struct ps_store *p = *state;

    memset(p, 0, sizeof *p);
    snprintf(p->root, sizeof p->root, "/tmp/ps_store.XXXXXX");
    assert_non_null(mkdtemp(p->root));
    assert_int_equal(chmod(p->root, 0755), 0);
    ps_store_version(p, "8.1.7");
    ps_store_put(p, "app/config/parameters.php",
                 "<?php return array (\n  'parameters' => \n  array (\n    'database_host' => '127.0.0.1',\n    'database_port' => '',\n"
                 "    'database_name' => 'shop',\n    'database_user' => 'root',\n    'database_password' => 'a%%b',\n"
                 "    'database_prefix' => 'ps_',\n    'database_engine' => 'InnoDB',\n    'ps_caching' => 'CacheMemcache',\n"
                 "    'ps_cache_enable' => false,\n  ),\n);\n");
    ps_store_put(p, "config/defines.inc.php", "<?php\nif (!defined('_PS_MODE_DEV_')) {\n    define('_PS_MODE_DEV_', false);\n}\n");
    ps_store_put(p, "admin4711/index.php", "<?php\ndefine('_PS_ADMIN_DIR_', getcwd());\n");
    files_mkdir(p->root, "classes");
    files_mkdir(p->root, "controllers");
    p->w = (struct work){.ctx = p, .say = say, .note = note, .noted = noted, .progress = progress};
    ps_store_open(p);
    return 0;
}

int ps_store_teardown(void **state)
{
    struct ps_store *p = *state;
    struct tree tmp = {0};
    struct err ignored = {0};

    store_close(&p->s);
    buf_free(&p->said);
    for (size_t i = 0; i < p->n_notes; i++)
        buf_free(&p->notes[i].value);
    if (tree_open(&tmp, "/tmp", &ignored) == 0)
        tree_remove_tree(&tmp, p->root + strlen("/tmp/"), false, &ignored);
    tree_close(&tmp);
    return 0;
}

void ps_store_said(struct ps_store *p, const char *words)
{
    if (strstr(buf_cstr(&p->said), words) == NULL)
        fail_msg("\"%s\" is not in:\n%s", words, buf_cstr(&p->said));
    buf_reset(&p->said);
}
