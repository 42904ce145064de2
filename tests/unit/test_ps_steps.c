/* Steps of a PrestaShop plan that need no server: unpacking, languages, lists, texts of translations. */
#include "platform/prestashop/steps.h"
#include "platform/prestashop/texts.h"
#include "sys/stage.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>

#define ADMIN     "admin77"
#define WORKSPACE ADMIN "/autoupgrade"

static char root[64];
static struct store s;
static struct ps ps;
static struct ps_case c;
static struct arena mem;
static struct tree undo;
static struct work w;
static struct buf said;
static struct err e;

static void say(struct work *self, const char *fmt, ...)
{
    va_list ap;

    (void)self;
    va_start(ap, fmt);
    buf_vprintf(&said, fmt, ap);
    va_end(ap);
    buf_addc(&said, '\n');
}

static void progress(struct work *self, const char *what, uint64_t done, uint64_t total)
{
    (void)self, (void)what, (void)done, (void)total;
}

static int setup(void **state)
{
    char path[128];

    (void)state;
    memset(&s, 0, sizeof s);
    memset(&c, 0, sizeof c);
    memset(&ps, 0, sizeof ps);
    snprintf(root, sizeof root, "/tmp/ps_steps.XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(path, sizeof path, "%s/shop", root);
    files_mkdir(root, "shop");
    files_mkdir(root, "undo");
    assert_int_equal(tree_open(&s.tree, path, &e), 0);
    snprintf(path, sizeof path, "%s/undo", root);
    assert_int_equal(tree_open(&undo, path, &e), 0);
    files_put(root, "shop/" WORKSPACE "/index.php", "<?php\n");
    ps.admin = ADMIN;
    ps.workspace = WORKSPACE;
    ps.gen = PS_GEN_6;
    s.own = &ps;
    s.version = "8.1.7";
    c.mem = &mem;
    c.to = "8.1.7";
    w = (struct work){.say = say, .progress = progress, .undo = &undo};
    err_clear(&e);
    return 0;
}

static int teardown(void **state)
{
    struct tree tmp = {0};

    (void)state;
    tree_close(&s.tree);
    tree_close(&undo);
    arena_free(&s.mem);
    arena_free(&mem);
    buf_free(&said);
    memset(&said, 0, sizeof said);
    free(c.languages.v);
    assert_int_equal(tree_open(&tmp, "/tmp", &e), 0);
    assert_int_equal(tree_remove_tree(&tmp, root + strlen("/tmp/"), false, &e), 0);
    tree_close(&tmp);
    return 0;
}

static void put(const char *rel, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "shop/%s", rel);
    files_put(root, path, text);
}

static bool has(const char *rel)
{
    return tree_exists(&s.tree, rel);
}

