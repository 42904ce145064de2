/* Owners and permissions, told from mode bits of a small tree made for the purpose. */
#include "files.h"

#include "sys/owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/test_owner_XXXXXX";
static struct tree store;

static void put(const char *rel, const char *text, mode_t mode)
{
    char path[256];

    files_put(root, rel, text);
    snprintf(path, sizeof path, "%s/%s", root, rel);
    assert_int_equal(chmod(path, mode), 0);
}

static void folder(const char *rel, mode_t mode)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", root, rel);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void own(const char *rel, uid_t uid, gid_t gid)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", root, rel);
    assert_int_equal(chown(path, uid, gid), 0);
}

static int setup(void **state)
{
    struct err e = {0};

    (void)state;
    if (mkdtemp(root) == NULL || chmod(root, 0755) != 0)
        return -1;
    return tree_open(&store, root, &e);
}

static int teardown(void **state)
{
    char command[300];

    (void)state;
    tree_close(&store);
    snprintf(command, sizeof command, "chmod -R u+rwX '%s'; rm -rf '%s'", root, root);
    return system(command); /* NOLINT(cert-env33-c,bugprone-command-processor): our own folder's name */
}

static void test_account(void **state)
{
    struct owner o = {.uid = 1007, .gid = 1008};
    char passwd[128], group[128];

    (void)state;
    put("passwd",
        "root:x:0:0:root:/root:/bin/sh\nbroken line\nnear:x:10070:1:::\n"
        "shop:x:1007:1009:Shop, Inc.:/home/shop:/bin/bash\nagain:x:1007:1:::\n",
        0644);
    put("group",
        "shopgrp:x:1008:shop\nweb:x:33:www-data,shop\nno:x:34:shopper,ashop\nhalf:x:35\nlast:x:36:shop",
        0644);
    snprintf(passwd, sizeof passwd, "%s/passwd", root);
    snprintf(group, sizeof group, "%s/group", root);
    owner_account(&o, passwd, group);
    assert_string_equal(o.name, "shop");
    assert_string_equal(o.home, "/home/shop");
    assert_int_equal(o.ngroups, 3);
    assert_int_equal(o.groups[0], 1009);
    assert_int_equal(o.groups[1], 33);
    assert_int_equal(o.groups[2], 36);

    o.uid = 5;
    owner_account(&o, passwd, group);
    assert_string_equal(o.name, "");
    assert_int_equal(o.ngroups, 0);
    owner_account(&o, "/nowhere/passwd", "/nowhere/group");
    assert_string_equal(o.name, "");
}

static void test_hostile_account(void **state)
{
    struct owner o = {.uid = 7, .gid = 7};
    char passwd[128], group[128];
    FILE *f;

    (void)state;
    snprintf(passwd, sizeof passwd, "%s/passwd2", root);
    snprintf(group, sizeof group, "%s/group2", root);
    f = fopen(passwd, "w");
    assert_non_null(f);
    for (int i = 0; i < 100; i++)
        fputc('n', f);
    fputs(":x:7:99999999999999999999:::\n", f);
    fclose(f);
    put("group2", "", 0644);
    owner_account(&o, passwd, group);
    assert_string_equal(o.name, ""); /* longer than any name may be */
    assert_int_equal(o.ngroups, 0);

    put("passwd2", "x:x:7:7::/:\n", 0644);
    f = fopen(group, "w");
    assert_non_null(f);
    for (int i = 100; i < 300; i++)
        fprintf(f, "g%d:x:%d:x,x,x\n", i, i);
    fclose(f);
    owner_account(&o, passwd, group);
    assert_int_equal(o.ngroups, OWNER_GROUPS_MAX);
}

