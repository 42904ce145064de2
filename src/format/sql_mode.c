#include "format/sql_mode.h"

#include "format/sql_set.h"

#include <string.h>

/* SET statements are short. */
#define SET_MAX ((size_t)64 * 1024)

static struct str variable_name(struct str value)
{
    return str_starts(value, STR("@@")) ? (struct str){"", 0} : str_sub(value, 1, value.n);
}

static void keep(struct sql_mode *m, struct str name)
{
    size_t i = 0;

    while (i < m->n_kept && !str_is(name, m->kept[i].name))
        i++;
    if (i == SQL_MODE_KEPT_MAX || name.n >= sizeof m->kept[0].name)
        return;
    memcpy(m->kept[i].name, name.p, name.n);
    m->kept[i].name[name.n] = '\0';
    m->kept[i].no_escapes = m->no_escapes;
    m->kept[i].ansi_quotes = m->ansi_quotes;
    if (i == m->n_kept)
        m->n_kept++;
}

static void assign(struct sql_mode *m, struct str value)
{
    if (str_starts(value, STR("@"))) {
        struct str name = variable_name(value);

        m->no_escapes = m->ansi_quotes = false;
        for (size_t i = 0; i < m->n_kept; i++)
            if (str_is(name, m->kept[i].name)) {
                m->no_escapes = m->kept[i].no_escapes;
                m->ansi_quotes = m->kept[i].ansi_quotes;
            }
        return;
    }
    m->no_escapes = str_has_nocase(value, STR("NO_BACKSLASH_ESCAPES"));
    m->ansi_quotes = str_has_nocase(value, STR("ANSI")) || str_has_nocase(value, STR("DB2")) ||
                     str_has_nocase(value, STR("MAXDB")) || str_has_nocase(value, STR("MSSQL")) ||
                     str_has_nocase(value, STR("ORACLE")) || str_has_nocase(value, STR("POSTGRESQL"));
}

void sql_mode_follow(struct sql_mode *m, struct str statement)
{
    struct sql_set s;
    struct sql_assignment a;

    if (statement.n > SET_MAX || !sql_set_begin(&s, statement, SQL_SERVER_ANY, false) ||
        !str_has_nocase(statement, STR("sql_mode")))
        return;
    while (sql_set_next(&s, &a)) {
        if (a.scope == SQL_SET_USER && str_has_nocase(a.value, STR("@@sql_mode")))
            keep(m, a.name);
        else if (a.scope == SQL_SET_SESSION && sql_is_keyword(a.name, "SQL_MODE"))
            assign(m, a.value);
    }
}
