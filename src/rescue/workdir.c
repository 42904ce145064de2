#include "rescue/workdir.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "sys/entropy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MARK_FILE "store"
#define LOCK_FILE "lock"
#define PREFIX    ".toolkit-"

void workdir_init(struct workdir *w)
{
    memset(w, 0, sizeof *w);
    w->tree.fd = -1;
    w->lock_fd = -1;
    w->store_fd = -1;
}

void workdir_close(struct workdir *w)
{
    if (w->lock_fd >= 0)
        close(w->lock_fd);
    if (w->store_fd >= 0)
        close(w->store_fd);
    tree_close(&w->tree);
    workdir_init(w);
}

/* The mark names the store, so that a copied or renamed folder is never taken for this store's. */
static bool is_ours(const char *path, const struct tree *store)
{
    struct tree t = {.fd = -1};
    struct buf mark = {0};
    struct err ignored = {0};
    struct stat st;
    bool ours = false;

    if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode) || (st.st_mode & 077) != 0)
        return false;
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return false;
    if (tree_open(&t, path, &ignored) < 0)
        return false;
    if (tree_read(&t, MARK_FILE, 8192, &mark, &ignored) == 0)
        ours = str_is(str_trim(buf_str(&mark)), store->path);
    buf_free(&mark);
    tree_close(&t);
    return ours;
}

/* Nobody can tell without reading it whose store it is of. */
static bool is_hidden(const char *path, const struct tree *store)
{
    struct stat st;

    (void)store;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid != geteuid() && access(path, R_OK | X_OK) != 0;
}

struct search {
    const char *dir;
    const struct tree *store;
    bool (*is_it)(const char *path, const struct tree *store);
    char *found;
};

static int look_at(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct search *s = arg;
    struct buf path = {0};

    (void)e;
    if (type != DT_DIR || s->found || strncmp(name, PREFIX, strlen(PREFIX)) != 0)
        return 0;
    buf_printf(&path, "%s/%s", s->dir, name);
    if (s->is_it(buf_cstr(&path), s->store))
        s->found = mem_strdup(buf_cstr(&path));
    buf_free(&path);
    return 0;
}

/* The first folder in `dir` that is it, or NULL; where `dir` can't be read there is none. The caller frees it. */
static char *find_in(const char *dir, const struct tree *store, bool (*is_it)(const char *path, const struct tree *store))
{
    struct search search = {.dir = dir, .store = store, .is_it = is_it};
    struct tree t = {.fd = -1};
    struct err ignored = {0};

    if (tree_open(&t, dir, &ignored) == 0)
        tree_list(&t, "", look_at, &search, &ignored);
    tree_close(&t);
    return search.found;
}

static int write_file(int dir, const char *name, const char *text, struct err *e)
{
    size_t n = strlen(text);
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    int rc = 0;

    if (fd < 0)
        return err_sys(e, "%s in the work directory", name);
    if (write(fd, text, n) != (ssize_t)n || fsync(fd) < 0)
        rc = err_sys(e, "%s in the work directory", name);
    close(fd);
    return rc;
}

/* Fills an empty or foreign-free directory with what makes it ours. */
static int furnish(const char *path, const struct tree *store, struct err *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct buf mark = {0};
    int rc = -1;

    if (fd < 0)
        return err_sys(e, "work directory %s", path);
    buf_printf(&mark, "%s\n", store->path);
    if (write_file(fd, ".htaccess", "Require all denied\nDeny from all\n", e) == 0 &&
        write_file(fd, MARK_FILE, buf_cstr(&mark), e) == 0)
        rc = 0;
    close(fd);
    buf_free(&mark);
    return rc;
}

/* On a full disk each attempt would leave one more that nobody knows again. */
static void remove_unfinished(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0) {
        unlinkat(fd, ".htaccess", 0);
        unlinkat(fd, MARK_FILE, 0);
        close(fd);
    }
    rmdir(path);
}

/* A fresh directory in `dir` under a name that can't be guessed; NULL with e set when it can't be made. */
static char *make_in(const char *dir, const struct tree *store, struct err *e)
{
    uint8_t random[8];
    char hex[sizeof random * 2 + 1];
    struct buf path = {0};
    char *made = NULL;

    if (entropy_bytes(random, sizeof random, e) < 0)
        return NULL;
    str_hex(random, sizeof random, hex);
    buf_printf(&path, "%s/" PREFIX "%s", dir, hex);
    if (mkdir(buf_cstr(&path), 0700) < 0)
        err_sys(e, "work directory %s", buf_cstr(&path));
    else if (furnish(buf_cstr(&path), store, e) == 0)
        made = mem_strdup(buf_cstr(&path));
    else
        remove_unfinished(buf_cstr(&path));
    buf_free(&path);
    return made;
}

