#include "platform/plan.h"

#include "base/buf.h"
#include "base/str.h"
#include "platform/causes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[STEP_KINDS] = {
    [STEP_DOWNLOAD] = "download",
    [STEP_UNPACK] = "unpack",
    [STEP_CHECK] = "check",
    [STEP_CLOSE] = "close",
    [STEP_BACKUP] = "backup",
    [STEP_PRE_HOOKS] = "pre_hooks",
    [STEP_FILES] = "files",
    [STEP_POST_HOOKS] = "post_hooks",
    [STEP_SCHEMA] = "schema",
    [STEP_REBUILD] = "rebuild",
    [STEP_REBUILD_HOOKS] = "rebuild_hooks",
    [STEP_LABELS] = "labels",
    [STEP_MODULES] = "modules",
    [STEP_CACHE] = "cache",
    [STEP_OPEN] = "open",
};

void plan_free(struct plan *p)
{
    if (p->own_free)
        p->own_free(p->own);
    free(p->steps.v);
    free(p->findings.v);
    arena_free(&p->mem);
    memset(p, 0, sizeof *p);
}

struct step *plan_add(struct plan *p, enum step_kind kind, const char *entry, const char *detail)
{
    struct step *s = arena_alloc(&p->mem, sizeof *s);

    s->kind = kind;
    s->entry = arena_strdup(&p->mem, entry);
    s->state = STEP_PENDING;
    s->id = arena_printf(&p->mem, "%s%s%s%s%s", kind_names[kind], entry ? ":" : "", entry ? entry : "",
                         detail ? ":" : "", detail ? detail : "");
    s->title = s->id;
    *vec_push(&p->steps) = s;
    return s;
}

struct step *plan_add_runnable(struct plan *p, enum step_kind kind, const char *entry, const char *detail, const char *title)
{
    struct step *s = plan_add(p, kind, entry, detail);

    s->title = title;
    s->can_run = true;
    s->repeatable = true;
    return s;
}

static char *format(struct arena *mem, const char *fmt, va_list ap)
{
    va_list again;
    char *text;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    if (n < 0)
        n = 0;
    text = arena_alloc(mem, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return text;
}

void plan_evidence(struct plan *p, struct step *s, const char *source, uint64_t line, const char *fmt, ...)
{
    struct evidence *ev = arena_alloc(&p->mem, sizeof *ev);
    struct evidence **end = &s->evidence;
    va_list ap;

    ev->source = arena_strdup(&p->mem, source);
    ev->line = line;
    va_start(ap, fmt);
    ev->text = format(&p->mem, fmt, ap);
    va_end(ap);
    while (*end)
        end = &(*end)->next;
    *end = ev;
}

struct finding *plan_finding(struct plan *p, enum finding_level level, const char *code, const char *fmt, ...)
{
    struct finding *f = vec_push(&p->findings);
    va_list ap;

    f->level = level;
    f->code = code;
    va_start(ap, fmt);
    f->title = format(&p->mem, fmt, ap);
    va_end(ap);
    return f;
}

const char *plan_names(struct plan *p, const char *const *names, size_t n)
{
    struct buf list = {0};
    const char *text;

    for (size_t i = 0; i < n && i < PLAN_NAMES_SHOWN; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
    if (n > PLAN_NAMES_SHOWN)
        buf_printf(&list, " and %zu more", n - PLAN_NAMES_SHOWN);
    text = arena_dup(&p->mem, list.p, list.n);
    buf_free(&list);
    return text;
}

const char *plan_versions(struct plan *p)
{
    if (p->from && p->to)
        return arena_printf(&p->mem, " from %s to %s", p->from, p->to);
    return p->to ? arena_printf(&p->mem, " to %s", p->to) : "";
}

void plan_fail(struct plan *p, const char *text)
{
    const struct cause *cause = causes_match(str_of(text), p->causes);

    p->failure.code = cause ? cause->code : "error";
    p->failure.title = cause ? arena_printf(&p->mem, "%s: %s", cause->title, cause->cause)
                             : "The error is not in the table of known failures.";
    p->failure.detail = arena_strdup(&p->mem, text);
    p->failure.fix = cause ? cause->remedy : NULL;
}

bool step_is_open(const struct step *s)
{
    return s->state != STEP_DONE && s->state != STEP_SKIPPED;
}

void step_refuse(struct step *s, const char *why)
{
    s->can_run = false;
    s->why_not = why;
}

struct step *plan_failed(const struct plan *p)
{
    for (size_t i = 0; i < p->steps.n; i++)
        if (step_is_open(p->steps.v[i]))
            return p->steps.v[i];
    return NULL;
}

struct step *plan_find(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->steps.n; i++)
        if (strcmp(p->steps.v[i]->id, id) == 0)
            return p->steps.v[i];
    return NULL;
}

bool plan_step_matches(const struct step *s, const char *name)
{
    size_t n = strlen(name);

    return strncmp(s->id, name, n) == 0 && (s->id[n] == '\0' || s->id[n] == ':');
}

const char *step_kind_name(enum step_kind k)
{
    return kind_names[k];
}

const char *step_state_name(enum step_state s)
{
    static const char *const names[] = {"done", "partial", "failed", "pending", "skipped", "unknown"};

    return names[s];
}

const char *upgrade_state_name(enum upgrade_state s)
{
    static const char *const names[] = {"none", "finished", "interrupted", "unknown"};

    return names[s];
}

const char *finding_level_name(enum finding_level l)
{
    static const char *const names[] = {"note", "warning", "problem"};

    return names[l];
}
