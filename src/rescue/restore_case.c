/* A restore in the journal: what was asked for, so that it can be gone on with after a kill. */
#include "rescue/restore_parts.h"

#include <stdio.h>
#include <string.h>

int restore_note(struct restore *r, const char *key, const char *value, struct err *e)
{
    return case_file_note(r->journal.file, r->journal.id, "", key, str_of(value), e);
}

bool restore_noted(struct restore *r, const char *key, struct buf *value)
{
    struct err ignored = {0};

    if (r->journal.id == 0)
        return false;
    return case_file_noted(r->journal.file, r->journal.id, "", key, value, &ignored) == 1;
}

const char *restore_tag(struct restore *r)
{
    return journal_tag(r->journal.file, r->journal.id, r->store, 'r', &r->mem);
}

static const char *joined(struct arena *mem, const char *const *list)
{
    const char *all = "";

    for (; list && *list; list++)
        all = arena_printf(mem, "%s%s%s", all, all[0] ? "\n" : "", *list);
    return all;
}

static int keep_options(struct restore *r, struct err *e)
{
    const struct restore_opts *o = &r->opts;
    struct buf upgrade = {0};
    char flags[8];
    int rc;

    snprintf(flags, sizeof flags, "%c%c%c%c%c%c%c", o->files ? 'f' : '-', o->db ? 'd' : '-', o->exact ? 'x' : '-',
             o->salvage ? 's' : '-', o->all_tables ? 'a' : '-', o->keep_closed ? 'k' : '-', o->repair_escapes ? 'e' : '-');
    if (restore_note(r, "flags", flags, e) < 0 || restore_note(r, "backup", r->backup->path, e) < 0 ||
        restore_note(r, "include", joined(&r->mem, o->include), e) < 0 ||
        restore_note(r, "exclude", joined(&r->mem, o->exclude), e) < 0 ||
        restore_note(r, "prefix", o->from_prefix ? o->from_prefix : "", e) < 0)
        return -1;
    /* The upgrade that is taken back: its evidence stays in the store and is no longer news. */
    if (r->upgrade.to == NULL && r->upgrade.started == NULL)
        return 0;
    journal_upgrade_name(&r->upgrade, &upgrade);
    rc = restore_note(r, "upgrade", buf_cstr(&upgrade), e);
    buf_free(&upgrade);
    return rc;
}

int restore_case_open(struct restore *r, struct err *e)
{
    struct case_key key = {.kind = CASE_RESTORE, .platform = r->store->platform->name, .to = r->backup->path};
    int rc;

    if (journal_file(&r->journal.file, &r->work, true, e) < 0)
        return -1;
    rc = case_file_newest(r->journal.file, CASE_RESTORE, CASE_OPEN, &r->journal.info, e);
    if (rc < 0)
        return -1;
    /* The same backup as in a run that was cut: that case goes on. Another one begins a case of its own, and what the cut one
     * has changed can be taken back by undoing that one too. */
    if (rc == 1 && strcmp(r->journal.info.to, r->backup->path) != 0) {
        if (case_file_set_state(r->journal.file, r->journal.info.id, CASE_FINISHED, e) < 0)
            return -1;
        rc = 0;
    }
    r->continued = rc == 1;
    if (rc == 1)
        r->journal.id = r->journal.info.id;
    else if (case_file_create(r->journal.file, &key, r->upgrade.from, &r->journal.id, e) < 0)
        return -1;
    return keep_options(r, e);
}

static const char *const *split(struct arena *mem, struct str text)
{
    size_t n = 1;
    const char **list;
    size_t at = 0;

    if (text.n == 0)
        return NULL;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    list = arena_array(mem, n + 1, sizeof *list);
    while (text.p) {
        struct str one = str_cut(text, '\n', &text);

        list[at++] = arena_dup(mem, one.p, one.n);
    }
    return list;
}

static bool has(struct str flags, size_t at, char c)
{
    return at < flags.n && flags.p[at] == c;
}

static void read_options(struct case_file *cf, int64_t id, struct restore_opts *o, struct arena *mem)
{
    struct err ignored = {0};
    struct buf b = {0};

    if (case_file_noted(cf, id, "", "flags", &b, &ignored) == 1) {
        struct str f = buf_str(&b);

        o->files = has(f, 0, 'f');
        o->db = has(f, 1, 'd');
        o->exact = has(f, 2, 'x');
        o->salvage = has(f, 3, 's');
        o->all_tables = has(f, 4, 'a');
        o->keep_closed = has(f, 5, 'k');
        o->repair_escapes = has(f, 6, 'e');
    }
    if (case_file_noted(cf, id, "", "backup", &b, &ignored) == 1)
        o->backup = arena_dup(mem, b.p, b.n);
    if (case_file_noted(cf, id, "", "include", &b, &ignored) == 1)
        o->include = split(mem, buf_str(&b));
    if (case_file_noted(cf, id, "", "exclude", &b, &ignored) == 1)
        o->exclude = split(mem, buf_str(&b));
    if (case_file_noted(cf, id, "", "prefix", &b, &ignored) == 1 && b.n > 0)
        o->from_prefix = arena_dup(mem, b.p, b.n);
    buf_free(&b);
}

int restore_unfinished(const struct store *s, const char *work_dir, struct restore_opts *o, struct arena *mem,
                       struct err *e)
{
    struct case_file *cf = NULL;
    struct case_info info;
    struct workdir dir;
    int rc = 0;

    memset(o, 0, sizeof *o);
    workdir_init(&dir);
    if (workdir_open(&dir, &s->tree, work_dir, false, e) < 0) {
        rc = e->kind == ERR_ABSENT ? 0 : -1;
        goto out;
    }
    if (journal_file(&cf, &dir, false, e) < 0) {
        rc = e->kind == ERR_ABSENT ? 0 : -1;
        goto out;
    }
    rc = case_file_newest(cf, CASE_RESTORE, CASE_OPEN, &info, e);
    if (rc == 1)
        read_options(cf, info.id, o, mem);
    /* Without its options a case was cut before anything was done. */
    if (rc == 1 && (o->backup == NULL || !(o->files || o->db)))
        rc = 0;
out:
    if (rc == 0)
        err_clear(e);
    case_file_close(cf);
    workdir_close(&dir);
    return rc;
}
