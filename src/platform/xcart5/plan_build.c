/*
 * The plan of an X-Cart 5.0 – 5.3 upgrade. The upgrader goes: packs of all entries downloaded, unpacked and checked;
 * all pre_upgrade hooks; the files of all entries; all post_upgrade hooks; the cache rebuild; then entry by entry
 * post_rebuild hooks and labels; the state row is emptied. No line says that a phase ended, so what lies
 * before the furthest sign of life counts as passed, except what the log says went wrong.
 */
#include "base/plural.h"
#include "platform/causes.h"
#include "platform/xcart5/plan_parts.h"

#include <string.h>

/* Phases in their order; how far the upgrade is known to have come. */
enum phase { AT_DOWNLOAD, AT_UNPACK, AT_CHECK, AT_PRE, AT_FILES, AT_POST, AT_REBUILD, AT_ENTRIES, AT_END };

struct build {
    struct store *s;
    struct plan *p;
    struct xc_case *c;
    enum phase reached; /* something of this phase happened */
    const char *reached_source;
    uint64_t reached_line;
    const char *reached_text;
};

static void reach(struct build *b, enum phase at, const char *source, uint64_t line, const char *text)
{
    if (at < b->reached)
        return;
    b->reached = at;
    b->reached_source = source;
    b->reached_line = line;
    b->reached_text = text;
}

static void reach_ref(struct build *b, enum phase at, const struct xc_log_ref *ref)
{
    if (ref)
        reach(b, at, ref->source, ref->line, ref->text);
}

static void find_reached(struct build *b)
{
    static const enum phase phase_of[XC_HOOK_TYPES] = {AT_PRE, AT_POST, AT_ENTRIES};
    struct xc_case *c = b->c;
    const struct xc *x = b->s->own;
    const char *row = store_table(b->s, "tmp_vars:upgradeCell");
    struct xc_entry *core = xc_case_entry(c, STR(XC_CORE));

    for (size_t i = 0; i < c->entries.n; i++) {
        reach_ref(b, AT_DOWNLOAD, c->entries.v[i]->received);
        reach_ref(b, AT_UNPACK, c->entries.v[i]->unpacked);
    }
    if (c->cell.hooks && c->cell.hooks->n > 0)
        reach(b, AT_PRE, row, 0, "the list of hooks to run is there");
    for (size_t i = 0; i < c->hooks.n; i++) {
        const struct xc_hook *h = c->hooks.v[i];

        if (h->mark == XC_MARK_DONE || h->mark == XC_MARK_GOING)
            reach(b, phase_of[h->type], row, 0, h->tail);
        reach_ref(b, phase_of[h->type], h->logged);
        reach_ref(b, phase_of[h->type], h->invoked);
    }
    if (xc_php_error_hook(c))
        reach_ref(b, phase_of[xc_php_error_hook(c)->type], c->log.php_error);
    reach_ref(b, AT_FILES, c->log.last_file);
    if (core && core->to && x->code_version && strcmp(core->to, x->code_version) == 0)
        reach(b, AT_FILES, "classes/XLite.php", 0, "is of the target version");
    if (c->cell.is_upgraded)
        reach(b, AT_REBUILD, row, 0, "the upgrader noted that files and post_upgrade hooks are done");
    if (b->reached >= AT_FILES && c->rebuild.pending)
        reach(b, AT_REBUILD, c->rebuild.pending, 0, "a cache being built");
    if (b->reached >= AT_FILES && c->rebuild.started && c->rebuild.compiled_new)
        reach(b, AT_REBUILD, "var/.rebuildStarted", 0, "a cache rebuild was begun");
    if (b->reached >= AT_FILES && c->rebuild.compiled_known && c->rebuild.compiled_new && core)
        reach(b, AT_REBUILD, "var/run/classes/XLite.php", 0, "is of the target version");
    for (size_t i = 0; i < c->entries.n; i++) {
        if (c->entries.v[i]->finished)
            reach(b, AT_ENTRIES, row, 0, "an entry's last actions are done");
        reach_ref(b, AT_ENTRIES, c->entries.v[i]->labels);
    }
}

/* Done because a later phase was reached. */
static void passed(struct build *b, struct step *st)
{
    st->state = STEP_DONE;
    plan_evidence(b->p, st, b->reached_source, b->reached_line, "%s", b->reached_text);
}

static struct step *add(struct build *b, enum step_kind k, const char *entry, const char *detail)
{
    struct step *st = plan_add(b->p, k, entry, detail);

