/*
 * The traces of the wizard of 4.0 to 4.2: the folder of the package, named after its archive; installed_upgrades.php; the lock; the log,
 * which has no beginnings and ends of runs, so that lines count from the first that names this package; the dumps and their notes.
 */
#include "format/php_literal.h"
#include "platform/cscart/legacy.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define LOG_MAX ((size_t)256 * 1024 * 1024)

struct folder {
    const char *name;
    const struct cs_udata_entry *entry;
};

struct folders {
    struct store *s;
    struct cs_case *c;
    VEC(struct folder) all;
};

static bool read_file(struct store *s, struct cs_case *c, const char *rel, size_t max, struct str *out,
                      const char **why)
{
    struct buf bytes = {0};
    struct err e = {0};
    bool ok = tree_read(&s->tree, rel, max, &bytes, &e) == 0;

    if (ok)
        *out = (struct str){arena_dup(c->mem, bytes.p, bytes.n), bytes.n};
    else if (e.kind != ERR_ABSENT)
        *why = arena_strdup(c->mem, e.text);
    buf_free(&bytes);
    return ok;
}

static int find_folder(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct folders *f = arg;

    (void)e;
    if (type == DT_DIR &&
        tree_exists(&f->s->tree, arena_printf(f->c->mem, CS_UPGRADE_DIR "/%s/uc.xml", name)))
        vec_push(&f->all)->name = arena_strdup(f->c->mem, name);
    return 0;
}

/* Begun and not ended before one that was not begun, that before one that is over; of equals the last by name. */
static int standing(const struct folder *f)
{
    if (f->entry == NULL)
        return 1;
    return f->entry->open ? 2 : 0;
}

static bool choose_folder(struct store *s, struct cs_case *c, struct cs_legacy *l)
{
    struct folders f = {.s = s, .c = c};
    struct err ignored = {0};
    const struct folder *best = NULL;

    tree_list(&s->tree, CS_UPGRADE_DIR, find_folder, &f, &ignored);
    for (size_t i = 0; i < f.all.n; i++) {
        struct folder *x = &f.all.v[i];

        for (size_t k = 0; k < l->udata.all.n; k++)
            if (str_is(l->udata.all.v[k].package, x->name))
                x->entry = &l->udata.all.v[k];
        if (best == NULL || standing(x) >= standing(best))
            best = x;
    }
    if (best) {
        l->name = best->name;
        l->entry = best->entry;
        c->dir = arena_printf(c->mem, CS_UPGRADE_DIR "/%s", best->name);
    }
    free(f.all.v);
    return best != NULL;
}

static const char *version(struct cs_case *c, const struct phps_node *n)
{
    struct str text;

    return phps_str(n, &text) && cs_is_version(text) ? arena_dup(c->mem, text.p, text.n) : NULL;
}

/* "upgrade_4.2.3_ult-4.2.4_ult.tgz" */
static void versions_of_name(struct cs_case *c, const char *name)
{
    struct str from = str_of(name);
    struct str to;
    struct str rest;

    str_skip(&from, STR("upgrade_"));
    str_chop(&from, STR(".tgz"));
    from = str_cut(from, '-', &to);
    from = str_cut(from, '_', &rest);
    to = str_cut(to, '_', &rest);
    if (cs_is_version(from) && cs_is_version(to)) {
        c->from = arena_dup(c->mem, from.p, from.n);
        c->to = arena_dup(c->mem, to.p, to.n);
    }
}

static void read_versions(struct store *s, struct cs_case *c, const char *name)
{
    struct phps_node about;
    struct err ignored = {0};
    struct str php;

    c->from = c->to = NULL;
    if (read_file(s, c, arena_printf(c->mem, "%s/package_details.php", c->dir), CS_LEGACY_FILE_MAX, &php,
                  &c->package_err) &&
        php_literal_array(php, c->mem, &about, &ignored) == 0) {
        c->from = version(c, phps_get(&about, "from_version"));
        c->to = version(c, phps_get(&about, "to_version"));
    }
    if (c->from == NULL || c->to == NULL)
        versions_of_name(c, name);
}

/* A file that the new version drops is known by its copy in backup/ where uc.xml has no checksum: the wizard deletes it unseen. */
static void know_deleted(struct store *s, struct cs_case *c)
{
    for (size_t i = 0; i < c->package.files.n; i++) {
        struct cs_file *f = &c->package.files.v[i];
        struct err ignored = {0};
        struct digest d;
        char hex[HASH_HEX];
        int fd;

        if (f->status != CS_FILE_DELETED || f->hash.n > 0)
            continue;
        fd = tree_open_file(&s->tree, arena_printf(c->mem, "%s/backup/%.*s", c->dir, STR_FMT(f->path)), 0, 0,
                            &ignored);
        if (fd < 0)
            continue;
        if (hash_fd(s->tree.ops, fd, HASH_MD5, &d, NULL) == 0)
            f->hash = str_of(arena_strdup(c->mem, digest_hex(&d, hex)));
        s->tree.ops->close(fd);
    }
}

