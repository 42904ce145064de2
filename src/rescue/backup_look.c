#include "rescue/backup_look.h"

#include "rescue/backup_sums.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entries looked at to tell what an archive holds. */
#define PEEK_ENTRIES 200
#define PEEK_BYTES   (UINT64_C(4) << 20)
/* A folder with more files than this is no backup in parts. */
#define FOLDER_MAX 5000

struct looking {
    struct store *s;
    struct backup_list *l;
    struct backup *b;
    const char *dir; /* the folder being looked at */
    bool named;
    size_t seen;
    size_t archives, dumps, trees;
    time_t mtime; /* of the newest part */
};

static void add_part(struct looking *k, const char *path, bool is_dump, uint64_t size)
{
    struct backup_part *p = vec_push(&k->b->parts);

    p->path = arena_strdup(&k->l->mem, path);
    p->is_dump = is_dump;
    p->size = size;
    k->b->size += size;
}

struct content {
    bool dump;
    bool files;
    bool all; /* every entry was seen */
};

static void see_entry(struct looking *k, struct content *c, const char *path, const char *root, bool is_dir)
{
    size_t n = strlen(root);
    const char *below = n == 0 ? path : strncmp(path, root, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
    bool sql = !is_dir && backup_is_sql_name(str_of(path));
    enum backup_role role = BACKUP_ENTRY;

    if (below != NULL && k->s->platform->backup_role != NULL)
        role = k->s->platform->backup_role(k->s, str_of(below));
    /* At the top it is a dump where the platform has no place for them, and where nothing else is there. */
    if (role == BACKUP_DUMP || (sql && below == NULL) || (sql && k->s->platform->backup_role == NULL && strchr(below, '/') == NULL))
        c->dump = true;
    else if (sql && strchr(path, '/') == NULL)
        c->dump = c->dump || !c->files;
    else if (!is_dir)
        c->files = true;
}

/* What an archive holds, by the list of a zip or the first entries of a tar. */
static void peek(struct looking *k, int fd, const char *name, struct content *c)
{
    struct archive_options opt = {.salvage = true};
    struct archive_src *a;
    struct archive_item item;
    struct backup_root root;
    struct err ignored;
    const char *path;
    uint64_t size;
    size_t i;

    a = archive_src_open(k->s->tree.ops, fd, name, &opt, &ignored);
    if (a == NULL)
        return;
    backup_root_init(&root, k->s);
    for (i = 0; (path = archive_src_listed(a, i, &size)) != NULL; i++)
        backup_root_see(&root, str_of(path));
    c->all = i > 0;
    for (i = 0; (path = archive_src_listed(a, i, &size)) != NULL; i++)
        see_entry(k, c, path, backup_root_best(&root), path[0] != '\0' && path[strlen(path) - 1] == '/');
    for (; !c->all && i < PEEK_ENTRIES && archive_src_offset(a) < PEEK_BYTES; i++) {
        if (archive_src_next(a, &item, &ignored) <= 0)
            break;
        backup_root_see(&root, str_of(item.path));
        see_entry(k, c, item.path, backup_root_best(&root), item.is_dir);
    }
    backup_root_free(&root);
    archive_src_close(a);
}

static struct backup_hint hint_of(const struct looking *k, const char *shown)
{
    struct backup_hint h = {0};

    if (k->s->platform->backup_hint != NULL)
        k->s->platform->backup_hint(k->s, shown, &k->l->mem, &h);
    return h;
}

static bool tells_something(const struct backup_hint *h)
{
    return h->from || h->to || h->version || h->taken;
}

static bool name_is_known(const struct looking *k, const char *shown)
{
    struct backup_hint h = hint_of(k, shown);

    return tells_something(&h);
}

/* The platform knows how such a folder has to look, and tells what is wrong with it. */
static bool is_judged_by_platform(const struct looking *k)
{
    return k->s->platform->backup_faults != NULL && name_is_known(k, k->b->path);
}

/* One regular file. 1, 0 when it is no part of a backup, -1. */
static int look_file(struct looking *k, const char *path, const struct stat *st, int fd, struct err *e)
{
    struct archive_look *look = mem_alloc(sizeof *look);
    struct content c = {0};
    const char *slash = strrchr(path, '/');
    int r = archive_look(k->s->tree.ops, fd, path, look, e);

    if (r == 0 && look->kind != ARCHIVE_NONE) {
        peek(k, fd, slash ? slash + 1 : path, &c);
        add_part(k, path, false, look->size);
        k->archives++;
        k->b->kind = c.dump ? (c.files ? BACKUP_FULL : BACKUP_DB) : BACKUP_FILES;
        r = 1;
    } else if (r == 0 && (backup_is_sql((struct str){look->head, look->head_n}) ||
                          (k->named && backup_is_sql_name(str_of(path))))) {
        add_part(k, path, true, look->size);
        k->dumps++;
        k->b->kind = BACKUP_DB;
        k->b->rows_alone = str_starts(str_trim((struct str){look->head, look->head_n}), STR("TRUNCATE"));
        r = 1;
    } else if (r == 0) {
        err_set(e, ERR_FORMAT, "%s: neither an archive nor a dump%s", path, look->size == 0 ? ": it is empty" : "");
    }
    if (r > 0 && st->st_mtime > k->mtime)
        k->mtime = st->st_mtime;
    free(look);
    return r;
}

static bool is_tree(struct looking *k, const char *path, struct err *e)
{
    struct tree t = {.ops = k->s->tree.ops};
    bool is = tree_open(&t, path, e) == 0 && k->s->platform->recognise != NULL && k->s->platform->recognise(&t);

    tree_close(&t);
    return is;
}

static int see_in_folder(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct looking *k = arg;
    char *path = arena_printf(&k->l->mem, "%s/%s", k->dir, name);
    struct err ignored;
    struct stat st;
    int r = 0;
    int fd;

    if (++k->seen > FOLDER_MAX)
        return err_set(e, ERR_FORMAT, "%s: has too many files for a backup in parts", k->dir);
    if (type == DT_DIR) {
        if (is_tree(k, path, &ignored)) {
            add_part(k, path, false, 0);
            k->trees++;
        }
    } else if (type == DT_REG) {
        fd = backup_open_part(k->s, path, &st, e);
        if (fd < 0)
            return -1;
        r = look_file(k, path, &st, fd, e);
        k->s->tree.ops->close(fd);
    }
    return r < 0 ? -1 : 0;
}

static int by_name(const void *a, const void *b)
{
    const struct backup_part *x = a;
    const struct backup_part *y = b;

    /* Files come back before the database that belongs to them. */
    if (x->is_dump != y->is_dump)
        return x->is_dump ? 1 : -1;
    return backup_name_cmp(x->path, y->path);
}

/* The number that parts of one dump are told apart by: the first run of digits in which two names differ. */
static bool one_series(const char *a, const char *b, uint64_t *na, uint64_t *nb)
{
    size_t i = 0;
    size_t da;
    size_t db;

    while (a[i] != '\0' && a[i] == b[i])
        i++;
    while (i > 0 && a[i - 1] >= '0' && a[i - 1] <= '9')
        i--;
    da = strspn(a + i, "0123456789");
    db = strspn(b + i, "0123456789");
    return da > 0 && db > 0 && str_u64((struct str){a + i, da}, UINT32_MAX, na) &&
           str_u64((struct str){b + i, db}, UINT32_MAX, nb) && strcmp(a + i + da, b + i + db) == 0;
}

bool backup_look_series(const char *a, const char *b)
{
    uint64_t x;
    uint64_t y;

    return one_series(a, b, &x, &y);
}

/* True when all dumps are parts of one. */
static bool all_one_series(const struct backup *b)
{
    for (size_t i = 1; i < b->parts.n; i++)
        if (b->parts.v[i - 1].is_dump && b->parts.v[i].is_dump &&
            !backup_look_series(b->parts.v[i - 1].path, b->parts.v[i].path))
            return false;
    return true;
}

void backup_look_gaps(struct backup *b, struct arena *mem)
{
    uint64_t x = 0;
    uint64_t y = 0;
    bool first = true;

    for (size_t i = 1; i < b->parts.n; i++) {
        if (!b->parts.v[i - 1].is_dump || !b->parts.v[i].is_dump ||
            !one_series(b->parts.v[i - 1].path, b->parts.v[i].path, &x, &y))
            continue;
        if (first && x > 1)
            *vec_push(&b->problems) =
                arena_printf(mem, "the dump begins with part %" PRIu64 "; those before it are missing", x);
        if (y > x + 2)
            *vec_push(&b->problems) =
                arena_printf(mem, "the parts %" PRIu64 " to %" PRIu64 " of the dump are missing", x + 1, y - 1);
        else if (y == x + 2)
            *vec_push(&b->problems) = arena_printf(mem, "part %" PRIu64 " of the dump is missing", x + 1);
        first = false;
    }
}

static bool has_about(struct looking *k, const char *dir)
{
    struct backup_sums m;
    struct err ignored;
    bool has = backup_sums_read(&m, k->s->tree.ops, dir, true, &ignored) == 0 && m.has_about;

    backup_sums_free(&m);
    return has;
}

/* A snapshot of ours says what it is of. */
static void read_about(struct looking *k, const char *dir)
{
    struct backup_sums m;
    struct err ignored;

    if (backup_sums_read(&m, k->s->tree.ops, dir, true, &ignored) == 0 && m.has_about) {
        k->b->version = m.version ? arena_strdup(&k->l->mem, m.version) : NULL;
        k->b->taken = m.taken ? arena_strdup(&k->l->mem, m.taken) : NULL;
        k->b->taken_by_name = m.taken != NULL;
    }
    backup_sums_free(&m);
}

static int look_folder(struct looking *k, const char *path, const struct stat *st, struct err *e)
{
    struct tree t = {.ops = k->s->tree.ops};
    struct backup *b = k->b;
    int r = 0;

    b->partial = hint_of(k, b->path).partial;
    if (b->partial || is_tree(k, path, e)) {
        add_part(k, path, false, 0);
        b->kind = BACKUP_FILES;
        k->mtime = st->st_mtime;
        return 1;
    }
    k->dir = path;
    if (tree_open(&t, path, e) != 0)
        return -1;
    r = tree_list(&t, "", see_in_folder, k, e);
    tree_close(&t);
    if (r != 0)
        return -1;
    if (b->parts.n == 0)
        return err_set(e, ERR_FORMAT, "%s: holds no part of a backup", path), 0;
    qsort(b->parts.v, b->parts.n, sizeof *b->parts.v, by_name);
    if (k->archives + k->trees > 1 || (!all_one_series(b) && !is_judged_by_platform(k))) {
        err_set(e, ERR_FORMAT, "%s: holds several backups", path);
        err_fix(e, "name one of them; toolkit backups %s lists them", path);
        return 0;
    }
    /* One file in a folder is that file. */
    if (b->parts.n == 1 && !has_about(k, path) && !is_judged_by_platform(k))
        b->path = arena_printf(&k->l->mem, "%s%s", b->path, b->parts.v[0].path + strlen(path));
    if (k->dumps > 0)
        b->kind = k->archives + k->trees > 0 ? BACKUP_FULL : BACKUP_DB;
    else if (k->trees > 0)
        b->kind = BACKUP_FILES;
    return 1;
}

static void fill_hint(struct looking *k, const char *shown)
{
    struct backup *b = k->b;
    struct backup_hint h = hint_of(k, shown);
    char when[32] = "";
    struct tm tm;

    /* A folder that somebody has gathered the parts in has a name of its own. */
    if (!tells_something(&h) && k->s->platform->backup_faults != NULL && b->parts.n > 0)
        h = hint_of(k, b->parts.v[0].path);
    b->from = h.from;
    b->to = h.to;
    if (b->version == NULL)
        b->version = h.version;
    if (b->taken == NULL) {
        b->taken = h.taken;
        b->taken_by_name = h.taken != NULL;
    }
    if (b->taken == NULL && localtime_r(&k->mtime, &tm) != NULL && strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &tm) > 0)
        b->taken = arena_strdup(&k->l->mem, when);
    if (b->taken == NULL)
        b->taken = "1970-01-01 00:00:00";
}

