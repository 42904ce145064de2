/*
 * After a restore: tables that no dump of the module holds, the module's own state, from which it would go on, and whether files, database and
 * PHP fit together now.
 */
#include "base/plural.h"
#include "format/sql_statement.h"
#include "platform/one_file.h"
#include "platform/prestashop/trail.h"
#include "sys/stage.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* The largest release's structure has some 300 KiB. */
#define STRUCTURE_MAX ((size_t)8 * 1024 * 1024)
#define SETTINGS      "config/settings.inc.php"
#define SETTINGS_MAX  ((size_t)1024 * 1024)

/* ---- tables that are never dumped ---- */

struct structure {
    struct buf text;
    const char *from; /* for messages; NULL: none at hand */
};

static bool read_below(const struct tree *t, const char *dir, struct structure *x, struct arena *mem)
{
    static const char *const places[] = {"install/data/db_structure.sql", "install-dev/data/db_structure.sql"};
    struct err ignored = {0};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *path = arena_join(mem, dir, places[i]);

        if (tree_exists(t, path) && tree_read(t, path, STRUCTURE_MAX, &x->text, &ignored) == 0) {
            x->from = arena_printf(mem, "%s/%s", t->path, path);
            return true;
        }
        buf_reset(&x->text);
    }
    return false;
}

static bool read_source(const char *source, struct structure *x, struct arena *mem)
{
    struct tree t = {0};
    struct err ignored = {0};
    bool found = source && tree_open(&t, source, &ignored) == 0 && read_below(&t, "", x, mem);

    tree_close(&t);
    return found;
}

/* A release of any version will do: these tables are the same in all of one series. */
static void find_structure(struct store *s, struct structure *x, struct arena *mem)
{
    static const char *const releases[] = {"latest", "latest/prestashop", "tmp/releases", "tmp/releases/prestashop"};
    const struct ps *own = s->own;

    if (read_source(s->opts ? s->opts->source : NULL, x, mem) || read_below(&s->tree, "", x, mem))
        return;
    for (size_t i = 0; own->workspace && i < sizeof releases / sizeof *releases; i++)
        if (read_below(&s->tree, arena_printf(mem, "%s/%s", own->workspace, releases[i]), x, mem))
            return;
}

static void put_in(struct buf *out, struct str text, const char *what, const char *with)
{
    struct str word = str_of(what);
    size_t from = 0;
    size_t at;

    while ((at = str_find(text, word, from)) != SIZE_MAX) {
        buf_addstr(out, str_sub(text, from, at));
        buf_adds(out, with);
        from = at + word.n;
    }
    buf_addstr(out, str_sub(text, from, text.n));
}

/* The statement that makes the table, as the installer would send it. False: there is none. */
static bool statement_of(struct store *s, const struct structure *x, const char *table, struct buf *sql)
{
    const struct ps *own = s->own;
    struct arena mem = {0};
    struct buf engine = {0};
    struct buf plain = {0};
    struct sql_statement st;
    const char *head = arena_printf(&mem, "CREATE TABLE `PREFIX_%s`", table);
    size_t at = str_find(buf_str(&x->text), str_of(head), 0);
    size_t end;
    bool found = false;

    if (at == SIZE_MAX) {
        head = arena_printf(&mem, "CREATE TABLE IF NOT EXISTS `PREFIX_%s`", table);
        at = str_find(buf_str(&x->text), str_of(head), 0);
    }
    end = at == SIZE_MAX ? SIZE_MAX : str_chr(buf_str(&x->text), ';', at);
    if (end != SIZE_MAX) {
        buf_reset(sql);
        put_in(&engine, str_sub(buf_str(&x->text), at, end), "ENGINE_TYPE", own->engine ? own->engine : "InnoDB");
        put_in(&plain, buf_str(&engine), " COLLATION", "");
        put_in(sql, buf_str(&plain), "PREFIX_", s->prefix);
        sql_statement_read(buf_str(sql), 0, false, &st);
        found = st.kind == SQL_CREATE_TABLE;
    }
    buf_free(&engine);
    buf_free(&plain);
    arena_free(&mem);
    return found;
}

