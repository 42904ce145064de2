/*
 * The texts of a language, from a pack that is at hand: translations/sf-fr-FR.zip with Symfony's .xlf files from 1.7 on, translations/fr.gzip,
 * a packed tar of PHP files, in 1.6. Nothing of a pack goes anywhere but where texts of that language belong. Without a pack the texts
 * stay as they are: a shop works with the old ones.
 */
#include "base/plural.h"
#include "db/mysql_rows.h"
#include "platform/prestashop/steps.h"
#include "sys/archive.h"
#include "sys/stage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct lang {
    struct store *s;
    struct arena *mem;
    struct work *w;      /* NULL in a recheck */
    const char *iso;
    const char *locale;  /* "fr-FR"; NULL in 1.6 */
    const char *version; /* whose texts these are to be */
    const char *pack;    /* below the store, or absolute when given; NULL: none */
    bool given;
    const struct ps_release *release; /* or NULL */
    /* results */
    size_t files;
    size_t other;        /* in the pack, but no texts of this language */
    size_t mails_kept;
    struct stage stage;
};

/* Letters, digits, '-' and '_' alone: these become parts of paths. */
static bool is_word(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    return n > 0 && s[n] == '\0';
}

static bool is_old(const struct lang *l)
{
    return ps_series(l->version) == 16;
}

/* ---- finding the pack --------------------------------------------------------------------------------------------------- */

/* Names that a pack of this language has, NULL at the end. */
static void names_of(const struct lang *l, const char *names[4])
{
    size_t n = 0;

    if (is_old(l)) {
        names[n++] = arena_printf(l->mem, "%s.gzip", l->iso);
        names[n++] = arena_printf(l->mem, "%s.tar.gz", l->iso);
    } else if (l->locale) {
        names[n++] = arena_printf(l->mem, "sf-%s.zip", l->locale);
        names[n++] = arena_printf(l->mem, "%s.zip", l->locale);
    }
    names[n] = NULL;
}

static const char *given_pack(const struct lang *l, const char *const *names)
{
    const char *source = l->s->opts ? l->s->opts->source : NULL;
    const char *base;
    struct stat st;

    if (source == NULL || stat(source, &st) < 0)
        return NULL;
    base = strrchr(source, '/') ? strrchr(source, '/') + 1 : source;
    for (; *names; names++) {
        const char *in = arena_printf(l->mem, "%s/%s", source, *names);
        const char *below = arena_printf(l->mem, "%s/translations/%s", source, *names);

        if (S_ISREG(st.st_mode) && strcmp(base, *names) == 0)
            return source;
        if (S_ISDIR(st.st_mode) && access(in, F_OK) == 0)
            return in;
        if (S_ISDIR(st.st_mode) && access(below, F_OK) == 0)
            return below;
    }
    return NULL;
}

static void find_pack(struct lang *l)
{
    const char *names[4];
    const char *given;

    names_of(l, names);
    given = given_pack(l, names);
    if (given) {
        l->pack = given;
        l->given = true;
    }
    for (size_t i = 0; l->pack == NULL && names[i]; i++) {
        const char *rel = arena_printf(l->mem, "translations/%s", names[i]);

        if (tree_exists(&l->s->tree, rel))
            l->pack = rel;
        else if (l->release && l->release->dir && l->release->tree == &l->s->tree) {
            rel = arena_printf(l->mem, "%s/%s", l->release->dir, rel);
            l->pack = tree_exists(&l->s->tree, rel) ? rel : NULL;
        }
    }
}

static const char *address_of(const struct lang *l)
{
    if (is_old(l))
        return arena_printf(l->mem, "http://translations.prestashop.com/download/lang_packs/gzip/%s/%s.gzip", l->version, l->iso);
    return arena_printf(l->mem, "%s/translations/%s/%s/%s.zip",
                        ps_series(l->version) == 17 ? "http://i18n.prestashop.com" : "https://i18n.prestashop-project.org", l->version,
                        l->locale, l->locale);
}

