#include "cmd/ask.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What the strictest of the shops asks for. */
#define SECRET_MIN 8

void ask_wipe(struct secret *s)
{
    explicit_bzero(s, sizeof *s);
}

/* 1: a byte, 0: the end, -1. Signals that ask to stop end the wait. */
static int next_byte(const struct app *a, char *c, struct err *e)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t n;

    do {
        if (a->stop && *a->stop)
            return err_set(e, ERR_STOPPED, "you asked to stop; nothing was changed");
        n = poll(&p, 1, -1);
        if (n > 0)
            n = read(STDIN_FILENO, c, 1);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? err_sys(e, "standard input") : (int)n;
}

/* Bytes behind the longest password are read, too, so that they do not reach the shell. */
static int read_line(const struct app *a, struct secret *out, struct err *e)
{
    size_t n = 0;
    char c = 0;
    int rc;

    while ((rc = next_byte(a, &c, e)) == 1 && c != '\n') {
        if (n < sizeof out->text - 1)
            out->text[n] = c;
        n++;
    }
    if (rc == 1 && n > 0 && n < sizeof out->text && out->text[n - 1] == '\r')
        n--;
    if (rc >= 0 && n > PASSWORD_MAX)
        rc = err_set(e, ERR_USAGE, "the password is longer than %d bytes: shops take no more of it into account", PASSWORD_MAX);
    out->n = n < sizeof out->text ? n : 0;
    out->text[out->n] = '\0';
    return rc < 0 ? -1 : 0;
}

/* Keys that would leave the terminal as it is now, without an echo, do nothing for the moment. */
static int ask_once(struct app *a, const char *prompt, struct secret *out, struct err *e)
{
    struct termios before;
    struct termios now;
    int rc;

    if (tcgetattr(STDIN_FILENO, &before) < 0)
        return err_sys(e, "the terminal");
    now = before;
    now.c_lflag &= ~(tcflag_t)ECHO;
    now.c_lflag |= ECHONL | ICANON;
    now.c_cc[VSUSP] = _POSIX_VDISABLE;
    now.c_cc[VQUIT] = _POSIX_VDISABLE;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &now) < 0)
        return err_sys(e, "the terminal");
    fprintf(stderr, "%s: ", prompt);
    fflush(stderr);
    rc = read_line(a, out, e);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    if (rc < 0 && e->kind == ERR_STOPPED)
        fputc('\n', stderr);
    return rc;
}

/* Forms of shops cut blanks off, and take these characters for markup or for the beginning of another one before they compare. */
static int check(const struct secret *s, struct err *e)
{
    static const char changed[] = "<>&\"'\\";

    if (s->n == 0)
        return err_set(e, ERR_USAGE, "no password was given");
    if (s->n < SECRET_MIN)
        return err_set(e, ERR_USAGE, "the password is shorter than %d characters, which shops refuse", SECRET_MIN);
    for (size_t i = 0; i < s->n; i++) {
        if ((unsigned char)s->text[i] < ' ' || s->text[i] == 0x7f)
            return err_set(e, ERR_USAGE, "the password has a control character in it");
        if (strchr(changed, s->text[i]) != NULL)
            return err_set(e, ERR_USAGE, "the password has one of %s in it, which some shops change before they compare", changed);
    }
    if (s->text[0] == ' ' || s->text[s->n - 1] == ' ')
        return err_set(e, ERR_USAGE, "the password begins or ends with a blank, which shops cut off");
    return 0;
}

int ask_secret(struct app *a, const char *what, struct secret *out, struct err *e)
{
    struct secret again = {.n = 0};
    int rc;

    memset(out, 0, sizeof *out);
    if (!isatty(STDIN_FILENO))
        return read_line(a, out, e) < 0 ? -1 : check(out, e);
    app_flush(a);
    rc = ask_once(a, what, out, e);
    if (rc == 0)
        rc = check(out, e);
    if (rc == 0)
        rc = ask_once(a, "The same once more", &again, e);
    if (rc == 0 && (again.n != out->n || memcmp(again.text, out->text, out->n) != 0))
        rc = err_set(e, ERR_USAGE, "the two are not the same; nothing was changed");
    ask_wipe(&again);
    return rc;
}
