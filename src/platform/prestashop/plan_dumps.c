/*
 * Tables that the dumps of a backup make and the database lacks. The rollback of modules up to 6 drops every table that is first made in
 * the second part of a dump or later; so after one the parts are read for their CREATE TABLE, and for nothing else.
 *
 * The writer puts each statement at the beginning of a line, and values never hold a raw line end.
 */
#include "base/clock.h"
#include "db/mysql_rows.h"
#include "format/ps_names.h"
#include "platform/prestashop/plan_parts.h"
#include "sys/inflate.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* A diagnosis does not go through gigabytes: what was read till then counts. */
#define SECONDS_MAX 60
#define PARTS_MAX   ((size_t)10000)
#define TABLES_MAX  ((size_t)20000)
/* The longest head of a line that matters: "CREATE TABLE `", 64 characters of up to 4 bytes. */
#define HEAD_MAX 300

struct dumps {
    struct store *s;
    struct ps_case *c;
    const char *dir;
    const char *name;
    VEC(const char *) parts;
    VEC(const char *) tables;
    uint64_t until;
    char head[HEAD_MAX];
    size_t head_n;
    int fd;
    bool out_of_time;
    const char *before; /* only backups older than that one, or NULL */
};

static int take_part(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct dumps *d = arg;
    struct ps_name n;

    (void)e;
    if (type == DT_REG && d->parts.n < PARTS_MAX && ps_name_read(str_of(name), &n) && n.kind == PS_NAME_DUMP)
        *vec_push(&d->parts) = arena_printf(d->c->mem, "%s/%s", d->dir, name);
    return 0;
}

static int take_backup(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct dumps *d = arg;
    struct ps_name n;

    (void)e;
    /* Without a name the newest; names sort by version first, so the stamp decides. */
    if (type == DT_DIR && ps_name_read(str_of(name), &n) && n.kind == PS_NAME_BACKUP) {
        struct ps_name best;
        struct ps_name end;

        if (d->before && ps_name_read(str_of(d->before), &end) && strcmp(n.taken, end.taken) >= 0)
            return 0;
        if (d->name == NULL || !ps_name_read(str_of(d->name), &best) || strcmp(n.taken, best.taken) > 0)
            d->name = arena_strdup(d->c->mem, name);
    }
    return 0;
}

const char *ps_newest_backup(struct store *s, struct ps_case *c, const char *before)
{
    struct dumps d = {.s = s, .c = c, .before = before};
    struct err ignored = {0};

    if (c->trail.workspace)
        tree_list(&s->tree, arena_printf(c->mem, "%s/backup", c->trail.workspace), take_backup, &d, &ignored);
    return d.name;
}

static ssize_t read_fd(void *arg, void *p, size_t n, struct err *e)
{
    struct dumps *d = arg;
    ssize_t got = tree_read_full(&d->s->tree, d->fd, p, n);

    return got < 0 ? err_sys(e, "the dump can't be read") : got;
}

static void end_head(struct dumps *d)
{
    struct str head = {d->head, d->head_n};
    size_t end;

    d->head_n = 0;
    if (!str_skip(&head, STR("CREATE TABLE `")))
        return;
    end = str_chr(head, '`', 0);
    if (end != SIZE_MAX && end > 0 && d->tables.n < TABLES_MAX)
        *vec_push(&d->tables) = arena_dup(d->c->mem, head.p, end);
}

/* Of each line the first bytes are kept. */
static void feed(struct dumps *d, struct str bytes)
{
    while (bytes.n > 0) {
        size_t end = str_chr(bytes, '\n', 0);
        size_t n = end == SIZE_MAX ? bytes.n : end;
        size_t room = HEAD_MAX - d->head_n;

        memcpy(d->head + d->head_n, bytes.p, n < room ? n : room);
        d->head_n += n < room ? n : room;
        if (end == SIZE_MAX)
            return;
        end_head(d);
        bytes = str_sub(bytes, end + 1, bytes.n);
    }
}

static void read_part(struct dumps *d, const char *rel)
{
    struct err ignored = {0};
    struct inflate *f;
    const void *p;
    ssize_t n;

    d->head_n = 0;
    d->fd = tree_open_file(&d->s->tree, rel, O_RDONLY, 0, &ignored);
    if (d->fd < 0)
        return;
    f = inflate_open(read_fd, d, &ignored);
    while (f && (n = inflate_next(f, &p, &ignored)) > 0) {
        feed(d, (struct str){p, (size_t)n});
        if (clock_mono_ns() > d->until) {
            d->out_of_time = true;
            break;
        }
    }
    inflate_close(f);
    d->s->tree.ops->close(d->fd);
}

static int by_name(const void *pa, const void *pb)
{
    return strcmp(*(const char *const *)pa, *(const char *const *)pb);
}

static void compare(struct dumps *d, struct mysql *db)
{
    static const char sql[] = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()";
    struct mysql_list there;
    struct err ignored = {0};

    if (mysql_rows_list(db, str_of(sql), d->c->mem, &there, &ignored) < 0)
        return;
    if (there.n > 1)
        qsort(there.v, there.n, sizeof *there.v, by_name);
    for (size_t i = 0; i < d->tables.n; i++)
        if (there.n == 0 || bsearch(&d->tables.v[i], there.v, there.n, sizeof *there.v, by_name) == NULL)
            *vec_push(&d->c->tables_missing) = d->tables.v[i];
}

void ps_case_missing_tables(struct store *s, struct ps_case *c, struct mysql *db)
{
    struct dumps d = {.s = s, .c = c, .name = c->trail.backup};
    struct err ignored = {0};
    const char *all;

    if (c->trail.workspace == NULL)
        return;
    all = arena_printf(c->mem, "%s/backup", c->trail.workspace);
    if (!tree_exists(&s->tree, all))
        return;
    if (d.name && (!str_is_safe_path(str_of(d.name)) || !tree_exists(&s->tree, arena_printf(c->mem, "%s/%s", all, d.name))))
        d.name = NULL;
    if (d.name == NULL)
        tree_list(&s->tree, all, take_backup, &d, &ignored);
    if (d.name) {
        c->backup_read = d.name;
        d.dir = arena_printf(c->mem, "%s/%s", all, d.name);
        tree_list(&s->tree, d.dir, take_part, &d, &ignored);
        d.until = clock_mono_ns() + SECONDS_MAX * CLOCK_SECOND;
        for (size_t i = 0; i < d.parts.n && !d.out_of_time; i++)
            read_part(&d, d.parts.v[i]);
        compare(&d, db);
    }
    free(d.parts.v);
    free(d.tables.v);
}
