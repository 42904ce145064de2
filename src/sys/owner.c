#include "sys/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Account files above this size are read up to here; the longest seen on shared hosting are near 1 MiB. */
#define ACCOUNTS_MAX ((size_t)4 * 1024 * 1024)

static void read_accounts(const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return;
    while (out->n < ACCOUNTS_MAX) {
        ssize_t n = read(fd, buf_room(out, 16384), 16384);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        out->n += (size_t)n;
    }
    close(fd);
}

/* Splits a line at its colons; false unless it has at least n fields. */
static bool fields_of(struct str line, struct str *field, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (line.p == NULL)
            return false;
        field[i] = str_cut(line, ':', &line);
    }
    return true;
}

static void keep(char *to, size_t size, struct str s)
{
    if (s.n >= size || (s.n > 0 && memchr(s.p, '\0', s.n) != NULL))
        return;
    if (s.n > 0)
        memcpy(to, s.p, s.n);
    to[s.n] = '\0';
}

static void add_group(struct owner *o, gid_t gid)
{
    for (size_t i = 0; i < o->ngroups; i++)
        if (o->groups[i] == gid)
            return;
    if (gid != o->gid && o->ngroups < OWNER_GROUPS_MAX)
        o->groups[o->ngroups++] = gid;
}

void owner_account(struct owner *o, const char *passwd, const char *group)
{
    struct buf text = {0};
    struct str rest, line, field[6], member;
    uint64_t id;

    o->name[0] = o->home[0] = '\0';
    o->ngroups = 0;
    read_accounts(passwd, &text);
    rest = buf_str(&text);
    while (str_line(&rest, &line)) {
        if (!fields_of(line, field, 6) || !str_u64(field[2], UINT32_MAX, &id) || (uid_t)id != o->uid)
            continue;
        keep(o->name, sizeof o->name, field[0]);
        keep(o->home, sizeof o->home, field[5]);
        /* Files may bear another group than the account's first one, which then counts as well. */
        if (str_u64(field[3], UINT32_MAX, &id))
            add_group(o, (gid_t)id);
        break;
    }
    buf_reset(&text);
    if (o->name[0] != '\0')
        read_accounts(group, &text);
    rest = buf_str(&text);
    while (str_line(&rest, &line)) {
        if (!fields_of(line, field, 4) || !str_u64(field[2], UINT32_MAX, &id))
            continue;
        while (field[3].p != NULL) {
            member = str_cut(field[3], ',', &field[3]);
            if (str_is(member, o->name))
                add_group(o, (gid_t)id);
        }
    }
    buf_free(&text);
}

int owner_of_tree(const struct tree *t, struct owner_at *at, size_t n, struct owner *o, bool *mixed,
                  struct err *e)
{
    const struct owner_at *chosen = NULL;
    struct stat st;

    *mixed = false;
    memset(o, 0, sizeof *o);
    for (size_t i = 0; i < n; i++) {
        at[i].found = false;
        if (tree_stat(t, at[i].path, &st, e) != 0) {
            if (e->kind != ERR_ABSENT)
                return -1;
            err_clear(e);
            continue;
        }
        at[i].found = true;
        at[i].uid = st.st_uid;
        at[i].gid = st.st_gid;
        if (chosen != NULL && chosen->uid != at[i].uid)
            *mixed = true;
        if (chosen == NULL || (chosen->uid == 0 && at[i].uid != 0))
            chosen = &at[i];
    }
    if (chosen == NULL)
        return err_set(e, ERR_ABSENT, "%s: nothing of the store is there that would tell its owner", t->path);
    o->uid = chosen->uid;
    o->gid = chosen->gid;
    owner_account(o, OWNER_PASSWD, OWNER_GROUP);
    return 0;
}

const char *owner_deny_text(enum owner_deny deny)
{
    switch (deny) {
    case OWNER_MAY:
        return "writable";
    case OWNER_NO_ENTRY:
        return "the directory may not be entered";
    case OWNER_DIR_READONLY:
        return "the directory is not writable";
    case OWNER_FILE_READONLY:
        return "the file is not writable";
    case OWNER_STICKY:
        return "the directory is sticky and the file belongs to another account";
    case OWNER_MOUNT:
        return "the file system is mounted read-only";
    case OWNER_NOT_FILE:
        return "neither a file nor a directory";
    }
    return "unknown";
}

