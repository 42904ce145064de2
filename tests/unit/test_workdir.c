/* Work directories in a real file system. Where root may do everything, a child without rights asks. */
#include "rescue/workdir.h"

#include "base/mem.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char top[64];
static struct tree store;
static struct workdir w;
static struct err e;

static const char *at(const char *rel)
{
    static char path[4][512];
    static unsigned turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", top, rel);
    return path[turn];
}

static int setup(void **state)
{
    (void)state;
    snprintf(top, sizeof top, "/tmp/test_workdir.XXXXXX");
    assert_non_null(mkdtemp(top));
    assert_int_equal(mkdir(at("site"), 0755), 0);
    assert_int_equal(mkdir(at("site/shop"), 0755), 0);
    memset(&store, 0, sizeof store);
    assert_int_equal(tree_open(&store, at("site/shop"), &e), 0);
    workdir_init(&w);
    err_clear(&e);
    return 0;
}

static int teardown(void **state)
{
    struct tree all = {0};
    struct err ignored = {0};

    (void)state;
    workdir_close(&w);
    tree_close(&store);
    if (tree_open(&all, "/tmp", &ignored) == 0)
        tree_remove_tree(&all, top + strlen("/tmp/"), false, &ignored);
    tree_close(&all);
    return 0;
}

/* So many entries of a directory begin with ".toolkit-". */
static unsigned count_in(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *en;
    unsigned n = 0;

    assert_non_null(d);
    while ((en = readdir(d)) != NULL)
        n += strncmp(en->d_name, ".toolkit-", 9) == 0;
    closedir(d);
    return n;
}

static void looking_makes_nothing(void **state)
{
    (void)state;
    assert_int_equal(workdir_open(&w, &store, NULL, false, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_null(w.tree.path);
    assert_int_equal(count_in(at("site")), 0);
    assert_int_equal(count_in(at("site/shop")), 0);
    assert_int_equal(workdir_open(&w, &store, at("none"), false, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_int_equal(access(at("none"), F_OK), -1);
}

static void it_is_made_beside_the_store_for_its_owner_alone(void **state)
{
    struct stat st;

    (void)state;
    umask(0);
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), 0);
    umask(022);
    assert_int_equal(count_in(at("site")), 1);
    assert_int_equal(count_in(at("site/shop")), 0);
    assert_int_equal(fstat(w.tree.fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(tree_stat(&w.tree, ".htaccess", &st, &e), 0);
    assert_int_equal(st.st_mode & 077, 0);
    /* The name can't be guessed: two stores side by side get different ones. */
    assert_int_equal(strlen(strrchr(w.tree.path, '/') + 1), strlen(".toolkit-") + 16);
}

static void it_is_found_again(void **state)
{
    char *path;

    (void)state;
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), 0);
    path = mem_strdup(w.tree.path);
    workdir_close(&w);
    assert_int_equal(workdir_open(&w, &store, NULL, false, &e), 0);
    assert_string_equal(w.tree.path, path);
    workdir_close(&w);
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), 0);
    assert_string_equal(w.tree.path, path);
    assert_int_equal(count_in(at("site")), 1);
    free(path);
}

