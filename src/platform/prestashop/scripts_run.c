/*
 * Carrying out what is left of one script. The journal has one note a script, written before each statement is sent:
 *
 *     begun N SUM       statements before N are done; N was sent, or was about to be
 *     before N SUM      statements before N are done, N was not sent
 *     refused N CODE SUM  the server refused N with that error, so that nothing of it was done
 *     end
 *
 * SUM is of the text of statement N: were the scripts exchanged for others in between, numbers would mean other statements.
 */
#include "base/plural.h"
#include "platform/prestashop/scripts_parts.h"
#include "sys/hash.h"

#include <stdlib.h>
#include <string.h>

/* Changing a table of millions of rows is hours of silence. */
#define ALTER_TIMEOUT_MS (24u * 3600 * 1000)
#define SHOWN_MAX        ((size_t)300)

struct running {
    struct store *s;
    struct ps_case *c;
    struct ps_scripts *x;
    struct ps_script *script;
    struct work *w;
    struct mysql *db;
    size_t sent;
    size_t kept;      /* that an earlier run or the database shows as done */
    size_t forgotten; /* errors that the module forgets */
    unsigned refused_code; /* of the statement that was refused in an earlier run, which is refused_at */
    size_t refused_at;
    bool in_doubt;         /* the note says that a statement was begun, and nothing says more */
};

/* ---- notes ---------------------------------------------------------------------------------------------------------------------- */

static const char *sum_of(struct ps_case *c, const struct ps_statement *st)
{
    struct digest d;
    char hex[HASH_HEX];

    hash_bytes(HASH_MD5, st->text.p, st->text.n, &d);
    digest_hex(&d, hex);
    return arena_printf(c->mem, "%.8s", hex);
}

static int note(struct running *r, const char *word, size_t i, unsigned code, struct err *e)
{
    const char *sum = sum_of(r->c, &r->script->all.v[i]);
    const char *text = code ? arena_printf(r->c->mem, "%s %zu %u %s", word, i, code, sum)
                            : arena_printf(r->c->mem, "%s %zu %s", word, i, sum);

    return r->w->note(r->w, PS_STATEMENT_NOTE, str_of(text), e);
}

static enum ps_ran look_at(struct running *r, size_t i)
{
    size_t number = r->script->first + i;
    struct ps_statement *st = &r->script->all.v[i];
    const char *why = NULL;
    enum ps_ran seen = ps_proof_seen(r->x, number, number + 1);

    if (seen == PS_RAN_MAYBE)
        seen = ps_rows_seen(r->s, r->x, number, &why, r->c->mem);
    if (why)
        st->why = why;
    return seen;
}