static void say_none(const struct lang *l)
{
    const char *names[4];

    names_of(l, names);
    if (names[0] == NULL) {
        l->w->say(l->w, "%s: the database names no locale for it, so no pack can be looked for; its texts stay as they are", l->iso);
        return;
    }
    l->w->say(l->w, "%s: there is no language pack at hand; its texts stay those of the old version, and the shop works with them", l->iso);
    l->w->say(l->w, "to renew them: get %s on another machine, put it into the store as translations/%s, then: toolkit labels %s",
              address_of(l), names[0], l->iso);
}

/* ---- what is in it ------------------------------------------------------------------------------------------------------ */

static struct str last_part(struct str path)
{
    size_t slash = str_rchr(path, '/');

    return slash == SIZE_MAX ? path : str_sub(path, slash + 1, path.n);
}

/* The path holds "/DIR/ISO/" behind its first part, or begins with it. */
static bool in_dir(const struct lang *l, struct str path, const char *dir)
{
    const char *inside = arena_printf(l->mem, "/%s/%s/", dir, l->iso);

    return str_starts(path, str_of(inside + 1)) ||
           ((str_starts(path, STR("modules/")) || str_starts(path, STR("themes/"))) && str_has(path, str_of(inside)));
}

/* Mails of the merchant's wording can't be told from others: none is replaced, those that are missing come in. */
static bool is_mail(const struct lang *l, struct str path)
{
    return in_dir(l, path, "mails") && (str_ends(path, STR(".html")) || str_ends(path, STR(".txt")));
}

static bool is_old_text(const struct lang *l, struct str path)
{
    bool own = str_is(last_part(path), arena_printf(l->mem, "%s.php", l->iso));

    if (in_dir(l, path, "translations"))
        return str_ends(path, STR(".php"));
    /* Subjects of mails. */
    if (in_dir(l, path, "mails"))
        return str_is(last_part(path), "lang.php");
    if (str_starts(path, STR("modules/")))
        return own && str_has(path, STR("/translations/"));
    if (str_starts(path, STR("themes/")))
        return own && (str_has(path, STR("/lang/")) || str_has(path, STR("/translations/")));
    return own && str_starts(path, STR("pdf/lang/"));
}

/* Where a file of the pack belongs; NULL: nowhere. */
static const char *place_of(struct lang *l, const char *item)
{
    struct str path = str_of(item);

    if (is_old(l)) {
        bool mail = is_mail(l, path);

        if (mail && tree_exists(&l->s->tree, item)) {
            l->mails_kept++;
            return NULL;
        }
        if (mail || is_old_text(l, path))
            return arena_strdup(l->mem, item);
        l->other++;
        return NULL;
    }
    str_skip(&path, str_of(arena_printf(l->mem, "%s/", l->locale)));
    if (!str_ends(path, STR(".xlf")) && !str_ends(path, STR(".xliff"))) {
        l->other++;
        return NULL;
    }
    return arena_printf(l->mem, "%s/%s/%.*s", ps_series(l->version) == 17 ? "app/Resources/translations" : "translations", l->locale,
                        STR_FMT(path));
}

static void refused(void *arg, const char *path, const char *why)
{
    struct lang *l = arg;

    if (l->w)
        l->w->say(l->w, "left in the pack: %s (%s)", path, why);
}

typedef int lang_file(struct lang *l, const char *to, struct archive_src *a, struct err *e);