static char *parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL || slash == path)
        return NULL;
    return mem_dup(path, (size_t)(slash - path));
}

static bool same_file_system(const char *a, const char *b)
{
    struct stat sa;
    struct stat sb;

    return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev;
}

static char *open_chosen(const char *chosen, const struct tree *store, bool create, struct err *e)
{
    char *path = NULL;

    if (create && mkdir(chosen, 0700) < 0 && errno != EEXIST) {
        err_sys(e, "work directory %s", chosen);
        return NULL;
    }
    path = realpath(chosen, NULL);
    if (path == NULL) {
        err_sys(e, "work directory %s", chosen);
        if (errno == ENOENT)
            e->kind = ERR_ABSENT;
        return NULL;
    }
    if (is_ours(path, store))
        return path;
    if (!create) {
        err_set(e, ERR_ABSENT, "%s is not a work directory of this store", path);
    } else if (rmdir(path) == 0 && mkdir(path, 0700) == 0) {
        /* rmdir proved that it was empty. */
        if (furnish(path, store, e) == 0)
            return path;
    } else {
        err_set(e, ERR_REFUSED, "%s can't be the work directory: it holds files that are not this store's rescue",
                path);
        err_fix(e, "name an empty or a new folder with --work-dir");
    }
    free(path);
    return NULL;
}

int workdir_open(struct workdir *w, const struct tree *store, const char *chosen, bool create, struct err *e)
{
    char *parent = parent_of(store->path);
    char *path = NULL;
    int rc = -1;

    workdir_init(w);
    if (chosen) {
        path = open_chosen(chosen, store, create, e);
    } else {
        if (parent)
            path = find_in(parent, store, is_ours);
        if (path == NULL)
            path = find_in(store->path, store, is_ours);
        if (path == NULL && create && parent && same_file_system(parent, store->path))
            path = make_in(parent, store, e);
        if (path == NULL && create) {
            /* Beside the store was only the better place. */
            err_clear(e);
            path = make_in(store->path, store, e);
        }
        if (path == NULL && !create)
            err_set(e, ERR_ABSENT, "no rescue of this store has been started");
    }
    if (path && tree_open(&w->tree, path, e) == 0) {
        w->store_fd = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rc = 0;
    }
    free(parent);
    free(path);
    return rc;
}

char *workdir_hidden(const struct tree *store)
{
    char *parent = parent_of(store->path);
    char *path = parent ? find_in(parent, store, is_hidden) : NULL;

    free(parent);
    return path ? path : find_in(store->path, store, is_hidden);
}

static void name_holder(int fd, struct err *e)
{
    char text[200];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);

    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    err_set(e, ERR_LOCKED, "another rescue of this store is running: %s", text[0] ? text : "holder unknown");
    err_fix(e, "wait until it has ended, or stop it; the lock goes with its process");
}

/* Where a file system locks no folders the lock of the work directory is all there is. */
static int lock_store(const struct workdir *w, struct err *e)
{
    if (w->store_fd < 0 || flock(w->store_fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return 0;
    err_set(e, ERR_LOCKED, "another rescue of this store is running, of another user or with another work directory");
    return err_fix(e, "wait until it has ended, or stop it; the lock goes with its process");
}

int workdir_lock(struct workdir *w, const char *command, struct err *e)
{
    struct utsname host;
    struct buf text = {0};
    char at[20];
    int fd = openat(w->tree.fd, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    int rc = -1;

    if (fd < 0)
        return err_sys(e, "%s/" LOCK_FILE, w->tree.path);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK)
            name_holder(fd, e);
        else
            err_sys(e, "%s/" LOCK_FILE, w->tree.path);
        close(fd);
        return -1;
    }
    if (lock_store(w, e) < 0) {
        close(fd);
        return -1;
    }
    if (uname(&host) < 0)
        memset(&host, 0, sizeof host);
    clock_local(clock_wall(), at);
    buf_printf(&text, "process %ld on %s, \"%s\", since %s\n", (long)getpid(), host.nodename, command, at);
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text.p, text.n, 0) != (ssize_t)text.n) {
        err_sys(e, "%s/" LOCK_FILE, w->tree.path);
        close(fd);
    } else {
        w->lock_fd = fd;
        rc = 0;
    }
    buf_free(&text);
    return rc;
}

int workdir_undo(const struct workdir *w, int64_t case_id, bool create, struct tree *undo, struct err *e)
{
    char name[40];

    snprintf(name, sizeof name, "undo-%lld", (long long)case_id);
    if (create && tree_mkdirs(&w->tree, name, NULL, NULL, e) < 0)
        return -1;
    return tree_open_sub(undo, &w->tree, name, e);
}
