/*
 * The plan of a CS-Cart upgrade, 4.3.1 and later. The upgrader does: checks, restore script, pre script, closing, backup, mail;
 * then migrations and files (files and migrations before 4.4.3), languages, post script, caches, its record, the package away, modes
 * back. What stands before the last line of the log counts as passed; files and migrations are looked at one by one.
 *
 * As long as nothing but the gate and modes was changed the plan is to give the upgrade up: it can be started again in the
 * admin panel, and an own attempt would go on without its backup.
 */
#include "base/plural.h"
#include "platform/causes.h"
#include "platform/cscart/legacy.h"
#include "platform/cscart/plan_case.h"
#include "platform/cscart/plan_parts.h"

#include <string.h>
#include <time.h>

struct build {
    struct store *s;
    struct plan *p;
    struct cs_case *c;
    const struct cs_run *run;
    bool give_up;
};

static int rank(const struct build *b, enum cs_at at)
{
    return cs_rank(b->c->gen, at);
}

static bool over(const struct build *b)
{
    return b->c->trail.finished;
}

/* Something behind it was reached. */
static bool is_passed(const struct build *b, enum cs_at at)
{
    return over(b) || rank(b, b->run->at) > rank(b, at) || (b->c->recorded && rank(b, at) <= rank(b, CS_AT_RECORD));
}

static bool is_here(const struct build *b, enum cs_at at)
{
    return !over(b) && b->run->at == at;
}

static void evidence(struct build *b, struct step *st, const struct cs_ref *ref)
{
    if (ref)
        plan_evidence(b->p, st, ref->source, ref->line, "%s", ref->text);
}

static struct step *add(struct build *b, enum step_kind k, const char *detail, const char *title)
{
    const char *entry = k == STEP_CHECK || k == STEP_CLOSE || k == STEP_BACKUP || k == STEP_OPEN ? NULL : b->c->id;

    return plan_add_runnable(b->p, k, entry, detail, title);
}

/* State by the log alone, with what shows it. */
static void by_log(struct build *b, struct step *st, enum cs_at at)
{
    const struct cs_run *r = b->run;

    if (is_passed(b, at)) {
        st->state = STEP_DONE;
        evidence(b, st, r->done[at] ? r->done[at] : r->begun[at] ? r->begun[at] : r->last);
    } else if (is_here(b, at)) {
        st->state = r->stop ? STEP_FAILED : STEP_PARTIAL;
        if (r->done[at])
            st->state = STEP_DONE;
        evidence(b, st, r->begun[at]);
        if (r->last != NULL && r->begun[at] && r->last->line != r->begun[at]->line)
            evidence(b, st, r->last);
        if (r->stop && st->state != STEP_DONE)
            evidence(b, st, r->stop);
    }
}

/* The first actions change nothing that matters; what is left to do of them is to take them back. The step that comes next is
 * left in the plan, so that it is seen where the upgrade stopped; all behind it is not to be done. */
static void only_give_up(struct build *b, struct step *st)
{
    if (b->give_up && st->state == STEP_PENDING && plan_failed(b->p) != st) {
        st->state = STEP_SKIPPED;
        plan_evidence(b->p, st, b->c->trail.file, 0, "not begun; the upgrade can be started again in the admin panel");
    }
}

static void add_package(struct build *b)
{
    struct step *st = add(b, STEP_DOWNLOAD, NULL, "the package");
    bool gone = !b->c->has_offer && !b->c->has_content;

    st->state = STEP_DONE;
    evidence(b, st, b->run->start);
    st = add(b, STEP_UNPACK, NULL, "the package");
    st->state = STEP_DONE;
    if (gone || b->c->has_content)
        plan_evidence(b->p, st, b->c->dir ? b->c->dir : CS_PACKAGES_DIR, 0, gone ? "the package is not there any more" : "is unpacked");
}

static void add_check(struct build *b)
{
    struct step *st = add(b, STEP_CHECK, NULL, "the checks before the upgrade, and its restore script");

    by_log(b, st, CS_AT_CHECK);
    if (is_here(b, CS_AT_PREPARE)) {
        st->state = b->run->stop ? STEP_FAILED : STEP_PARTIAL;
        evidence(b, st, b->run->fault);
        evidence(b, st, b->run->last);
    }
}

static void add_pre(struct build *b)
{
    struct step *st;

    if (b->run->begun[CS_AT_PRE] == NULL && b->c->package.pre.n == 0)
        return;
    st = add(b, STEP_PRE_HOOKS, NULL, "the script that runs before the upgrade");
    st->file = b->c->package.pre.n ? arena_printf(&b->p->mem, "%s/content/scripts/%.*s", b->c->dir, STR_FMT(b->c->package.pre))
                                   : NULL;
    by_log(b, st, CS_AT_PRE);
    only_give_up(b, st);
}