/* What an earlier run of ours wrote down stands above all other evidence. */
static void read_note(struct running *r)
{
    struct buf value = {0};
    struct str rest;
    struct str word;
    struct str code = {"", 0};
    uint64_t n;
    uint64_t number = 0;

    r->refused_at = SIZE_MAX;
    if (!r->w->noted(r->w, PS_STATEMENT_NOTE, &value))
        goto out;
    rest = buf_str(&value);
    word = str_cut(rest, ' ', &rest);
    if (str_is(word, "end")) {
        for (size_t i = 0; i < r->script->all.n; i++)
            r->script->all.v[i].ran = PS_RAN_YES;
        goto out;
    }
    if (!str_u64(str_cut(rest, ' ', &rest), r->script->all.n - 1, &n))
        goto out;
    if (str_is(word, "refused"))
        code = str_cut(rest, ' ', &rest);
    if (!str_is(rest, sum_of(r->c, &r->script->all.v[n]))) {
        r->w->say(r->w, "%s is another one than when the toolkit ran it before; what was done is judged by the database", r->script->file);
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        r->script->all.v[i].ran = PS_RAN_YES;
    r->script->all.v[n].ran = str_is(word, "begun") ? look_at(r, (size_t)n) : PS_RAN_NO;
    r->in_doubt = str_is(word, "begun") && r->script->all.v[n].ran == PS_RAN_MAYBE;
    if (r->in_doubt)
        r->script->all.v[n].why = "it was begun before, and the database does not show whether it was carried out";
    if (code.n > 0 && str_u64(code, UINT32_MAX, &number)) {
        r->refused_at = (size_t)n;
        r->refused_code = (unsigned)number;
    }
out:
    buf_free(&value);
}

/* ---- one statement -------------------------------------------------------------------------------------------------------------- */

static const char *shown(struct ps_case *c, struct str text)
{
    struct str line = str_sub(text, 0, SHOWN_MAX);
    char *out = arena_dup(c->mem, line.p, line.n);

    for (char *p = out; *p; p++)
        if (*p == '\n' || *p == '\r' || *p == '\t')
            *p = ' ';
    return text.n > SHOWN_MAX ? arena_printf(c->mem, "%s…", out) : out;
}

static int place(const struct running *r, size_t i, struct err *e)
{
    const struct ps_statement *st = &r->script->all.v[i];

    return err_wrap(e, "%s line %u, statement %zu of %zu, %s", r->script->file, st->line, i + 1, r->script->all.n,
                    shown(r->c, st->text));
}

static bool ask(struct running *r, const char *sql, struct str name, struct buf *value, struct err *e)
{
    struct buf text = {0};
    bool found = false;
    int rc;

    mysql_sqlf(r->db, &text, sql, name);
    buf_reset(value);
    rc = mysql_value(r->db, buf_str(&text), value, &found, e);
    buf_free(&text);
    return rc == 0 && found;
}

static bool same_columns(struct running *r, const struct ps_effect *f)
{
    size_t n;
    const struct ps_db_column *c = ps_db_columns(ps_proof_db(r->x->proof), f->table, &n);
    size_t same = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < f->tables.n; k++)
            same += f->tables.v[k].n == c[i].name.n && str_has_nocase(f->tables.v[k], c[i].name);
    return n > 0 && n == f->tables.n && same == n;
}

/* The module drops the table before it makes it. We do so with one that is empty; one with rows stays, or stops us. */
static int before_create(struct running *r, size_t i, bool *needed, struct err *e)
{
    const struct ps_effect *f = &r->script->all.v[i].effect;
    struct buf value = {0};
    struct buf sql = {0};
    uint64_t rows = 0;
    int rc = 0;

    *needed = true;
    if (!ask(r, "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %S", f->table, &value, e) ||
        str_is(buf_str(&value), "0"))
        goto out;
    if (!ask(r, "SELECT COUNT(*) FROM %I", f->table, &value, e) || !str_u64(buf_str(&value), UINT64_MAX, &rows)) {
        rc = e->kind != ERR_NONE ? -1 : 0;
        goto out;
    }
    if (rows > 0 && !f->selects && same_columns(r, f)) {
        r->w->say(r->w, "%.*s is there, with the columns it has to have and %llu row%s; it stays as it is", STR_FMT(f->table),
                  (unsigned long long)rows, plural(rows, "", "s"));
        *needed = false;
    } else if (rows > 0 && !r->w->again) {
        rc = err_set(e, ERR_REFUSED, "%.*s is there with %llu row%s, and is not of the form that it is to have", STR_FMT(f->table),
                     (unsigned long long)rows, plural(rows, "", "s"));
        err_fix(e, "rename the table, or let it be dropped and made anew, as the upgrade module would, with --again");
    } else {
        r->w->say(r->w, "%.*s is there, %s; it is dropped and made anew", STR_FMT(f->table),
                  rows ? "as you agreed with its rows" : "without rows");
        mysql_sqlf(r->db, &sql, "DROP TABLE IF EXISTS %I", f->table);
        rc = mysql_exec(r->db, buf_str(&sql), NULL, e);
    }
out:
    buf_free(&value);
    buf_free(&sql);
    return rc;
}