static int walk(struct lang *l, lang_file *each, struct err *e)
{
    struct archive_options opt = {.refused = refused, .arg = l};
    const struct fsops *ops = l->s->tree.ops;
    struct archive_src *a = NULL;
    struct archive_item item;
    int fd;
    int rc = -1;

    fd = l->given ? open(l->pack, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : tree_open_file(&l->s->tree, l->pack, O_RDONLY, 0, e);
    if (fd < 0)
        return l->given ? err_sys(e, "--source %s", l->pack) : -1;
    a = archive_src_open(ops, fd, l->pack, &opt, e);
    l->files = l->other = l->mails_kept = 0;
    while (a && (rc = archive_src_next(a, &item, e)) == 1) {
        const char *to = item.is_dir ? NULL : place_of(l, item.path);

        if (to == NULL)
            continue;
        l->files++;
        rc = each(l, to, a, e);
        if (rc < 0)
            break;
    }
    archive_src_close(a);
    ops->close(fd);
    return rc;
}

static int put(struct lang *l, const char *to, struct archive_src *a, struct err *e)
{
    if (l->w->stop && *l->w->stop)
        return err_set(e, ERR_STOPPED, "stopped while a language pack was read, as you asked; its texts are as they were");
    return stage_put(&l->stage, to, archive_src_read, a, NULL, NULL, e);
}

static int count(struct lang *l, const char *to, struct archive_src *a, struct err *e)
{
    (void)a;
    (void)e;
    if (l->w->verbose)
        l->w->say(l->w, "would write %s", to);
    return 0;
}

static int compare(struct lang *l, const char *to, struct archive_src *a, struct err *e)
{
    struct digest want;
    struct digest have;
    int fd;
    int rc;

    if (archive_src_digest(a, HASH_MD5, &want, e) < 0)
        return -1;
    fd = tree_open_file(&l->s->tree, to, O_RDONLY, 0, e);
    if (fd < 0)
        return -1;
    rc = hash_fd(l->s->tree.ops, fd, HASH_MD5, &have, NULL);
    l->s->tree.ops->close(fd);
    if (rc < 0)
        return tree_fail(&l->s->tree, to, "read it", e);
    if (!digest_eq(&want, &have))
        return err_set(e, ERR_MISMATCH, "%s is not the file of the language pack", to);
    return 0;
}

static int install(struct lang *l, struct err *e)
{
    /* Held, so that a damaged pack changes nothing. */
    struct stage_options opt = {.rehash = true, .hold = true};
    struct stage *st = &l->stage;
    int rc = stage_open(st, &l->s->tree, l->w->undo, &opt, e);

    if (rc == 0)
        rc = walk(l, put, e);
    if (rc == 0 && l->files == 0)
        rc = err_set(e, ERR_FORMAT, "%s holds no texts of the language %s", l->pack, l->iso);
    if (rc == 0)
        rc = stage_commit(st, e);
    if (rc == 0)
        l->w->say(l->w, "%s: %llu file%s of texts written, %llu %s right already", l->iso, (unsigned long long)st->files_put, plural(st->files_put, "", "s"),
                  (unsigned long long)st->files_same, plural(st->files_same, "was", "were"));
    stage_close(st);
    if (rc == 0 && l->mails_kept)
        l->w->say(l->w, "%zu mail%s of the pack %s left out: those of the shop stay", l->mails_kept, plural(l->mails_kept, "", "s"),
                  plural(l->mails_kept, "was", "were"));
    if (rc == 0 && l->other)
        l->w->say(l->w, "%zu other file%s of the pack %s left out: no texts of this language", l->other, plural(l->other, "", "s"),
                  plural(l->other, "was", "were"));
    return rc;
}

static int load(struct lang *l, struct err *e)
{
    if (!is_word(l->iso) || (l->locale && !is_word(l->locale)))
        return err_set(e, ERR_REFUSED, "\"%s\" can't be the code of a language", l->iso);
    find_pack(l);
    if (l->pack == NULL) {
        if (strcmp(l->iso, "en") == 0)
            l->w->say(l->w, "en: its texts are in the code");
        else
            say_none(l);
        return 0;
    }
    if (!l->w->dry_run)
        return install(l, e);
    if (walk(l, count, e) < 0)
        return -1;
    l->w->say(l->w, "%s: would write %zu file%s of texts from %s", l->iso, l->files, plural(l->files, "", "s"), l->pack);
    return 0;
}

static const struct ps_language *language_of(const struct ps_case *c, const char *iso)
{
    for (size_t i = 0; i < c->languages.n; i++)
        if (strcmp(c->languages.v[i].iso, iso) == 0)
            return &c->languages.v[i];
    return NULL;
}

static struct lang lang_of(struct store *s, struct ps_case *c, const struct ps_language *from, struct work *w)
{
    return (struct lang){.s = s,
                         .mem = c->mem,
                         .w = w,
                         .iso = from->iso,
                         .locale = from->locale,
                         .version = c->to ? c->to : s->version,
                         .pack = from->pack,
                         .release = &c->release};
}

int ps_run_language(struct store *s, struct ps_case *c, const char *iso, struct work *w, struct err *e)
{
    const struct ps_language *from = language_of(c, iso);
    struct lang l;

    if (from == NULL) {
        w->say(w, "%s is no language of the shop any more", iso);
        return 0;
    }
    l = lang_of(s, c, from, w);
    return load(&l, e);
}

int ps_recheck_language(struct store *s, struct ps_case *c, const char *iso, struct err *e)
{
    const struct ps_language *from = language_of(c, iso);
    struct lang l;

    if (from == NULL)
        return 0;
    l = lang_of(s, c, from, NULL);
    find_pack(&l);
    return l.pack ? walk(&l, compare, e) : 0;
}

/* ---- without an upgrade ------------------------------------------------------------------------------------------------- */

struct installed {
    const char *iso;
    const char *locale;
};

/* 1.6 has no locale. */
static int read_installed(struct store *s, struct arena *mem, struct installed **out, size_t *n, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    VEC(struct installed) list = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT * FROM %i WHERE active = 1 ORDER BY iso_code", store_table(s, "lang"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct str iso = mysql_rows_text(db, row, "iso_code");
        struct str locale = mysql_rows_text(db, row, "locale");

        *vec_push(&list) = (struct installed){.iso = arena_dup(mem, iso.p, iso.n),
                                              .locale = locale.n ? arena_dup(mem, locale.p, locale.n) : NULL};
    }
    buf_free(&sql);
    *out = list.v;
    *n = list.n;
    return rc < 0 ? -1 : 0;
}

