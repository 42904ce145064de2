#include "base/clock.h"
#include "base/plural.h"
#include "base/progress.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "format/sum_list.h"
#include "rescue/rescue.h"
#include "rescue/verify.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A list of checksums longer than this is not one of a store. */
#define LIST_MAX ((size_t)256 * 1024 * 1024)
/* Without --verbose so many files of a kind are named. */
#define SHOW_MAX 20

struct job {
    struct app *a;
    struct store *s;
    struct manifest m;
    const char *origin;
    size_t bad_lines;
    size_t breakers; /* extra files that break the shop */
    struct progress bar;
};

static int take_entry(void *ctx, const struct sum_entry *en, struct err *e)
{
    struct job *j = ctx;
    const struct platform *p = j->s->platform;
    struct digest d = {.alg = en->alg == SUM_SHA256 ? HASH_SHA256 : HASH_MD5};
    struct arena mem = {0};
    struct str real = en->path;

    (void)e;
    memcpy(d.b, en->digest, en->digest_n);
    if (p->real_path == NULL || p->real_path(j->s, en->path, &mem, &real))
        manifest_add(&j->m, real, &d, j->origin);
    arena_free(&mem);
    return 0;
}

static void take_problem(void *ctx, unsigned line, const char *why, struct str text)
{
    struct job *j = ctx;

    j->bad_lines++;
    if (j->bad_lines <= SHOW_MAX || j->a->verbose)
        app_message(j->a, "%s, line %u: %s: %.*s", j->origin, line, why, STR_FMT(text));
}

static int read_all(const char *path, struct buf *out, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = 1;

    if (fd < 0)
        return err_sys(e, "%s", path);
    while (n > 0) {
        n = read(fd, buf_room(out, 65536), 65536);
        if (n > 0)
            out->n += (size_t)n;
        if (out->n > LIST_MAX) {
            close(fd);
            return err_set(e, ERR_FORMAT, "%s is too large for a list of checksums", path);
        }
    }
    if (n < 0)
        err_sys(e, "%s", path);
    close(fd);
    return n < 0 ? -1 : 0;
}

static int from_list(struct job *j, const char *path, struct err *e)
{
    const struct sum_calls calls = {take_entry, take_problem, j};
    struct buf text = {0};
    int rc;

    j->origin = path;
    rc = read_all(path, &text, e);
    if (rc == 0 && sum_list_read(buf_str(&text), &calls, e) < 0)
        rc = err_wrap(e, "%s", path);
    buf_free(&text);
    return rc;
}

/* Where nothing in the store tells of the upgrade any more, its case is known by the version that it led to. */
static int find_case(struct job *j, struct journal *journal, struct err *e)
{
    const struct case_key key = {.kind = CASE_UPGRADE, .platform = j->s->platform->name, .to = j->s->version};
    int rc;

    if (journal->id != 0 || journal->file == NULL || key.to == NULL)
        return 0;
    rc = case_file_find(journal->file, &key, &journal->info, e);
    if (rc == 1)
        journal->id = journal->info.id;
    return rc < 0 ? -1 : 0;
}

/* What was kept is of one release, or of several packs with a list each. */
static const char *name_kept(struct job *j)
{
    const struct manifest *m = &j->m;

    for (size_t i = 1; i < m->entries.n; i++)
        if (strcmp(m->entries.v[i].origin, m->entries.v[0].origin) != 0)
            return "the lists of the packs, as the toolkit kept them";
    return arena_printf(&j->s->mem, "what the toolkit kept of %s when it finished the upgrade", m->entries.v[0].origin);
}

/* What the toolkit kept of the new version's files when it finished the upgrade: packs and downloaded releases are gone by now. */
static int from_case(struct job *j, struct err *e)
{
    struct rescue r = {0};
    int rc = rescue_read(&r, j->s, j->a->work_dir, e);

    if (rc == 0)
        rc = find_case(j, &r.journal, e);
    if (rc == 0 && r.journal.id)
        rc = case_file_manifest(r.journal.file, r.journal.id, &j->m, e);
    if (rc == 0 && j->m.entries.n == 0)
        rc = err_set(e, ERR_ABSENT, "there is no list of checksums");
    if (rc == 0)
        j->origin = name_kept(j);
    rescue_close(&r);
    return rc;
}