static void read_package(struct store *s, struct cs_case *c)
{
    const char *uc = arena_printf(c->mem, "%s/uc.xml", c->dir);
    struct err why = {0};
    struct str xml;

    cs_package_free(&c->package);
    c->has_content = true;
    if (!read_file(s, c, uc, CS_LEGACY_FILE_MAX, &xml, &c->package_err))
        return;
    c->has_package = cs_uc_read(xml, c->mem, &c->package, &why) == 0;
    if (!c->has_package)
        c->package_err = arena_printf(c->mem, "%s: %s", uc, why.text);
    know_deleted(s, c);
}

static struct cs_ref *ref(struct cs_case *c, struct cs_ref *old, uint64_t line, int64_t seconds,
                          struct str text)
{
    struct cs_ref *r = old ? old : arena_alloc(c->mem, sizeof *r);

    if (text.n > CS_REF_TEXT)
        text.n = CS_REF_TEXT;
    r->source = CS_LEGACY_LOG;
    r->line = line;
    r->seconds = seconds;
    memcpy(r->text, text.p, text.n);
    r->text[text.n] = '\0';
    return r;
}

/* The folder that a line names: below var/upgrade, with an ending of archives. */
static bool names_package(struct str message, struct str *name)
{
    static const char dir[] = CS_UPGRADE_DIR "/";
    size_t at = str_find(message, STR(CS_UPGRADE_DIR "/"), 0);
    struct str rest;

    if (at == SIZE_MAX)
        return false;
    *name = str_cut(str_sub(message, at + sizeof dir - 1, message.n), '/', &rest);
    return str_ends(*name, STR(".tgz"));
}

static void forget_lines(struct cs_legacy *l)
{
    l->first = l->last = l->themes = l->backing = l->closed = l->error = NULL;
    l->n_errors = 0;
    l->given_up = false;
}

static void take_line(struct cs_case *c, uint64_t number, const struct cs_legacy_line *line)
{
    struct cs_legacy *l = c->legacy;
    struct str name;
    struct str words;

    if (names_package(line->message, &name) && !str_is(name, l->name)) {
        forget_lines(l);
        return;
    }
    if (str_starts(line->message, STR(CS_LOG_GIVEN_UP_TEXT)) ||
        str_starts(line->message, STR(CS_LOG_RESTORED_TEXT))) {
        l->given_up = str_starts(line->message, STR(CS_LOG_GIVEN_UP_TEXT));
        l->closed = ref(c, l->closed, number, line->seconds, line->message);
        return;
    }
    l->closed = NULL;
    if (l->first == NULL)
        l->first = ref(c, NULL, number, line->seconds, line->message);
    l->last = ref(c, l->last, number, line->seconds, line->message);
    if (str_starts(line->message, STR("Copying file")))
        l->themes = ref(c, l->themes, number, line->seconds, line->message);
    else if (str_starts(line->message, STR("Backing up")))
        l->backing = ref(c, l->backing, number, line->seconds, line->message);
    else if (cs_legacy_db_error(line->message, &name, &words) && l->n_errors++ == 0)
        l->error = ref(c, NULL, number, line->seconds, line->message);
}

static void read_log(struct store *s, struct cs_case *c)
{
    struct cs_legacy_line line;
    const char *why = NULL;
    struct buf bytes = {0};
    struct err e = {0};
    struct str rest;
    struct str text;

    if (tree_read(&s->tree, CS_LEGACY_LOG, LOG_MAX, &bytes, &e) < 0 && e.kind != ERR_ABSENT)
        why = arena_strdup(c->mem, e.text);
    rest = buf_str(&bytes);
    for (uint64_t number = 1; str_line(&rest, &text); number++)
        if (cs_legacy_line(text, &line))
            take_line(c, number, &line);
    if (why)
        c->package_err = why;
    buf_free(&bytes);
}

static void add_dump(struct store *s, struct cs_case *c, const char *file, const char *name, bool labels)
{
    const char *rel = arena_printf(c->mem, "%s/%s.sql", c->dir, file);
    struct cs_dump *d;

    for (size_t i = 0; i < c->legacy->dumps.n; i++)
        if (strcmp(c->legacy->dumps.v[i].name, name) == 0)
            return;
    if (!tree_exists(&s->tree, rel))
        return;
    d = vec_push(&c->legacy->dumps);
    d->file = rel;
    d->notes = arena_printf(c->mem, "%s.tmp", rel);
    d->name = arena_strdup(c->mem, name);
    d->labels = labels;
}