static int refused(struct running *r, size_t i, struct err *e)
{
    struct ps_statement *st = &r->script->all.v[i];
    struct err ignored = {0};

    if (e->db_code == 0 || !mysql_alive(r->db))
        return place(r, i, e);
    if (ps_error_is_forgotten(e->db_code)) {
        r->w->say(r->w, "%s line %u: %s; the upgrade module forgets this error, too", r->script->version, st->line, e->text);
        r->forgotten++;
    } else if (r->w->again && r->refused_at == i && r->refused_code == e->db_code) {
        r->w->say(r->w, "%s line %u was refused again, and is passed over: %s", r->script->version, st->line, e->text);
    } else {
        note(r, "refused", i, e->db_code, &ignored);
        place(r, i, e);
        return err_fix(e, "mend the cause, then run the same again; the upgrade module itself would write this into its log and go on "
                          "without the statement, which --again does when it is refused once more");
    }
    st->passed_over = true;
    err_clear(e);
    return 0;
}

static int call(struct running *r, size_t i, struct err *e)
{
    struct ps_statement *st = &r->script->all.v[i];
    struct err ignored = {0};
    int rc;

    if (st->call_state != PS_CALL_GOOD) {
        r->w->say(r->w, "%s line %u: %s; the upgrade module refuses it and goes on: %s", r->script->version, st->line,
                  st->call_state == PS_CALL_METHOD ? "a method is to be called" : "a call that can't be read", shown(r->c, st->text));
        st->passed_over = true;
        return 0;
    }
    rc = ps_call_make(r->s, r->c, st, r->w, e);
    if (rc == 0)
        return 0;
    if (e->kind == ERR_ABSENT) {
        note(r, "before", i, 0, &ignored);
    } else if (r->w->again && r->refused_at == i && r->refused_code == 1) {
        r->w->say(r->w, "%s line %u failed again, and is passed over: %s", r->script->version, st->line, e->text);
        st->passed_over = true;
        err_clear(e);
        return 0;
    } else if (st->repeatable) {
        note(r, "refused", i, 1, &ignored);
        err_fix(e, "mend the cause, then run the same again; the upgrade module itself would go on without it, which --again does when "
                   "it fails once more");
    }
    return place(r, i, e);
}

static int send(struct running *r, size_t i, struct err *e)
{
    struct ps_statement *st = &r->script->all.v[i];
    struct err ignored = {0};
    bool needed = true;
    bool light = !st->php && (st->effect.does == PS_DOES_SESSION || st->effect.does == PS_DOES_NOTHING);

    if (!st->php && st->effect.does == PS_DOES_CREATE && before_create(r, i, &needed, e) < 0) {
        note(r, "before", i, 0, &ignored);
        return place(r, i, e);
    }
    if (!light && note(r, "begun", i, 0, e) < 0)
        return -1;
    if (st->php) {
        if (call(r, i, e) < 0)
            return -1;
    } else {
        if (needed && mysql_exec(r->db, st->text, NULL, e) < 0 && refused(r, i, e) < 0)
            return -1;
        st->ours = needed;
    }
    st->ran = PS_RAN_YES;
    st->why = "the toolkit carried it out";
    r->sent += !light;
    r->in_doubt = false;
    return 0;
}

/* ---- the session ---------------------------------------------------------------------------------------------------------------- */

/* PrestaShop talks utf8 to its server up to 1.7.6, and utf8mb4 since its tables are that. Told apart by a table that all have. */
static bool tables_hold_four_bytes(struct store *s, struct mysql *db)
{
    struct buf sql = {0};
    struct buf value = {0};
    struct err ignored = {0};
    bool found = false;
    bool four;

    mysql_sqlf(db, &sql, "SELECT TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s",
               store_table(s, "configuration"));
    four = mysql_value(db, buf_str(&sql), &value, &found, &ignored) == 0 && str_starts(buf_str(&value), STR("utf8mb4"));
    buf_free(&sql);
    buf_free(&value);
    return four;
}

int ps_scripts_session(struct store *s, struct mysql **out, struct err *e)
{
    char four[] = "utf8mb4";
    char three[] = "utf8";
    struct mysql_opts o = store_db_opts(s);
    struct mysql *db = store_db(s, e);

    *out = NULL;
    if (db == NULL)
        return -1;
    o.charset = tables_hold_four_bytes(s, db) ? four : three;
    if (mysql_open(out, &o, e) < 0)
        return -1;
    mysql_set_timeout(*out, ALTER_TIMEOUT_MS);
    return mysql_exec(*out, STR("SET SESSION sql_mode = ''"), NULL, e);
}

