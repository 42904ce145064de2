#include "sys/php_hook.h"

#include "sys/php_code.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the lines of one child add up to. */
struct session {
    const struct php_run *run;
    const struct php_hook *hook;
    struct php_hook_result *r;
    struct arena mem;  /* of the texts of the line at hand */
    struct buf last;   /* JSON of the last state; the argument of the next child */
    unsigned same;     /* how often in a row it came */
    unsigned in_child; /* calls finished by this child */
    bool told;         /* done, error, quit or halt was read */
    bool renew;        /* halted only to go on in a new child */
};

static enum child_reply on_state(struct session *s, struct str line)
{
    struct php_hook_state state = {.calls = ++s->r->calls};
    struct str pos = str_cut(line, ' ', &line);
    struct str max = str_cut(line, ' ', &line);
    struct str json = str_cut(line, ' ', &line);
    unsigned same_max = s->hook->same_max != 0 ? s->hook->same_max : PHP_HOOK_SAME;
    unsigned calls = s->hook->calls != 0 ? s->hook->calls : PHP_HOOK_CALLS;

    s->r->inside = false;
    s->in_child++;
    state.has_max = !str_is(max, "-");
    /* Lines of another shape are not ours: the child is not answered as it expects, and halts. */
    if (!str_i64(pos, &state.pos) || (state.has_max && !str_i64(max, &state.max)) ||
        !php_code_text(&s->mem, json, &state.json) || !php_code_text(&s->mem, line, &state.serialized))
        return CHILD_HANG_UP;
    s->same = s->last.n != 0 && str_eq(buf_str(&s->last), state.json) ? s->same + 1 : 1;
    buf_reset(&s->last);
    buf_addstr(&s->last, state.json);
    if (s->hook->state != NULL && !s->hook->state(s->hook->state_arg, &state)) {
        s->r->end = PHP_HOOK_HALTED;
        return CHILD_HANG_UP;
    }
    if (s->same >= same_max) {
        s->r->end = PHP_HOOK_STUCK;
        return CHILD_HANG_UP;
    }
    s->renew = s->in_child >= calls;
    return s->renew ? CHILD_HANG_UP : CHILD_ANSWER;
}

static void on_error(struct session *s, struct str line)
{
    struct php_code_fault fault;

    if (!php_code_fault(line, &fault))
        return;
    s->told = true;
    s->r->error = fault.error;
    if (str_is(fault.stage, "store"))
        s->r->end = PHP_HOOK_NO_STORE;
    else if (str_is(fault.kind, "file"))
        s->r->end = PHP_HOOK_NO_FILE;
    else if (str_is(fault.kind, "closure"))
        s->r->end = PHP_HOOK_NO_CLOSURE;
    else if (str_is(fault.kind, "result"))
        s->r->end = PHP_HOOK_BAD_RESULT;
    else
        s->r->end = str_is(fault.kind, "exception") ? PHP_HOOK_EXCEPTION : PHP_HOOK_FATAL;
    if (s->r->end == PHP_HOOK_NO_CLOSURE || s->r->end == PHP_HOOK_BAD_RESULT)
        snprintf(s->r->kind, sizeof s->r->kind, "%.*s", (int)sizeof s->r->kind - 1, s->r->error.text);
    if (s->r->end == PHP_HOOK_BAD_RESULT) {
        s->r->calls++;
        s->r->inside = false;
    }
}

static enum child_reply on_report(struct session *s, struct str line)
{
    struct str word = str_cut(line, ' ', &line);

    if (str_is(word, "call")) {
        s->r->entered = s->r->inside = true;
    } else if (str_is(word, "state") && s->r->inside) {
        return on_state(s, line);
    } else if (str_is(word, "done")) {
        s->told = true;
        s->r->inside = false;
        s->r->calls++;
        s->r->end = str_is(line, "zero") ? PHP_HOOK_DONE_ZERO : PHP_HOOK_DONE;
    } else if (str_is(word, "error")) {
        on_error(s, line);
    } else if (str_is(word, "halt")) {
        s->told = true;
    } else if (str_is(word, "quit")) {
        s->told = true;
        s->r->end = str_is(line, "store") ? PHP_HOOK_NO_STORE : PHP_HOOK_QUIT;
    }
    return CHILD_GO_ON;
}

static enum child_reply on_line(void *arg, enum child_stream from, struct str line)
{
    struct session *s = arg;
    enum child_reply reply = CHILD_GO_ON;

    if (from == CHILD_REPORT) {
        reply = on_report(s, line);
        arena_free(&s->mem);
    } else if (s->run->output != NULL) {
        s->run->output(s->run->arg, from, line);
    }
    return reply;
}

/* What the child printed tells more than its end when no report got through. */
static void explain_silence(struct session *s)
{
    struct php_hook_result *r = s->r;
    struct buf text = {0};

    if (r->end != PHP_HOOK_QUIT && r->end != PHP_HOOK_NO_STORE)
        return;
    child_text_join(&r->child.err, &text);
    buf_addc(&text, '\n');
    child_text_join(&r->child.out, &text);
    if (php_error_find(buf_str(&text), &r->error) && r->end == PHP_HOOK_QUIT)
        r->end = PHP_HOOK_FATAL;
    buf_free(&text);
}