/* The path of another name in the same folder; "." is the folder. */
static const char *sibling(struct arena *mem, const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash == NULL ? "." : slash == path ? "/" : arena_dup(mem, path, (size_t)(slash - path));

    if (strcmp(name, ".") == 0)
        return folder;
    return slash == NULL ? name : arena_printf(mem, "%.*s/%s", (int)(slash - path), path, name);
}

/* What belongs to the backup in another place. A part that can't be told any more is one all the same: reading it says what it is. */
static int add_beside(struct looking *k, const char *path, struct err *e)
{
    struct err why = {0};
    struct stat st;
    int fd = backup_open_part(k->s, path, &st, &why);
    int r;

    if (fd < 0)
        return 0;
    if (S_ISDIR(st.st_mode)) {
        k->s->tree.ops->close(fd);
        return 0;
    }
    r = look_file(k, path, &st, fd, &why);
    k->s->tree.ops->close(fd);
    if (r < 0) {
        *e = why;
        return -1;
    }
    if (r == 0) {
        add_part(k, path, backup_is_sql_name(str_of(path)), (uint64_t)st.st_size);
        k->archives++;
    }
    qsort(k->b->parts.v, k->b->parts.n, sizeof *k->b->parts.v, by_name);
    k->b->kind = k->dumps > 0 ? BACKUP_FULL : k->b->kind;
    return 0;
}