/* What it makes is needed by a statement that is still to come. */
static bool is_needed(const struct running *r, size_t i, size_t from, struct str name)
{
    for (size_t k = from; k < r->script->all.n; k++)
        if (k != i && r->script->all.v[k].ran != PS_RAN_YES && ps_effect_names(r->script->all.v[k].text, name))
            return true;
    return false;
}

/* "@name" behind SET, or empty for SET NAMES and the like. */
static struct str variable_of(struct str sql)
{
    size_t at = str_chr(sql, '@', 0);
    size_t end = at == SIZE_MAX ? 0 : at + 1;

    if (at == SIZE_MAX || at + 1 >= sql.n || sql.p[at + 1] == '@')
        return (struct str){"", 0};
    while (end < sql.n && (sql.p[end] == '_' || (sql.p[end] >= '0' && sql.p[end] <= '9') || (sql.p[end] >= 'a' && sql.p[end] <= 'z') ||
                           (sql.p[end] >= 'A' && sql.p[end] <= 'Z')))
        end++;
    return str_sub(sql, at, end);
}

/* Of the statements that are done, those that only set up the session are done again for the ones to come. */
static int set_up(struct running *r, size_t first, struct err *e)
{
    for (size_t i = 0; i < first; i++) {
        const struct ps_statement *st = &r->script->all.v[i];
        struct str name = st->effect.table.n > 0 ? st->effect.table : variable_of(st->text);

        if (st->php || st->effect.does != PS_DOES_SESSION || (name.n > 0 && !is_needed(r, i, first, name)))
            continue;
        if (str_has_nocase(st->text, STR("LAST_INSERT_ID"))) {
            err_set(e, ERR_REFUSED, "what follows needs the number of a row that was added before the break, which nobody knows any more");
            err_fix(e, "go back with toolkit restore");
            return place(r, i, e);
        }
        if (mysql_exec(r->db, st->text, NULL, e) < 0)
            return place(r, i, e);
    }
    return 0;
}

/* ---- all ------------------------------------------------------------------------------------------------------------------------ */

static struct ps_script *find_script(struct ps_scripts *x, const char *version)
{
    for (size_t i = 0; i < x->all.n; i++)
        if (strcmp(x->all.v[i].version, version) == 0)
            return &x->all.v[i];
    return NULL;
}

static int check_order(const struct running *r, struct err *e)
{
    for (const struct ps_script *s = r->x->all.v; s < r->script; s++)
        if (s->done < s->all.n && !s->told) {
            err_set(e, ERR_REFUSED, "%s has %zu statement%s not carried out, and comes before %s", s->version, s->all.n - s->done,
                    plural(s->all.n - s->done, " that was", "s that were"), r->script->version);
            return err_fix(e, "toolkit resume carries them out in their order");
        }
    return 0;
}

static int may_send(struct running *r, size_t i, struct err *e)
{
    const struct ps_statement *st = &r->script->all.v[i];
    struct err ignored = {0};

    if (st->ran != PS_RAN_MAYBE || st->repeatable || r->w->again)
        return 0;
    /* Unless the journal has it in doubt already: what stands before it is done. */
    if (!r->in_doubt)
        note(r, "before", i, 0, &ignored);
    err_set(e, ERR_REFUSED, "%s; %s", st->why ? st->why : "nobody knows whether it was carried out", st->danger ? st->danger : "");
    err_fix(e, "look at it; --again lets it be carried out, toolkit restore goes back");
    return place(r, i, e);
}

static int run_all(struct running *r, struct err *e)
{
    size_t first = 0;

    while (first < r->script->all.n && r->script->all.v[first].ran == PS_RAN_YES)
        first++;
    if (first < r->script->all.n && set_up(r, first, e) < 0)
        return -1;
    for (size_t i = 0; i < r->script->all.n; i++) {
        struct ps_statement *st = &r->script->all.v[i];

        r->w->progress(r->w, r->script->version, i, r->script->all.n);
        if (st->ran == PS_RAN_YES && !(i > first && !st->php && st->effect.does == PS_DOES_SESSION)) {
            r->kept++;
            continue;
        }
        if (r->w->stop && *r->w->stop) {
            if (note(r, "before", i, 0, e) < 0)
                return -1;
            return err_set(e, ERR_STOPPED, "stopped between two statements, as you asked");
        }
        if (may_send(r, i, e) < 0 || send(r, i, e) < 0)
            return -1;
    }
    return r->w->note(r->w, PS_STATEMENT_NOTE, STR("end"), e);
}

