/*
 * What the SET statements of a dump set. One session of its own gets all of them, in order, with their user
 * variables; what they amount to is read from it and given to every other session as one statement, just
 * before the first statement that needs it. So no session waits for another.
 */
#include "db/shadow_parts.h"

#include <stdlib.h>
#include <string.h>

#define ER_WRONG_VALUE_FOR_VAR 1231u
#define ER_UNKNOWN_VARIABLE    1193u
#define ER_ACCESS_DENIED       1227u
#define ER_READ_ONLY_VARIABLE  1238u
#define ER_UNKNOWN_COLLATION   1273u

/* Modes that servers no longer know and that change nothing for statements of a dump. */
static const char *const gone_modes[] = {"NO_AUTO_CREATE_USER", "NO_FIELD_OPTIONS", "NO_KEY_OPTIONS",
                                         "NO_TABLE_OPTIONS"};

/* Takes the words out of a statement that sets sql_mode. True when there were some. */
static bool without_gone_modes(struct str text, struct buf *out)
{
    bool changed = false;
    size_t i;

    buf_addstr(out, text);
    for (i = 0; i < sizeof gone_modes / sizeof *gone_modes; i++) {
        struct str mode = str_of(gone_modes[i]);
        size_t at;

        while ((at = str_find(buf_str(out), mode, 0)) != SIZE_MAX) {
            size_t end = at + mode.n;

            if (end < out->n && out->p[end] == ',')
                end++;
            else if (at > 0 && out->p[at - 1] == ',')
                at--;
            memmove(out->p + at, out->p + end, out->n - end);
            out->n -= end - at;
            changed = true;
        }
    }
    return changed;
}

/* Settings of this session that a server of another kind or age lacks change nothing about the rows. */
static bool may_be_passed_over(const struct err *e)
{
    return e->kind == ERR_DB &&
           (e->db_code == ER_WRONG_VALUE_FOR_VAR || e->db_code == ER_UNKNOWN_VARIABLE ||
            e->db_code == ER_ACCESS_DENIED || e->db_code == ER_READ_ONLY_VARIABLE ||
            e->db_code == ER_UNKNOWN_COLLATION);
}

int shadow_set(struct shadow *s, struct str text, struct err *e)
{
    struct buf less = {0};
    int r;

    /* A replica would miss the restored tables. */
    if (str_has_nocase(text, STR("sql_log_bin")))
        return 0;
    s->env_stale = true;
    r = mysql_exec(s->set.m, text, NULL, e);
    if (r != 0 && e->db_code == ER_WRONG_VALUE_FOR_VAR && without_gone_modes(text, &less)) {
        err_clear(e);
        r = mysql_exec(s->set.m, buf_str(&less), NULL, e);
    }
    if (r != 0 && may_be_passed_over(e)) {
        shadow_remark(s, "a setting was passed over: %s", e->text);
        err_clear(e);
        r = 0;
    }
    buf_free(&less);
    return r;
}

static bool is_old_utf8(struct str charset)
{
    return str_is(charset, "utf8") || str_is(charset, "utf8mb3");
}

/* Adds a character set; what UTF-8 of three bytes can't hold would become question marks. */
static void add_charset(struct shadow *s, struct buf *sql, const char *variable, struct str charset)
{
    if (is_old_utf8(charset)) {
        charset = STR("utf8mb4");
        s->raised = true;
    }
    mysql_sqlf(s->own, sql, ", %i=%S", variable, charset);
}

static const char *intern(struct shadow *s, struct buf *sql)
{
    size_t i;

    for (i = 0; i < s->envs.n; i++)
        if (str_eq(str_of(s->envs.v[i]), buf_str(sql)))
            return s->envs.v[i];
    *vec_push(&s->envs) = arena_strdup(&s->mem, buf_cstr(sql));
    return s->envs.v[s->envs.n - 1];
}

/* A number 0 of an AUTO_INCREMENT column is what the row had. */
static void add_mode(struct shadow *s, struct buf *sql, struct str mode)
{
    struct buf b = {0};

    buf_addstr(&b, mode);
    if (!str_has(mode, STR("NO_AUTO_VALUE_ON_ZERO")))
        buf_adds(&b, mode.n > 0 ? ",NO_AUTO_VALUE_ON_ZERO" : "NO_AUTO_VALUE_ON_ZERO");
    mysql_sqlf(s->own, sql, "SET sql_mode=%S", buf_str(&b));
    buf_free(&b);
}

/* Reads the settings of the session that has them: for rows and tables, and as they are for what keeps them. */
static int read_env(struct shadow *s, struct err *e)
{
    const struct mysql_cell *c;
    struct buf sql = {0};
    struct buf exact = {0};
    int r;

    if (mysql_query(s->set.m,
                    STR("SELECT @@sql_mode, @@time_zone, @@character_set_client, @@character_set_connection, "
                        "@@collation_connection"),
                    e) != 0)
        return -1;
    r = mysql_row(s->set.m, &c, e);
    if (r == 0)
        err_set(e, ERR_FORMAT, "%s: the server does not tell its settings", mysql_where(s->set.m));
    if (r <= 0)
        return -1;
    add_mode(s, &sql, c[0].s);
    mysql_sqlf(s->own, &sql, ", time_zone=%S", c[1].s);
    add_charset(s, &sql, "character_set_client", c[2].s);
    if (is_old_utf8(c[3].s))
        add_charset(s, &sql, "character_set_connection", c[3].s);
    else
        mysql_sqlf(s->own, &sql, ", collation_connection=%S", c[4].s);
    mysql_sqlf(s->own, &exact,
               "SET sql_mode=%S, time_zone=%S, character_set_client=%S, collation_connection=%S", c[0].s, c[1].s,
               c[2].s, c[4].s);
    r = mysql_skip(s->set.m, e);
    if (r == 0) {
        s->env = intern(s, &sql);
        s->exact_env = intern(s, &exact);
        s->env_stale = false;
    }
    buf_free(&sql);
    buf_free(&exact);
    return r;
}

const char *shadow_env(struct shadow *s, struct err *e)
{
    if ((s->env_stale || s->env == NULL) && read_env(s, e) != 0)
        return NULL;
    return s->env;
}

const char *shadow_thing_env(struct shadow *s, struct str text, struct err *e)
{
    size_t i;

    if (shadow_env(s, e) == NULL)
        return NULL;
    for (i = 0; i < text.n; i++)
        if ((uint8_t)text.p[i] >= 0xF0)
            return s->env;
    return s->exact_env;
}
