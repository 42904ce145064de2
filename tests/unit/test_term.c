#include "base/term.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The two ends of a pseudo terminal of 100 columns. */
static int open_tty(int *master)
{
    struct winsize size = {.ws_row = 24, .ws_col = 100};
    int fd;

    *master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(*master >= 0);
    assert_int_equal(grantpt(*master), 0);
    assert_int_equal(unlockpt(*master), 0);
    fd = open(ptsname(*master), O_RDWR | O_NOCTTY);
    assert_true(fd >= 0);
    assert_int_equal(ioctl(fd, TIOCSWINSZ, &size), 0);
    return fd;
}

static void follows_the_environment(void **state)
{
    static const struct {
        struct term_env env;
        bool live;
        bool colour;
        bool utf8;
    } table[] = {
        {{.term = "xterm", .lang = "en_US.UTF-8"}, true, true, true},
        {{.term = "xterm", .lang = "C"}, true, true, false},
        {{.term = "xterm", .lang = "de_DE.utf8", .lc_all = "C"}, true, true, false},
        {{.term = "xterm", .lang = "C", .lc_ctype = "C.UTF-8", .lc_all = ""}, true, true, true},
        {{.term = "xterm", .no_color = "1"}, true, false, false},
        {{.term = "xterm", .no_color = ""}, true, true, false},
        {{.term = "xterm", .plain = true}, true, false, false},
        {{.term = "dumb"}, false, false, false},
        {{.term = ""}, false, false, false},
        {{.term = NULL}, false, false, false},
    };
    int master;
    int fd = open_tty(&master);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct term t;

        term_init(&t, fd, &table[i].env);
        assert_true(t.tty);
        assert_int_equal(t.live, table[i].live);
        assert_int_equal(t.colour, table[i].colour);
        assert_int_equal(t.utf8, table[i].utf8);
        assert_int_equal(t.columns, 100);
    }
    close(fd);
    close(master);
}

static void takes_a_tiny_window_for_no_answer(void **state)
{
    static const struct term_env env = {.term = "xterm"};
    struct winsize size = {.ws_col = 3};
    int master;
    int fd = open_tty(&master);
    struct term t;

    (void)state;
    assert_int_equal(ioctl(fd, TIOCSWINSZ, &size), 0);
    term_init(&t, fd, &env);
    assert_int_equal(t.columns, 80);
    close(fd);
    close(master);
}

static void a_pipe_is_plain(void **state)
{
    static const struct term_env env = {.term = "xterm", .lang = "C.UTF-8"};
    struct err e = {0};
    struct buf out = {0};
    char got[64];
    int ends[2];
    struct term t;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    term_init(&t, ends[1], &env);
    assert_false(t.tty || t.live || t.colour);
    assert_true(t.utf8);
    assert_int_equal(t.columns, 0);
    term_add(&t, &out, TERM_RED, STR("a\x1b[2J\nb"));
    assert_string_equal(buf_cstr(&out), "a\\x1b[2J\\nb");
    assert_int_equal(term_write(&t, &out, &e), 0);
    assert_int_equal(out.n, 0);
    assert_int_equal(read(ends[0], got, sizeof got), 11);
    assert_memory_equal(got, "a\\x1b[2J\\nb", 11);
    buf_free(&out);
    close(ends[0]);
    close(ends[1]);
}

static void styles(void **state)
{
    struct term t = {.colour = true};
    struct buf out = {0};

    (void)state;
    term_add(&t, &out, TERM_RED, STR("x"));
    term_add(&t, &out, TERM_RED, STR(""));
    term_add(&t, &out, TERM_RESET, STR("y"));
    assert_string_equal(buf_cstr(&out), "\x1b[31mx\x1b[0my");
    assert_string_equal(term_style(&t, TERM_BOLD), "\x1b[1m");
    t.colour = false;
    assert_string_equal(term_style(&t, TERM_BOLD), "");
    buf_free(&out);
}

static void a_full_disk_is_an_error(void **state)
{
    struct term t = {.fd = open("/dev/full", O_WRONLY)};
    struct buf out = {0};
    struct err e = {0};

    (void)state;
    assert_true(t.fd >= 0);
    buf_adds(&out, "x");
    assert_int_equal(term_write(&t, &out, &e), -1);
    assert_int_equal(e.kind, ERR_IO);
    assert_int_equal(out.n, 0);
    close(t.fd);
    buf_free(&out);
}

static void waits_for_a_slow_reader(void **state)
{
    enum { MUCH = 300000 };
    struct buf out = {0};
    struct err e = {0};
    struct term t = {0};
    int ends[2];
    pid_t reader;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        char piece[4096];
        size_t sum = 0;
        ssize_t n;

        close(ends[1]);
        while ((n = read(ends[0], piece, sizeof piece)) > 0)
            sum += (size_t)n;
        _exit(sum == MUCH ? 0 : 1);
    }
    close(ends[0]);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    memset(buf_room(&out, MUCH), 'x', MUCH);
    out.n = MUCH;
    t.fd = ends[1];
    assert_int_equal(term_write(&t, &out, &e), 0);
    close(ends[1]);
    {
        int status = -1;

        assert_int_equal(waitpid(reader, &status, 0), reader);
        assert_int_equal(status, 0);
    }
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_environment), cmocka_unit_test(takes_a_tiny_window_for_no_answer),
        cmocka_unit_test(a_pipe_is_plain),         cmocka_unit_test(styles),
        cmocka_unit_test(a_full_disk_is_an_error), cmocka_unit_test(waits_for_a_slow_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