static int find_manifest(struct job *j, const char *list, struct err *e)
{
    struct err none = {0};

    if (list)
        return from_list(j, list, e);
    if (j->s->platform->manifest(j->s, &j->m, &j->origin, &none) == 0)
        return 0;
    if (none.kind != ERR_ABSENT) {
        *e = none;
        return -1;
    }
    if (from_case(j, e) == 0)
        return 0;
    if (e->kind == ERR_ABSENT) {
        err_set(e, ERR_ABSENT, "%s, and the toolkit kept none", none.text);
        err_fix(e, "%s%sgive a list of the target version: toolkit verify --manifest FILE (md5sum, sha256sum, JSON, PHP, XML)", none.fix,
                none.fix[0] ? "; or " : "");
    }
    return -1;
}

static bool skip(void *arg, struct str path)
{
    struct job *j = arg;

    return j->s->platform->is_volatile(j->s, path);
}

static int progress(void *arg, uint64_t files, uint64_t bytes)
{
    struct job *j = arg;

    (void)bytes;
    progress_set(&j->bar, files);
    return j->a->stop && *j->a->stop ? -1 : 0;
}

static void print_item(struct app *a, const struct verify_item *it)
{
    char want[HASH_HEX];
    char is[HASH_HEX];

    app_print(a, "  ");
    app_puts(a, it->kind == VERIFY_EXTRA ? TERM_YELLOW : TERM_RED, verify_kind_name(it->kind));
    app_print(a, "%*s", (int)(11 - strlen(verify_kind_name(it->kind))), "");
    app_puts(a, TERM_RESET, it->path);
    if (it->why[0]) {
        app_print(a, ": ");
        app_puts(a, TERM_RESET, it->why);
    } else if (it->kind == VERIFY_CHANGED && a->verbose) {
        app_print(a, "\n             %s is %s, has to be %s", hash_name(it->want.alg), digest_hex(&it->is, is),
                  digest_hex(&it->want, want));
    }
    app_print(a, "\n");
}

static void print_items(struct app *a, const struct verify_result *r)
{
    size_t shown[VERIFY_KINDS] = {0};

    for (size_t i = 0; i < r->items.n; i++) {
        const struct verify_item *it = &r->items.v[i];

        if (a->verbose || shown[it->kind]++ < SHOW_MAX)
            print_item(a, it);
    }
    for (int k = 0; k < VERIFY_KINDS; k++)
        if (!a->verbose && shown[k] > SHOW_MAX)
            app_print(a, "  and %zu more %s; -v names them all\n", shown[k] - SHOW_MAX, verify_kind_name((enum verify_kind)k));
}

/* Copies that are loaded instead of the store's files; one that is older than its file was not made for it. */
static void print_shadowed(struct app *a, const struct verify_result *r)
{
    size_t shown = 0;

    for (size_t i = 0; i < r->shadowed.n; i++) {
        const struct shadowed *one = &r->shadowed.v[i];

        if (!a->verbose && shown++ >= SHOW_MAX)
            continue;
        app_print(a, "  ");
        app_puts(a, one->older ? TERM_RED : TERM_RESET, one->older ? "stale" : "shadowed");
        app_print(a, "%*s", one->older ? 6 : 3, "");
        app_puts(a, TERM_RESET, one->path);
        app_print(a, ": the shop loads ");
        app_puts(a, TERM_RESET, one->copy);
        app_print(a, one->older ? " instead, which is older than the file\n" : " instead\n");
    }
    if (!a->verbose && shown > SHOW_MAX)
        app_print(a, "  and %zu more shadowed; -v names them all\n", shown - SHOW_MAX);
    if (r->shadowed.n > 0)
        app_print(a, "\n%zu file%s of the shop %s stood in for by copies%s\n", r->shadowed.n, r->shadowed.n == 1 ? "" : "s",
                  r->shadowed.n == 1 ? "is" : "are",
                  r->stale ? "; make them anew with toolkit cache rebuild, or remove them with toolkit cache clear" : "");
}

