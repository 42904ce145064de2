#include "sys/php_run.h"

#include "base/esc.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum child_reply pass_on(void *arg, enum child_stream from, struct str line)
{
    const struct php_run *run = arg;

    run->output(run->arg, from, line);
    return CHILD_GO_ON;
}

/* The last line that says something, for a script that ends badly without a message of PHP. */
static void last_words(const struct child_text *text, struct buf *out)
{
    struct buf joined = {0};
    struct str rest, line;
    struct str last = {NULL, 0};

    child_text_join(text, &joined);
    rest = buf_str(&joined);
    while (str_line(&rest, &line))
        if (str_trim(line).n > 0)
            last = str_trim(line);
    esc_term(out, str_sub(last, 0, 300));
    buf_free(&joined);
}

static int judge(const struct php_run *run, const char *script, struct php_script_result *r, struct err *e)
{
    struct buf text = {0};
    struct buf words = {0};
    int rc = 0;

    child_text_join(&r->child.err, &text);
    buf_addc(&text, '\n');
    child_text_join(&r->child.out, &text);
    child_describe(&r->child, &words);
    if (r->child.end != CHILD_EXITED && r->child.end != CHILD_SIGNALLED) {
        rc = err_set(e, ERR_CHILD, "php %s %s", script, buf_cstr(&words));
    } else if (php_error_find(buf_str(&text), &r->error)) {
        buf_reset(&words);
        php_error_words(&r->error, run->root, &words);
        rc = err_set(e, ERR_CHILD, "php %s: %s", script, buf_cstr(&words));
    } else if (r->child.end != CHILD_EXITED || r->child.code != 0) {
        buf_adds(&words, "; its last words: ");
        last_words(r->child.err.total > 0 ? &r->child.err : &r->child.out, &words);
        rc = err_set(e, ERR_CHILD, "php %s %s", script, buf_cstr(&words));
    }
    buf_free(&text);
    buf_free(&words);
    return rc;
}

int php_script_run(const struct php_run *run, const char *script, const char *const *args,
                   struct php_script_result *r, struct err *e)
{
    static const char *const options[] = {PHP_RUN_OPTIONS};
    const size_t noptions = sizeof options / sizeof *options;
    struct php_run copy = *run;
    struct child_opts o = {.env = run->env,
                           .cwd = run->dir,
                           .as = run->as,
                           .timeout_ms = run->timeout_ms,
                           .cancel = run->cancel,
                           .line = run->output != NULL ? pass_on : NULL,
                           .arg = &copy,
                           .ops = run->ops};
    const char **argv;
    size_t nargs = 0;
    int rc;

    memset(r, 0, sizeof *r);
    if (faccessat(run->dir, script, F_OK, 0) != 0) {
        err_sys(e, "%s/%s", run->root, script);
        e->kind = ERR_ABSENT;
        return -1;
    }
    while (args != NULL && args[nargs] != NULL)
        nargs++;
    argv = mem_array(noptions + nargs + 3, sizeof *argv);
    argv[0] = run->php;
    memcpy(argv + 1, options, sizeof options);
    argv[noptions + 1] = script;
    if (nargs > 0)
        memcpy(argv + noptions + 2, args, nargs * sizeof *args);
    o.argv = argv;
    rc = child_run(&o, &r->child, e);
    if (rc == 0)
        rc = judge(run, script, r, e);
    free(argv);
    return rc;
}

void php_script_free(struct php_script_result *r)
{
    child_result_free(&r->child);
}
