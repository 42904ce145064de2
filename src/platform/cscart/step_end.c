/* The small steps: unpacking a package, and at the end the record, the marks, the package and the log. */
#include "platform/cscart/migrate.h"
#include "platform/cscart/steps.h"
#include "sys/archive.h"
#include "sys/stage.h"

#include "base/clock.h"

#include <fcntl.h>
#include <string.h>

static int check_archive(struct store *s, struct cs_case *c, int fd, struct err *e)
{
    struct digest have;
    struct digest want;

    if (c->offer.md5.n == 0 || !digest_parse(c->offer.md5, &want) || want.alg != HASH_MD5)
        return 0;
    if (hash_fd(s->tree.ops, fd, HASH_MD5, &have, NULL) < 0)
        return tree_fail(&s->tree, c->archive, "read it", e);
    if (!digest_eq(&have, &want)) {
        err_set(e, ERR_FORMAT, "%s is damaged: its checksum is not the one schema.json names", c->archive);
        return err_fix(e, "download the package again in the admin panel");
    }
    if (s->tree.ops->lseek(fd, 0, SEEK_SET) < 0)
        return tree_fail(&s->tree, c->archive, "read it", e);
    return 0;
}

int cs_run_unpack(struct store *s, struct cs_case *c, struct work *w, struct err *e)
{
    struct archive_extract_options opt = {0};
    struct archive_extract_result out;
    struct archive_src *src = NULL;
    const char *to = arena_printf(c->mem, "%s/content", c->dir ? c->dir : CS_PACKAGES_DIR);
    int fd;
    int rc = -1;

    if (c->archive == NULL)
        return err_set(e, ERR_ABSENT, "the package's archive is not there");
    if (w->dry_run) {
        w->say(w, "would unpack %s into %s", c->archive, to);
        return 0;
    }
    fd = tree_open_file(&s->tree, c->archive, O_RDONLY, 0, e);
    if (fd < 0)
        return -1;
    if (check_archive(s, c, fd, e) == 0) {
        src = archive_src_open(s->tree.ops, fd, c->archive, NULL, e);
        if (src)
            rc = archive_extract(src, &s->tree, to, &opt, &out, e);
    }
    archive_src_close(src);
    s->tree.ops->close(fd);
    return rc;
}

/* The log is the shop's own; its clock face is the server's here, which may be another one than PHP's. */
static int append(struct store *s, const char *rel, const char *text, struct err *e)
{
    char stamp[CLOCK_STAMP];
    struct buf line = {0};
    int fd = tree_open_file(&s->tree, rel, O_RDWR | O_APPEND, 0, e);
    char last = '\n';
    int rc = 0;

    if (fd < 0)
        return -1;
    /* An upgrader that was killed may have left a line without its end. */
    if (s->tree.ops->lseek(fd, -1, SEEK_END) >= 0 && s->tree.ops->read(fd, &last, 1) < 0)
        rc = tree_fail(&s->tree, rel, "read it", e);
    clock_local(clock_wall(), stamp);
    buf_printf(&line, "%s%s: %s\n", last == '\n' ? "" : "\n", stamp, text);
    if (rc == 0 && tree_write_full(&s->tree, fd, line.p, line.n) < 0)
        rc = tree_fail(&s->tree, rel, "write it", e);
    s->tree.ops->close(fd);
    buf_free(&line);
    return rc;
}

void cs_log_add(struct store *s, struct cs_case *c, const char *text, struct work *w)
{
    struct err why = {0};

    if (c->trail.file && append(s, c->trail.file, text, &why) < 0)
        w->say(w, "the upgrade's log could not be written: %s", why.text);
}

static int add_record(struct store *s, struct cs_case *c, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const char *name = arena_printf(c->mem, "Upgrade %s - %s", c->from ? c->from : "?", c->to ? c->to : "?");
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    if (c->offer.name.n > 0)
        name = arena_dup(c->mem, c->offer.name.p, c->offer.name.n);
    mysql_sqlf(db, &sql, "INSERT INTO %i (type, name, `timestamp`, description, conflicts) VALUES (%s, %s, UNIX_TIMESTAMP(), %S, '')",
               store_table(s, "installed_upgrades"), c->offer.type.n ? arena_dup(c->mem, c->offer.type.p, c->offer.type.n) : "core",
               name, c->offer.description);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

int cs_run_record(struct store *s, struct cs_case *c, struct work *w, struct err *e)
{
    bool there = false;

    if (cs_has_table(s, s->prefix ? s->prefix : "", "installed_upgrades", &there, e) < 0)
        return -1;
    if (w->dry_run) {
        w->say(w, there && !c->recorded ? "would add the row of installed_upgrades" : "the row is there, or this version has none");
        return 0;
    }
    if (there && !c->recorded && (c->from == NULL || c->to == NULL))
        w->say(w, "the versions of the upgrade are written nowhere, so no row of installed_upgrades is added");
    else if (there && !c->recorded && add_record(s, c, e) < 0)
        return -1;
    cs_log_add(s, c, "Saving upgrade information to DB", w);
    if (cs_storage_remove(s, "collision_files", e) < 0 || cs_storage_remove(s, "collisions_hash", e) < 0)
        return -1;
    return 0;
}

struct removing {
    struct stage *st;
    struct arena *mem;
};

static int stage_away(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct removing *r = arg;

    if (S_ISDIR(st->st_mode))
        return 0;
    return stage_delete(r->st, rel, true, e);
}

/* To the undo area: what is wanted back is one command away. */
int cs_run_package(struct store *s, struct cs_case *c, struct work *w, struct err *e)
{
    struct stage_options opt = {0};
    struct stage st = {0};
    struct removing r = {.st = &st, .mem = c->mem};
    int rc = -1;

    if (c->dir == NULL || !tree_exists(&s->tree, c->dir))
        return 0;
    if (w->dry_run) {
        w->say(w, "would move %s to the undo area", c->dir);
        return 0;
    }
    if (stage_open(&st, &s->tree, w->undo, &opt, e) == 0 && tree_walk(&s->tree, c->dir, stage_away, NULL, &r, e) == 0 &&
        stage_commit(&st, e) == 0)
        rc = 0;
    stage_close(&st);
    /* What is left are folders that held nothing. */
    if (rc == 0 && tree_exists(&s->tree, c->dir))
        rc = tree_remove_tree(&s->tree, c->dir, false, e);
    if (rc == 0) {
        cs_log_add(s, c, "Deleting package contents", w);
        c->has_content = c->has_offer = false;
    }
    return rc;
}