static int one_child(struct session *s, struct err *e)
{
    char *json = buf_str(&s->last).n > 0 ? mem_dup(s->last.p, s->last.n) : NULL;
    const char *next = json != NULL ? json : s->hook->arg != NULL ? s->hook->arg : "null";
    const char *const args[] = {s->run->root, s->hook->file, s->hook->no_argument ? "call-without" : "call", next, NULL};
    struct buf code = {0};
    int rc;

    php_hook_code(&code);
    s->in_child = 0;
    s->told = s->renew = false;
    s->r->inside = false;
    s->r->end = PHP_HOOK_QUIT;
    child_result_free(&s->r->child);
    rc = php_code_run(s->run, buf_cstr(&code), args, on_line, s, &s->r->child, e);
    if (rc != 0) {
        s->r->end = PHP_HOOK_NOT_RUN;
    } else if (s->told || s->r->end != PHP_HOOK_QUIT) {
        /* Its own words stand. */
    } else if (s->r->child.end == CHILD_SIGNALLED) {
        s->r->end = PHP_HOOK_KILLED;
    } else if (s->r->child.end == CHILD_CANCELLED) {
        s->r->end = PHP_HOOK_CANCELLED;
    } else if (s->r->child.end == CHILD_TIMED_OUT) {
        s->r->end = PHP_HOOK_TIMED_OUT;
    }
    free(json);
    buf_free(&code);
    return rc;
}

/* The last part of an absolute path below the store, for messages. */
static const char *below(const struct php_run *run, const char *file)
{
    size_t n = strlen(run->root);

    return strncmp(file, run->root, n) == 0 && file[n] == '/' ? file + n + 1 : file;
}

static int conclude(struct session *s, struct err *e)
{
    const struct php_hook_result *r = s->r;
    const char *hook = below(s->run, s->hook->file);
    struct buf how = {0};
    struct buf words = {0};

    php_error_words(&r->error, s->run->root, &words);
    child_describe(&r->child, &how);
    switch (r->end) {
    case PHP_HOOK_DONE:
    case PHP_HOOK_DONE_ZERO:
    case PHP_HOOK_HALTED:
        break;
    case PHP_HOOK_NO_FILE:
        err_set(e, ERR_ABSENT, "%s: the hook's file is missing, or the account PHP runs as can't read it",
                hook);
        break;
    case PHP_HOOK_NO_STORE:
        if (words.n > 0)
            err_set(e, ERR_CHILD, "%s: the store did not start, the hook was not called: %s", hook,
                    buf_cstr(&words));
        else
            err_set(e, ERR_CHILD,
                    "%s: the store ended while it was starting, the hook was not called (PHP %s)", hook,
                    buf_cstr(&how));
        break;
    case PHP_HOOK_NO_CLOSURE:
        err_set(e, ERR_CHILD, "%s: the file returns %s, not a function", hook, r->kind);
        break;
    case PHP_HOOK_BAD_RESULT:
        err_set(e, ERR_CHILD, "%s: call %u returned %s, which says neither done nor where to go on", hook,
                r->calls, r->kind);
        break;
    case PHP_HOOK_EXCEPTION:
    case PHP_HOOK_FATAL:
        err_set(e, ERR_CHILD, "%s: %s", hook, words.n > 0 ? buf_cstr(&words) : "PHP ended by a fatal error");
        break;
    case PHP_HOOK_QUIT:
        err_set(e, ERR_CHILD, "%s: the hook ended PHP (exit or die%s%s) instead of returning", hook,
                r->child.end == CHILD_EXITED ? ", " : "", r->child.end == CHILD_EXITED ? buf_cstr(&how) : "");
        break;
    case PHP_HOOK_STUCK:
        err_set(e, ERR_CHILD, "%s: %u calls in a row gave the same position, it does not advance", hook,
                s->same);
        break;
    case PHP_HOOK_KILLED:
        err_set(e, ERR_CHILD, "%s: PHP %s", hook, buf_cstr(&how));
        if (r->child.code == SIGKILL)
            err_fix(
                e, "signal 9 mostly comes from the kernel when memory runs out: look into dmesg, free memory "
                   "or add swap, then run the same command again");
        break;
    case PHP_HOOK_CANCELLED:
    case PHP_HOOK_TIMED_OUT:
        err_set(e, ERR_CHILD, "%s: %s", hook, buf_cstr(&how));
        break;
    case PHP_HOOK_NOT_RUN:
        err_wrap(e, "%s", hook);
        break;
    }
    buf_free(&words);
    buf_free(&how);
    return r->end == PHP_HOOK_DONE || r->end == PHP_HOOK_DONE_ZERO || r->end == PHP_HOOK_HALTED ? 0 : -1;
}

int php_hook_run(const struct php_run *run, const struct php_hook *hook, struct php_hook_result *r,
                 struct err *e)
{
    struct session s = {.run = run, .hook = hook, .r = r};
    int rc;

    memset(r, 0, sizeof *r);
    do
        rc = one_child(&s, e);
    while (rc == 0 && s.renew && r->child.end == CHILD_EXITED && (run->cancel == NULL || *run->cancel == 0));
    if (rc == 0 && s.renew && r->end == PHP_HOOK_QUIT && run->cancel != NULL && *run->cancel != 0)
        r->end = PHP_HOOK_CANCELLED;
    if (rc == 0 && r->error.text[0] == '\0')
        explain_silence(&s);
    rc = conclude(&s, e);
    buf_free(&s.last);
    arena_free(&s.mem);
    return rc;
}

void php_hook_free(struct php_hook_result *r)
{
    child_result_free(&r->child);
}
