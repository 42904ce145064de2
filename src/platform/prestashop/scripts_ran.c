/*
 * Which statements have run. Most weight has the module's own list of what is left (7), then its log, then the database; the weights are
 * such that a database that was put back after the log was written is believed when it contradicts the log in many places.
 */
#include "platform/prestashop/scripts_parts.h"

#include <stdlib.h>
#include <string.h>

#define WEIGHT_LIST  60
#define WEIGHT_PHASE 40
#define WEIGHT_LOG   40
/* What the log does not show any more may still have run: lines can be lost with the process that wrote them. */
#define WEIGHT_LOG_END 20
/* A row may have been there before, as with a hook that a module of the shop registered; PrestaShop's own settings rarely are. */
#define WEIGHT_ROWS_THERE     1
#define WEIGHT_SETTINGS_THERE 2
#define WEIGHT_ROWS_MISSING 3
/* Single signs of the weakest kind decide nothing. */
#define SLACK 1
/* More than a single sign of the weakest kind, and less than one table, column or key. */
#define WEIGHT_LOG_SILENT 2
/* Statements that the database may show and the log not, of one attempt. */
#define BEHIND_THE_LOG ((size_t)1)
#define ROWS_ASKED_MAX ((size_t)300)

struct judging {
    struct store *s;
    struct ps_case *c;
    struct ps_scripts *x;
    int64_t *score;
    size_t low, high; /* statements below low have run, from high on they have not */
    size_t log_first; /* numbers of the log's last statement, the first and the last that look like it; SIZE_MAX: none */
    size_t log_last;
};

/* ---- texts of logs and lists ---------------------------------------------------------------------------------------------------- */

/* Blanks and tags taken out: logs show statements as web pages do. */
static void canonical(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        size_t close;

        if (c == ' ' || (c >= '\t' && c <= '\r'))
            continue;
        if (c == '<' && i + 1 < text.n && (text.p[i + 1] == '/' || (text.p[i + 1] >= 'a' && text.p[i + 1] <= 'z')) &&
            (close = str_chr(text, '>', i)) != SIZE_MAX) {
            i = close;
            continue;
        }
        buf_addc(out, c);
    }
    while (out->n > 0 && out->p[out->n - 1] == ';')
        out->n--;
}

static bool is_text_of(const struct ps_statement *st, struct str canon)
{
    struct buf own = {0};
    bool same;

    canonical(st->text, &own);
    same = str_eq(buf_str(&own), canon);
    if (!same && st->call) {
        buf_reset(&own);
        buf_printf(&own, "%s(", st->call);
        canonical(str_of(st->args), &own);
        same = str_has(canon, buf_str(&own));
    }
    buf_free(&own);
    return same;
}

/* First and last statement of that version with that text; false when there is none. */
static bool find_text(const struct ps_scripts *x, const char *version, struct str text, size_t *first, size_t *last)
{
    struct buf canon = {0};

    *first = *last = SIZE_MAX;
    canonical(text, &canon);
    for (size_t i = 0; i < x->statements && canon.n > 0; i++) {
        const struct ps_script *script = ps_scripts_of(x, i);

        if (version && strcmp(script->version, version) != 0) {
            i = script->first + script->all.n - 1;
            continue;
        }
        if (!is_text_of(&script->all.v[i - script->first], buf_str(&canon)))
            continue;
        if (*first == SIZE_MAX)
            *first = i;
        *last = i;
    }
    buf_free(&canon);
    return *first != SIZE_MAX;
}

static void against(struct judging *j, size_t from, size_t to, int weight)
{
    for (size_t k = from; k <= to && k <= j->x->statements; k++)
        j->score[k] += weight;
}

static void against_below(struct judging *j, size_t k, int weight)
{
    if (k > 0)
        against(j, 0, k - 1, weight);
}

static void against_above(struct judging *j, size_t k, int weight)
{
    against(j, k + 1, j->x->statements, weight);
}

/* ---- the module's own evidence -------------------------------------------------------------------------------------------------- */

