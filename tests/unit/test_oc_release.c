/* The release of the target: where its files are found, and which of them a store lacks. */
#include "oc_store.h"

#include "files.h"
#include "platform/opencart/plan_parts.h"

#include <archive.h>
#include <archive_entry.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDEX "<?php\ndefine('VERSION', '3.0.5.1');\n"

static struct shop_dir p;
static struct arena mem;
static struct oc_case c;
static char given[200];

static const struct {
    const char *rel;
    const char *text;
} files[] = {{"index.php", INDEX},
             {"admin/index.php", INDEX},
             {"admin/controller/a.php", "<?php // new a\n"},
             {"catalog/controller/b.php", "<?php // new b\n"},
             {"config.php", "never"},
             {"admin/config.php", "never"},
             {"image/logo.png", "new logo"},
             {"image/more.png", "more"},
             {"install/index.php", "<?php // installer\n"},
             {"system/startup.php", "<?php // new startup\n"},
             {"system/storage/cache/index.html", ""},
             {"system/storage/vendor/autoload.php", "<?php // loader\n"}};

static void begin(void)
{
    arena_free(&mem);
    memset(&c, 0, sizeof c);
    c.mem = &mem;
}

static void end(void)
{
    oc_case_free(&c);
    arena_free(&mem);
}

static void put_folder(const char *top)
{
    char rel[300];

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(rel, sizeof rel, "%s/%s", top, files[i].rel);
        files_put(p.top, rel, files[i].text);
    }
    snprintf(given, sizeof given, "%s", p.top);
    p.opts.source = given;
}

static void put_zip(const char *file, const char *head, size_t cut)
{
    static char bytes[65536];
    size_t n = 0;
    struct archive *w = archive_write_new();
    FILE *f;

    assert_int_equal(archive_write_set_format_zip(w), 0);
    assert_int_equal(archive_write_set_bytes_per_block(w, 0), 0);
    assert_int_equal(archive_write_open_memory(w, bytes, sizeof bytes, &n), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct archive_entry *en = archive_entry_new();
        char path[300];

        snprintf(path, sizeof path, "%s%s", head, files[i].rel);
        archive_entry_set_pathname(en, path);
        archive_entry_set_mode(en, 0644);
        archive_entry_set_filetype(en, AE_IFREG);
        archive_entry_set_size(en, (la_int64_t)strlen(files[i].text));
        assert_int_equal(archive_write_header(w, en), 0);
        assert_int_equal(archive_write_data(w, files[i].text, strlen(files[i].text)), (la_ssize_t)strlen(files[i].text));
        archive_entry_free(en);
    }
    assert_int_equal(archive_write_free(w), 0);
    f = fopen(file, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n - cut, f), n - cut);
    fclose(f);
}

static void test_folder(void **state)
{
    (void)state;
    begin();
    put_folder("release/upload");
    snprintf(given, sizeof given, "%s/release", p.top);
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_string_equal(c.release.dir, "upload");
    assert_string_equal(c.release.version, "3.0.5.1");
    end();
    begin();
    snprintf(given, sizeof given, "%s/release/upload", p.top);
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_string_equal(c.release.dir, "");
    end();
    begin();
    /* One more around it, as the archive of a repository has. */
    put_folder("more/opencart-3.0.5.1/upload");
    snprintf(given, sizeof given, "%s/more", p.top);
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_string_equal(c.release.dir, "opencart-3.0.5.1/upload");
    end();
    begin();
    snprintf(given, sizeof given, "%s/shop/system", p.top);
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_ABSENT);
    end();
}

static void test_zip(void **state)
{
    (void)state;
    snprintf(given, sizeof given, "%s/given.zip", p.top);
    p.opts.source = given;
    put_zip(given, "opencart-3.0.5.1/upload/", 0);
    begin();
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_string_equal(c.release.dir, "opencart-3.0.5.1/upload");
    assert_string_equal(c.release.version, "3.0.5.1");
    end();
    put_zip(given, "", 0);
    begin();
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_string_equal(c.release.dir, "");
    end();
    put_zip(given, "", 100);
    begin();
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), -1);
    end();
}

