/*
 * Loading dumps, changing places and changing back against a real server. tests/e2e/dumps.bats starts one:
 *
 *   TEST_DB_SOCKET    its socket, with a root that has no password; without it nothing is tested
 *
 * With words behind it the program is a tool for that file:
 *
 *   test_shadow_server load|switch|back|drop|state DATABASE TAG MODE CONNECTIONS PREFIX [FILE…]
 */
#include "db/shadow.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PIECE ((size_t)65536)

static struct mysql *root;
static struct err e;

/* ---- as a tool ---- */

static enum shadow_mode mode_of(const char *word)
{
    enum shadow_mode m;

    for (m = SHADOW_AUTO; m < SHADOW_IN_PLACE; m++)
        if (strcmp(word, shadow_mode_name(m)) == 0)
            return m;
    return SHADOW_IN_PLACE;
}

static int tool_file(struct shadow *s, const char *path)
{
    static char piece[PIECE];
    ssize_t n;
    int r;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_sys(&e, "%s", path);
    r = shadow_file(s, path, &e);
    while (r == 0 && (n = read(fd, piece, sizeof piece)) > 0)
        r = shadow_feed(s, (struct str){piece, (size_t)n}, &e);
    close(fd);
    return r == 0 ? shadow_file_end(s, &e) : -1;
}

static void tool_report(const struct shadow *s)
{
    const struct shadow_report *r = shadow_report(s);
    size_t i;

    printf("%s: %zu tables, %llu rows, %zu views, %zu triggers, %zu routines, %u connections\n", shadow_where(s),
           r->tables, (unsigned long long)r->rows, r->views, r->triggers, r->routines, r->connections);
    for (i = 0; i < r->passed_over.n; i++)
        printf("passed over: %s\n", r->passed_over.v[i]);
    for (i = 0; i < r->staying.n; i++)
        printf("staying: %s\n", r->staying.v[i]);
    for (i = 0; i < r->remarks.n; i++)
        printf("remark: %s\n", r->remarks.v[i]);
}

static int tool_load(struct shadow *s, char **files)
{
    struct sql_facts facts;
    int r;

    sql_facts_init(&facts);
    r = shadow_load_begin(s, &facts, &e);
    for (; r == 0 && *files != NULL; files++)
        r = tool_file(s, *files);
    if (r == 0)
        r = shadow_load_end(s, &e);
    if (r == 0)
        tool_report(s);
    sql_facts_free(&facts);
    return r;
}

static int tool(int argc, char **argv)
{
    static const char *const states[] = {"none", "ready", "switched", "back"};
    struct mysql_opts db = {0};
    struct shadow_opts o = {.db = &db};
    struct shadow *s = NULL;
    uint64_t bytes;
    int r;

    if (argc < 7)
        return 2;
    mysql_opts_set(&db.socket, str_of(getenv("TEST_DB_SOCKET")));
    mysql_opts_set(&db.user, str_of(getenv("TEST_DB_USER") != NULL ? getenv("TEST_DB_USER") : "root"));
    mysql_opts_set(&db.database, str_of(argv[2]));
    o.tag = argv[3];
    o.mode = mode_of(argv[4]);
    o.connections = (unsigned)strtoul(argv[5], NULL, 10);
    o.prefix = argv[6];
    o.from_prefix = getenv("TEST_FROM_PREFIX");
    r = shadow_open(&s, &o, &e);
    if (r == 0 && strcmp(argv[1], "load") == 0)
        r = tool_load(s, argv + 7);
    else if (r == 0 && strcmp(argv[1], "switch") == 0)
        r = shadow_switch(s, &e) != 0 || shadow_recheck(s, &e) != 0 ? -1 : 0;
    else if (r == 0 && strcmp(argv[1], "back") == 0)
        r = shadow_back(s, &e) != 0 || shadow_recheck(s, &e) != 0 ? -1 : 0;
    else if (r == 0 && strcmp(argv[1], "drop") == 0)
        r = shadow_drop(s, &bytes, &e);
    if (r == 0)
        printf("state: %s\n", states[shadow_state(s)]);
    else
        printf("error %d: %s\nfix: %s\n", (int)e.kind, e.text, e.fix);
    shadow_close(s);
    mysql_opts_free(&db);
    return r == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return tool(argc, argv);
    (void)root;
    return 0;
}