/* The list is saved after every statement, so its first one may have been under way; a log line comes when it has run. */
static bool score_list(struct judging *j)
{
    const struct ps_list *l = &j->c->trail.sql_to_execute;
    struct ps_scripts *x = j->x;
    struct str text = {"", 0};
    const struct phps_node *node;
    struct arena mem = {0};
    struct str version = {"", 0};
    size_t at = SIZE_MAX;
    size_t first;
    size_t last;

    if (!j->c->trail.has_sql_to_execute || j->c->rolled_back)
        return false;
    if (l->n == 0) {
        against_below(j, x->statements, WEIGHT_LIST);
        x->basis = "the module's list of statements is there and empty";
        return true;
    }
    node = l->items[0].value;
    ps_state_get(node, "version", &mem, &version);
    if (ps_list_text(&l->items[0], &text) &&
        find_text(x, version.n > 0 ? arena_dup(&mem, version.p, version.n) : NULL, text, &first, &last)) {
        /* The same statement may stand there twice: the number of those left tells which. */
        at = last;
        if (l->n <= x->statements && x->statements - l->n >= first && x->statements - l->n <= last)
            at = x->statements - l->n;
    }
    arena_free(&mem);
    if (at == SIZE_MAX)
        return false;
    against_below(j, at, WEIGHT_LIST);
    against_above(j, at + 1, WEIGHT_LIST);
    if (j->log_first != SIZE_MAX && at >= j->log_first && at <= j->log_last)
        against_below(j, at + 1, WEIGHT_LIST);
    x->basis = "the module's list of the statements that are left";
    return true;
}

static bool score_log(struct judging *j)
{
    const struct ps_sql_ref *last = &j->c->trail.last_sql;

    j->log_first = j->log_last = SIZE_MAX;
    if (last->version == NULL || last->query == NULL ||
        !find_text(j->x, last->version, str_of(last->query), &j->log_first, &j->log_last))
        return false;
    against_below(j, j->log_first + 1, WEIGHT_LOG);
    if (!j->c->trail.terse)
        against_above(j, j->log_last + 2, WEIGHT_LOG_END);
    j->x->basis = arena_printf(j->c->mem, "the last statement in %s", last->ref.source ? last->ref.source : "the log");
    return true;
}

/* The log tells of every statement behind which it was written, and tells of none. */
static bool is_silent(const struct ps_trail *t)
{
    return !t->terse && t->last_sql.version == NULL && t->failed_sql.n == 0 && !t->has_sql_to_execute;
}

/* It ends in the database step, or where the files end. */
static bool ends_before_statements(const struct ps_trail *t)
{
    const struct ps_ref *end = &t->ended[PS_PHASE_FILES];

    if (!t->logged || !is_silent(t))
        return false;
    if (t->began[PS_PHASE_DB].source)
        return t->phase == PS_PHASE_DB;
    return t->phase == PS_PHASE_FILES && t->phase_done && end->source && t->last.source && strcmp(end->source, t->last.source) == 0 &&
           end->line == t->last.line;
}

static void score_phase(struct judging *j)
{
    const struct ps *ps = j->s->own;
    const struct ps_trail *t = &j->c->trail;
    bool passed = t->version_written || t->ended[PS_PHASE_DB].source || t->began[PS_PHASE_MODULES].source;
    /* The oldest modules leave no trace of the database step but that the files are done. */
    bool before = t->phase > PS_PHASE_NONE && t->phase < PS_PHASE_DB && !(t->phase == PS_PHASE_FILES && t->phase_done) &&
                  t->began[PS_PHASE_DB].source == NULL;
    bool silent = t->last_sql.version == NULL && t->failed_sql.n == 0 && !t->has_sql_to_execute;

    if (passed)
        against_below(j, j->x->statements, WEIGHT_PHASE);
    else if (before && silent)
        against_above(j, 0, WEIGHT_LOG_END);
    else if (ps->gen == PS_GEN_7 && ends_before_statements(t) && !j->c->rolled_back)
        /* The list is first written when one statement has run. */
        against_above(j, 1, WEIGHT_LOG_END);
    if (j->x->basis == NULL && passed)
        j->x->basis = "the module went on to what comes behind them";
}

/* The log of the browser does not have what was begun by hand on the command line since: where the database shows more, it is believed. */
static void score_silence(struct judging *j)
{
    const struct ps *ps = j->s->own;

    if ((ps->gen == PS_GEN_4 || ps->gen == PS_GEN_6) && ends_before_statements(&j->c->trail) && !j->c->rolled_back)
        against_above(j, 1, WEIGHT_LOG_SILENT);
}

/* ---- where the line is ----------------------------------------------------------------------------------------------------------- */

static void find_zone(struct judging *j, int slack)
{
    int64_t least = j->score[0];

    for (size_t k = 1; k <= j->x->statements; k++)
        least = j->score[k] < least ? j->score[k] : least;
    j->low = SIZE_MAX;
    for (size_t k = 0; k <= j->x->statements; k++)
        if (j->score[k] <= least + slack) {
            j->low = j->low == SIZE_MAX ? k : j->low;
            j->high = k;
        }
}

static bool sets(const struct ps_effect *f, struct str column)
{
    for (size_t i = 0; i < f->columns.n; i++)
        if (f->columns.v[i].n == column.n && str_has_nocase(f->columns.v[i], column))
            return true;
    return false;
}

