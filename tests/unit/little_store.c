#include "little_store.h"

#include "files.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct store_opts no_options;

void little_store_mkdir(const struct little_store *l, const char *rel)
{
    files_mkdir(l->root, rel);
}

void little_store_put(const struct little_store *l, const char *rel, const char *text)
{
    files_put(l->root, rel, text);
}

void little_store_remove(const struct little_store *l, const char *rel)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", l->root, rel);
    assert_int_equal(remove(path), 0);
}

void little_store_version(const struct little_store *l, const char *rel, const char *version)
{
    char text[200];

    snprintf(text, sizeof text, "<?php\nclass XLite\n{\n    const XC_VERSION = '%s';\n}\n", version);
    little_store_put(l, rel, text);
}

void little_store_make(struct little_store *l)
{
    memset(l, 0, sizeof *l);
    snprintf(l->root, sizeof l->root, "/tmp/little_store.XXXXXX");
    assert_non_null(mkdtemp(l->root));
    assert_int_equal(chmod(l->root, 0755), 0);
    snprintf(l->work, sizeof l->work, "%s.work", l->root);
    snprintf(l->aside, sizeof l->aside, "%s.aside", l->root);
    little_store_put(l, "cart.php", "<?php\n");
    little_store_put(l, "admin.php", "<?php\n");
    little_store_put(l, "top.inc.php", "<?php\n");
    little_store_put(l, "classes/XLite/Upgrade/Cell.php", "<?php\n");
    l->c.mem = &l->mem;
}

void little_store_open(struct little_store *l)
{
    if (l->s.tree.path)
        store_close(&l->s);
    if (store_open(&l->s, l->root, &no_options, &l->e) < 0)
        fail_msg("%s", l->e.text);
}

struct xc_entry *little_store_entry(struct little_store *l, const char *author, const char *module)
{
    struct xc_entry *en = arena_alloc(&l->mem, sizeof *en);

    en->author = author;
    en->module = module;
    en->name = author ? arena_printf(&l->mem, "%s\\%s", author, module) : XC_CORE;
    *vec_push(&l->c.entries) = en;
    return en;
}

void little_store_forget(struct little_store *l)
{
    xc_case_free(&l->c);
    arena_free(&l->mem);
    memset(&l->c, 0, sizeof l->c);
    l->c.mem = &l->mem;
    err_clear(&l->e);
}

void little_store_free(struct little_store *l)
{
    const char *const made[] = {l->root, l->work, l->aside};
    struct tree tmp = {0};
    struct err ignored = {0};

    little_store_forget(l);
    if (l->s.tree.path)
        store_close(&l->s);
    if (tree_open(&tmp, "/tmp", &ignored) == 0)
        for (size_t i = 0; i < sizeof made / sizeof *made; i++)
            tree_remove_tree(&tmp, made[i] + strlen("/tmp/"), false, &ignored);
    tree_close(&tmp);
}

int little_store_setup(void **state)
{
    little_store_make(*state);
    little_store_open(*state);
    return 0;
}

int little_store_teardown(void **state)
{
    little_store_free(*state);
    return 0;
}
