#include "log_pieces.h"

#include "format/xc_upgrade_log.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add_flag(struct buf *b, const char *name, bool v)
{
    if (v)
        buf_printf(b, " %s", name);
}

/* One record as one line of text, everything in it. */
static void dump(void *context, const struct xc_upgrade_record *r)
{
    static const char *const types[] = {"info", "warning", "error"};
    struct buf *b = context;
    char stamp[CLOCK_STAMP];

    buf_printf(b, "%" PRIu64 "@%" PRIu64 " %s kind%d", r->line, r->offset, types[r->type], (int)r->kind);
    if (r->dated) {
        clock_civil_text(&r->time, stamp);
        buf_printf(b, " %s %" PRId64, stamp, r->seconds);
    }
    log_field(b, "entry", r->entry);
    log_field(b, "path", r->path);
    log_field(b, "version", r->version);
    log_field(b, "hook", r->hook);
    log_field(b, "progress", r->progress);
    add_flag(b, "brackets", r->has_progress);
    if (r->has_position)
        buf_printf(b, " at %" PRIu64 "/%" PRIu64, r->position, r->max);
    if (r->labels != XC_LABELS_UNKNOWN)
        buf_printf(b, " labels%d", (int)r->labels);
    if (r->lost > 0)
        buf_printf(b, " lost%" PRIu64, r->lost);
    add_flag(b, "cut", r->cut);
    add_flag(b, "translated", r->translated);
    add_flag(b, "run", r->starts_run);
    add_flag(b, "sure", r->start_sure);
    log_field(b, "text", r->text);
    buf_addc(b, '\n');
}

static void feed(void *reader, struct str piece)
{
    xc_upgrade_feed(reader, piece);
}

static void read_all(struct str log, size_t chunk, bool inside, struct buf *out)
{
    struct xc_upgrade_reader r;

    buf_reset(out);
    xc_upgrade_init(&r, 1, inside, dump, out);
    log_feed(log, chunk, feed, &r);
    xc_upgrade_end(&r);
    xc_upgrade_free(&r);
}

struct want {
    enum xc_upgrade_kind kind;
    const char *entry;
    const char *path;
    const char *version;
    const char *hook;
    const char *progress;
    bool translated;
};

struct seen {
    unsigned count;
    const struct want *want;
    const char *text;
    struct xc_upgrade_record r;
};

static void match(void *context, const struct xc_upgrade_record *r)
{
    struct seen *s = context;

    s->count++;
    s->r = *r;
    if (s->want == NULL)
        return;
    assert_int_equal(r->kind, s->want->kind);
    assert_true(str_is(r->entry, s->want->entry));
    assert_true(str_is(r->path, s->want->path));
    assert_true(str_is(r->version, s->want->version));
    assert_true(str_is(r->hook, s->want->hook));
    assert_int_equal(r->has_progress, s->want->progress != NULL);
    assert_true(str_is(r->progress, s->want->progress));
    assert_int_equal(r->translated, s->want->translated);
    assert_true(str_is(r->text, s->text));
}

static struct xc_upgrade_record one(const char *type, const char *text, const struct want *want)
{
    struct seen s = {.want = want, .text = text};
    struct xc_upgrade_reader r;
    struct buf line = {0};

    buf_printf(&line, "[%s, Feb 29 2016 23:59:58] %s\n", type, text);
    xc_upgrade_init(&r, 1, false, match, &s);
    xc_upgrade_feed(&r, buf_str(&line));
    xc_upgrade_end(&r);
    xc_upgrade_free(&r);
    buf_free(&line);
    assert_int_equal(s.count, 1);
    assert_true(s.r.dated);
    assert_true(s.r.seconds == 1456790398);
    assert_false(s.r.cut);
    return s.r;
}