/* Whether a statement may take away or change the rows that another one added. */
static bool disturbs(const struct ps_statement *st, struct str table)
{
    enum ps_does does = st->effect.does;

    /* Settings are known by their names. */
    if (does == PS_DOES_UPDATE && str_ends(table, STR("configuration")) && !sets(&st->effect, STR("name")))
        return false;
    return st->php || ((does == PS_DOES_UPDATE || does == PS_DOES_DELETE || does == PS_DOES_TRUNCATE || does == PS_DOES_DROP ||
                        does == PS_DOES_CREATE || does == PS_DOES_RENAME || does == PS_DOES_OTHER) &&
                       (str_eq(st->effect.table, table) || ps_effect_names(st->text, table)));
}

/* The log says that the server refused it: no rows of it are to be expected. */
static bool is_refused(const struct judging *j, size_t number)
{
    return j->c->trail.last_sql.error && j->log_first != SIZE_MAX && number >= j->log_first && number <= j->log_last;
}

static void score_rows(struct judging *j)
{
    /* Without list and log a column that was there before may have drawn the line too far. */
    bool sure = (j->log_first != SIZE_MAX && !j->c->trail.terse) || j->c->trail.has_sql_to_execute;
    size_t asked = 0;

    for (size_t i = sure ? j->low : 0; i < j->high && asked < ROWS_ASKED_MAX; i++) {
        struct ps_statement *st = ps_scripts_at(j->x, i);
        size_t end;

        if (!st->php && st->effect.does != PS_DOES_INSERT)
            continue;
        asked += !st->php;
        st->seen = ps_rows_seen(j->s, j->x, i, &st->why, j->c->mem);
        if (st->seen == PS_RAN_YES)
            against(j, 0, i, str_ends(st->effect.table, STR("configuration")) ? WEIGHT_SETTINGS_THERE : WEIGHT_ROWS_THERE);
        if (st->seen != PS_RAN_NO || is_refused(j, i))
            continue;
        for (end = i + 1; end < j->x->statements && !disturbs(ps_scripts_at(j->x, end), st->effect.table); end++)
            ;
        against(j, i + 1, end, WEIGHT_ROWS_MISSING);
        /* Behind them nothing is known: it may have run, and its rows be gone again. */
        if (end < j->high)
            st->seen = PS_RAN_MAYBE;
    }
}

static void settle(struct judging *j)
{
    for (size_t i = 0; i < j->x->statements; i++) {
        struct ps_statement *st = ps_scripts_at(j->x, i);

        if (i < j->low || i >= j->high) {
            st->ran = i < j->low ? PS_RAN_YES : PS_RAN_NO;
            st->why = j->x->basis;
            continue;
        }
        if (st->seen == PS_RAN_MAYBE)
            st->seen = ps_proof_seen(j->x, i, j->high);
        st->ran = st->seen;
        if (st->why == NULL)
            st->why = st->seen == PS_RAN_YES  ? "what it does is there"
                      : st->seen == PS_RAN_NO ? "what it does is not there"
                                              : "neither a log nor the database shows whether it was carried out";
    }
}

/* The log's statement is said to have run, and the database is believed more. */
static void note_dispute(struct judging *j)
{
    if (j->log_first != SIZE_MAX && j->high < j->log_first + 1)
        j->x->dispute = arena_printf(j->c->mem, "%s shows statements as carried out (the last one of %s) that the database shows no "
                                                "trace of: it was put back since, and is believed",
                                     j->c->trail.last_sql.ref.source ? j->c->trail.last_sql.ref.source : "the log",
                                     j->c->trail.last_sql.version);
}

const struct ps_statement *ps_scripts_failed(const struct ps_scripts *x, const struct ps_sql_ref *r)
{
    for (size_t i = 0; i < x->statements; i++)
        if (ps_scripts_at(x, i)->failed == r)
            return ps_scripts_at(x, i);
    return NULL;
}

void ps_scripts_count(struct ps_scripts *x)
{
    x->done = x->maybe = 0;
    for (size_t i = 0; i < x->all.n; i++) {
        struct ps_script *s = &x->all.v[i];

        s->done = s->maybe = 0;
        for (size_t k = 0; k < s->all.n; k++) {
            s->done += s->all.v[k].ran == PS_RAN_YES;
            s->maybe += s->all.v[k].ran == PS_RAN_MAYBE;
        }
        x->done += s->done;
        x->maybe += s->maybe;
    }
}

static void all_ran(struct ps_scripts *x)
{
    for (size_t i = 0; i < x->statements; i++) {
        struct ps_statement *st = ps_scripts_at(x, i);

        st->ran = PS_RAN_YES;
        st->why = "PS_VERSION_DB, which is written behind all of them, is that of the new version";
    }
    x->basis = "PS_VERSION_DB is that of the new version";
}