static void add_close(struct build *b)
{
    struct step *st = add(b, STEP_CLOSE, NULL, "the storefront");

    by_log(b, st, CS_AT_CLOSE);
    if (is_here(b, CS_AT_CLOSE) && b->c->gate == GATE_CLOSED)
        plan_evidence(b->p, st, "database", 0, "the storefront is closed");
    only_give_up(b, st);
}

static void add_backup(struct build *b)
{
    struct step *st = add(b, STEP_BACKUP, NULL, "the upgrade's own backup, and the mail that tells of it");

    by_log(b, st, CS_AT_BACKUP);
    if (b->run->backup_skipped && is_passed(b, CS_AT_CLOSE)) {
        st->state = STEP_SKIPPED;
        evidence(b, st, b->run->done[CS_AT_PREPARE]);
    }
    /* The mail has the link to the restore script; when it can't be sent, the upgrader ends without a word. */
    if (is_here(b, CS_AT_MAIL) && !b->run->done[CS_AT_MAIL]) {
        st->state = b->run->stop ? STEP_FAILED : STEP_PARTIAL;
        evidence(b, st, b->run->last);
    }
    only_give_up(b, st);
}

static const char *part_title(enum cs_part part)
{
    static const char *const titles[CS_PARTS] = {"the new files", "the files that the new version dropped", "the copies of the themes",
                                                   "the renamed admin or vendor script, which the upgrader leaves old"};

    return titles[part];
}

static void file_counts(struct build *b, struct step *st, const struct cs_part_state *f)
{
    if (b->c->files_known)
        plan_evidence(b->p, st, b->c->dir, 0, "%zu of %zu as the new version has them%s", f->total - f->todo.n - f->kept.n, f->total,
                      f->kept.n ? "; some changed ones are kept" : "");
}

/* Why files can't be copied, or NULL. */
static const char *no_files(const struct build *b)
{
    if (!b->c->has_package)
        return "the package is not there any more, so the new files are missing";
    if (b->c->missing.n > 0)
        return arena_printf(&b->p->mem, "the package lacks %zu of its files, the first is %s", b->c->missing.n, b->c->missing.v[0]);
    if (b->c->blocked.n > 0)
        return arena_printf(&b->p->mem, "%zu file%s can't be read, the first: %s", b->c->blocked.n, plural(b->c->blocked.n, "", "s"), b->c->blocked.v[0]);
    return NULL;
}

/* The upgrader never looks at what its copying did. */
static void look_at_core(struct build *b, struct step *st)
{
    const char *version = b->s->version;
    const char *why;

    if (b->c->to && version && cs_version_compare(str_of(version), str_of(b->c->to)) < 0)
        why = arena_printf(&b->p->mem, "is of %s although the log says that %s was installed", version, b->c->to);
    else
        why = cs_half_copied(b->s, b->c);
    if (why) {
        st->state = STEP_FAILED;
        plan_evidence(b->p, st, "config.php", 0, "%s", why);
    }
}

static void add_files(struct build *b)
{
    static const enum cs_at at[CS_PART_SCRIPTS] = {CS_AT_COPY, CS_AT_DELETE, CS_AT_THEMES};
    static const char *const details[CS_PART_SCRIPTS] = {"copy", "delete", "themes"};

    for (int i = 0; i < CS_PART_SCRIPTS; i++) {
        const struct cs_part_state *f = &b->c->parts[i];
        struct step *st = add(b, STEP_FILES, details[i], part_title((enum cs_part)i));

        by_log(b, st, at[i]);
        if (b->c->files_known && !over(b)) {
            bool reached = is_passed(b, at[i]) || is_here(b, at[i]);

            if (f->todo.n == 0 && (reached || f->applied > 0))
                st->state = STEP_DONE;
            else if (f->todo.n == 0 && f->total == 0)
                st->state = reached ? STEP_DONE : STEP_SKIPPED;
            else if (f->todo.n > 0 && reached)
                st->state = STEP_PARTIAL;
            file_counts(b, st, f);
        }
        if (over(b) && i == CS_PART_COPY)
            look_at_core(b, st);
        only_give_up(b, st);
        if (step_is_open(st) && !b->give_up && no_files(b))
            step_refuse(st, no_files(b));
    }
}