static void tell_dry(const struct running *r)
{
    size_t open = 0;
    size_t calls = 0;
    size_t shown_n = 0;

    for (size_t i = 0; i < r->script->all.n; i++) {
        const struct ps_statement *st = &r->script->all.v[i];

        if (st->ran == PS_RAN_YES)
            continue;
        open++;
        calls += st->php;
        if (r->w->verbose || shown_n++ < 3)
            r->w->say(r->w, "would carry out line %u: %s%s", st->line, shown(r->c, st->text),
                      st->ran == PS_RAN_MAYBE ? " (it may have run already)" : "");
    }
    r->w->say(r->w, "would carry out %zu of %zu statement%s of %s, %zu of them %s in PHP", open, r->script->all.n,
              plural(r->script->all.n, "", "s"), r->script->file, calls, plural(calls, "a function", "functions"));
}

int ps_run_script(struct store *s, struct ps_case *c, const char *version, struct work *w, struct err *e)
{
    struct running r = {.s = s, .c = c, .x = &c->scripts, .w = w, .script = find_script(&c->scripts, version)};
    int rc = -1;

    if (r.script == NULL)
        return err_set(e, ERR_ABSENT, "%s", c->scripts.err ? c->scripts.err : arena_printf(c->mem, "there is no script %s", version));
    if (check_order(&r, e) < 0)
        return -1;
    if (r.script->all.n == 0)
        return 0;
    if (ps_proof_read(s, &c->scripts, e) < 0)
        return -1;
    read_note(&r);
    if (w->dry_run) {
        tell_dry(&r);
        r.script->told = true;
        ps_scripts_count(&c->scripts);
        return 0;
    }
    if (ps_scripts_session(s, &r.db, e) == 0)
        rc = run_all(&r, e);
    mysql_close(r.db);
    ps_scripts_count(&c->scripts);
    if (rc == 0)
        w->say(w, "%zu statement%s of %s carried out%s%s", r.sent, r.sent == 1 ? "" : "s", version,
               r.kept ? arena_printf(c->mem, ", %zu %s before", r.kept, r.kept == 1 ? "was" : "were") : "",
               r.forgotten ? arena_printf(c->mem, ", %zu error%s forgotten as the upgrade module does", r.forgotten, r.forgotten == 1 ? "" : "s") : "");
    return rc;
}

/* A function behind it may have changed the same thing, and what functions do is not known here. */
static bool may_be_undone(const struct ps_script *script, size_t i)
{
    static const char *const words[] = {"drop", "clean", "delete", "change", "remove", "rework", "rename"};

    for (size_t k = i + 1; k < script->all.n; k++)
        for (size_t n = 0; script->all.v[k].call && n < sizeof words / sizeof *words; n++)
            if (str_has(str_of(script->all.v[k].call), str_of(words[n])))
                return true;
    return false;
}

int ps_recheck_script(struct store *s, struct ps_case *c, const char *version, struct err *e)
{
    struct ps_script *script = find_script(&c->scripts, version);

    if (script == NULL)
        return 0;
    if (script->done < script->all.n)
        return err_set(e, ERR_MISMATCH, "%zu statement%s of %s %s not carried out", script->all.n - script->done,
                       plural(script->all.n - script->done, "", "s"), version, plural(script->all.n - script->done, "was", "were"));
    if (ps_proof_read(s, &c->scripts, e) < 0)
        return -1;
    for (size_t i = 0; i < script->all.n; i++) {
        const struct ps_statement *st = &script->all.v[i];

        if (st->ours && !st->passed_over && !may_be_undone(script, i) &&
            ps_proof_missing(&c->scripts, script->first + i, script->first + script->all.n))
            return err_set(e, ERR_MISMATCH, "%s line %u was carried out, and what it does is not there: %s", script->file, st->line,
                           shown(c, st->text));
    }
    return 0;
}