static enum ps_ran failed_seen(struct judging *j, size_t i, size_t end)
{
    const char *why = NULL;
    enum ps_ran seen = ps_proof_seen(j->x, i, end);

    return seen == PS_RAN_MAYBE ? ps_rows_seen(j->s, j->x, i, &why, j->c->mem) : seen;
}

/* A function that failed may have done a part of its work; one that can't be called is left out by the module, and by us. */
static void set_failed(struct judging *j, size_t i, size_t end, const struct ps_sql_ref *f)
{
    struct ps_statement *st = ps_scripts_at(j->x, i);
    const char *why = NULL;

    if (st->php && (st->call_state != PS_CALL_GOOD || !ps_call_possible(j->s, j->c, st, &why)))
        return;
    st->failed = f;
    st->seen = failed_seen(j, i, end);
    if (st->seen == PS_RAN_YES)
        return;
    /* Long after its end somebody else may have done it. */
    if (j->c->finished && st->seen != PS_RAN_NO)
        return;
    st->ran = st->php && st->seen != PS_RAN_NO && !st->repeatable ? PS_RAN_MAYBE : PS_RAN_NO;
    st->why = arena_printf(j->c->mem, "%s:%llu says that it failed%s%s", f->ref.source ? f->ref.source : "the log",
                           (unsigned long long)f->ref.line, f->message ? ": " : "", f->message ? f->message : "");
}

/* The module goes on over a statement that failed: what comes behind it is no sign that it ran. */
static void settle_failed(struct judging *j, size_t end)
{
    const struct ps_trail *t = &j->c->trail;
    size_t first;
    size_t last;

    for (size_t k = 0; k < t->failed_sql.n && j->x->proof; k++) {
        const struct ps_sql_ref *f = &t->failed_sql.v[k];

        if (f->query == NULL || !find_text(j->x, f->version, str_of(f->query), &first, &last))
            continue;
        for (size_t i = first; i <= last && i < end; i++)
            if (str_eq(ps_scripts_at(j->x, i)->text, ps_scripts_at(j->x, first)->text))
                set_failed(j, i, end, f);
    }
}

/* A new attempt deletes the log of the one before. Where its own log shows fewer statements than the database, that one had run them; a
 * single one may have run behind the log's last line. */
static void look_for_earlier(struct judging *j)
{
    const struct ps *ps = j->s->own;
    const struct ps_trail *t = &j->c->trail;
    bool from_start = t->began[PS_PHASE_START].source || t->began[PS_PHASE_BACKUP_FILES].source || t->began[PS_PHASE_BACKUP_DB].source;
    size_t logged = j->log_last == SIZE_MAX ? 0 : j->log_last + 1;
    int64_t *all = j->score;

    if (j->x->proof == NULL || !t->logged || t->terse || !from_start || ps->gen == PS_GEN_3 || ps->gen == PS_GEN_UNKNOWN ||
        t->phase < PS_PHASE_FILES || t->phase > PS_PHASE_DB)
        return;
    j->score = mem_array(j->x->statements + 1, sizeof *j->score);
    ps_proof_score(j->x, j->score);
    /* A statement that was refused because its work is there already was done before, most likely. */
    find_zone(j, t->last_sql.error && t->last_sql.ignorable ? 0 : SLACK);
    if (j->low > logged + BEHIND_THE_LOG) {
        j->c->begun_anew = true;
        j->x->dispute = "the database shows statements as carried out that the log of the present attempt does not have: an earlier one ran them";
    }
    free(j->score);
    j->score = all;
}

void ps_scripts_judge(struct store *s, struct ps_case *c)
{
    struct ps_scripts *x = &c->scripts;
    struct judging j = {.s = s, .c = c, .x = x, .log_first = SIZE_MAX, .log_last = SIZE_MAX};
    struct err why = {0};

    if (x->statements == 0)
        return;
    if (c->db && (!c->sql_done || c->trail.failed_sql.n > 0) && ps_proof_read(s, x, &why) < 0)
        x->err = arena_strdup(c->mem, why.text);
    if (c->sql_done) {
        all_ran(x);
        settle_failed(&j, x->statements);
        ps_scripts_count(x);
        return;
    }
    j.score = mem_array(x->statements + 1, sizeof *j.score);
    score_log(&j);
    look_for_earlier(&j);
    score_list(&j);
    score_phase(&j);
    if (x->basis == NULL && x->proof)
        x->basis = "what the database looks like";
    ps_proof_score(x, j.score);
    find_zone(&j, SLACK);
    if (x->proof && j.low <= j.high) {
        score_rows(&j);
        score_silence(&j);
        find_zone(&j, SLACK);
    }
    settle(&j);
    settle_failed(&j, j.high);
    note_dispute(&j);
    ps_scripts_count(x);
    free(j.score);
}
