#include "rescue/journal.h"

#include "sys/hash.h"

#include <stdio.h>
#include <string.h>

#define CASE_FILE "case.db"

#define TAG_LETTERS 12 /* what db/shadow.h has room for */

static struct case_key key_of(const struct store *s, const struct plan *p)
{
    return (struct case_key){.kind = CASE_UPGRADE, .platform = s->platform->name, .to = p->to, .started = p->started};
}

int journal_file(struct case_file **out, const struct workdir *w, bool write, struct err *e)
{
    struct buf path = {0};
    int rc;

    buf_printf(&path, "%s/" CASE_FILE, w->tree.path);
    rc = case_file_open(out, buf_cstr(&path), write, e);
    buf_free(&path);
    return rc;
}

static int open_file(struct journal *j, const struct workdir *w, bool write, struct err *e)
{
    memset(j, 0, sizeof *j);
    return journal_file(&j->file, w, write, e);
}

int journal_read(struct journal *j, const struct workdir *w, const struct store *s, const struct plan *p,
                 struct err *e)
{
    struct case_key key = key_of(s, p);
    int rc;

    memset(j, 0, sizeof *j);
    if (w->tree.path == NULL)
        return 0;
    if (open_file(j, w, false, e) < 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    rc = case_file_find(j->file, &key, &j->info, e);
    if (rc == 1)
        j->id = j->info.id;
    return rc < 0 ? -1 : 0;
}

int journal_write(struct journal *j, const struct workdir *w, const struct store *s, const struct plan *p,
                  struct err *e)
{
    struct case_key key = key_of(s, p);
    int rc;

    if (open_file(j, w, true, e) < 0)
        return -1;
    rc = case_file_find(j->file, &key, &j->info, e);
    if (rc == 0) {
        rc = case_file_create(j->file, &key, p->from, &j->id, e);
    } else if (rc == 1 && j->info.state == CASE_CLEANED) {
        /* What was kept of that one is gone, so that it could not be undone. */
        rc = case_file_follow(j->file, &j->info, &key, p->from, &j->id, e);
    } else if (rc == 1) {
        j->id = j->info.id;
        rc = 0;
    }
    return rc;
}

int journal_change(struct journal *j, const struct workdir *w, const struct store *s, const char *what, bool write,
                   struct err *e)
{
    struct case_key key = {.kind = CASE_CHANGE, .platform = s->platform->name, .to = what};
    int rc;