/* What the back office left is not an error when it is damaged. */
static void test_left_zip(void **state)
{
    char file[300];

    (void)state;
    shop_dir_put(&p, "system/storage/download/opencart-3.0.5.1.zip", "");
    snprintf(file, sizeof file, "%s/system/storage/download/opencart-3.0.5.1.zip", p.root);
    put_zip(file, "opencart-3.0.5.1/upload/", 0);
    begin();
    c.trail.zip = "system/storage/download/opencart-3.0.5.1.zip";
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_string_equal(c.release.version, "3.0.5.1");
    end();
    put_zip(file, "opencart-3.0.5.1/upload/", 40);
    begin();
    c.trail.zip = "system/storage/download/opencart-3.0.5.1.zip";
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_null(c.release.dir);
    assert_non_null(c.release_other);
    end();
}

static const struct copy_file *todo(const char *path)
{
    for (size_t i = 0; i < c.todo.n; i++)
        if (strcmp(c.todo.v[i].path, path) == 0)
            return &c.todo.v[i];
    return NULL;
}

static void compare(void)
{
    begin();
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_int_equal(oc_case_files(&p.s, &c, &p.e), 0);
    assert_true(c.files_known);
}

static void test_files(void **state)
{
    (void)state;
    put_folder("release/upload");
    snprintf(given, sizeof given, "%s/release", p.top);
    shop_dir_put(&p, "image/logo.png", "the shop's own");
    shop_dir_put(&p, "catalog/controller/b.php", "<?php // new b\n");
    shop_dir_put(&p, "back/controller/a.php", "<?php // old a\n");
    compare();
    assert_null(todo("config.php"));
    assert_null(todo("back/config.php"));
    assert_null(todo("image/logo.png"));
    assert_non_null(todo("image/more.png"));
    assert_null(todo("catalog/controller/b.php"));
    assert_null(todo("admin/controller/a.php"));
    assert_int_equal(todo("back/controller/a.php")->act, COPY_UPDATE);
    assert_non_null(todo("system/startup.php"));
    assert_null(todo("install/index.php"));
    assert_int_equal(c.todo_install.n, 1);
    /* Both pages with the version, and the loader of the libraries. */
    assert_int_equal(c.late, 3);
    for (size_t i = 0; i < c.todo.n - c.late; i++)
        assert_string_not_equal(c.todo.v[i].path, "index.php");
    end();
}

static void carry_out(void)
{
    begin();
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_int_equal(oc_run_files(&p.s, &c, &p.w, &p.e), 0);
    assert_int_equal(oc_recheck_files(&p.s, &c, &p.e), 0);
    assert_int_equal(oc_run_unpack(&p.s, &c, &p.w, &p.e), 0);
    assert_int_equal(oc_recheck_unpack(&p.s, &c, &p.e), 0);
    shop_dir_holds(&p, "back/controller/a.php", "<?php // new a\n");
    shop_dir_holds(&p, "install/index.php", "<?php // installer\n");
    shop_dir_holds(&p, "system/storage/vendor/autoload.php", "<?php // loader\n");
    assert_string_equal(p.s.version, "3.0.5.1");
    end();
}

static void test_run(void **state)
{
    (void)state;
    p.opts.source = given;
    snprintf(given, sizeof given, "%s/given.zip", p.top);
    put_zip(given, "opencart-3.0.5.1/upload/", 0);
    carry_out();
    put_folder("release/upload");
    snprintf(given, sizeof given, "%s/release", p.top);
    shop_dir_put(&p, "back/controller/a.php", "cut");
    carry_out();
}

/* An installer that the toolkit brought is taken out again; one that was there is not. */
static void test_unpack_back(void **state)
{
    (void)state;
    put_folder("release/upload");
    snprintf(given, sizeof given, "%s/release", p.top);
    shop_dir_remove(&p, "install");
    begin();
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_int_equal(oc_run_unpack(&p.s, &c, &p.w, &p.e), 0);
    assert_true(shop_dir_has(&p, "install/index.php"));
    assert_int_equal(oc_unpack_back(&p.s, &p.w, &p.e), 0);
    assert_false(shop_dir_has(&p, "install/index.php"));
    shop_dir_put(&p, "install/index.php", "<?php // theirs\n");
    shop_dir_put(&p, "install/other.php", "<?php // theirs\n");
    assert_int_equal(oc_unpack_back(&p.s, &p.w, &p.e), 0);
    assert_true(shop_dir_has(&p, "install/index.php"));
    end();
}

