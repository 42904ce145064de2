/* What the store's own code printed, shown when it failed: the end of it is nearest to the fault. */
#include "platform/xcart5/steps.h"

#define LINES_MAX 12

static void say_tail(struct work *w, const char *from, const struct child_text *text)
{
    struct buf all = {0};
    struct str rest;
    struct str line;
    size_t lines = 0;
    size_t at;

    child_text_join(text, &all);
    rest = str_trim(buf_str(&all));
    for (at = rest.n; at > 0; at--)
        if (rest.p[at - 1] == '\n' && ++lines == LINES_MAX)
            break;
    rest = str_sub(rest, at, rest.n);
    if (rest.n > 0)
        w->say(w, "its last words on %s:", from);
    while (str_line(&rest, &line))
        w->say(w, "| %.*s", STR_FMT(line));
    buf_free(&all);
}

void xc_say_output(struct work *w, const struct child_result *child, const struct php_error *error)
{
    say_tail(w, "standard output", &child->out);
    /* PHP's own report is told as the error already; its backtrace is of our runner. */
    if (error->text[0] == '\0')
        say_tail(w, "standard error", &child->err);
}