static void knows_every_template(void **state)
{
    static const struct {
        const char *type;
        const char *text;
        struct want want;
    } table[] = {
        {"error", "Size of the entry \"Core\" pack is zero", {.kind = XC_UP_PACK_EMPTY, .entry = "Core"}},
        {"info",
         "Core pack (v.5.3.6) is received: \"/srv/shop/var/tmp/5922.gz\"",
         {.kind = XC_UP_PACK_RECEIVED,
          .entry = "Core",
          .path = "/srv/shop/var/tmp/5922.gz",
          .version = "5.3.6"}},
        {"error",
         "Core pack (v.5.3.6) is not received: \"\"",
         {.kind = XC_UP_PACK_MISSING, .entry = "Core", .path = "", .version = "5.3.6"}},
        {"info",
         "Module pack (\"CDev\\Paypal\") is received: \"/srv/shop/var/tmp/x.gz\"",
         {.kind = XC_UP_PACK_RECEIVED, .entry = "CDev\\Paypal", .path = "/srv/shop/var/tmp/x.gz"}},
        {"error",
         "Module pack (\"CDev\\Paypal\") is not received: \"time is out\"",
         {.kind = XC_UP_PACK_MISSING, .entry = "CDev\\Paypal", .path = "time is out"}},
        {"error",
         "Module (QSL\\Seo v5.3.1) not found on marketplace (hash is not received): \"none\"",
         {.kind = XC_UP_MODULE_UNKNOWN, .entry = "QSL\\Seo", .path = "none", .version = "5.3.1"}},
        {"error", "not all upgrade packs were downloaded", {.kind = XC_UP_DOWNLOAD_FAILED}},
        {"error", "not ready to download packs. Please, try again", {.kind = XC_UP_DOWNLOAD_FAILED}},
        {"info",
         "Entry \"Core\" archive is unpacked: \"/srv/shop/var/tmp/5922\"",
         {.kind = XC_UP_UNPACKED, .entry = "Core", .path = "/srv/shop/var/tmp/5922"}},
        {"error", "Trying to unpack non-downloaded archives", {.kind = XC_UP_UNPACK_FAILED}},
        {"error", "not all archives were unpacked. Try it by hand", {.kind = XC_UP_UNPACK_FAILED}},
        {"error", "phar \"/srv/x.gz\" SHA1 signature could not be verified", {.kind = XC_UP_OTHER}},
        {"error",
         "Hash file for new entry \"Core\" doesn't exist or is not readable: \"/t/.hash\"",
         {.kind = XC_UP_HASH_ABSENT, .entry = "Core", .path = "/t/.hash"}},
        {"error",
         "Unable to read hash file for new entry \"Core\" (or it's empty): \"/t/.hash\"",
         {.kind = XC_UP_HASH_EMPTY, .entry = "Core", .path = "/t/.hash"}},
        {"error",
         "Hash file for new entry \"XC\\News\" has a wrong format: \"/t/.hash\"",
         {.kind = XC_UP_HASH_BROKEN, .entry = "XC\\News", .path = "/t/.hash"}},
        {"error",
         "Hash file for installed entry \"Core\" doesn't exist or is not readable: \"/t/1.php\"",
         {.kind = XC_UP_HASH_OLD_ABSENT, .entry = "Core", .path = "/t/1.php"}},
        {"error", "unable to test files: nothing unpacked", {.kind = XC_UP_TEST_FAILED}},
        {"error", "unable to install: not all archives were unpacked", {.kind = XC_UP_TEST_FAILED}},
        {"error",
         "Trying to run pre-upgrade hooks while not all archives were unpacked",
         {.kind = XC_UP_PRE_FAILED}},
        {"error", "Pre-upgrade hooks cannot be run", {.kind = XC_UP_PRE_FAILED}},
        {"info",
         "Update hook is run: Core:upgrade/5.2/6/post_rebuild.php",
         {.kind = XC_UP_HOOK,
          .entry = "Core",
          .path = "upgrade/5.2/6/post_rebuild.php",
          .hook = "5.2/6/post_rebuild.php"}},
        {"info",
         "Update hook is run: Core:upgrade/5.3/2.1/post_rebuild.php ()",
         {.kind = XC_UP_HOOK,
          .entry = "Core",
          .path = "upgrade/5.3/2.1/post_rebuild.php",
          .hook = "5.3/2.1/post_rebuild.php",
          .progress = ""}},
        {"info",
         "Update hook is run: Core:/srv/my (shop).php (x)/upgrade/5.3/3/post_rebuild_2.php (100/340 [29%])",
         {.kind = XC_UP_HOOK,
          .entry = "Core",
          .path = "/srv/my (shop).php (x)/upgrade/5.3/3/post_rebuild_2.php",
          .hook = "5.3/3/post_rebuild_2.php",
          .progress = "100/340 [29%]"}},
        {"info",
         "Update hook is run: CDev\\Paypal:classes/XLite/Module/CDev/Paypal/upgrade/5.3/2/post_rebuild.php "
         "(40)",
         {.kind = XC_UP_HOOK,
          .entry = "CDev\\Paypal",
          .path = "classes/XLite/Module/CDev/Paypal/upgrade/5.3/2/post_rebuild.php",
          .hook = "5.3/2/post_rebuild.php",
          .progress = "40"}},
        {"info",
         "Update hook is run: Core:odd/place.php ()",
         {.kind = XC_UP_HOOK, .entry = "Core", .path = "odd/place.php", .progress = ""}},
        {"info", "File is added: \"a b\"c.php\"", {.kind = XC_UP_FILE_ADDED, .path = "a b\"c.php"}},
        {"info",
         "File is updated: \"classes/XLite.php\"",
         {.kind = XC_UP_FILE_UPDATED, .path = "classes/XLite.php"}},
        {"info", "File is deleted: \"a.php\"", {.kind = XC_UP_FILE_DELETED, .path = "a.php"}},
        {"info", "Directory is deleted: \"skins/old\"", {.kind = XC_UP_DIR_DELETED, .path = "skins/old"}},
        {"info", "Unable to delete directory: \"skins/old\"", {.kind = XC_UP_DIR_KEPT, .path = "skins/old"}},
        {"error", "Unable to add file: \"a.php\"", {.kind = XC_UP_ADD_FAILED, .path = "a.php"}},
        {"error",
         "Unable to read file while adding: \"a.php\"",
         {.kind = XC_UP_ADD_UNREADABLE, .path = "a.php"}},
        {"error", "Unable to update file: \"a.php\"", {.kind = XC_UP_UPDATE_FAILED, .path = "a.php"}},
        {"error",
         "Unable to read file while updating: \"a.php\"",
         {.kind = XC_UP_UPDATE_UNREADABLE, .path = "a.php"}},
        {"error", "Unable to delete file: \"a.php\"", {.kind = XC_UP_DELETE_FAILED, .path = "a.php"}},
        {"error", "File is not readable: \"a.php\"", {.kind = XC_UP_FILE_UNREADABLE, .path = "a.php"}},
        {"error",
         "Trying to perform upgrade while not all archives were unpacked",
         {.kind = XC_UP_FILES_FAILED}},
        {"error", "Files cannot be updated", {.kind = XC_UP_FILES_FAILED}},
        {"error", "unknown error", {.kind = XC_UP_UNKNOWN_ERROR}},
        {"info", "Marketplace [get_addons]: valid response received", {.kind = XC_UP_NOISE}},
        {"warning", "Marketplace [x]: Core:upgrade/5.3/3/post_rebuild.php", {.kind = XC_UP_NOISE}},
        {"info", "The module \"A\" has been uninstalled successfully", {.kind = XC_UP_OTHER}},
        {"info", "", {.kind = XC_UP_OTHER}},
        /* Words of another language. */
        {"info",
         "Hook ausgef\xC3\xBChrt: Core:upgrade/5.3/3/post_rebuild.php (40/200 [20%])",
         {.kind = XC_UP_HOOK,
          .entry = "Core",
          .path = "upgrade/5.3/3/post_rebuild.php",
          .hook = "5.3/3/post_rebuild.php",
          .progress = "40/200 [20%]",
          .translated = true}},
        {"info",
         "Fait: XC\\News:/t/upgrade/5.2/9.1/pre_upgrade.php",
         {.kind = XC_UP_HOOK,
          .entry = "XC\\News",
          .path = "/t/upgrade/5.2/9.1/pre_upgrade.php",
          .hook = "5.2/9.1/pre_upgrade.php",
          .translated = true}},
        {"info",
         "Datei neu: \"upgrade/5.3/3/post_rebuild.php\"",
         {.kind = XC_UP_OTHER, .path = "upgrade/5.3/3/post_rebuild.php"}},
        {"error", "Kaputt: Core:upgrade/5.3/3/post_rebuild.php", {.kind = XC_UP_OTHER}},
        {"info",
         "Paket des Kerns (v.5.3.6) ist da: \"/srv/var/tmp/1.gz\"",
         {.kind = XC_UP_PACK_RECEIVED,
          .entry = "Core",
          .path = "/srv/var/tmp/1.gz",
          .version = "5.3.6",
          .translated = true}},
        {"info",
         "Paket (\"XC\\News\") ist da: \"/srv/var/tmp/2.gz\"",
         {.kind = XC_UP_PACK_RECEIVED, .entry = "XC\\News", .path = "/srv/var/tmp/2.gz", .translated = true}},
        {"info",
         "Archiv von \"Core\" entpackt: \"/srv/var/tmp/1\"",
         {.kind = XC_UP_UNPACKED, .entry = "Core", .path = "/srv/var/tmp/1", .translated = true}},
        {"info",
         "Haken 'add_labels' lief f\xC3\xBCr XC\\News (ja)",
         {.kind = XC_UP_LABELS, .entry = "XC\\News", .translated = true}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        one(table[i].type, table[i].text, &table[i].want);
}

static void reads_labels_and_positions(void **state)
{
    struct xc_upgrade_record r;

    (void)state;
    r = one("info", "Common update hook 'add_labels' is run for Core (labels were uploaded)", NULL);
    assert_int_equal(r.kind, XC_UP_LABELS);
    assert_int_equal(r.labels, XC_LABELS_LOADED);
    r = one("info", "Common update hook 'add_labels' is run for A\\B (labels were not uploaded)", NULL);
    assert_int_equal(r.labels, XC_LABELS_NONE_NEW);
    r = one("info", "Update hook is run: Core:upgrade/5.3/3/post_rebuild.php (100/340 [29%])", NULL);
    assert_true(r.has_position && r.position == 100 && r.max == 340);
    r = one("info", "Update hook is run: Core:upgrade/5.3/3/post_rebuild.php (40)", NULL);
    assert_true(r.has_position && r.position == 40 && r.max == 0);
    r = one("info", "Update hook is run: Core:upgrade/5.3/3/post_rebuild.php ()", NULL);
    assert_false(r.has_position);
    r = one("info", "Update hook is run: Core:upgrade/5.3/3/post_rebuild.php (a/5)", NULL);
    assert_false(r.has_position);
    assert_true(r.max == 0);
    r = one("info", "Update hook is run: Core:upgrade/5.3/3/post_rebuild.php (99999999999999999999)", NULL);
    assert_false(r.has_position);
}

static void hook_tails(void **state)
{
    static const struct {
        const char *path;
        const char *tail;
    } table[] = {
        {"upgrade/5.3/3/post_rebuild.php", "5.3/3/post_rebuild.php"},
        {"/a/upgrade/5.3/0/post_upgrade.php", "5.3/0/post_upgrade.php"},
        {"C:\\shop\\upgrade\\5.3\\2.13\\post_rebuild.php", "5.3\\2.13\\post_rebuild.php"},
        {"xupgrade/5.3/3/post_rebuild.php", ""},
        {"upgrade/5/3/post_rebuild.php", ""},
        {"upgrade/5.3/3.1.2/post_rebuild.php", ""},
        {"upgrade/5.3/x/post_rebuild.php", ""},
        {"upgrade/5.3//post_rebuild.php", ""},
        {"upgrade/5./3/post_rebuild.php", ""},
        {"upgrade/5.3/3/post_rebuild.yaml", ""},
        {"upgrade/5.3/3/.php", ""},
        {"5.3/3/post_rebuild.php", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_true(str_is(xc_upgrade_hook_tail(str_of(table[i].path)), table[i].tail));
}

#define D "[info, May 22 2017 11:52:02] "
#define E "[error, May 22 2017 11:52:03] "

static const char sample[] =
    "<?php die(1); ?>\n"
    "junk before any record\n" D "Marketplace [get_cores]: valid response received\r\n"
    "[warning, Apr 09 2014 11:43:18] Marketplace [check_for_updates]: no connection. Details:\r\n"
    "error:14090086:certificate verify failed (60)\r\n"
    "\r\n"
    "third\r\n" D "Core pack (v.5.3.3) is received: \"/srv/var/tmp/1.gz\"\n" D
    "Module pack (\"CDev\\Paypal\") is received: \"/srv/var/tmp/2.gz\"\n" D
    "Entry \"Core\" archive is unpacked: \"/srv/var/tmp/1\"\n"
    "\0\0\0\0" D "File is updated: \"cla" E "Unable to update file: \"x\x1b[2J.php\"\n" D
    "Update hook is run: Core:upgrade/5.3/3/post_rebuild.php (100/340 [29%])\n"
    "[info, Bad 22 2017 11:52:02] File is added: \"b\"\n" E "nul \0 inside\n" D
    "Common update hook 'add_labels' is run for Core (labels were uploaded)\n" D
    "Core pack (v.5.3.4) is received: \"/srv/var/tmp/3.gz\"\n" D "File is added: \"half";

static void reads_a_whole_log(void **state)
{
    struct buf out = {0};

    (void)state;
    read_all((struct str){sample, sizeof sample - 1}, sizeof sample, false, &out);
#define AT  "2017-05-22 11:52:02 1495453922"
#define AT3 "2017-05-22 11:52:03 1495453923"
    static const char want[] =
        "3@40 info kind1 " AT " text=Marketplace [get_cores]: valid response received\n"
        "4@119 warning kind1 2014-04-09 11:43:18 1397043798"
        " text=Marketplace [check_for_updates]: no connection. Details:\n"
        "error:14090086:certificate verify failed (60)\n\nthird\n"
        "8@265 info kind3 " AT " entry=Core path=/srv/var/tmp/1.gz version=5.3.3 run sure"
        " text=Core pack (v.5.3.3) is received: \"/srv/var/tmp/1.gz\"\n"
        "9@347 info kind3 " AT " entry=CDev\\Paypal path=/srv/var/tmp/2.gz"
        " text=Module pack (\"CDev\\Paypal\") is received: \"/srv/var/tmp/2.gz\"\n"
        "10@437 info kind7 " AT " entry=Core path=/srv/var/tmp/1"
        " text=Entry \"Core\" archive is unpacked: \"/srv/var/tmp/1\"\n"
        "11@517 info kind17 " AT " path=cla cut text=File is updated: \"cla\n"
        "11@517 error kind23 " AT3 " path=x\x1b[2J.php text=Unable to update file: \"x\x1b[2J.php\"\n"
        "12@636 info kind15 " AT " entry=Core path=upgrade/5.3/3/post_rebuild.php"
        " hook=5.3/3/post_rebuild.php progress=100/340 [29%] brackets at 100/340"
        " text=Update hook is run: Core:upgrade/5.3/3/post_rebuild.php (100/340 [29%])\n"
        "13@737 info kind16 path=b text=File is added: \"b\"\n"
        "14@785 error kind0 " AT3 " text=nul \0 inside\n"
        "15@828 info kind29 " AT " entry=Core labels1"
        " text=Common update hook 'add_labels' is run for Core (labels were uploaded)\n"
        "16@928 info kind3 " AT " entry=Core path=/srv/var/tmp/3.gz version=5.3.4 run sure"
        " text=Core pack (v.5.3.4) is received: \"/srv/var/tmp/3.gz\"\n"
        "17@1010 info kind16 " AT " path=half cut text=File is added: \"half\n";
    assert_int_equal(out.n, sizeof want - 1);
    assert_memory_equal(out.p, want, sizeof want - 1);
    buf_free(&out);
}

static void from_a_line(struct str log, size_t chunk, struct buf *out)
{
    read_all(log, chunk, false, out);
}

static void chunks_do_not_matter(void **state)
{
    struct str log = {sample, sizeof sample - 1};
    struct buf whole = {0};
    struct buf parts = {0};

    (void)state;
    log_compare(log, from_a_line);
    for (size_t at = 0; at <= log.n; at++) {
        read_all(str_sub(log, at, log.n), 13, true, &parts);
        read_all(str_sub(log, at, log.n), log.n + 1, true, &whole);
        assert_true(str_eq(buf_str(&whole), buf_str(&parts)));
    }
    buf_free(&whole);
    buf_free(&parts);
}

static void a_cut_end_is_told(void **state)
{
    static const char line[] = D "File is updated: \"a.php\"\n";
    struct seen s = {0};

    (void)state;
    for (size_t n = 0; n < sizeof line; n++) {
        struct xc_upgrade_reader r;

        s.count = 0;
        xc_upgrade_init(&r, 1, false, match, &s);
        xc_upgrade_feed(&r, (struct str){line, n});
        xc_upgrade_end(&r);
        assert_int_equal(s.count, n < 7 ? 0 : 1);
        if (s.count > 0)
            assert_int_equal(s.r.cut, n + 1 < sizeof line);
        xc_upgrade_free(&r);
    }
}

static void bounds_hold(void **state)
{
    struct buf log = {0};
    struct buf a = {0};
    struct buf b = {0};
    char tail[64];

    (void)state;
    buf_adds(&log, D);
    for (size_t i = 0; i < 3 * LOG_LINE_MAX; i++)
        buf_addc(&log, 'x');
    buf_adds(&log, "\r\n" D "y\n");
    for (size_t i = 0; i < XC_UPGRADE_TEXT_MAX; i++)
        buf_adds(&log, "z\r\n");
    read_all(buf_str(&log), log.n, false, &a);
    read_all(buf_str(&log), 4099, false, &b);
    assert_true(str_eq(buf_str(&a), buf_str(&b)));
    assert_in_range(a.n, XC_UPGRADE_TEXT_MAX, 2 * XC_UPGRADE_TEXT_MAX + 4096);
    snprintf(tail, sizeof tail, " lost%zu ", 2 * LOG_LINE_MAX + 29);
    assert_true(str_has(buf_str(&a), str_of(tail)));
    snprintf(tail, sizeof tail, " lost%zu ", 1 + 2 * XC_UPGRADE_TEXT_MAX - XC_UPGRADE_TEXT_MAX);
    assert_true(str_has(buf_str(&a), str_of(tail)));
    /* A hole in the file is no line of its own. */
    buf_reset(&log);
    memset(buf_room(&log, 1 << 20), 0, 1 << 20);
    log.n += 1 << 20;
    buf_adds(&log, D "File is added: \"q\"\n");
    read_all(buf_str(&log), 8191, false, &a);
    assert_string_equal(buf_cstr(&a), "1@0 info kind16 " AT " path=q text=File is added: \"q\"\n");
    buf_free(&log);
    buf_free(&a);
    buf_free(&b);
}

static void add_version(void *context, const struct xc_upgrade_record *r)
{
    struct buf *out = context;

    if (r->kind == XC_UP_PACK_RECEIVED)
        buf_printf(out, "%.*s=%.*s;", STR_FMT(r->entry), STR_FMT(r->version));
}

static void finds_core_packs_without_reading_all(void **state)
{
    struct xc_upgrade_reader r;
    struct buf out = {0};

    (void)state;
    xc_upgrade_init(&r, 1, false, add_version, &out);
    xc_upgrade_feed_cores(&r, STR(""));
    xc_upgrade_feed_cores(&r, STR(D "\u042f\u0434\u0440\u043e (v.5.3.3) \u0435\u0441\u0442\u044c \"/t/3.gz\"\n" D
                                    "Marketplace (v5)\n" D "Module pack (\"A\\B\") is received: \"/t/2.gz\"\n" D
                                    "Core pack (v.5.3.4) is received: \"/t/1.gz\"\n"));
    /* The first line has no date: it belongs to the line before it. */
    xc_upgrade_feed_cores(&r, STR("(v\n" D "Core pack (v.5.3.5) is received: \"/t/1.gz\"\n"));
    xc_upgrade_end(&r);
    xc_upgrade_free(&r);
    assert_string_equal(buf_cstr(&out), "Core=5.3.3;Core=5.3.4;Core=5.3.5;");
    buf_free(&out);
}

static void add_start(void *context, const struct xc_upgrade_record *r)
{
    buf_printf(context, "%llu%s ", (unsigned long long)r->line, !r->starts_run ? "" : r->start_sure ? "!" : "?");
}

static void a_log_goes_on_in_another_file(void **state)
{
    static const char core[] = D "Core pack (v.5.3.3) is received: \"/t/1.gz\"\n";
    static const char module[] = D "Module pack (\"A\\B\") is received: \"/t/2.gz\"\n";
    struct xc_upgrade_reader r;
    struct buf out = {0};

    (void)state;
    for (int continues = 0; continues < 2; continues++) {
        xc_upgrade_init(&r, 7, true, add_start, &out);
        xc_upgrade_feed(&r, STR("rest of a line\n"));
        xc_upgrade_feed(&r, str_of(core));
        /* The write was cut: what stands in the next file is no part of this line. */
        xc_upgrade_feed(&r, STR(D "Marketplace"));
        xc_upgrade_next(&r, continues);
        xc_upgrade_feed(&r, str_of(module));
        xc_upgrade_feed(&r, str_of(core));
        xc_upgrade_end(&r);
        xc_upgrade_free(&r);
    }
    assert_string_equal(buf_cstr(&out), "8? 9 1! 2 8? 9 1 2! ");
    buf_free(&out);
}

static void counts_line_ends(void **state)
{
    char text[5000];

    (void)state;
    assert_int_equal(log_lines_count(STR("")), 0);
    assert_int_equal(log_lines_count(STR("a")), 0);
    assert_int_equal(log_lines_count(STR("\n\na\n")), 3);
    memset(text, '\n', sizeof text);
    for (size_t n = 4050; n < sizeof text; n++)
        assert_int_equal(log_lines_count((struct str){text, n}), n);
    for (size_t i = 0; i < sizeof text; i += 3)
        text[i] = '\xff';
    assert_int_equal(log_lines_count((struct str){text, sizeof text}), sizeof text - (sizeof text + 2) / 3);
}

static void finds_pairs_of_bytes(void **state)
{
    char text[80];

    (void)state;
    assert_int_equal(log_lines_pair(STR(""), '(', 'v', 0), SIZE_MAX);
    assert_int_equal(log_lines_pair(STR("(v"), '(', 'v', 5), SIZE_MAX);
    for (size_t n = 2; n < sizeof text; n++)
        for (size_t at = 0; at + 1 < n; at++) {
            memset(text, '(', sizeof text);
            text[at + 1] = 'v';
            assert_int_equal(log_lines_pair((struct str){text, n}, '(', 'v', 0), at);
            assert_int_equal(log_lines_pair((struct str){text, n}, '(', 'v', at), at);
            assert_int_equal(log_lines_pair((struct str){text, n}, '(', 'v', at + 1), SIZE_MAX);
            assert_int_equal(log_lines_pair((struct str){text, at + 1}, '(', 'v', 0), SIZE_MAX);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_every_template), cmocka_unit_test(reads_labels_and_positions),
        cmocka_unit_test(hook_tails),           cmocka_unit_test(reads_a_whole_log),
        cmocka_unit_test(chunks_do_not_matter), cmocka_unit_test(a_cut_end_is_told),
        cmocka_unit_test(bounds_hold),          cmocka_unit_test(finds_core_packs_without_reading_all),
        cmocka_unit_test(counts_line_ends),     cmocka_unit_test(finds_pairs_of_bytes),
        cmocka_unit_test(a_log_goes_on_in_another_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