static void add_labels(struct build *b)
{
    const struct cs_run *r = b->run;

    for (size_t i = 0; i < b->c->languages.n; i++) {
        const char *code = b->c->languages.v[i];
        struct step *st = plan_add_runnable(b->p, STEP_LABELS, code, NULL, arena_printf(&b->p->mem, "the texts of the language %s", code));
        const struct cs_lang_log *said = NULL;

        for (size_t k = 0; k < r->langs.n; k++)
            if (strcmp(r->langs.v[k].code, code) == 0)
                said = &r->langs.v[k];
        if (is_passed(b, CS_AT_LABELS))
            st->state = STEP_DONE;
        else if (is_here(b, CS_AT_LABELS))
            st->state = said ? STEP_DONE : STEP_PENDING;
        if (said) {
            evidence(b, st, said->ref);
            /* A line without a result is followed by the next language when it ended. */
            if (said->result == CS_LOG_UNDECIDED || (said->result == CS_LOG_NO_RESULT && is_here(b, CS_AT_LABELS) &&
                                                     said == &r->langs.v[r->langs.n - 1]))
                st->state = is_passed(b, CS_AT_LABELS) ? STEP_DONE : STEP_PARTIAL;
            else if (said->result == CS_LOG_FAILED)
                st->state = STEP_FAILED;
        }
        only_give_up(b, st);
    }
}

static void add_post(struct build *b)
{
    const struct cs_run *r = b->run;
    struct step *st;

    if (r->begun[CS_AT_POST] == NULL && b->c->package.post.n == 0)
        return;
    st = add(b, STEP_POST_HOOKS, NULL, "the script that runs at the end of the upgrade");
    st->repeatable = false;
    st->file = b->c->package.post.n ? arena_printf(&b->p->mem, "%s/content/scripts/%.*s", b->c->dir, STR_FMT(b->c->package.post))
                                    : NULL;
    by_log(b, st, CS_AT_POST);
    if (st->state == STEP_PARTIAL || st->state == STEP_FAILED) {
        st->danger = "it began and did not end, and what it does twice is not known";
    } else if (step_is_open(st) && b->c->gen == CS_GEN_A && is_here(b, CS_AT_LABELS) && r->langs.n >= b->c->languages.n) {
        st->danger = "it may have begun: this version writes no line before it";
    }
    only_give_up(b, st);
    if (step_is_open(st) && (st->file == NULL || !tree_exists(&b->s->tree, st->file)))
        step_refuse(st, "the script is not in the package any more");
}

static void add_scripts(struct build *b)
{
    const struct cs_part_state *f = &b->c->parts[CS_PART_SCRIPTS];
    struct step *st;

    if (over(b) || f->total == 0)
        return;
    st = add(b, STEP_CACHE, "scripts", part_title(CS_PART_SCRIPTS));
    if (f->todo.n == 0)
        st->state = STEP_DONE;
    file_counts(b, st, f);
    only_give_up(b, st);
}

/* Nothing says when caches were cleaned but the lines behind it. */
static void add_end(struct build *b)
{
    struct step *st = plan_add_runnable(b->p, STEP_CACHE, NULL, NULL, "the store's caches");

    by_log(b, st, CS_AT_CACHE);
    only_give_up(b, st);
    st = add(b, STEP_CACHE, "record", "the row that says the upgrade is installed");
    by_log(b, st, CS_AT_RECORD);
    if (b->c->recorded) {
        st->state = STEP_DONE;
        plan_evidence(b->p, st, store_table(b->s, "installed_upgrades"), 0, "has a row of this upgrade");
    } else if (b->c->db && b->c->record_table && st->state == STEP_DONE && !over(b)) {
        st->state = STEP_PENDING;
    }
    only_give_up(b, st);
    st = add(b, STEP_CACHE, "package", "the package, which is not needed any more");
    by_log(b, st, CS_AT_PACKAGE);
    if (b->c->has_content && !over(b) && step_is_open(st) == false)
        st->state = STEP_PARTIAL;
    only_give_up(b, st);
    if (!b->c->has_content && !b->c->has_offer && step_is_open(st))
        st->state = STEP_DONE;
}

static void add_modes(struct build *b)
{
    struct step *st = add(b, STEP_CACHE, "modes", "the modes of the entry files and of the root folder");
    size_t open = cs_open_modes(b->s, NULL);

    st->state = STEP_DONE;
    if (b->c->modes_row) {
        st->state = STEP_PENDING;
        plan_evidence(b->p, st, store_table(b->s, "storage_data:uc.entry_point_file_permissions"), 0,
                      "the modes of before are still kept there");
    }
    /* Long after the end they may have been opened for another reason. */
    if (open && !over(b)) {
        st->state = STEP_PENDING;
        plan_evidence(b->p, st, "index.php", 0, "%zu of the entry files and the root folder can be written by everybody", open);
    }
}