    st->can_run = true;
    return st;
}

static void add_downloads(struct build *b)
{
    for (size_t i = 0; i < b->c->entries.n; i++) {
        struct xc_entry *en = b->c->entries.v[i];
        struct step *st = add(b, STEP_DOWNLOAD, en->name, NULL);

        st->title = arena_printf(&b->p->mem, "the pack of %s", en->name);
        st->repeatable = true;
        st->detail = en;
        if (en->received)
            plan_evidence(b->p, st, en->received->source, en->received->line, "%s", en->received->text);
        if (en->received || en->unpacked || en->pack || en->archive || b->reached > AT_UNPACK)
            st->state = STEP_DONE;
        if (st->state == STEP_DONE && b->reached <= AT_CHECK && !en->pack && !en->archive) {
            st->state = STEP_FAILED;
            plan_evidence(b->p, st, en->wanted_pack ? en->wanted_pack : "var/tmp", 0, "the pack is not there");
        }
        if (step_is_open(st))
            step_refuse(st, "packs come from the marketplace: start the upgrade again in the admin panel; nothing of the "
                            "store has been changed yet");
    }
}

static void add_unpacks(struct build *b)
{
    for (size_t i = 0; i < b->c->entries.n; i++) {
        struct xc_entry *en = b->c->entries.v[i];
        struct step *st = add(b, STEP_UNPACK, en->name, NULL);

        st->title = arena_printf(&b->p->mem, "the pack of %s", en->name);
        st->repeatable = true;
        st->detail = en;
        if (en->unpacked)
            plan_evidence(b->p, st, en->unpacked->source, en->unpacked->line, "%s", en->unpacked->text);
        /* An archive that is still there was not unpacked to its end: the upgrader removes it then. */
        if (b->reached > AT_UNPACK || en->unpacked || (en->pack && !en->archive))
            st->state = STEP_DONE;
        else if (en->pack)
            st->state = STEP_PARTIAL;
        if (step_is_open(st) && !en->archive)
            step_refuse(st, "the archive is not there");
    }
}

static void add_check(struct build *b)
{
    struct step *st = add(b, STEP_CHECK, NULL, NULL);

    st->title = "the packs against their lists of files";
    st->repeatable = true;
    if (b->reached > AT_CHECK)
        passed(b, st);
}

/* Without a line of its own a hook counts as passed only if it surely belonged to the upgrade. */
static void pass_hook(struct build *b, const struct xc_hook *h, struct step *st)
{
    if (b->c->cell.hooks || (h->entry->author ? h->entry->from != NULL : b->c->from_sure)) {
        passed(b, st);
        return;
    }
    st->state = STEP_SKIPPED;
    plan_evidence(b->p, st, b->reached_source, b->reached_line,
                  "no line in the log, which is further: it did not belong to this upgrade");
}

static void add_hooks(struct build *b, enum xc_hook_type type, const struct xc_entry *only)
{
    static const enum step_kind kinds[XC_HOOK_TYPES] = {STEP_PRE_HOOKS, STEP_POST_HOOKS, STEP_REBUILD_HOOKS};
    static const enum phase after[XC_HOOK_TYPES] = {AT_PRE, AT_POST, AT_END};

    for (size_t i = 0; i < b->c->hooks.n; i++) {
        struct xc_hook *h = b->c->hooks.v[i];
        struct step *st;

        if (h->type != type || (only && h->entry != only))
            continue;
        st = add(b, kinds[type], h->entry->name, h->tail);
        st->title = arena_printf(&b->p->mem, "%s of %s", h->tail, h->entry->name);
        st->file = h->file;
        st->detail = h;
        st->repeatable = h->repeatable;
        xc_hook_state(b->s, b->p, b->c, h, st);
        if (step_is_open(st) && b->reached > after[type])
            pass_hook(b, h, st);
        if (step_is_open(st) && h->file == NULL)
            step_refuse(st, arena_printf(&b->p->mem, "%s is not there; bring the target version's files with --source",
                                         h->tail));
        if (!step_is_open(st))
            st->danger = NULL;
    }
}

/* Errors of the log about an entry's files, one of which is still wrong. */
static bool copy_failed(struct build *b, const struct xc_entry *en, struct step *st)
{
    bool failed = false;

    for (size_t i = 0; i < b->c->log.errors.n; i++) {
        const struct xc_error_log *er = &b->c->log.errors.v[i];

        if (!er->about_file || er->path == NULL || strcmp(xc_entry_of_file(b->c, er->path), en->name) != 0)
            continue;
        failed = true;
        plan_evidence(b->p, st, er->ref.source, er->ref.line, "%s", er->ref.text);
    }
    return failed;
}

