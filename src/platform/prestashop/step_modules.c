/*
 * Bringing one module to the version of its files: a newer archive that lies ready is unpacked over it, then its upgrade functions run
 * in order, each at most once, and its version is written down after each. Names that an upgrade has quarantined come back.
 */
#include "base/plural.h"
#include "db/mysql_rows.h"
#include "platform/prestashop/plan_parts.h"
#include "platform/prestashop/steps.h"
#include "sys/archive.h"
#include "sys/stage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define QUARANTINE "UA_"

struct updating {
    struct store *s;
    struct ps_case *c;
    struct work *w;
    const char *name;
    struct ps_module_todo m; /* version_db is "0" when the row has none */
    bool installed;
    bool off;
};

static bool is_name(const char *name)
{
    for (const char *p = name; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '_' || *p == '-'))
            return false;
    return name[0] != '\0';
}

/* ---- what is there ------------------------------------------------------------------------------------------------------ */

static int read_row(struct updating *u, struct err *e)
{
    struct mysql *db = store_db(u->s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    u->installed = false;
    /* Modules are on where they have a row for a shop; the column is older than these. */
    mysql_sqlf(db, &sql,
               "SELECT m.version, m.active AND EXISTS (SELECT 1 FROM %i x WHERE x.id_module = m.id_module) FROM %i m WHERE m.name IN (%s, %s) "
               "ORDER BY m.name = %s",
               store_table(u->s, "module_shop"), store_table(u->s, "module"), u->name, arena_printf(u->c->mem, QUARANTINE "%s", u->name), u->name);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        u->installed = true;
        u->m.version_db = row[0].is_null || row[0].s.n == 0 ? "0" : arena_dup(u->c->mem, row[0].s.p, row[0].s.n);
        u->off = str_is(row[1].s, "0");
    }
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

static int look(struct updating *u, struct err *e)
{
    if (!is_name(u->name))
        return err_set(e, ERR_REFUSED, "\"%s\" can't be the name of a module", u->name);
    if (read_row(u, e) < 0)
        return -1;
    u->m.name = u->name;
    u->m.version_files = ps_module_version_in(&u->s->tree, "", u->name, u->c->mem);
    ps_module_scripts(u->s, u->c, &u->m);
    return 0;
}

/* ---- a newer archive of it ---------------------------------------------------------------------------------------------- */

static void refused(void *arg, const char *path, const char *why)
{
    struct updating *u = arg;

    u->w->say(u->w, "left in the archive: %s (%s)", path, why);
}

static int put_all(struct updating *u, struct archive_src *a, const char *zip, struct stage *st, struct err *e)
{
    struct archive_item item;
    uint64_t files = 0;
    int rc;

    while ((rc = archive_src_next(a, &item, e)) == 1) {
        struct str path = str_of(item.path);

        if (item.is_dir)
            continue;
        if (!str_skip(&path, str_of(u->name)) || !str_starts(path, STR("/")))
            return err_set(e, ERR_FORMAT, "%s: %s is outside of the module's folder %s", zip, item.path, u->name);
        if (stage_put(st, arena_printf(u->c->mem, "modules/%s", item.path), archive_src_read, a, NULL, NULL, e) < 0)
            return -1;
        files++;
    }
    if (rc == 0 && files == 0)
        return err_set(e, ERR_FORMAT, "%s holds no files", zip);
    return rc;
}

static int unpack(struct updating *u, const char *zip, struct err *e)
{
    struct archive_options opt = {.refused = refused, .arg = u};
    /* Held, so that a damaged archive changes nothing. */
    struct stage_options how = {.rehash = true, .hold = true};
    struct stage st = {0};
    struct archive_src *a = NULL;
    int fd = tree_open_file(&u->s->tree, zip, O_RDONLY, 0, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (stage_open(&st, &u->s->tree, u->w->undo, &how, e) == 0 && (a = archive_src_open(u->s->tree.ops, fd, zip, &opt, e)) != NULL &&
        put_all(u, a, zip, &st, e) == 0 && stage_commit(&st, e) == 0) {
        u->w->say(u->w, "%s: %llu file%s written", zip, (unsigned long long)st.files_put, plural(st.files_put, "", "s"));
        rc = u->w->note(u->w, "unpacked", str_of(zip), e);
    }
    archive_src_close(a);
    stage_close(&st);
    u->s->tree.ops->close(fd);
    return rc;
}

/* ---- its functions ------------------------------------------------------------------------------------------------------ */

static int save_version(struct updating *u, const char *version, struct err *e)
{
    struct mysql *db = store_db(u->s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "UPDATE %i SET version = %s WHERE name = %s", store_table(u->s, "module"), version, u->name);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

static int no_php(const struct updating *u, struct err *e)
{
    const char *version = u->s->version;

    err_wrap(e, "%s has %zu upgrade function%s, code of the store", u->name, u->m.scripts.n, plural(u->m.scripts.n, "", "s"));
    e->fix[0] = '\0';
    if (ps_series(version) == 16)
        return err_fix(e, "where PHP is: run the same command again; or open Modules in the back office, which runs them");
    return err_fix(e, "where PHP is: run the same command again, or php bin/console prestashop:module upgrade %s", u->name);
}

/* 1: it ended, 0: it said that it failed, and the module was switched off. */
static int run_function(struct updating *u, const char *file, struct err *e)
{
    struct buf noted = {0};
    bool known = u->w->noted(u->w, file, &noted);
    bool begun = known && str_is(buf_str(&noted), "begun");
    bool done = known && str_is(buf_str(&noted), "done");
    bool refuses = false;
    int rc = 1;

    buf_free(&noted);
    if (done)
        return 1;
    if (begun && !u->w->again) {
        err_set(e, ERR_REFUSED, "%s was begun and did not end; it was not run again", file);
        return err_fix(e, "look at what it does, then run it again with --again");
    }
    if (u->w->note(u->w, file, STR("begun"), e) < 0)
        return -1;
    if (ps_module_call(u->s, u->name, file, u->w, &refuses, e) < 0) {
        struct err ignored = {0};

        /* It was not entered. */
        if (e->kind == ERR_ABSENT && u->w->note(u->w, file, STR("not entered"), &ignored) < 0)
            e->kind = ERR_CHILD;
        return -1;
    }
    if (refuses) {
        u->w->say(u->w, "%s; the module is switched off, as the upgrade does it, and keeps version %s", e->text, u->m.version_db);
        u->w->say(u->w, "when that is mended: php bin/console prestashop:module upgrade %s", u->name);
        err_clear(e);
        rc = 0;
    }
    if (u->w->note(u->w, file, rc ? STR("done") : STR("refused"), e) < 0)
        return -1;
    return rc;
}

/* "1.2.0" of "modules/x/upgrade/upgrade-1.2.0.php". */
static const char *version_of(const struct updating *u, const char *file)
{
    struct str v = str_of(strrchr(file, '-') + 1);

    str_chop(&v, STR(".php"));
    return arena_dup(u->c->mem, v.p, v.n);
}

static int run_functions(struct updating *u, struct err *e)
{
    for (size_t i = 0; i < u->m.scripts.n; i++) {
        const char *file = u->m.scripts.v[i];
        int rc;

        u->w->progress(u->w, file, i, u->m.scripts.n);
        if (u->w->stop && *u->w->stop)
            return err_set(e, ERR_STOPPED, "stopped between two upgrade functions of %s, as you asked", u->name);
        rc = run_function(u, file, e);
        if (rc <= 0)
            return rc;
        u->m.version_db = version_of(u, file);
        if (save_version(u, u->m.version_db, e) < 0)
            return -1;
        u->w->say(u->w, "%s was run", file);
    }
    return 1;
}

static void say_dry(struct updating *u, const char *zip)
{
    if (zip)
        u->w->say(u->w, "would unpack %s over modules/%s", zip, u->name);
    for (size_t i = 0; i < u->m.scripts.n; i++)
        u->w->say(u->w, "would run %s by PHP", u->m.scripts.v[i]);
    if (ps_modules_migrate(u->s) && u->m.version_files && strcmp(u->m.version_files, u->m.version_db) != 0)
        u->w->say(u->w, "would write down that %s has version %s (now %s)", u->name, u->m.version_files, u->m.version_db);
}

static int update(struct updating *u, struct err *e)
{
    const char *zip = ps_module_zip(u->s, u->c->mem, u->name);
    struct buf noted = {0};
    /* Its row bears another name as long as it is in quarantine. A dry run tells of that once, in the step for names. */
    int rc = u->w->dry_run ? 0 : ps_run_unquarantine(u->s, u->c, u->w, e);

    if (rc == 0)
        rc = look(u, e);
    if (rc == 0 && zip && (u->w->noted(u->w, "unpacked", &noted) || !ps_module_zip_is_new(u->s, u->c->mem, zip)))
        zip = NULL;
    buf_free(&noted);
    if (rc < 0)
        return -1;
    if (!u->installed) {
        u->w->say(u->w, "%s is not installed any more", u->name);
        return 0;
    }
    if (u->w->dry_run) {
        say_dry(u, zip);
        return 0;
    }
    if (zip && (unpack(u, zip, e) < 0 || look(u, e) < 0))
        return -1;
    if (u->m.version_files == NULL) {
        u->w->say(u->w, "modules/%s says nowhere which version it is of, so nothing is run", u->name);
        return 0;
    }
    if (!ps_modules_migrate(u->s)) {
        u->w->say(u->w, "%s: its row says %s; Modules in the back office brings the database up to its files, as after every such upgrade",
                  u->name, u->m.version_db);
        return 0;
    }
    if (u->m.scripts.n > 0 && store_php(u->s, e) == NULL)
        return no_php(u, e);
    rc = run_functions(u, e);
    if (rc == 1)
        rc = php_version_compare(str_of(u->m.version_files), str_of(u->m.version_db)) > 0 ? save_version(u, u->m.version_files, e) : 0;
    return rc;
}

int ps_run_module(struct store *s, struct ps_case *c, const char *name, struct work *w, struct err *e)
{
    struct updating u = {.s = s, .c = c, .w = w, .name = name, .m.version_db = "0"};
    int rc = update(&u, e);

    free(u.m.scripts.v);
    return rc;
}

int ps_recheck_module(struct store *s, struct ps_case *c, const char *name, struct err *e)
{
    struct updating u = {.s = s, .c = c, .name = name, .m.version_db = "0"};
    int rc = look(&u, e);

    if (rc == 0 && ps_modules_migrate(s) && u.installed && !u.off && u.m.version_files &&
        php_version_compare(str_of(u.m.version_files), str_of(u.m.version_db)) > 0)
        rc = err_set(e, ERR_MISMATCH, "%s has version %s in the database, and its files are of %s", name, u.m.version_db, u.m.version_files);
    free(u.m.scripts.v);
    return rc;
}

/* ---- switched off, and quarantined -------------------------------------------------------------------------------------- */

int ps_run_modules_off(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    (void)c;
    return ps_addons_set(s, NULL, 0, false, w, e);
}

int ps_recheck_modules_off(struct store *s, struct err *e)
{
    struct addon_list list = {0};
    int rc = ps_addons_list(s, &list, e);

    for (size_t i = 0; rc == 0 && i < list.all.n; i++)
        if (list.all.v[i].enabled && list.all.v[i].origin_known && list.all.v[i].third_party)
            rc = err_set(e, ERR_MISMATCH, "the module %s is still switched on", list.all.v[i].name);
    free(list.all.v);
    arena_free(&list.mem);
    return rc;
}

static int quarantined(struct store *s, struct arena *mem, struct mysql_list *names, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT name FROM %i WHERE LEFT(name, 3) = '" QUARANTINE "' ORDER BY name", store_table(s, "module"));
    rc = mysql_rows_list(db, buf_str(&sql), mem, names, e);
    buf_free(&sql);
    return rc;
}

static int give_name(struct store *s, const char *name, struct work *w, struct err *e)
{
    const char *plain = name + sizeof QUARANTINE - 1;
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    bool twice = false;
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT id_module FROM %i WHERE name = %s", store_table(s, "module"), plain);
    rc = mysql_value(db, buf_str(&sql), &value, &twice, e);
    if (rc == 0 && twice) {
        w->say(w, "%s stays: there is a module %s already", name, plain);
    } else if (rc == 0 && w->dry_run) {
        w->say(w, "would name the module %s %s again", name, plain);
    } else if (rc == 0) {
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "UPDATE %i SET name = %s WHERE name = %s", store_table(s, "module"), plain, name);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

int ps_run_unquarantine(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    struct mysql_list names = {0};
    int rc = quarantined(s, c->mem, &names, e);

    for (size_t i = 0; rc == 0 && i < names.n; i++)
        rc = give_name(s, names.v[i], w, e);
    if (rc == 0 && !w->dry_run && names.n > 0)
        w->say(w, "%zu module%s back", names.n, names.n == 1 ? " has its name" : "s have their names");
    return rc;
}

/* A name that another module has by now may stay. */
int ps_recheck_unquarantine(struct store *s, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const char *table = store_table(s, "module");
    struct buf sql = {0};
    struct buf name = {0};
    bool found = false;
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql,
               "SELECT m.name FROM %i m LEFT JOIN %i o ON o.name = SUBSTRING(m.name, 4) WHERE LEFT(m.name, 3) = '" QUARANTINE
               "' AND o.name IS NULL LIMIT 1",
               table, table);
    rc = mysql_value(db, buf_str(&sql), &name, &found, e);
    if (rc == 0 && found)
        rc = err_set(e, ERR_MISMATCH, "the module %s still bears the name that the update gave it", buf_cstr(&name));
    buf_free(&sql);
    buf_free(&name);
    return rc;
}