static void add_open(struct build *b)
{
    struct step *st = add(b, STEP_OPEN, NULL, "the storefront");

    /* Giving up is written down by this step, so it is always there to be done. */
    if (b->give_up) {
        plan_evidence(b->p, st, "database", 0, "the storefront is %s", b->c->gate == GATE_OPEN ? "open; the attempt is to be given up" : "closed");
    } else if (b->c->gate == GATE_OPEN) {
        /* A store that is open is not kept from its end by that. */
        st->state = over(b) ? STEP_DONE : STEP_PENDING;
        plan_evidence(b->p, st, "database", 0, "the storefront is open");
    } else if (b->c->gate == GATE_CLOSED) {
        plan_evidence(b->p, st, "database", 0, "the storefront is closed; the upgrader never opens it");
    } else if (over(b)) {
        st->state = STEP_SKIPPED;
        plan_evidence(b->p, st, "database", 0, "whether the storefront is open can't be told");
    }
}

/* Only preparations: the live files and tables are those of before. */
static bool only_prepared(const struct build *b)
{
    const struct cs_run *r = b->run;

    if (over(b) || b->c->trail.runs.n > 1) {
        for (size_t i = 0; i < b->c->trail.runs.n; i++)
            if (cs_run_changed(b->c->trail.runs.v[i], b->c->gen))
                return false;
    }
    return !over(b) && rank(b, r->at) <= rank(b, CS_AT_MAIL);
}

static bool was_touched(const struct build *b)
{
    if (over(b) || b->c->recorded || b->c->parts[CS_PART_COPY].applied > 0)
        return true;
    for (size_t i = 0; i < b->c->migrations.n; i++)
        if (b->c->migrations.v[i].row || b->c->migrations.v[i].begun)
            return true;
    for (size_t i = 0; i < b->c->trail.runs.n; i++) {
        const struct cs_run *r = b->c->trail.runs.v[i];

        if (rank(b, r->at) > rank(b, b->c->gen == CS_GEN_A || b->c->gen == CS_GEN_B ? CS_AT_COPY : CS_AT_SCHEMA))
            return true;
        if (r->migrations.n > 0)
            return true;
        /* Its first act is the table of progress. */
        if (r->at == CS_AT_SCHEMA && r->phinx != 0)
            return true;
    }
    for (size_t i = 0; i < b->c->phinxlogs.n; i++)
        return true;
    return false;
}

static enum upgrade_state overall(const struct build *b)
{
    const struct step *st = plan_failed(b->p);

    return st == NULL ? UPGRADE_FINISHED : UPGRADE_INTERRUPTED;
}

static void build(struct build *b)
{
    bool files_first = b->c->gen == CS_GEN_A || b->c->gen == CS_GEN_B;

    b->give_up = b->c->give_up = only_prepared(b);
    b->p->touched = was_touched(b);
    add_package(b);
    add_check(b);
    add_pre(b);
    add_close(b);
    add_backup(b);
    if (files_first)
        add_files(b);
    cs_plan_schema(b->s, b->p, b->c, b->give_up);
    if (!files_first)
        add_files(b);
    add_labels(b);
    add_post(b);
    add_scripts(b);
    add_end(b);
    add_modes(b);
    add_open(b);
    b->p->state = overall(b);
}

static void own_free(void *own)
{
    cs_case_free(own);
}

/* The clock face that many seconds stand for. */
static const char *stamp(struct arena *mem, int64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;

    if (gmtime_r(&t, &tm) == NULL)
        return NULL;
    return arena_printf(mem, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                        tm.tm_sec);
}

int cs_plan(struct store *s, struct plan *p, struct err *e)
{
    struct cs_case *c = arena_alloc(&p->mem, sizeof *c);
    struct build b = {.s = s, .p = p, .c = c};

    if (cs_case_read(s, &p->mem, c, e) < 0) {
        cs_case_free(c);
        return -1;
    }
    p->own = c;
    p->own_free = own_free;
    p->causes = CAUSES_ANY | CAUSES_CSCART;
    p->from = c->from;
    p->to = c->to;
    b.run = c->run;
    p->state = UPGRADE_NONE;
    if (c->run) {
        p->started = c->run->started;
        p->last_activity = stamp(&p->mem, c->run->last ? c->run->last->seconds : c->run->start->seconds);
    }
    if (c->run && !c->trail.restored)
        build(&b);
    if (c->legacy)
        cs_plan_legacy(s, p, c);
    cs_tell_story(s, p, c);
    return 0;
}