static void json_shadowed(struct json *o, const struct verify_result *r)
{
    json_karr(o, "shadowed");
    for (size_t i = 0; i < r->shadowed.n; i++) {
        const struct shadowed *one = &r->shadowed.v[i];

        json_begin_obj(o);
        json_kpath(o, "path", str_of(one->path));
        json_kpath(o, "copy", str_of(one->copy));
        json_kbool(o, "older", one->older);
        json_end(o);
    }
    json_end(o);
}

static void print_json(struct app *a, const struct job *j, const struct verify_result *r, enum status status)
{
    struct json o;
    char hex[HASH_HEX];

    report_json_begin(&o, &a->text, j->s, GATE_UNKNOWN);
    json_kstr(&o, "manifest", j->origin);
    json_kuint(&o, "files", j->m.entries.n);
    json_kuint(&o, "ok", r->ok);
    json_kuint(&o, "own", r->own);
    json_kuint(&o, "line_ends", r->line_ends);
    json_kuint(&o, "bytes", r->bytes);
    json_karr(&o, "problems");
    for (size_t i = 0; i < r->items.n; i++) {
        const struct verify_item *it = &r->items.v[i];

        json_begin_obj(&o);
        json_kstr(&o, "kind", verify_kind_name(it->kind));
        json_kpath(&o, "path", str_of(it->path));
        if (it->kind == VERIFY_CHANGED) {
            json_kstr(&o, "algorithm", hash_name(it->want.alg));
            json_kstr(&o, "expected", digest_hex(&it->want, hex));
            json_kstr(&o, "actual", digest_hex(&it->is, hex));
        }
        if (it->kind == VERIFY_UNREADABLE || it->why[0])
            json_kstr(&o, "why", it->why);
        json_end(&o);
    }
    json_end(&o);
    json_shadowed(&o, r);
    json_kuint(&o, "bad_lines", j->bad_lines);
    report_json_end(&o, status);
}

/* Of files that nobody asked for only PHP is of interest; what breaks the shop is told why. */
static void judge_extras(struct job *j, struct verify_result *r, bool asked)
{
    const struct platform *p = j->s->platform;
    size_t kept = 0;

    for (size_t i = 0; i < r->items.n; i++) {
        struct verify_item it = r->items.v[i];

        if (it.kind == VERIFY_EXTRA && p->stray) {
            const char *why = p->stray(j->s, str_of(it.path));

            if (why == NULL && !asked && !str_ends(str_of(it.path), STR(".php"))) {
                r->count[VERIFY_EXTRA]--;
                continue;
            }
            it.why = why ? why : "";
            j->breakers += why != NULL;
        }
        r->items.v[kept++] = it;
    }
    r->items.n = kept;
}

static size_t count_of(const char *const *list)
{
    size_t n = 0;

    while (list[n])
        n++;
    return n;
}

static enum status verdict(struct app *a, const struct job *j, const struct verify_result *r, uint64_t ns)
{
    static const char *const not_right[] = {"is not as it has", "are not as they have"};
    /* An extra file may be anything; unless it breaks the shop it is shown and does not count against it. */
    size_t wrong = r->items.n - r->count[VERIFY_EXTRA] - r->count[VERIFY_CONFLICT] + j->breakers;
    size_t problems = wrong + j->bad_lines + r->stale;
    enum status status = problems ? STATUS_PROBLEMS : STATUS_OK;
    char took[CLOCK_WORDS];
    char size[CLOCK_WORDS];

