#include "sys/php_call.h"

struct session {
    const struct php_run *run;
    struct buf *said;
    bool entered;
    bool done;
    bool no_store; /* the fault came while the store was loaded */
    struct php_error error;
};

static void on_report(struct session *x, struct str line)
{
    struct str word = str_cut(line, ' ', &line);
    struct php_code_fault fault;

    if (str_is(word, "call")) {
        x->entered = true;
    } else if (str_is(word, "done")) {
        x->done = true;
        if (x->said)
            buf_addstr(x->said, line);
    } else if (str_is(word, "error") && php_code_fault(line, &fault)) {
        x->error = fault.error;
        x->no_store = str_is(fault.stage, "store");
    }
}

static enum child_reply on_line(void *arg, enum child_stream from, struct str line)
{
    struct session *x = arg;

    if (from == CHILD_REPORT)
        on_report(x, line);
    else if (x->run->output)
        x->run->output(x->run->arg, from, line);
    return CHILD_GO_ON;
}

static int conclude(struct session *x, const struct child_result *child, const char *what, struct err *e)
{
    struct buf words = {0};
    struct buf text = {0};

    if (x->done)
        return 0;
    if (x->error.text[0] == '\0') {
        child_text_join(&child->err, &text);
        buf_addc(&text, '\n');
        child_text_join(&child->out, &text);
        php_error_find(buf_str(&text), &x->error);
    }
    if (x->error.text[0])
        php_error_words(&x->error, x->run->root, &words);
    else
        child_describe(child, &words);
    err_set(e, ERR_CHILD, "%s: %s%s", what, x->no_store ? "the store did not start: " : "", buf_cstr(&words));
    if (!x->entered) {
        e->kind = ERR_ABSENT;
        err_fix(e, "nothing of it was run: mend the cause, then run the same command again");
    }
    buf_free(&words);
    buf_free(&text);
    return -1;
}

int php_call_run(const struct php_run *run, const struct php_call *call, struct err *e)
{
    struct session x = {.run = run, .said = call->said};
    struct child_result child = {0};
    int rc = php_code_run(run, call->code, call->args, on_line, &x, &child, e);

    if (rc < 0)
        err_wrap(e, "%s", call->what);
    else
        rc = conclude(&x, &child, call->what, e);
    child_result_free(&child);
    return rc;
}