bool owner_allowed(const struct owner *o, const struct stat *st, int want)
{
    unsigned bits = st->st_mode & 07;
    bool member = st->st_gid == o->gid;

    if (o->uid == 0)
        return (want & X_OK) == 0 || S_ISDIR(st->st_mode) || (st->st_mode & 0111) != 0;
    for (size_t i = 0; !member && i < o->ngroups; i++)
        member = st->st_gid == o->groups[i];
    if (st->st_uid == o->uid)
        bits = st->st_mode >> 6 & 07;
    else if (member)
        bits = st->st_mode >> 3 & 07;
    return (bits & (unsigned)want) == (unsigned)want;
}

static bool mounted_readonly(const struct tree *t, const char *dir)
{
    struct statvfs sv;
    struct err ignored;
    bool readonly = false;
    int fd;

    if (dir[0] == '\0')
        return t->ops->fstatvfs(t->fd, &sv) == 0 && (sv.f_flag & ST_RDONLY) != 0;
    fd = tree_open_dir(t, dir, &ignored);
    if (fd >= 0) {
        readonly = t->ops->fstatvfs(fd, &sv) == 0 && (sv.f_flag & ST_RDONLY) != 0;
        t->ops->close(fd);
    }
    return readonly;
}

/* Judges the object at the end of the way, and the directory that holds it. */
static enum owner_deny judge(const struct owner *o, const struct stat *dir, const struct stat *st)
{
    if (S_ISDIR(st->st_mode))
        return owner_allowed(o, st, W_OK | X_OK) ? OWNER_MAY : OWNER_DIR_READONLY;
    if (!S_ISREG(st->st_mode))
        return OWNER_NOT_FILE;
    if (!owner_allowed(o, st, W_OK))
        return OWNER_FILE_READONLY;
    if (!owner_allowed(o, dir, W_OK | X_OK))
        return OWNER_DIR_READONLY;
    if ((dir->st_mode & S_ISVTX) != 0 && o->uid != 0 && o->uid != st->st_uid && o->uid != dir->st_uid)
        return OWNER_STICKY;
    return OWNER_MAY;
}

int owner_may_write(const struct tree *t, const struct owner *o, const char *path, enum owner_deny *deny,
                    char where[PATH_MAX], struct err *e)
{
    struct str whole = str_of(path);
    char way[PATH_MAX] = "";
    char dirname[PATH_MAX] = "";
    struct stat dir, st;
    size_t end = 0;
    bool missing = false;

    *deny = OWNER_MAY;
    if (whole.n != 0 && !str_is_safe_path(whole))
        return err_set(e, ERR_REFUSED, "%s: not a path below the store", path);
    if (tree_stat(t, "", &dir, e) != 0)
        return -1;
    st = dir;
    while (end < whole.n) {
        size_t slash = str_chr(whole, '/', end + (end > 0));

        memcpy(dirname, way, sizeof way);
        dir = st;
        if (!owner_allowed(o, &dir, X_OK)) {
            *deny = OWNER_NO_ENTRY;
            break;
        }
        end = slash == SIZE_MAX ? whole.n : slash;
        memcpy(way, path, end);
        way[end] = '\0';
        if (tree_stat(t, way, &st, e) != 0) {
            if (e->kind != ERR_ABSENT)
                return -1;
            err_clear(e);
            missing = true;
            break;
        }
        if (end < whole.n && S_ISREG(st.st_mode)) {
            *deny = OWNER_NOT_FILE;
            break;
        }
        /* A link to a directory inside the store is a way like any other. */
        if (end < whole.n && S_ISLNK(st.st_mode)) {
            int fd = tree_open_dir(t, way, e);
            int rc;

            if (fd < 0)
                return -1;
            rc = t->ops->fstat(fd, &st);
            t->ops->close(fd);
            if (rc != 0)
                return err_sys(e, "%s/%s", t->path, way);
        }
    }
    if (*deny == OWNER_MAY && missing && !owner_allowed(o, &dir, W_OK | X_OK))
        *deny = OWNER_DIR_READONLY;
    else if (*deny == OWNER_MAY && !missing)
        *deny = judge(o, &dir, &st);
    if (*deny == OWNER_MAY && mounted_readonly(t, !missing && S_ISDIR(st.st_mode) ? way : dirname))
        *deny = OWNER_MOUNT;
    if (where != NULL) {
        bool about_dir =
            *deny == OWNER_NO_ENTRY || missing || (*deny == OWNER_DIR_READONLY && !S_ISDIR(st.st_mode));
        const char *blame = about_dir ? dirname : way;

        snprintf(where, PATH_MAX, "%s", blame[0] != '\0' ? blame : ".");
    }
    return 0;
}