static uint64_t files_logged(const struct xc_case *c, const char *entry)
{
    for (size_t i = 0; i < c->log.files.n; i++)
        if (strcmp(c->log.files.v[i].entry, entry) == 0)
            return c->log.files.v[i].count;
    return 0;
}

/* Looks at the files themselves: the log can't tell a torn copy, nor whether an entry's last file was reached. */
static void judge_files(struct build *b, struct xc_entry *en, struct step *st, bool log_errors)
{
    struct xc_file_plan *f = arena_alloc(&b->p->mem, sizeof *f);
    struct err e = {0};
    bool row_old = en->author && en->in_db && en->to && en->db_version && strcmp(en->db_version, en->to) != 0;
    uint64_t logged = files_logged(b->c, en->name);
    const char *list = en->pack ? arena_printf(&b->p->mem, "%s/.hash", en->pack) : "--source";

    if (xc_compare_files(b->s, b->c, en, f, &e) < 0) {
        st->state = b->reached > AT_FILES && !log_errors ? STEP_DONE : STEP_UNKNOWN;
        plan_evidence(b->p, st, en->pack ? en->pack : "var/tmp", 0, "%s", e.text);
    } else if (f->todo.n == 0 && !row_old) {
        st->state = STEP_DONE;
        plan_evidence(b->p, st, list, 0, f->total == 1 ? "its file agrees" : "all %zu files agree", f->total);
    } else {
        st->state = log_errors ? STEP_FAILED : logged > 0 || f->todo.n == 0 ? STEP_PARTIAL : STEP_PENDING;
        if (f->todo.n > 0)
            plan_evidence(b->p, st, list, 0, "%zu of %zu file%s %s not as %s to be, the first is %s", f->todo.n, f->total,
                          plural(f->total, "", "s"), plural(f->todo.n, "is", "are"), plural(f->todo.n, "it has", "they have"), f->todo.v[0].path);
        if (row_old)
            plan_evidence(b->p, st, store_table(b->s, "modules"), 0, "%s still stands at version %s", en->name,
                          en->db_version);
    }
    if (step_is_open(st) && f->kept.n > 0)
        plan_evidence(b->p, st, store_table(b->s, "tmp_vars:upgradeFilesToRemain"), 0,
                      "%zu changed file%s left as the merchant chose", f->kept.n, f->kept.n == 1 ? " is" : "s are");
    en->files = f;
}

static void add_files_of(struct build *b, struct xc_entry *en)
{
    struct step *st = add(b, STEP_FILES, en->name, NULL);
    bool log_errors = copy_failed(b, en, st);

    st->title = arena_printf(&b->p->mem, "the files of %s", en->name);
    st->repeatable = true;
    st->detail = en;
    if (b->reached > AT_FILES && !log_errors)
        passed(b, st);
    else if (b->reached >= AT_PRE || log_errors)
        judge_files(b, en, st, log_errors);
    if (step_is_open(st) && en->pack == NULL && !(b->s->opts && b->s->opts->source) && !en->archive)
        step_refuse(st, "the pack is gone; name a clean tree or distribution of the target version with --source");
}

static void add_files(struct build *b)
{
    struct xc_entry *core = xc_case_entry(b->c, STR(XC_CORE));

    if (core && !b->c->core_last)
        add_files_of(b, core);
    for (size_t i = 0; i < b->c->entries.n; i++)
        if (b->c->entries.v[i] != core)
            add_files_of(b, b->c->entries.v[i]);
    if (core && b->c->core_last)
        add_files_of(b, core);
}