static void test_allowed(void **state)
{
    struct owner o = {.uid = 10, .gid = 20, .groups = {30}, .ngroups = 1};
    const struct {
        uid_t uid;
        gid_t gid;
        mode_t mode;
        bool write;
    } rows[] = {
        {10, 20, 0644, true}, {10, 20, 0466, false}, {11, 20, 0664, true},  {11, 20, 0646, false},
        {11, 30, 0664, true}, {11, 30, 0602, false}, {11, 21, 0664, false}, {11, 21, 0666, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stat st = {.st_uid = rows[i].uid, .st_gid = rows[i].gid, .st_mode = S_IFREG | rows[i].mode};

        assert_int_equal(owner_allowed(&o, &st, W_OK), rows[i].write);
    }
    o.uid = 0;
    {
        struct stat st = {.st_uid = 9, .st_gid = 9, .st_mode = S_IFREG};

        assert_true(owner_allowed(&o, &st, R_OK | W_OK));
        assert_false(owner_allowed(&o, &st, X_OK));
    }
}

static void expect(const struct owner *o, const char *path, enum owner_deny want, const char *want_where)
{
    struct err e = {0};
    enum owner_deny deny;
    char where[PATH_MAX];

    assert_int_equal(owner_may_write(&store, o, path, &deny, where, &e), 0);
    if (deny != want)
        fail_msg("%s: %s", path, owner_deny_text(deny));
    if (want_where != NULL)
        assert_string_equal(where, want_where);
}

static void test_may_write(void **state)
{
    struct owner o = {.uid = 4711, .gid = 4712};
    struct owner everybody = {.uid = 0};
    struct err e = {0};
    enum owner_deny deny;

    (void)state;
    if (geteuid() != 0)
        skip();
    own("", 0, 0);
    folder("mine", 0755);
    own("mine", 4711, 4712);
    put("mine/a.php", "a", 0644);
    own("mine/a.php", 4711, 4712);
    put("mine/rootfile.php", "a", 0644);
    folder("mine/sub", 0755);
    own("mine/sub", 4711, 4712);
    folder("locked", 0700);
    put("locked/x.php", "x", 0666);
    folder("theirs", 0755);
    put("theirs/open.php", "x", 0666);
    folder("tmp", 01777);
    put("tmp/other", "x", 0666);
    assert_int_equal(symlinkat("mine", store.fd, "link"), 0);
    assert_int_equal(symlinkat("/etc", store.fd, "out"), 0);

    expect(&o, "mine/a.php", OWNER_MAY, "mine/a.php");
    expect(&o, "mine/new.php", OWNER_MAY, NULL);
    expect(&o, "mine/new/deep/file.php", OWNER_MAY, NULL);
    expect(&o, "mine/sub", OWNER_MAY, NULL);
    expect(&o, "mine/rootfile.php", OWNER_FILE_READONLY, "mine/rootfile.php");
    expect(&o, "locked/x.php", OWNER_NO_ENTRY, "locked");
    expect(&o, "theirs/open.php", OWNER_DIR_READONLY, "theirs");
    expect(&o, "theirs/new.php", OWNER_DIR_READONLY, "theirs");
    expect(&o, "theirs", OWNER_DIR_READONLY, "theirs");
    expect(&o, "top.php", OWNER_DIR_READONLY, ".");
    expect(&o, "", OWNER_DIR_READONLY, ".");
    expect(&o, "tmp/other", OWNER_STICKY, NULL);
    expect(&o, "tmp/new", OWNER_MAY, NULL);
    expect(&o, "link/a.php", OWNER_MAY, NULL);
    expect(&o, "mine/a.php/below", OWNER_NOT_FILE, NULL);
    expect(&everybody, "locked/x.php", OWNER_MAY, NULL);
    expect(&everybody, "locked/new/x.php", OWNER_MAY, NULL);

    assert_int_equal(owner_may_write(&store, &o, "out/passwd", &deny, NULL, &e), -1);
    assert_int_equal(owner_may_write(&store, &o, "../x", &deny, NULL, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
}

static void test_of_tree(void **state)
{
    struct owner_at at[] = {{.path = "var/log"}, {.path = "var"}, {.path = ""}};
    struct owner_at none[] = {{.path = "no"}, {.path = "none"}};
    struct owner o;
    struct err e = {0};
    bool mixed;

    (void)state;
    if (geteuid() != 0)
        skip();
    folder("var", 0755);
    assert_int_equal(owner_of_tree(&store, at, 3, &o, &mixed, &e), 0);
    assert_int_equal(o.uid, 0);
    assert_false(mixed);
    assert_false(at[0].found);
    own("", 4711, 4712);
    assert_int_equal(owner_of_tree(&store, at, 3, &o, &mixed, &e), 0);
    assert_int_equal(o.uid, 4711);
    assert_int_equal(o.gid, 4712);
    assert_true(mixed);
    own("var", 33, 33);
    assert_int_equal(owner_of_tree(&store, at, 3, &o, &mixed, &e), 0);
    assert_int_equal(o.uid, 33);
    assert_true(mixed);
    own("", 0, 0);
    assert_int_equal(owner_of_tree(&store, none, 2, &o, &mixed, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_account), cmocka_unit_test(test_hostile_account),
        cmocka_unit_test(test_allowed), cmocka_unit_test(test_may_write),
        cmocka_unit_test(test_of_tree),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