static void another_store_beside_gets_its_own(void **state)
{
    struct tree other = {0};
    struct workdir theirs;

    (void)state;
    assert_int_equal(mkdir(at("site/shop2"), 0755), 0);
    assert_int_equal(tree_open(&other, at("site/shop2"), &e), 0);
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), 0);
    assert_int_equal(workdir_open(&theirs, &other, NULL, false, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    err_clear(&e);
    assert_int_equal(workdir_open(&theirs, &other, NULL, true, &e), 0);
    assert_string_not_equal(theirs.tree.path, w.tree.path);
    assert_int_equal(count_in(at("site")), 2);
    workdir_close(&theirs);
    tree_close(&other);
}

/* A store that was copied with its work directory inside, or a name that somebody else has prepared. */
static void a_mark_of_another_store_is_not_taken(void **state)
{
    FILE *f;

    (void)state;
    assert_int_equal(mkdir(at("site/.toolkit-0123456789abcdef"), 0700), 0);
    f = fopen(at("site/.toolkit-0123456789abcdef/store"), "w");
    assert_non_null(f);
    fprintf(f, "%s/site/shop-of-yesterday\n", top);
    fclose(f);
    assert_int_equal(workdir_open(&w, &store, NULL, false, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    /* The right mark, but everybody may look in. */
    f = fopen(at("site/.toolkit-0123456789abcdef/store"), "w");
    assert_non_null(f);
    fprintf(f, "%s/site/shop\n", top);
    fclose(f);
    assert_int_equal(chmod(at("site/.toolkit-0123456789abcdef"), 0755), 0);
    err_clear(&e);
    assert_int_equal(workdir_open(&w, &store, NULL, false, &e), -1);
    assert_int_equal(chmod(at("site/.toolkit-0123456789abcdef"), 0700), 0);
    err_clear(&e);
    assert_int_equal(workdir_open(&w, &store, NULL, false, &e), 0);
    workdir_close(&w);
    /* A link to it is not it. */
    assert_int_equal(rename(at("site/.toolkit-0123456789abcdef"), at("elsewhere")), 0);
    assert_int_equal(symlink(at("elsewhere"), at("site/.toolkit-0123456789abcdef")), 0);
    assert_int_equal(workdir_open(&w, &store, NULL, false, &e), -1);
}

/* Runs fn in a child that is not root; its result is the child's. */
static int as_nobody(int (*fn)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (setgid(65534) < 0 || setuid(65534) < 0)
            _exit(99);
        _exit(fn());
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int open_inside(void)
{
    struct stat st;
    size_t n = strlen(store.path);

    if (workdir_open(&w, &store, NULL, true, &e) < 0)
        return 1;
    if (strncmp(w.tree.path, store.path, n) != 0 || w.tree.path[n] != '/')
        return 2;
    if (fstat(w.tree.fd, &st) < 0 || (st.st_mode & 07777) != 0700)
        return 3;
    /* What failed on the way to success must not be left in the error. */
    return e.kind == ERR_NONE ? 0 : 4;
}

static int cannot_open(void)
{
    if (workdir_open(&w, &store, NULL, true, &e) == 0)
        return 1;
    return e.kind == ERR_IO && e.fix[0] ? 0 : 2;
}

static void inside_the_store_when_its_parent_is_not_writable(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chmod(top, 0755), 0);
    assert_int_equal(as_nobody(cannot_open), 0);
    assert_int_equal(chown(at("site/shop"), 65534, 65534), 0);
    assert_int_equal(as_nobody(open_inside), 0);
    assert_int_equal(count_in(at("site")), 0);
    assert_int_equal(count_in(at("site/shop")), 1);
    assert_int_equal(as_nobody(open_inside), 0);
    assert_int_equal(count_in(at("site/shop")), 1);
}

static char *made;

static int sees_that_there_is_one(void)
{
    char *hidden = workdir_hidden(&store);
    int rc = hidden && strcmp(hidden, made) == 0 ? 0 : 1;

    if (workdir_open(&w, &store, NULL, false, &e) == 0)
        rc = 2;
    free(hidden);
    return rc;
}

static int sees_none(void)
{
    return workdir_hidden(&store) ? 1 : 0;
}

/* Who may not read it does not take it for none. */
static void another_users(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chmod(top, 0755), 0);
    assert_int_equal(as_nobody(sees_none), 0);
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), 0);
    made = mem_strdup(w.tree.path);
    assert_int_equal(as_nobody(sees_that_there_is_one), 0);
    assert_int_equal(sees_none(), 0);
    workdir_close(&w);
    assert_int_equal(chown(made, 65534, 65534), 0);
    assert_int_equal(as_nobody(sees_none), 0);
    free(made);
}

/* As on a full disk: the directory can be made, and nothing be written into it. */
static void one_that_could_not_be_finished_is_gone(void **state)
{
    struct rlimit before;
    struct rlimit none;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), -1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(count_in(at("site")), 0);
    assert_int_equal(count_in(at("site/shop")), 0);
}