static int make_tables(struct store *s, struct work *w, struct err *e)
{
    struct structure x = {0};
    struct arena mem = {0};
    struct buf sql = {0};
    bool looked = false;
    int rc = 0;

    for (size_t i = 0; rc == 0 && ps_undumped_tables[i]; i++) {
        const char *table = ps_undumped_tables[i];
        bool there;

        rc = ps_has_table(s, table, &there, e);
        if (rc < 0 || there)
            continue;
        if (!looked)
            find_structure(s, &x, &mem);
        looked = true;
        if (x.from == NULL || !statement_of(s, &x, table, &sql)) {
            w->say(w,
                   "the table %s%s is missing, which no backup of the module holds: make it by the statement CREATE TABLE `PREFIX_%s` of "
                   "install/data/db_structure.sql in a release of the version, or name its folder: toolkit --source DIR restore",
                   s->prefix, table, table);
            continue;
        }
        w->say(w, "%s the table %s%s, which no backup of the module holds, by %s", w->dry_run ? "would make" : "made", s->prefix, table,
               x.from);
        if (!w->dry_run)
            rc = mysql_exec(store_db(s, e), buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    buf_free(&x.text);
    arena_free(&mem);
    return rc;
}

/* ---- the module's state ---- */

struct state {
    struct store *s;
    struct stage stage;
    bool files_only; /* the database was not brought back: what tells of it stays */
    bool dry_run;
    size_t n;
};

static bool is_state(const struct state *x, struct str name)
{
    static const char *const of_files[] = {"filesToUpgrade.list", "filesToBackup.list", "filesFromArchive.list", "filesToRemove.list",
                                           "filesDiff.list"};

    if (!x->files_only)
        return str_ends(name, STR(".list")) ||
               (str_starts(name, STR("state_")) && str_ends(name, STR(".var")) && !str_is(name, "state_logs.var"));
    for (size_t i = 0; i < sizeof of_files / sizeof *of_files; i++)
        if (str_is(name, of_files[i]))
            return true;
    return false;
}

static int take_state(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct state *x = arg;
    const struct ps *own = x->s->own;
    struct buf rel = {0};
    int rc = 0;

    if (type != DT_REG || !is_state(x, str_of(name)))
        return 0;
    x->n++;
    buf_printf(&rel, "%s/%s", own->workspace, name);
    if (!x->dry_run)
        rc = stage_delete(&x->stage, buf_cstr(&rel), false, e);
    buf_free(&rel);
    return rc;
}

static int put_state_aside(struct store *s, bool files_only, struct work *w, struct err *e)
{
    const struct ps *own = s->own;
    const struct stage_options opt = {.rehash = false};
    struct state x = {.s = s, .files_only = files_only, .dry_run = w->dry_run};
    int rc;

    if (own->workspace == NULL)
        return 0;
    if (!w->dry_run && stage_open(&x.stage, &s->tree, w->undo, &opt, e) < 0)
        return -1;
    rc = tree_list(&s->tree, own->workspace, take_state, &x, e);
    if (!w->dry_run) {
        if (rc == 0)
            rc = stage_commit(&x.stage, e);
        stage_close(&x.stage);
    }
    if (rc == 0 && x.n > 0)
        w->say(w, "%s %zu state file%s of the upgrade module, from which it would have gone on with the broken upgrade",
               w->dry_run ? "would take away" : "took away", x.n, plural(x.n, "", "s"));
    return rc;
}

/* ---- whether all fits together ---- */

/* The upgrade of 1.6 died while it wrote the settings anew; the copy that it made before is whole. */
static int mend_settings(struct store *s, struct work *w, struct err *e)
{
    const struct ps *own = s->own;
    struct buf text = {0};
    int rc;

    if (own->config_file == NULL || strcmp(own->config_file, SETTINGS ".bck") != 0 || !tree_exists(&s->tree, SETTINGS))
        return 0;
    w->say(w, "%s %s, which is torn, by %s", w->dry_run ? "would replace" : "replaced", SETTINGS, own->config_file);
    if (w->dry_run)
        return 0;
    rc = tree_read(&s->tree, own->config_file, SETTINGS_MAX, &text, e);
    if (rc == 0)
        rc = one_file_put(s, w, SETTINGS, buf_str(&text), e);
    if (rc == 0)
        ps_reread_version(s);
    if (text.p)
        explicit_bzero(text.p, text.cap);
    buf_free(&text);
    return rc;
}

/* 1.6 keeps the version in its settings, which name the database as well and so are not brought back: the new version would stand there. */
static int correct_settings(struct store *s, struct str version, struct work *w, struct err *e)
{
    const struct ps *own = s->own;
    struct buf text = {0};
    struct buf now = {0};
    size_t from;
    size_t to = SIZE_MAX;
    char quote;
    int rc = -1;

    if (own->version_settings == NULL || own->version_autoload || own->version_kernel || own->version_core || version.n == 0 ||
        !ps_is_version(version) || str_is(version, own->version_settings))
        return 0;
    if (tree_read(&s->tree, SETTINGS, SETTINGS_MAX, &text, e) < 0)
        goto out;
    from = str_find(buf_str(&text), STR("_PS_VERSION_"), 0);
    from = from == SIZE_MAX ? SIZE_MAX : str_find(buf_str(&text), str_of(own->version_settings), from);
    if (from != SIZE_MAX && from > 0) {
        quote = text.p[from - 1];
        to = from + strlen(own->version_settings);
        if ((quote != '\'' && quote != '"') || to >= text.n || text.p[to] != quote)
            to = SIZE_MAX;
    }
    rc = 0;
    if (to == SIZE_MAX)
        goto out;
    w->say(w, "%s the version in %s back to %.*s", w->dry_run ? "would set" : "set", SETTINGS, STR_FMT(version));
    if (w->dry_run)
        goto out;
    buf_addstr(&now, str_sub(buf_str(&text), 0, from));
    buf_addstr(&now, version);
    buf_addstr(&now, str_sub(buf_str(&text), to, text.n));
    rc = one_file_put(s, w, SETTINGS, buf_str(&now), e);
    if (rc == 0)
        ps_reread_version(s);
out:
    buf_free(&text);
    buf_free(&now);
    return rc;
}

static void say_versions(struct store *s, struct str db, struct work *w)
{
    if (s->version == NULL || db.n == 0 || ps_version_compare(str_of(s->version), db) == 0)
        return;
    w->say(w, "the files are of version %s and the database is of %.*s: they do not belong together; bring back both from one backup",
           s->version, STR_FMT(db));
}

/* The web server's PHP is another matter, but where only a new one is at hand, it is the first suspect. */
static void say_php(struct store *s, struct work *w)
{
    struct err ignored = {0};
    const struct php *php = s->version ? store_php(s, &ignored) : NULL;
    struct buf range = {0};
    unsigned min;
    unsigned max;

    if (php == NULL || php->version == 0 || !ps_php_range(s->version, &min, &max) ||
        (php->version >= min && (max == 0 || php->version < max)))
        return;
    php_version_words(min, &range);
    if (max) {
        buf_adds(&range, " up to, but without, ");
        php_version_words(max, &range);
    }
    w->say(w, "PrestaShop %s was made for PHP from %s, and PHP %s is in use here (%s): the web server may have to be set back to the PHP from "
              "before the upgrade",
           s->version, buf_cstr(&range), php->version_text, php->path);
    buf_free(&range);
}

/* Files and database are of one version again. */
static bool is_at_one(const struct store *s, bool both, struct str version_db)
{
    if (s->version && version_db.n > 0)
        return ps_version_compare(str_of(s->version), str_trim(version_db)) == 0;
    return both;
}

int ps_restored(struct store *s, bool files, bool db, struct work *w, struct err *e)
{
    struct err ignored = {0};
    struct buf version_db = {0};
    bool found = false;
    int rc = 0;

    if (files && !w->dry_run)
        ps_reread_version(s);
    if (db)
        rc = make_tables(s, w, e);
    if (rc == 0 && !w->dry_run && ps_setting_get(s, "PS_VERSION_DB", &version_db, &found, &ignored) < 0)
        found = false;
    if (rc == 0 && files)
        rc = mend_settings(s, w, e);
    if (rc == 0 && files && db && found)
        rc = correct_settings(s, buf_str(&version_db), w, e);
    if (rc == 0)
        rc = put_state_aside(s, !db, w, e);
    /* The logs stay, and would tell of the broken upgrade for ever. */
    if (rc == 0 && is_at_one(s, files && db, found ? buf_str(&version_db) : (struct str){0}))
        rc = ps_mark_put(s, PS_MARK_RESTORED, w, e);
    if (rc == 0) {
        say_versions(s, found ? buf_str(&version_db) : (struct str){0}, w);
        say_php(s, w);
    }
    buf_free(&version_db);
    return rc;
}