static struct backup *listed(const struct backup_list *l, const char *shown)
{
    for (size_t i = 0; i < l->all.n; i++)
        if (strcmp(l->all.v[i]->path, shown) == 0)
            return l->all.v[i];
    return NULL;
}

static int look_at(struct store *s, const char *path, const char *shown, bool named, struct backup_list *l, struct backup **out,
                   struct err *e)
{
    struct looking k = {.s = s, .l = l, .named = named, .b = arena_alloc(&l->mem, sizeof *k.b)};
    struct backup_hint h;
    struct stat st;
    int fd = backup_open_part(s, path, &st, e);
    int r;

    if (fd < 0)
        return -1;
    h = hint_of(&k, shown);
    k.named = named || tells_something(&h);
    k.b->path = arena_strdup(&l->mem, shown);
    r = S_ISDIR(st.st_mode) ? look_folder(&k, path, &st, e) : look_file(&k, path, &st, fd, e);
    if (r == 0 && k.named && !S_ISDIR(st.st_mode) && e->kind == ERR_FORMAT && st.st_size == 0) {
        /* A backup that was begun on a full disk: it is shown, as what it is. */
        add_part(&k, path, backup_is_sql_name(str_of(path)), 0);
        k.b->kind = backup_is_sql_name(str_of(path)) ? BACKUP_DB : BACKUP_FULL;
        k.mtime = st.st_mtime;
        r = 1;
    }
    s->tree.ops->close(fd);
    if (r > 0 && h.beside != NULL && k.archives + k.trees == 0 && add_beside(&k, sibling(&l->mem, path, h.beside), e) < 0)
        r = -1;
    if (r <= 0) {
        free(k.b->parts.v);
        return r;
    }
    if (S_ISDIR(st.st_mode))
        read_about(&k, path);
    fill_hint(&k, k.b->path);
    *vec_push(&l->all) = k.b;
    *out = k.b;
    return 1;
}

