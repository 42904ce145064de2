#include "base/term.h"

#include "base/esc.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Wide enough for a word and a bar; a smaller answer of the terminal is taken as no answer. */
#define COLUMNS_LEAST 20U
#define COLUMNS_USUAL 80U

void term_env_read(struct term_env *env)
{
    *env = (struct term_env){
        .no_color = getenv("NO_COLOR"),
        .term = getenv("TERM"),
        .lc_all = getenv("LC_ALL"),
        .lc_ctype = getenv("LC_CTYPE"),
        .lang = getenv("LANG"),
    };
}

static bool is_set(const char *s)
{
    return s != NULL && s[0] != '\0';
}

static bool speaks_utf8(const struct term_env *env)
{
    const char *locale = is_set(env->lc_all)     ? env->lc_all
                         : is_set(env->lc_ctype) ? env->lc_ctype
                                                 : env->lang;
    struct str s = str_of(locale);

    return str_has_nocase(s, STR("UTF-8")) || str_has_nocase(s, STR("UTF8"));
}

static unsigned columns_of(int fd)
{
    struct winsize size = {0};

    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < COLUMNS_LEAST)
        return COLUMNS_USUAL;
    return size.ws_col;
}

void term_init(struct term *t, int fd, const struct term_env *env)
{
    *t = (struct term){.fd = fd, .tty = isatty(fd) == 1};
    t->live = t->tty && is_set(env->term) && strcmp(env->term, "dumb") != 0;
    t->colour = t->live && !env->plain && !is_set(env->no_color);
    t->utf8 = speaks_utf8(env);
    t->columns = t->tty ? columns_of(fd) : 0;
}

const char *term_style(const struct term *t, enum term_style style)
{
    static const char *const start[] = {
        [TERM_RESET] = "\x1b[0m", [TERM_BOLD] = "\x1b[1m",   [TERM_DIM] = "\x1b[2m",
        [TERM_RED] = "\x1b[31m",  [TERM_GREEN] = "\x1b[32m", [TERM_YELLOW] = "\x1b[33m",
    };

    return t->colour ? start[style] : "";
}

void term_add(const struct term *t, struct buf *out, enum term_style style, struct str text)
{
    if (style == TERM_RESET || text.n == 0) {
        esc_term(out, text);
        return;
    }
    buf_adds(out, term_style(t, style));
    esc_term(out, text);
    buf_adds(out, term_style(t, TERM_RESET));
}

int term_write(const struct term *t, struct buf *out, struct err *e)
{
    size_t done = 0;
    int status = 0;

    while (done < out->n) {
        ssize_t n = write(t->fd, out->p + done, out->n - done);

        if (n >= 0) {
            done += (size_t)n;
            continue;
        }
        if (errno == EAGAIN) {
            struct pollfd ready = {.fd = t->fd, .events = POLLOUT};

            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            status = err_sys(e, t->fd == STDOUT_FILENO ? "writing the result" : "writing a message");
            break;
        }
    }
    buf_reset(out);
    return status;
}