    memset(j, 0, sizeof *j);
    if (w->tree.path == NULL)
        return 0;
    if (open_file(j, w, write, e) < 0) {
        if (write || e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    rc = case_file_find(j->file, &key, &j->info, e);
    if (rc == 1 && j->info.state == CASE_OPEN)
        j->id = j->info.id;
    else if (rc >= 0 && write)
        rc = case_file_create(j->file, &key, NULL, &j->id, e);
    return rc < 0 ? -1 : 0;
}

/* Steps of which the store itself keeps no record that could be re-read at any time. */
static bool needs_memory(enum step_kind k)
{
    return k == STEP_PRE_HOOKS || k == STEP_POST_HOOKS || k == STEP_REBUILD_HOOKS || k == STEP_LABELS ||
           k == STEP_CHECK;
}

/* What our own run noted of how far it came stands above what the store shows; where it leaves a doubt, the run itself refuses. */
static void settle_by_note(const struct journal *j, struct step *s, const struct case_step *c)
{
    struct err ignored = {0};
    struct buf value = {0};

    if (s->note && step_is_open(s) && (c->state == CASE_STEP_BEGUN || c->state == CASE_STEP_FAILED) &&
        case_file_noted(j->file, j->id, s->id, s->note, &value, &ignored) == 1) {
        s->maybe = false;
        s->repeatable = true;
        s->danger = NULL;
    }
    buf_free(&value);
}

static void merge_step(struct plan *p, struct step *s, const struct case_step *c, int64_t id)
{
    char source[40];

    snprintf(source, sizeof source, "journal, case %lld", (long long)id);
    switch (c->state) {
    case CASE_STEP_NONE:
        return;
    case CASE_STEP_DONE:
        if (step_is_open(s) && needs_memory(s->kind)) {
            s->state = STEP_DONE;
            s->danger = NULL;
        }
        plan_evidence(p, s, source, 0, "the toolkit finished this step at %s", c->at);
        return;
    case CASE_STEP_BEGUN:
        if (!step_is_open(s))
            return;
        s->state = STEP_PARTIAL;
        plan_evidence(p, s, source, 0, "the toolkit began this step at %s and was cut off", c->at);
        break;
    case CASE_STEP_PAUSED:
        if (!step_is_open(s))
            return;
        s->maybe = false;
        s->danger = NULL;
        if (s->state != STEP_PARTIAL)
            s->state = STEP_PENDING;
        plan_evidence(p, s, source, 0, "at %s: %s", c->at, c->text);
        return;
    case CASE_STEP_REFUSED:
        if (step_is_open(s))
            plan_evidence(p, s, source, 0, "at %s: %s", c->at, c->text);
        return;
    case CASE_STEP_FAILED:
        if (!step_is_open(s))
            return;
        s->state = STEP_FAILED;
        plan_evidence(p, s, source, 0, "at %s: %s", c->at, c->text);
        break;
    }
    if (!s->repeatable && s->danger == NULL)
        s->danger = c->state == CASE_STEP_FAILED ? "it was run before and failed half way"
                                                 : "it was begun before and cut off half way";
}

const char *journal_tag(struct case_file *cf, int64_t id, const struct store *s, char letter, struct arena *mem)
{
    struct case_info info = {0};
    struct err ignored = {0};
    struct buf about = {0};
    struct digest d;
    char hex[HASH_HEX];

    /* Its number is in the tag even when nothing more can be read; a case that can't be read is not gone on with anyway. */
    if (case_file_get(cf, id, &info, &ignored) != 1)
        info.began[0] = '\0';
    buf_printf(&about, "%s\n%s", s->tree.path, info.began);
    hash_bytes(HASH_MD5, about.p, about.n, &d);
    digest_hex(&d, hex);
    buf_free(&about);
    return arena_printf(mem, "%.*s", TAG_LETTERS, arena_printf(mem, "%c%lldx%s", letter, (long long)id, hex));
}

int journal_merge(struct journal *j, struct plan *p, struct err *e)
{
    bool before_was_ours = false;
    bool any_was_ours = false;
    const char *words = NULL;

    if (j->id == 0)
        return 0;
    if (p->from == NULL && j->info.from[0])
        p->from = arena_strdup(&p->mem, j->info.from);
    for (size_t i = 0; i < p->steps.n; i++) {
        struct step *s = p->steps.v[i];
        struct case_step c;

        if (case_file_step(j->file, j->id, s->id, &c, e) < 0)
            return -1;
        /* When the step before was ours, this one began only if we began it. */
        if (s->maybe && before_was_ours && (c.state == CASE_STEP_NONE || c.state == CASE_STEP_REFUSED)) {
            s->maybe = false;
            s->danger = NULL;
        }
        /* A check changes nothing: that we made it again says nothing of what came behind the first one. */
        if (s->kind != STEP_CHECK)
            before_was_ours = c.state == CASE_STEP_DONE;
        any_was_ours = any_was_ours || c.state == CASE_STEP_DONE;
        settle_by_note(j, s, &c);
        merge_step(p, s, &c, j->id);
        if (step_is_open(s) && s == plan_failed(p))
            words = c.text[0] ? arena_strdup(&p->mem, c.text) : NULL;
    }
    /* What stopped us is newer than what stopped the store's own upgrader. */
    if (words)
        plan_fail(p, words);
    else if (any_was_ours)
        memset(&p->failure, 0, sizeof p->failure);
    if (p->state == UPGRADE_INTERRUPTED && plan_failed(p) == NULL)
        p->state = UPGRADE_FINISHED;
    return 0;
}

void journal_upgrade_name(const struct plan *p, struct buf *out)
{
    const char *when = p->started ? p->started : p->last_activity;

    buf_printf(out, "%s\n%s", p->to ? p->to : "", when ? when : "");
}

/* The upgrade that the restore noted is the plan's. */
static bool is_of_plan(struct case_file *cf, int64_t id, const struct plan *p)
{
    struct err ignored = {0};
    struct buf noted = {0};
    struct buf is = {0};
    bool same;

    journal_upgrade_name(p, &is);
    same = case_file_noted(cf, id, "", "upgrade", &noted, &ignored) == 1 && str_eq(buf_str(&noted), buf_str(&is));
    buf_free(&noted);
    buf_free(&is);
    return same;
}

static void take_back(struct plan *p, const struct case_info *info)
{
    p->state = UPGRADE_NONE;
    p->touched = false;
    p->summary = arena_printf(&p->mem, "The upgrade%s%s was broken off and then taken back: %s was restored at %s (case %lld).",
                              p->to ? " to " : "", p->to ? p->to : "", info->to, info->ended, (long long)info->id);
    for (size_t i = 0; i < p->steps.n; i++) {
        p->steps.v[i]->state = STEP_SKIPPED;
        p->steps.v[i]->danger = NULL;
    }
    p->advice = NULL;
    p->findings.n = 0;
    memset(&p->failure, 0, sizeof p->failure);
}

int journal_taken_back(const struct workdir *w, struct plan *p, struct err *e)
{
    struct case_file *cf;
    struct case_info info;
    int rc;

    /* The logs of some versions name no version; the moments tell one upgrade from another as well. */
    if (w->tree.path == NULL || (p->to == NULL && p->started == NULL) || p->state == UPGRADE_NONE)
        return 0;
    if (journal_file(&cf, w, false, e) < 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    rc = case_file_newest(cf, CASE_RESTORE, CASE_FINISHED, &info, e);
    if (rc == 0)
        rc = case_file_newest(cf, CASE_RESTORE, CASE_CLEANED, &info, e);
    if (rc == 1 && is_of_plan(cf, info.id, p))
        take_back(p, &info);
    case_file_close(cf);
    return rc < 0 ? -1 : 0;
}

void journal_close(struct journal *j)
{
    case_file_close(j->file);
    memset(j, 0, sizeof *j);
}