static void holds(const char *rel, const char *text)
{
    struct buf got = {0};

    if (tree_read(&s.tree, rel, 65536, &got, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(buf_cstr(&got), text);
    buf_free(&got);
}

static void was_said(const char *words)
{
    if (strstr(buf_cstr(&said), words) == NULL)
        fail_msg("not said: %s\nbut: %s", words, buf_cstr(&said));
}

/* ---- archives ----------------------------------------------------------------------------------------------------------- */

struct member {
    const char *path;
    const char *text;
    size_t n; /* 0: a C string */
};

static char bytes[200000];

/* As a zip, or as a packed tar; the size in bytes. */
static size_t pack(const struct member *all, bool zip)
{
    struct archive *a = archive_write_new();
    size_t n = 0;

    assert_int_equal(zip ? archive_write_set_format_zip(a) : archive_write_set_format_pax_restricted(a), 0);
    assert_int_equal(archive_write_set_bytes_per_block(a, 0), 0);
    assert_int_equal(archive_write_open_memory(a, bytes, sizeof bytes, &n), 0);
    for (; all->path; all++) {
        struct archive_entry *en = archive_entry_new();
        size_t size = all->n ? all->n : strlen(all->text);

        archive_entry_set_pathname(en, all->path);
        archive_entry_set_mode(en, 0644);
        archive_entry_set_filetype(en, AE_IFREG);
        archive_entry_set_size(en, (la_int64_t)size);
        assert_int_equal(archive_write_header(a, en), 0);
        assert_int_equal(archive_write_data(a, all->text, size), (la_ssize_t)size);
        archive_entry_free(en);
    }
    assert_int_equal(archive_write_free(a), 0);
    return n;
}

static void put_bytes(const char *rel, const char *p, size_t n)
{
    int fd;

    put(rel, "");
    fd = tree_open_file(&s.tree, rel, O_WRONLY | O_TRUNC, 0, &e);
    assert_true(fd >= 0);
    assert_int_equal(tree_write_full(&s.tree, fd, p, n), 0);
    s.tree.ops->close(fd);
}

static const struct member release[] = {
    {"index.php", "<?php // new", 0},
    {"config/defines.inc.php", "<?php", 0},
    {"classes/Tools.php", "<?php // tools", 0},
    {"controllers/front/Index.php", "<?php", 0},
    {"src/Core/Version.php", "<?php\nfinal class Version\n{\n    public const VERSION = '8.1.7';\n}\n", 0},
    {"admin/index.php", "<?php // admin", 0},
    {"img/p/1.jpg", "sample", 0},
    {"img/admin/x.jpg", "none", 0},
    {"override/classes/A.php", "<?php", 0},
    {"install/index.php", "<?php", 0},
    {NULL, NULL, 0},
};

#define ZIP WORKSPACE "/download/prestashop.zip"

static void put_double(size_t cut)
{
    static char inner[100000];
    size_t n = pack(release, true);
    struct member outer[] = {{"index.php", "<?php // unpacks itself", 0}, {"prestashop.zip", inner, n}, {NULL, NULL, 0}};

    assert_true(n < sizeof inner);
    memcpy(inner, bytes, n);
    outer[1].n = n - cut;
    put_bytes(ZIP, bytes, pack(outer, true));
    c.release.archive = ZIP;
    c.release.archive_double = true;
}

static void whole(const char *place)
{
    char path[128];

    snprintf(path, sizeof path, "%s/index.php", place);
    holds(path, "<?php // new");
    snprintf(path, sizeof path, "%s/classes/Tools.php", place);
    holds(path, "<?php // tools");
    assert_false(has(WORKSPACE "/.unpack.toolkit"));
}

static void unpacks_the_inner_archive(void **state)
{
    (void)state;
    put_double(0);
    w.dry_run = true;
    assert_int_equal(ps_run_unpack(&s, &c, &w, &e), 0);
    was_said("would unpack " ZIP " and the prestashop.zip in it into " WORKSPACE "/latest");
    assert_false(has(WORKSPACE "/latest"));
    w.dry_run = false;
    assert_int_equal(ps_recheck_unpack(&s, &c, &e), -1);
    if (ps_run_unpack(&s, &c, &w, &e) < 0)
        fail_msg("%s", e.text);
    whole(WORKSPACE "/latest");
    /* The files step leaves samples alone here. */
    holds(WORKSPACE "/latest/img/p/1.jpg", "sample");
    assert_int_equal(ps_recheck_unpack(&s, &c, &e), 0);
}

static void seven_has_another_place(void **state)
{
    (void)state;
    ps.gen = PS_GEN_7;
    put_double(0);
    assert_int_equal(ps_run_unpack(&s, &c, &w, &e), 0);
    whole(WORKSPACE "/tmp/releases");
}

static void up_to_five_samples_are_left_out(void **state)
{
    (void)state;
    ps.gen = PS_GEN_4;
    put_double(0);
    assert_int_equal(ps_run_unpack(&s, &c, &w, &e), 0);
    whole(WORKSPACE "/latest");
    assert_false(has(WORKSPACE "/latest/img/p/1.jpg"));
    assert_false(has(WORKSPACE "/latest/override/classes/A.php"));
    holds(WORKSPACE "/latest/img/admin/x.jpg", "none");
}

static void the_folder_of_sixteen(void **state)
{
    static const struct member old[] = {{"prestashop/index.php", "<?php // new", 0},
                                        {"prestashop/config/defines.inc.php", "<?php", 0},
                                        {"prestashop/classes/Tools.php", "<?php // tools", 0},
                                        {"prestashop/controllers/a.php", "<?php", 0},
                                        {"Install_PrestaShop.html", "<html>", 0},
                                        {NULL, NULL, 0}};

    (void)state;
    c.to = "1.6.1.24";
    put_bytes(ZIP, bytes, pack(old, true));
    c.release.archive = ZIP;
    if (ps_run_unpack(&s, &c, &w, &e) < 0)
        fail_msg("%s", e.text);
    whole(WORKSPACE "/latest");
    assert_false(has(WORKSPACE "/latest/Install_PrestaShop.html"));
}

static void undo_brings_the_half_release_back(void **state)
{
    uint64_t files;

    (void)state;
    put(WORKSPACE "/latest/index.php", "half");
    put(WORKSPACE "/latest/old.php", "of another release");
    put_double(0);
    assert_int_equal(ps_run_unpack(&s, &c, &w, &e), 0);
    whole(WORKSPACE "/latest");
    assert_false(has(WORKSPACE "/latest/old.php"));
    assert_int_equal(stage_undo(&undo, &s.tree, true, &files, &e), 0);
    holds(WORKSPACE "/latest/index.php", "half");
    holds(WORKSPACE "/latest/old.php", "of another release");
    assert_false(has(WORKSPACE "/latest/classes/Tools.php"));
}

static void what_is_damaged_changes_nothing(void **state)
{
    (void)state;
    put(WORKSPACE "/latest/index.php", "half");
    put_double(30);
    assert_int_equal(ps_run_unpack(&s, &c, &w, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    holds(WORKSPACE "/latest/index.php", "half");
    assert_false(has(WORKSPACE "/.unpack.toolkit"));
}

static void another_version_is_refused(void **state)
{
    (void)state;
    c.to = "8.1.6";
    put_double(0);
    assert_int_equal(ps_run_unpack(&s, &c, &w, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_non_null(strstr(e.text, "8.1.7"));
    assert_false(has(WORKSPACE "/latest"));
}

#define LIST(SUM)                                                                                                        \
    "<?xml version=\"1.0\"?>\n<checksum_list>\n<ps_root_dir version=\"8.1.7\">\n<md5file name=\"index.php\">" SUM        \
    "</md5file>\n</ps_root_dir>\n</checksum_list>\n"

static void the_list_of_checksums_counts(void **state)
{
    char text[400];
    char hex[HASH_HEX];
    struct digest d;

    (void)state;
    put_double(0);
    put(WORKSPACE "/download/prestashop_8.1.7.xml", LIST("00112233445566778899aabbccddeeff"));
    assert_int_equal(ps_run_unpack(&s, &c, &w, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_false(has(WORKSPACE "/latest"));
    err_clear(&e);
    hash_bytes(HASH_MD5, "<?php // new", strlen("<?php // new"), &d);
    snprintf(text, sizeof text, LIST("%s"), digest_hex(&d, hex));
    put(WORKSPACE "/download/prestashop_8.1.7.xml", text);
    assert_int_equal(ps_run_unpack(&s, &c, &w, &e), 0);
    was_said("1 file is as ");
}

static void without_an_archive_it_is_said(void **state)
{
    (void)state;
    assert_int_equal(ps_run_unpack(&s, &c, &w, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_non_null(strstr(e.fix, "--source"));
}

/* ---- languages ---------------------------------------------------------------------------------------------------------- */

static void language(const char *iso, const char *locale, const char *found)
{
    *vec_push(&c.languages) = (struct ps_language){.iso = iso, .locale = locale, .pack = found};
}

static const struct member symfony[] = {
    {"de-DE/AdminActions.de-DE.xlf", "<xliff>neu</xliff>", 0},
    {"de-DE/sub/More.xlf", "<xliff/>", 0},
    {"de-DE/shell.php", "<?php evil();", 0},
    {"../../index.php", "<?php evil();", 0},
    {NULL, NULL, 0},
};

static void texts_of_eight(void **state)
{
    (void)state;
    put_bytes("translations/sf-de-DE.zip", bytes, pack(symfony, true));
    put("translations/de-DE/AdminActions.de-DE.xlf", "alt");
    language("de", "de-DE", NULL);
    assert_int_equal(ps_recheck_language(&s, &c, "de", &e), -1);
    assert_int_equal(e.kind, ERR_MISMATCH);
    w.dry_run = true;
    assert_int_equal(ps_run_language(&s, &c, "de", &w, &e), 0);
    was_said("would write 2 files of texts");
    holds("translations/de-DE/AdminActions.de-DE.xlf", "alt");
    w.dry_run = false;
    if (ps_run_language(&s, &c, "de", &w, &e) < 0)
        fail_msg("%s", e.text);
    holds("translations/de-DE/AdminActions.de-DE.xlf", "<xliff>neu</xliff>");
    holds("translations/de-DE/sub/More.xlf", "<xliff/>");
    assert_false(has("translations/de-DE/shell.php"));
    assert_false(has("index.php"));
    was_said("left in the pack: ../../index.php");
    was_said("1 other file of the pack was left out");
    assert_int_equal(ps_recheck_language(&s, &c, "de", &e), 0);
    assert_int_equal(stage_undo(&undo, &s.tree, true, NULL, &e), 0);
    holds("translations/de-DE/AdminActions.de-DE.xlf", "alt");
    assert_false(has("translations/de-DE/sub/More.xlf"));
}

static void texts_of_seventeen_have_another_place(void **state)
{
    (void)state;
    c.to = "1.7.8.11";
    put_bytes("translations/sf-de-DE.zip", bytes, pack(symfony, true));
    language("de", "de-DE", "translations/sf-de-DE.zip");
    assert_int_equal(ps_run_language(&s, &c, "de", &w, &e), 0);
    holds("app/Resources/translations/de-DE/AdminActions.de-DE.xlf", "<xliff>neu</xliff>");
}

static void texts_of_sixteen(void **state)
{
    static const struct member old[] = {{"translations/de/admin.php", "<?php // neu", 0},
                                        {"modules/x/translations/de.php", "<?php // x", 0},
                                        {"modules/x/x.php", "<?php evil();", 0},
                                        {"themes/t/lang/de.php", "<?php // t", 0},
                                        {"mails/de/account.html", "neu", 0},
                                        {"mails/de/new.html", "neu", 0},
                                        {"mails/de/lang.php", "<?php // l", 0},
                                        {"translations/fr/admin.php", "<?php // fr", 0},
                                        {"config/settings.inc.php", "<?php evil();", 0},
                                        {NULL, NULL, 0}};

    (void)state;
    c.to = "1.6.1.24";
    put("mails/de/account.html", "von Hand");
    put_bytes("translations/de.gzip", bytes, pack(old, false));
    language("de", NULL, NULL);
    if (ps_run_language(&s, &c, "de", &w, &e) < 0)
        fail_msg("%s", e.text);
    holds("translations/de/admin.php", "<?php // neu");
    holds("modules/x/translations/de.php", "<?php // x");
    holds("themes/t/lang/de.php", "<?php // t");
    holds("mails/de/account.html", "von Hand");
    holds("mails/de/new.html", "neu");
    holds("mails/de/lang.php", "<?php // l");
    assert_false(has("modules/x/x.php"));
    assert_false(has("translations/fr"));
    assert_false(has("config"));
    was_said("1 mail of the pack was left out");
    assert_int_equal(ps_recheck_language(&s, &c, "de", &e), 0);
}

static void without_a_pack_the_texts_stay(void **state)
{
    (void)state;
    language("de", "de-DE", NULL);
    language("en", "en-US", NULL);
    language("x/y", "../..", NULL);
    assert_int_equal(ps_run_language(&s, &c, "de", &w, &e), 0);
    was_said("https://i18n.prestashop-project.org/translations/8.1.7/de-DE/de-DE.zip");
    was_said("translations/sf-de-DE.zip");
    assert_int_equal(ps_recheck_language(&s, &c, "de", &e), 0);
    assert_int_equal(ps_run_language(&s, &c, "en", &w, &e), 0);
    was_said("en: its texts are in the code");
    assert_int_equal(ps_run_language(&s, &c, "x/y", &w, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
}

static void a_cut_pack_changes_nothing(void **state)
{
    size_t n = pack(symfony, true);

    (void)state;
    put("translations/de-DE/AdminActions.de-DE.xlf", "alt");
    language("de", "de-DE", NULL);
    for (size_t cut = 1; cut < n; cut += 7) {
        put_bytes("translations/sf-de-DE.zip", bytes, n - cut);
        assert_int_equal(ps_run_language(&s, &c, "de", &w, &e), -1);
        holds("translations/de-DE/AdminActions.de-DE.xlf", "alt");
        assert_false(has("translations/de-DE/sub/More.xlf"));
    }
}

/* ---- lists, texts of translations, dispatch ----------------------------------------------------------------------------- */

static void lists_go_to_the_undo_area(void **state)
{
    (void)state;
    put("config/xml/modules_list.xml", "<x/>");
    put("config/xml/8.1.7.xml", "<sums/>");
    put("var/cache/prod/class_index.php", "<?php");
    w.dry_run = true;
    assert_int_equal(ps_run_overrides(&s, &c, &w, &e), 0);
    was_said("would remove config/xml/modules_list.xml");
    assert_true(has("config/xml/modules_list.xml"));
    w.dry_run = false;
    assert_int_equal(ps_run_overrides(&s, &c, &w, &e), 0);
    assert_false(has("config/xml/modules_list.xml"));
    assert_false(has("var/cache/prod/class_index.php"));
    assert_true(has("config/xml/8.1.7.xml"));
    assert_true(tree_exists(&undo, "config/xml/modules_list.xml"));
    assert_int_equal(ps_recheck_overrides(&s, &c, &e), 0);
}

static const char *merged(const char *fresh, const char *own)
{
    static struct buf out;

    buf_free(&out);
    return ps_texts_merge(str_of(fresh), str_of(own), &out) ? arena_strdup(&mem, buf_cstr(&out)) : NULL;
}

static void the_store_s_own_texts_win(void **state)
{
    const char *own = "<?php\n\nglobal $_LANGADM;\n$_LANGADM = array();\n$_LANGADM['b'] = 'mine\\'s \\\\ own';\n$_LANGADM['z'] = 'old';\n\n?>";
    const char *fresh = "<?php\nglobal $_LANGADM;\n$_LANGADM = [];\n$_LANGADM['a'] = 'new \"a\"';\n$_LANGADM['b'] = 'new b';\n";
    const char *want = "<?php\n\nglobal $_LANGADM;\n$_LANGADM = array();\n$_LANGADM['a'] = 'new \"a\"';\n$_LANGADM['b'] = 'mine\\'s \\\\ own';\n"
                       "$_LANGADM['z'] = 'old';\n\n?>";

    (void)state;
    assert_string_equal(merged(fresh, own), want);
    assert_string_equal(merged(fresh, want), want);
}

static void other_code_is_not_written_anew(void **state)
{
    const char *good = "<?php $_LANG['a'] = 'b';";

    (void)state;
    assert_non_null(merged(good, good));
    assert_null(merged(good, "<?php $_MODULE['a'] = 'b';"));
    assert_null(merged(good, "<?php $_LANG['a'] = 'b'; unlink('x');"));
    assert_null(merged(good, "<?php $_LANG['a'] = f('b');"));
    assert_null(merged(good, "<?php $_LANG['a'] = 'b"));
    assert_null(merged(good, "text <?php $_LANG['a'] = 'b';"));
    assert_null(merged(good, "<?php $_LANG['a'] = \"$b\";"));
    assert_null(merged("<?php", good));
    for (size_t n = 1; n < strlen(good); n++)
        assert_null(merged(good, arena_dup(&mem, good, n)));
}

static void what_was_given_up_is_not_made_up_for(void **state)
{
    struct plan p = {.own = &c};
    struct step *st = plan_add(&p, STEP_BACKUP, "files", NULL);

    (void)state;
    assert_int_equal(ps_run(&s, &p, st, &w, &e), 0);
    was_said("backup:files: nothing was changed by it");
    c.give_up = true;
    st = plan_add(&p, STEP_FILES, NULL, NULL);
    assert_int_equal(ps_run(&s, &p, st, &w, &e), 0);
    assert_int_equal(ps_recheck(&s, &p, st, &e), 0);
    was_said("can be started again in the back office");
    c.give_up = false;
    st = plan_add(&p, STEP_POST_HOOKS, "x", NULL);
    assert_int_equal(ps_run(&s, &p, st, &w, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    p.own = NULL;
    plan_free(&p);
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(unpacks_the_inner_archive),
        test(seven_has_another_place),
        test(up_to_five_samples_are_left_out),
        test(the_folder_of_sixteen),
        test(undo_brings_the_half_release_back),
        test(what_is_damaged_changes_nothing),
        test(another_version_is_refused),
        test(the_list_of_checksums_counts),
        test(without_an_archive_it_is_said),
        test(texts_of_eight),
        test(texts_of_seventeen_have_another_place),
        test(texts_of_sixteen),
        test(without_a_pack_the_texts_stay),
        test(a_cut_pack_changes_nothing),
        test(lists_go_to_the_undo_area),
        test(the_store_s_own_texts_win),
        test(other_code_is_not_written_anew),
        test(what_was_given_up_is_not_made_up_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