static void a_chosen_one(void **state)
{
    char *path;
    FILE *f;

    (void)state;
    assert_int_equal(workdir_open(&w, &store, at("mine"), true, &e), 0);
    path = mem_strdup(w.tree.path);
    assert_string_equal(path, at("mine"));
    workdir_close(&w);
    assert_int_equal(workdir_open(&w, &store, at("mine"), false, &e), 0);
    workdir_close(&w);
    assert_int_equal(count_in(at("site")), 0);
    /* An empty folder is made ours, and private. */
    assert_int_equal(mkdir(at("empty"), 0755), 0);
    assert_int_equal(workdir_open(&w, &store, at("empty"), true, &e), 0);
    {
        struct stat st;

        assert_int_equal(fstat(w.tree.fd, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0700);
    }
    workdir_close(&w);
    /* One with somebody's files stays as it is. */
    assert_int_equal(mkdir(at("full"), 0755), 0);
    f = fopen(at("full/letter.txt"), "w");
    assert_non_null(f);
    fclose(f);
    assert_int_equal(workdir_open(&w, &store, at("full"), true, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_non_null(strstr(e.text, at("full")));
    assert_non_null(strstr(e.fix, "--work-dir"));
    assert_int_equal(access(at("full/letter.txt"), F_OK), 0);
    assert_int_equal(access(at("full/store"), F_OK), -1);
    err_clear(&e);
    assert_int_equal(workdir_open(&w, &store, at("full"), false, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    /* A file, and a folder whose parent is missing. */
    assert_int_equal(workdir_open(&w, &store, at("full/letter.txt"), true, &e), -1);
    assert_int_not_equal(e.kind, ERR_NONE);
    err_clear(&e);
    assert_int_equal(workdir_open(&w, &store, at("no/such/parent"), true, &e), -1);
    assert_int_not_equal(e.kind, ERR_NONE);
    free(path);
}

static void the_second_rescuer_learns_who_is_first(void **state)
{
    char host[65] = "";
    char pid[32];
    int ready[2];
    int go[2];
    char c;
    pid_t child;

    (void)state;
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), 0);
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    child = fork();
    if (child == 0) {
        struct workdir mine;
        struct err mine_e = {0};

        close(go[1]);
        if (workdir_open(&mine, &store, NULL, false, &mine_e) < 0 ||
            workdir_lock(&mine, "toolkit resume", &mine_e) < 0 || write(ready[1], "r", 1) != 1)
            _exit(1);
        if (read(go[0], &c, 1) < 0)
            _exit(1);
        kill(getpid(), SIGKILL);
    }
    assert_true(child > 0);
    close(go[0]);
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_int_equal(workdir_lock(&w, "toolkit labels", &e), -1);
    assert_int_equal(e.kind, ERR_LOCKED);
    snprintf(pid, sizeof pid, "process %d on ", (int)child);
    gethostname(host, sizeof host - 1);
    assert_non_null(strstr(e.text, pid));
    assert_non_null(strstr(e.text, host));
    assert_non_null(strstr(e.text, "\"toolkit resume\""));
    assert_true(e.fix[0] != '\0');
    /* A killed holder holds nothing. */
    close(go[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    err_clear(&e);
    assert_int_equal(workdir_lock(&w, "toolkit labels", &e), 0);
    close(ready[0]);
    close(ready[1]);
}

/* Another user can't read the first one's work directory, and makes one; or another one is named. */
static void another_work_directory_is_no_way_round_the_lock(void **state)
{
    struct workdir second;

    (void)state;
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), 0);
    assert_int_equal(workdir_lock(&w, "one", &e), 0);
    assert_int_equal(workdir_open(&second, &store, at("mine"), true, &e), 0);
    assert_int_equal(workdir_lock(&second, "two", &e), -1);
    assert_int_equal(e.kind, ERR_LOCKED);
    assert_true(e.fix[0] != '\0');
    err_clear(&e);
    workdir_close(&w);
    assert_int_equal(workdir_lock(&second, "two", &e), 0);
    workdir_close(&second);
}

static void closing_gives_the_lock_back(void **state)
{
    struct workdir second;

    (void)state;
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), 0);
    assert_int_equal(workdir_lock(&w, "one", &e), 0);
    assert_int_equal(workdir_open(&second, &store, NULL, false, &e), 0);
    assert_int_equal(workdir_lock(&second, "two", &e), -1);
    assert_int_equal(e.kind, ERR_LOCKED);
    workdir_close(&w);
    workdir_close(&w);
    assert_int_equal(workdir_lock(&second, "two", &e), 0);
    workdir_close(&second);
}

/* What stands in the lock file is somebody else's text, too: it must not run over the error or hold line ends. */
static void a_strange_lock_text_is_cut(void **state)
{
    struct workdir second;
    char text[1000];
    int fd;

    (void)state;
    assert_int_equal(workdir_open(&w, &store, NULL, true, &e), 0);
    assert_int_equal(workdir_lock(&w, "one", &e), 0);
    fd = openat(w.tree.fd, "lock", O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    memset(text, 'h', sizeof text);
    text[150] = '\n';
    assert_int_equal(write(fd, text, sizeof text), (ssize_t)sizeof text);
    close(fd);
    assert_int_equal(workdir_open(&second, &store, NULL, false, &e), 0);
    assert_int_equal(workdir_lock(&second, "two", &e), -1);
    assert_int_equal(e.kind, ERR_LOCKED);
    assert_null(strchr(e.text, '\n'));
    assert_true(strlen(e.text) < 300);
    workdir_close(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(looking_makes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_made_beside_the_store_for_its_owner_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_found_again, setup, teardown),
        cmocka_unit_test_setup_teardown(another_store_beside_gets_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_mark_of_another_store_is_not_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(inside_the_store_when_its_parent_is_not_writable, setup, teardown),
        cmocka_unit_test_setup_teardown(another_users, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_could_not_be_finished_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_chosen_one, setup, teardown),
        cmocka_unit_test_setup_teardown(the_second_rescuer_learns_who_is_first, setup, teardown),
        cmocka_unit_test_setup_teardown(another_work_directory_is_no_way_round_the_lock, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_gives_the_lock_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_strange_lock_text_is_cut, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