static void add_rebuild(struct build *b)
{
    const struct xc_rebuild *r = &b->c->rebuild;
    struct step *st = add(b, STEP_REBUILD, NULL, NULL);
    unsigned done = 0;

    for (unsigned n = 1; n <= r->steps; n++)
        done += (r->done >> n) & 1;
    st->title = "the cache rebuild";
    st->repeatable = true;
    if (r->core_done && b->reached >= AT_FILES) {
        st->state = STEP_DONE;
        plan_evidence(b->p, st, "var/run", 0, "%u of %u step files, compiled for the target version", done, r->steps);
        return;
    }
    if (r->started)
        plan_evidence(b->p, st, "var/.rebuildStarted", 0, "a rebuild was begun and not ended");
    if (r->pending)
        plan_evidence(b->p, st, r->pending, 0, "a cache built beside the live one and not put in its place");
    if (r->wanted)
        plan_evidence(b->p, st, "var/.rebuildMark", 0, "a rebuild is asked for");
    if (b->reached >= AT_REBUILD && (r->started || r->pending || (done > 0 && done < r->steps)))
        st->state = STEP_PARTIAL;
    if (r->compiled_known && !r->compiled_new)
        plan_evidence(b->p, st, "var/run", 0, "%u of %u step files, compiled for version %s", done, r->steps,
                      ((const struct xc *)b->s->own)->compiled_version);
    else
        plan_evidence(b->p, st, "var/run", 0, "%u of %u step files", done, r->steps);
    if (st->state == STEP_PARTIAL && b->c->log.rebuild_last)
        plan_evidence(b->p, st, b->c->log.rebuild_last->source, b->c->log.rebuild_last->line, "%s",
                      b->c->log.rebuild_last->text);
    /* From 5.2 on its last step runs the hooks: one of them may be what it died of. */
    for (size_t i = 0; st->state == STEP_PARTIAL && i < b->c->hooks.n; i++) {
        const struct xc_log_ref *call = b->c->hooks.v[i]->invoked;

        if (call && b->c->hooks.v[i]->type == XC_POST_REBUILD)
            plan_evidence(b->p, st, call->source, call->line, "%s, and did not end", call->text);
    }
    if (st->state == STEP_PARTIAL && b->c->log.plugin_cut) {
        st->state = STEP_FAILED;
        plan_evidence(b->p, st, b->c->log.plugin_cut->source, b->c->log.plugin_cut->line, "this plugin did not end: %s",
                      b->c->log.plugin_cut->text);
    }
}

static void add_entry_ends(struct build *b)
{
    for (size_t i = 0; i < b->c->entries.n; i++) {
        struct xc_entry *en = b->c->entries.v[i];
        struct step *st;

        add_hooks(b, XC_POST_REBUILD, en);
        st = add(b, STEP_LABELS, en->name, NULL);
        st->title = arena_printf(&b->p->mem, "the language labels of %s", en->name);
        st->repeatable = true;
        st->detail = en;
        if (en->labels) {
            st->state = STEP_DONE;
            plan_evidence(b->p, st, en->labels->source, en->labels->line, "%s", en->labels->text);
        } else if (en->finished) {
            st->state = STEP_DONE;
            plan_evidence(b->p, st, store_table(b->s, "tmp_vars:upgradeCell"), 0, "all actions of %s are done",
                          en->name);
        } else if (en->left_out) {
            st->state = STEP_SKIPPED;
            plan_evidence(b->p, st, store_table(b->s, "modules"), 0, "%s is not installed and enabled", en->name);
        }
    }
}

static void add_cache(struct build *b)
{
    struct step *st = add(b, STEP_CACHE, NULL, NULL);
    const char *row = store_table(b->s, "tmp_vars:upgradeCell");

    st->title = "the upgrader's state row, rebuild marks and data cache";
    st->repeatable = true;
    if (!b->c->cell.known) {
        st->state = STEP_UNKNOWN;
        plan_evidence(b->p, st, row, 0, "the database does not answer");
    } else if (!b->c->cell.present && !b->c->cell.held && b->c->rebuild.complete) {
        st->state = STEP_DONE;
        plan_evidence(b->p, st, row, 0, "no upgrade is pending");
    } else if (b->c->cell.present) {
        plan_evidence(b->p, st, row, 0, "%s", b->c->cell.held ? "put aside by the toolkit" : "an upgrade is pending");
    }
}

static void add_open(struct build *b)
{
    struct step *st = add(b, STEP_OPEN, NULL, NULL);
    struct err ignored = {0};
    enum gate gate = GATE_UNKNOWN;

    /* The upgrader does not close the store; a closed one was closed by its owner. */
    st->title = "the storefront";
    st->repeatable = true;
    st->state = STEP_SKIPPED;
    if (b->s->platform->gate(b->s, &gate, &ignored) == 0)
        plan_evidence(b->p, st, store_table(b->s, "config:shop_closed"), 0, "the store is %s",
                      gate == GATE_OPEN ? "open" : "closed; the upgrader does not close it, so it stays");
}