    clock_duration(ns, took);
    clock_size(r->bytes, size);
    if (a->json) {
        print_json(a, j, r, status);
    } else if (!a->quiet) {
        print_items(a, r);
        app_print(a, "%s%zu file%s, %zu changed, %zu missing, %zu unreadable, %zu extra; %s read in %s\n",
                  r->items.n ? "\n" : "", r->ok, plural(r->ok, " agrees", "s agree"), r->count[VERIFY_CHANGED], r->count[VERIFY_MISSING],
                  r->count[VERIFY_UNREADABLE], r->count[VERIFY_EXTRA], size, took);
        if (r->own)
            app_print(a, "%zu more file%s of themes or modules of the store's own version differ%s from the list, as they may\n", r->own,
                      r->own == 1 ? "" : "s", r->own == 1 ? "s" : "");
        if (r->line_ends)
            app_print(a, "%zu of these differ%s in line ends alone, which change nothing\n", r->line_ends, r->line_ends == 1 ? "s" : "");
        print_shadowed(a, r);
        app_print(a, "Compared with ");
        app_puts(a, TERM_RESET, j->origin);
        app_print(a, "\n");
    }
    if (r->stopped)
        return app_verdict(a, STATUS_PROBLEMS, "STOPPED as you asked; nothing was changed");
    if (status == STATUS_OK)
        return app_verdict(a, STATUS_OK, r->ok == 1 ? "OK: the one file is as it has to be" : "OK: all %zu files are as they have to be", r->ok);
    if (r->stale)
        return app_verdict(a, STATUS_PROBLEMS, "DONE WITH %zu PROBLEM%s: %zu of %zu files %s to be, and %zu cop%s stale", problems,
                           plural(problems, "", "S"), wrong, j->m.entries.n, plural(wrong, not_right[0], not_right[1]), r->stale,
                           plural(r->stale, "y is", "ies are"));
    return app_verdict(a, STATUS_PROBLEMS, "DONE WITH %zu PROBLEM%s: %zu of %zu files %s to be", problems,
                       plural(problems, "", "S"), wrong, j->m.entries.n, plural(wrong, not_right[0], not_right[1]));
}

static enum status run(struct app *a, const struct args *g)
{
    static const char *const whole[] = {""};
    struct job j = {.a = a};
    struct verify_result r = {0};
    struct verify_options opt = {.skip = skip, .skip_arg = &j, .progress = progress, .progress_arg = &j};
    struct store s;
    struct err e = {0};
    uint64_t begun = clock_mono_ns();
    enum status status;

    if (app_store(a, &s, &e) < 0)
        return app_cannot(a, &e);
    j.s = &s;
    if (find_manifest(&j, args_get(g, "manifest"), &e) < 0) {
        status = app_cannot(a, &e);
        goto out;
    }
    if (args_has(g, "extra")) {
        opt.extra_in = whole;
        opt.extra_n = 1;
    } else if (s.platform->strays_in) {
        opt.extra_in = s.platform->strays_in;
        opt.extra_n = count_of(opt.extra_in);
    }
    progress_start(&j.bar, a->json || a->quiet || !a->msg.live ? NULL : &a->msg, STR("Checking files"), PROGRESS_ITEMS, j.m.entries.n);
    if (verify_store(&s, &j.m, &opt, &r, &e) < 0) {
        progress_drop(&j.bar);
        status = app_cannot(a, &e);
        goto out;
    }
    progress_drop(&j.bar);
    judge_extras(&j, &r, args_has(g, "extra"));
    status = verdict(a, &j, &r, clock_mono_ns() - begun);
out:
    verify_free(&r);
    manifest_free(&j.m);
    store_close(&s);
    return status;
}

static const struct option options[] = {
    {"manifest", 'm', "FILE", "the list to compare with: md5sum or sha256sum output, JSON, PHP array, or XML"},
    {"extra", 'x', NULL, "also look for files that are in no list"},
    {NULL, 0, NULL, NULL},
};

const struct command cmd_verify = {
    .name = "verify",
    .operands = "",
    .summary = "check every file against the version's checksums",
    .text = "Compares the store's files with the best list at hand: one you give, the lists of the upgrade's packs, what "
            "the toolkit kept of the new version when it finished the upgrade, or the published list of the installed version (X-Cart's "
            "marketplace; PrestaShop's config/xml/VERSION.xml, or the list that --source names). "
            "Lists changed, missing and unreadable files, and with --extra those that are in no list; PHP files that are in no list of "
            "PrestaShop are looked for among its code in any case. Changes nothing.\n\n"
            "OpenCart publishes no list: there --source names the release's zip or its unpacked folder, and the archive that the back office "
            "downloaded is found by itself. Differences of line ends alone are counted and no fault. Copies that modifications put in the "
            "place of the shop's files are named; one that is older than its file counts as a problem.\n\n"
            "Caches, uploads, logs and local configuration are passed over.",
    .examples = "toolkit verify\ntoolkit verify --manifest clean.md5\ntoolkit --source opencart-3.0.3.9.zip verify\ntoolkit verify --extra -v",
    .options = options,
    .run = run,
};