int backup_look(struct store *s, const char *path, const char *shown, bool named, struct backup_list *l, struct backup **out,
                struct err *e)
{
    struct looking k = {.s = s, .l = l};
    struct backup_hint h = hint_of(&k, shown);
    struct err ignored = {0};
    const char *whole;
    size_t n = strlen(path);

    while (n > 1 && path[n - 1] == '/')
        n--;
    path = arena_dup(&l->mem, path, n);
    if (h.whole != NULL) {
        whole = sibling(&l->mem, shown, h.whole);
        *out = listed(l, whole);
        if (*out != NULL || look_at(s, sibling(&l->mem, path, h.whole), whole, named, l, out, &ignored) > 0)
            return 1;
    }
    return look_at(s, path, shown, named, l, out, e);
}

static struct backup_table backup_table(struct backup_list *l, const struct sql_table_facts *t, const char *name)
{
    const char **columns = arena_array(&l->mem, t->n_columns + 1, sizeof *columns);

    for (size_t i = 0; i < t->n_columns; i++)
        columns[i] = arena_strdup(&l->mem, t->columns[i]);
    return (struct backup_table){name, columns, t->n_columns, t->rows};
}

void backup_look_tables(struct backup_list *l, struct backup *b, const struct sql_facts *f)
{
    b->tables = sql_facts_tables(f);
    for (size_t i = 0; i < f->tables.n; i++) {
        *vec_push(&b->table_names) = arena_strdup(&l->mem, f->tables.v[i].name);
        *vec_push(&b->dumped) = backup_table(l, &f->tables.v[i], b->table_names.v[i]);
        if (f->tables.v[i].is_view)
            continue;
        b->last_table = b->table_names.v[i];
        b->last_rows = f->tables.v[i].rows;
    }
    /* Before it was read nothing is known of it but its first bytes. */
    if (f->tables.n > 0)
        b->rows_alone = f->rows_alone;
    b->four_byte = f->four_byte;
}

static void tell_fault(void *arg, bool damage, const char *text)
{
    struct looking *k = arg;

    if (damage)
        k->b->sound = BACKUP_DAMAGED;
    *vec_push(&k->b->problems) = arena_strdup(&k->l->mem, text);
}

void backup_look_faults(struct store *s, struct backup_list *l, struct backup *b)
{
    struct looking k = {.s = s, .l = l, .b = b};
    size_t before = b->problems.n;

    backup_look_gaps(b, &l->mem);
    if (b->problems.n > before)
        b->sound = BACKUP_DAMAGED;
    if (s->platform->backup_faults != NULL)
        s->platform->backup_faults(s, b, tell_fault, &k);
}

void backup_look_dump(struct store *s, struct backup_list *l, struct backup *b, const struct sql_facts *f)
{
    struct looking k = {.s = s, .l = l, .b = b};

    if (s->platform->dump_faults != NULL)
        s->platform->dump_faults(s, b, f, tell_fault, &k);
}