static const struct installed *find_installed(const struct installed *all, size_t n, const char *iso)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].iso, iso) == 0)
            return &all[i];
    return NULL;
}

int ps_labels(struct store *s, const char *const *entries, size_t n, struct work *w, struct err *e)
{
    struct arena mem = {0};
    struct installed *all = NULL;
    size_t count_all = 0;
    int rc = read_installed(s, &mem, &all, &count_all, e);

    for (size_t i = 0; rc == 0 && i < n; i++)
        if (find_installed(all, count_all, entries[i]) == NULL)
            rc = err_set(e, ERR_ABSENT, "the shop has no active language \"%s\"", entries[i]);
    if (rc == 0 && s->version == NULL)
        rc = err_set(e, ERR_ABSENT, "which version the shop is of is not known, so neither is where its texts belong");
    for (size_t i = 0; rc == 0 && i < (n ? n : count_all); i++) {
        const struct installed *from = n ? find_installed(all, count_all, entries[i]) : &all[i];
        struct lang l = {.s = s, .mem = &mem, .w = w, .iso = from->iso, .locale = from->locale, .version = s->version};

        rc = load(&l, e);
        /* What is asked for by name is not passed over. */
        if (rc == 0 && n > 0 && l.pack == NULL && strcmp(l.iso, "en") != 0)
            rc = err_set(e, i == 0 ? ERR_ABSENT : ERR_MISMATCH, "the texts of %s could not be renewed: there is no language pack at hand", l.iso);
    }
    free(all);
    arena_free(&mem);
    return rc;
}