/* The first open step, not counting the check: it changes nothing and old versions leave no trace of it. */
static struct step *first_open(const struct plan *p)
{
    for (size_t i = 0; i < p->steps.n; i++)
        if (step_is_open(p->steps.v[i]) && p->steps.v[i]->kind != STEP_CHECK)
            return p->steps.v[i];
    return NULL;
}

/* A hook that may have begun although nothing says so: old versions write nothing before a hook runs. */
static void mark_unsure(struct build *b)
{
    struct step *st = first_open(b->p);

    if (st == NULL || st->danger || st->repeatable || b->c->log.writes_progress || !b->c->old_calls ||
        st->state != STEP_PENDING)
        return;
    if (st->kind != STEP_PRE_HOOKS && st->kind != STEP_POST_HOOKS && st->kind != STEP_REBUILD_HOOKS)
        return;
    st->maybe = true;
    st->danger = "it may have begun: this version writes its line only after a hook has ended";
}

/* The upgrader's own record says that no upgrade is pending. */
static bool nothing_pending(const struct xc_case *c)
{
    return c->cell.known && !c->cell.present && !c->cell.held && !c->cell_err;
}

/* With its record empty and the cache whole, what the log does not show was done, or did not belong to this upgrade: installing
 * a module writes the same first lines and no others. */
static void trust_empty_cell(struct build *b)
{
    if (!nothing_pending(b->c) || !b->c->rebuild.complete || b->reached < AT_FILES)
        return;
    for (size_t i = 0; i < b->p->steps.n; i++) {
        struct step *st = b->p->steps.v[i];

        if (!step_is_open(st) || st->state == STEP_FAILED)
            continue;
        st->state = STEP_SKIPPED;
        st->danger = NULL;
        plan_evidence(b->p, st, store_table(b->s, "tmp_vars:upgradeCell"), 0,
                      "no line in the log, and the upgrader has no upgrade pending any more");
    }
}

static enum upgrade_state overall(struct build *b)
{
    if (plan_failed(b->p) == NULL)
        return UPGRADE_FINISHED;
    /* Packs were fetched once and the attempt given up: nothing is pending and nothing was done. */
    if (nothing_pending(b->c) && b->reached <= AT_CHECK)
        return UPGRADE_NONE;
    return UPGRADE_INTERRUPTED;
}

int xc_plan(struct store *s, struct plan *p, struct err *e)
{
    struct xc_case *c = arena_alloc(&p->mem, sizeof *c);
    struct build b = {.s = s, .p = p, .c = c};

    if (xc_case_read(s, &p->mem, c, e) < 0) {
        xc_case_free(c);
        return -1;
    }
    p->causes = CAUSES_ANY | CAUSES_XCART;
    p->own = c;
    p->own_free = xc_plan_free;
    /* A guess from an older run is good enough to look for hooks, not to be shown as a fact. */
    p->from = c->from_sure || !xc_case_entry(c, STR(XC_CORE)) ? c->from : NULL;
    p->to = c->to;
    p->started = c->log.started;
    p->last_activity = c->log.last_activity;
    if (c->entries.n > 0) {
        find_reached(&b);
        p->touched = b.reached >= AT_FILES;
        for (size_t i = 0; i < c->hooks.n; i++)
            p->touched = p->touched || c->hooks.v[i]->logged || c->hooks.v[i]->invoked ||
                         c->hooks.v[i]->mark == XC_MARK_DONE;
        add_downloads(&b);
        add_unpacks(&b);
        add_check(&b);
        add_hooks(&b, XC_PRE_UPGRADE, NULL);
        add_files(&b);
        add_hooks(&b, XC_POST_UPGRADE, NULL);
        add_rebuild(&b);
        add_entry_ends(&b);
        add_cache(&b);
        add_open(&b);
        trust_empty_cell(&b);
        mark_unsure(&b);
        p->state = overall(&b);
    } else if (c->rebuild.started || c->rebuild.pending || c->rebuild.blocked) {
        b.reached = AT_REBUILD;
        add_rebuild(&b);
        add_cache(&b);
        p->state = plan_failed(p) ? UPGRADE_INTERRUPTED : UPGRADE_NONE;
    } else {
        p->state = c->cell_err ? UPGRADE_UNKNOWN : UPGRADE_NONE;
    }
    xc_tell_story(s, p, c);
    return 0;
}

void xc_plan_free(void *own)
{
    xc_case_free(own);
}