/* Without a release cut files are told by themselves. */
static void test_torn(void **state)
{
    (void)state;
    p.opts.source = NULL;
    shop_dir_put(&p, "catalog/controller/whole.php", "<?php\nclass A {\n\tfunction b() { return '}'; }\n}\n");
    shop_dir_put(&p, "catalog/controller/cut.php", "<?php\nclass A {\n\tfunction b() {");
    shop_dir_put(&p, "catalog/controller/text.php", "<?php\n$a = 'not end");
    shop_dir_put(&p, "catalog/controller/empty.php", "");
    shop_dir_put(&p, "back/controller/report/customer_login.php", "");
    shop_dir_put(&p, "system/storage/cache/cut.php", "<?php {");
    begin();
    assert_int_equal(oc_case_files(&p.s, &c, &p.e), 0);
    assert_int_equal(c.torn.n, 3);
    assert_false(c.files_known);
    end();
}

static void test_copies(void **state)
{
    (void)state;
    assert_int_equal(oc_count_copies(&p.s), 0);
    shop_dir_put(&p, "system/storage/modification/index.html", "");
    shop_dir_put(&p, "system/storage/modification/system/startup.php", "<?php\n");
    shop_dir_put(&p, "vqmod/vqcache/vq2-a.php", "<?php\n");
    assert_int_equal(oc_count_copies(&p.s), 2);
}

static int collect(void *arg, const char *rel, struct err *e)
{
    (void)e;
    buf_printf(arg, "%s\n", rel);
    return 0;
}

static void adds(const char *first, const char *last)
{
    const struct plan plan = {.own = &c};
    struct buf all = {0};

    begin();
    assert_int_equal(oc_release_find(&p.s, &c, &p.e), 0);
    assert_int_equal(oc_upgrade_adds(&p.s, &plan, collect, &all, &p.e), 0);
    assert_true(str_has(buf_str(&all), str_of(first)));
    assert_true(str_ends(buf_str(&all), str_of(last)));
    assert_false(str_has(buf_str(&all), STR("image/")) || str_has(buf_str(&all), STR("install/")) || str_has(buf_str(&all), STR("config.php")));
    buf_free(&all);
    end();
}

/* What a restore has to take away again lies where this store has it, also when its own version has no folder for the storage. */
static void test_adds(void **state)
{
    static const char first[] = "back/controller/a.php\n";
    static const char last[] = "system/startup.php\nsystem/storage/cache/index.html\nsystem/storage/vendor/autoload.php\n";

    (void)state;
    put_folder("release/upload");
    snprintf(given, sizeof given, "%s/release", p.top);
    adds(first, last);
    shop_dir_put(&p, "config.php", "<?php\ndefine('DB_DRIVER', 'mysqli');\ndefine('DB_HOSTNAME', 'localhost');\ndefine('DB_USERNAME', 'root');\n"
                                   "define('DB_PASSWORD', '');\ndefine('DB_DATABASE', 'shop');\ndefine('DB_PREFIX', 'oc_');\n");
    oc_store_version(&p, "2.1.0.2");
    oc_store_open(&p);
    assert_string_equal(((const struct oc *)p.s.own)->storage, "system");
    adds(first, last);
    snprintf(given, sizeof given, "%s/given.zip", p.top);
    put_zip(given, "opencart-3.0.5.1/upload/", 0);
    adds(first, last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        oc_store_test(test_folder, &p), oc_store_test(test_zip, &p),         oc_store_test(test_left_zip, &p), oc_store_test(test_files, &p),
        oc_store_test(test_run, &p),    oc_store_test(test_unpack_back, &p), oc_store_test(test_torn, &p),     oc_store_test(test_copies, &p),
        oc_store_test(test_adds, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