/* The texts of the language of the build first, then of the others that are installed. */
static void add_dumps(struct store *s, struct cs_case *c)
{
    const struct cs *cs = s->own;
    char build[3] = "en";

    add_dump(s, c, "db_scheme", "db_scheme", false);
    add_dump(s, c, "db_data", "db_data", false);
    if (strlen(cs->build) == 2 && str_is_safe_path(str_of(cs->build)))
        for (int i = 0; i < 2; i++)
            build[i] =
                (char)(cs->build[i] >= 'A' && cs->build[i] <= 'Z' ? cs->build[i] - 'A' + 'a' : cs->build[i]);
    if (!tree_exists(&s->tree, arena_printf(c->mem, "%s/db_lang_%s.sql", c->dir, build)))
        memcpy(build, "en", sizeof build);
    add_dump(s, c, arena_printf(c->mem, "db_lang_%s", build), build, true);
    for (size_t i = 0; i < c->languages.n; i++)
        if (str_is_safe_path(str_of(c->languages.v[i])) && strchr(c->languages.v[i], '/') == NULL)
            add_dump(s, c, arena_printf(c->mem, "db_lang_%s", c->languages.v[i]), c->languages.v[i], true);
}

/* A file that is neither old nor new was cut off in copying, when it is not as it was saved. */
static void look_for_cut(struct store *s, struct cs_case *c)
{
    const struct cs_part_state *f = &c->parts[CS_PART_COPY];

    for (size_t i = 0; i < f->todo.n && !c->legacy->half_copied; i++) {
        const struct copy_file *t = &f->todo.v[i];
        struct err ignored = {0};
        struct digest saved;
        int fd;

        if (!t->edited)
            continue;
        fd = tree_open_file(&s->tree, arena_printf(c->mem, "%s/backup/%s", c->dir, t->path), 0, 0, &ignored);
        if (fd < 0) {
            c->legacy->half_copied = ignored.kind == ERR_ABSENT;
            continue;
        }
        c->legacy->half_copied =
            hash_fd(s->tree.ops, fd, HASH_MD5, &saved, NULL) == 0 && !digest_eq(&saved, &t->have);
        s->tree.ops->close(fd);
    }
}

static void read_db(struct store *s, struct cs_case *c)
{
    struct cs_legacy *l = c->legacy;
    struct err ignored = {0};

    for (size_t i = 0; i < l->dumps.n; i++)
        cs_legacy_read_dump(s, c, &l->dumps.v[i]);
    for (size_t i = 0; i < l->dumps.n; i++)
        for (size_t k = 0; k < l->dumps.v[i].all.all.n; k++) {
            struct cs_probe p;

            cs_probe_read(l->dumps.v[i].all.all.v[k], &p);
            l->upg_made = l->upg_made || (p.kind == CS_PROBE_TABLE_MADE && str_ends(p.table, STR("_upg")));
        }
    if (c->db && s->prefix)
        cs_has_table(s, s->prefix, "settings_objects_upg", &l->upg, &ignored);
    cs_legacy_progress(s, c);
}

int cs_legacy_read(struct store *s, struct cs_case *c, struct err *e)
{
    struct cs_legacy *l = arena_alloc(c->mem, sizeof *l);
    struct err why = {0};
    struct str php;

    if (!tree_exists(&s->tree, CS_UPGRADE_DIR) || cs_generation(str_of(s->version)) > CS_GEN_A)
        return 0;
    if (read_file(s, c, CS_LEGACY_RECORD, CS_LEGACY_FILE_MAX, &php, &l->record_err) &&
        cs_udata_read(php, c->mem, &l->udata, &why) < 0)
        l->record_err = arena_printf(c->mem, CS_LEGACY_RECORD ": %s", why.text);
    c->legacy = l;
    if (!choose_folder(s, c, l)) {
        cs_legacy_free(l);
        c->legacy = NULL;
        return 0;
    }
    c->gen = CS_GEN_L;
    c->id = "core";
    l->lock = tree_exists(&s->tree, CS_LEGACY_LOCK);
    if (tree_exists(&s->tree, arena_printf(c->mem, "%s/uc.php", c->dir)))
        l->hook = arena_printf(c->mem, "%s/uc.php", c->dir);
    read_versions(s, c, l->name);
    read_package(s, c);
    read_log(s, c);
    if (l->entry && !l->entry->open)
        return 0;
    if (cs_case_files(s, c, e) < 0)
        return -1;
    look_for_cut(s, c);
    add_dumps(s, c);
    read_db(s, c);
    return 0;
}

void cs_legacy_free(struct cs_legacy *l)
{
    for (size_t i = 0; i < l->dumps.n; i++) {
        cs_statement_list_free(&l->dumps.v[i].all);
        cs_statement_list_free(&l->dumps.v[i].done);
    }
    free(l->dumps.v);
    cs_udata_free(&l->udata);
    memset(l, 0, sizeof *l);
}
