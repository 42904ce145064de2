/*
 * An allow-list: a statement is what its first words say when all of it is of that form; everything else is refused.
 * Bodies of triggers, routines and events are not read: they are what the shop had, and act later if at all.
 */
#include "format/sql_statement.h"

#include "format/sql_create.h"
#include "format/sql_names.h"
#include "format/sql_set.h"
#include "format/sql_words.h"

static void refuse(struct sql_statement *st, const char *why)
{
    st->kind = SQL_REFUSED;
    st->why = why;
}

static const char unknown[] = "this kind of statement is not known in dumps";

/* ---- what no statement may hold, whatever its kind --------------------------------------------------------------- */

/* Words that need a parenthesis behind them to mean a function. */
static const char *const far_functions[] = {"LOAD_FILE", "SYS_EXEC", "SYS_EVAL", "SLEEP", "BENCHMARK", "GET_LOCK", NULL};

static const char *word_refused(struct sql_words *w, const struct sql_word *word)
{
    struct sql_word next;

    if (sql_word_sign(word, ';'))
        return "a second statement stands in it";
    if (word->kind != SQL_WORD_BARE)
        return NULL;
    if (!sql_word_is(word, "INTO") && !sql_word_in(word, far_functions))
        return NULL;
    next = sql_words_peek(w);
    if (sql_word_is(&next, "OUTFILE") || sql_word_is(&next, "DUMPFILE"))
        return "it writes a file (INTO OUTFILE)";
    if (sql_word_sign(&next, '(') && !sql_word_is(word, "INTO"))
        return "it calls a function that reads files or holds up the server";
    return NULL;
}

/* The words from the present place to the end; the place itself stays. */
static const char *rest_refused(const struct sql_words *from)
{
    struct sql_words w = *from;
    struct sql_word word;
    const char *why = NULL;

    while (why == NULL && sql_words_next(&w, &word))
        why = word_refused(&w, &word);
    return w.fault ? w.fault : why;
}

const char *sql_values_refused(struct str text, unsigned server, bool mariadb)
{
    struct sql_words w;
    struct sql_word word;
    const char *why;

    sql_words_begin(&w, text, server, mariadb);
    why = rest_refused(&w);
    while (why == NULL && sql_words_next(&w, &word))
        if (sql_word_is(&word, "SELECT") || sql_word_is(&word, "TABLE"))
            why = "a row reads from tables";
    return why;
}

/* ---- the kinds --------------------------------------------------------------------------------------------------- */

static void name_of(struct sql_words *w, struct sql_statement *st, enum sql_kind kind)
{
    st->kind = kind;
    if (!sql_names_take(w, &st->table))
        refuse(st, "the name of what it is about can't be read");
}

static void end_of(struct sql_words *w, struct sql_statement *st)
{
    if (st->kind != SQL_REFUSED && sql_words_peek(w).kind != SQL_WORD_END)
        refuse(st, "more stands in it than its kind takes");
}

static void create_table(struct sql_words *w, struct sql_statement *st)
{
    const char *why;

    sql_names_skip_if(w);
    name_of(w, st, SQL_CREATE_TABLE);
    why = sql_create_refused(w);
    if (why != NULL)
        refuse(st, why);
}

/* CREATE INDEX and CREATE TRIGGER: name … ON table. */
static void create_on(struct sql_words *w, struct sql_statement *st, enum sql_kind kind)
{
    struct sql_word word;

    sql_names_skip_if(w);
    name_of(w, st, kind);
    while (sql_words_next(w, &word) && !sql_word_is(&word, "ON"))
        ;
    if (!sql_names_take(w, &st->on))
        refuse(st, "the name of its table can't be read");
}

static void create_routine(struct sql_words *w, struct sql_statement *st)
{
    sql_names_skip_if(w);
    name_of(w, st, SQL_CREATE_ROUTINE);
    if (st->kind != SQL_REFUSED && !sql_words_take_group(w))
        refuse(st, "a function is to be taken from a library of machine code");
}

static void create(struct sql_words *w, struct sql_statement *st)
{
    struct sql_create_head head;

    sql_names_create_head(w, &head);
    st->temporary = head.temporary;
    if (sql_words_take(w, "TABLE")) {
        create_table(w, st);
    } else if (sql_words_take(w, "VIEW")) {
        sql_names_skip_if(w);
        name_of(w, st, SQL_CREATE_VIEW);
    } else if (sql_words_take(w, "INDEX")) {
        create_on(w, st, SQL_CREATE_INDEX);
    } else if (sql_words_take(w, "TRIGGER")) {
        create_on(w, st, SQL_CREATE_TRIGGER);
    } else if (sql_words_take(w, "PROCEDURE") || sql_words_take(w, "FUNCTION")) {
        create_routine(w, st);
    } else if (sql_words_take(w, "EVENT")) {
        sql_names_skip_if(w);
        name_of(w, st, SQL_CREATE_EVENT);
    } else if (sql_words_take(w, "DATABASE") || sql_words_take(w, "SCHEMA")) {
        sql_names_skip_if(w);
        name_of(w, st, SQL_CREATE_DATABASE);
    } else if (sql_words_take(w, "USER") || sql_words_take(w, "ROLE")) {
        refuse(st, "it makes an account");
    } else if (sql_words_take(w, "SERVER")) {
        refuse(st, "it names another server");
    } else if (sql_words_take(w, "SEQUENCE")) {
        refuse(st, "sequences are not restored");
    } else {
        refuse(st, unknown);
    }
}

static void drop_list(struct sql_words *w, struct sql_statement *st, enum sql_kind kind)
{
    struct sql_name more;

    sql_names_skip_if(w);
    name_of(w, st, kind);
    while (sql_words_take_sign(w, ','))
        if (!sql_names_take(w, &more))
            refuse(st, "the name of what it is about can't be read");
    if (!sql_words_take(w, "RESTRICT"))
        sql_words_take(w, "CASCADE");
    end_of(w, st);
}

static void drop(struct sql_words *w, struct sql_statement *st)
{
    st->temporary = sql_words_take(w, "TEMPORARY");
    if (sql_words_take(w, "TABLE") || sql_words_take(w, "TABLES"))
        drop_list(w, st, SQL_DROP_TABLE);
    else if (sql_words_take(w, "VIEW"))
        drop_list(w, st, SQL_DROP_VIEW);
    else if (sql_words_take(w, "TRIGGER"))
        drop_list(w, st, SQL_DROP_TRIGGER);
    else if (sql_words_take(w, "PROCEDURE") || sql_words_take(w, "FUNCTION"))
        drop_list(w, st, SQL_DROP_ROUTINE);
    else if (sql_words_take(w, "EVENT"))
        drop_list(w, st, SQL_DROP_EVENT);
    else if (sql_words_take(w, "DATABASE") || sql_words_take(w, "SCHEMA"))
        refuse(st, "it drops a database");
    else if (sql_words_take(w, "USER") || sql_words_take(w, "ROLE"))
        refuse(st, "it drops an account");
    else if (sql_words_take(w, "SEQUENCE"))
        refuse(st, "sequences are not restored");
    else
        refuse(st, unknown);
}

static void alter(struct sql_words *w, struct sql_statement *st)
{
    const char *why;

    sql_words_take(w, "ONLINE");
    sql_words_take(w, "IGNORE");
    if (sql_words_take(w, "DATABASE") || sql_words_take(w, "SCHEMA")) {
        struct sql_word next = sql_words_peek(w);

        st->kind = SQL_ALTER_DATABASE;
        /* without a name it is about the database in use */
        if (!sql_word_is(&next, "CHARACTER") && !sql_word_is(&next, "DEFAULT") && !sql_word_is(&next, "COLLATE"))
            name_of(w, st, SQL_ALTER_DATABASE);
        return;
    }
    if (!sql_words_take(w, "TABLE")) {
        refuse(st, unknown);
        return;
    }
    sql_names_skip_if(w);
    name_of(w, st, SQL_ALTER_TABLE);
    if (st->kind == SQL_REFUSED)
        return;
    if (sql_words_take(w, "DISABLE") || sql_words_take(w, "ENABLE")) {
        st->kind = SQL_ALTER_KEYS;
        if (!sql_words_take(w, "KEYS"))
            refuse(st, unknown);
        end_of(w, st);
        return;
    }
    why = sql_alter_refused(w);
    if (why != NULL)
        refuse(st, why);
}

static void insert(struct sql_words *w, struct sql_statement *st, bool replace)
{
    struct sql_word word;

    st->replace = replace;
    while (sql_words_take(w, "LOW_PRIORITY") || sql_words_take(w, "DELAYED") || sql_words_take(w, "HIGH_PRIORITY"))
        ;
    st->ignore = sql_words_take(w, "IGNORE");
    sql_words_take(w, "INTO");
    name_of(w, st, SQL_INSERT_INTO);
    if (sql_words_take(w, "PARTITION"))
        sql_words_take_group(w);
    word = sql_words_peek(w);
    if (sql_word_sign(&word, '(')) {
        struct sql_words inside = *w;

        sql_words_take_sign(&inside, '(');
        word = sql_words_peek(&inside);
        if (sql_word_is(&word, "SELECT") || sql_word_sign(&word, '(') || sql_word_is(&word, "WITH"))
            refuse(st, "it fills a table from others (INSERT … SELECT)");
        sql_words_take_group(w);
    }
    if (st->kind != SQL_REFUSED && !sql_words_take(w, "VALUES") && !sql_words_take(w, "VALUE"))
        refuse(st, "an INSERT without VALUES");
    while (st->kind != SQL_REFUSED && sql_words_next(w, &word))
        if (sql_word_is(&word, "SELECT") || sql_word_is(&word, "TABLE"))
            refuse(st, "a row reads from tables");
}

static void lock(struct sql_words *w, struct sql_statement *st)
{
    struct sql_name more;
    bool first = true;

    if (!sql_words_take(w, "TABLES") && !sql_words_take(w, "TABLE")) {
        refuse(st, unknown);
        return;
    }
    st->kind = SQL_LOCK_TABLES;
    do {
        struct sql_word word;

        if (!sql_names_take(w, first ? &st->table : &more)) {
            refuse(st, "the name of what it is about can't be read");
            return;
        }
        first = false;
        do
            word = sql_words_peek(w);
        while (!sql_word_sign(&word, ',') && sql_words_next(w, &word));
    } while (sql_words_take_sign(w, ','));
}

/* Character sets in which half of a character can look like a backslash or a quote: strings would be cut elsewhere. */
static const char *const treacherous_charsets[] = {"BIG5", "CP932", "GB18030", "GBK", "SJIS", NULL};

static void set(const struct sql_words *behind, struct str text, struct sql_statement *st)
{
    struct sql_word word = sql_words_peek(behind);
    struct sql_set s;
    struct sql_assignment a;
    struct str charset;
    bool purged = false;
    bool global = false;
    size_t n = 0;

    st->kind = SQL_SET;
    if (sql_word_is(&word, "PASSWORD") || sql_word_is(&word, "ROLE") || sql_word_is(&word, "DEFAULT") ||
        sql_word_is(&word, "RESOURCE")) {
        refuse(st, "it changes an account");
        return;
    }
    if (sql_word_is(&word, "STATEMENT")) {
        refuse(st, "a statement hides in a SET");
        return;
    }
    sql_set_begin(&s, text, st->server, st->mariadb);
    {
        struct sql_words w = *behind;

        if (sql_words_take(&w, "TRANSACTION") || ((sql_words_take(&w, "SESSION") || sql_words_take(&w, "LOCAL")) &&
                                                  sql_words_take(&w, "TRANSACTION")))
            return;
    }
    while (sql_set_next(&s, &a)) {
        bool is_purged = a.scope == SQL_SET_GLOBAL && sql_is_keyword(a.name, "GTID_PURGED");

        purged = purged || is_purged;
        global = global || (a.scope == SQL_SET_GLOBAL && !is_purged);
        n++;
    }
    if (s.fault != NULL || n == 0)
        refuse(st, s.fault ? s.fault : unknown);
    else if (global || (purged && n > 1))
        refuse(st, "it changes a setting of the whole server");
    else if (purged)
        st->kind = SQL_READ;
    word.kind = SQL_WORD_BARE;
    if (sql_set_charset(text, &charset)) {
        word.text = charset;
        if (sql_word_in(&word, treacherous_charsets))
            refuse(st, "it asks for a character set in which half of a character can be a backslash");
    }
}

static void transaction(struct sql_words *w, struct sql_statement *st, const struct sql_word *first)
{
    st->kind = SQL_TRANSACTION;
    if (sql_word_is(first, "START")) {
        if (!sql_words_take(w, "TRANSACTION"))
            refuse(st, unknown);
    } else if (sql_word_is(first, "BEGIN")) {
        sql_words_take(w, "WORK");
        end_of(w, st);
    } else if (sql_word_is(first, "RELEASE") && !sql_words_take(w, "SAVEPOINT")) {
        refuse(st, unknown);
    }
}

static void read_only(struct sql_words *w, struct sql_statement *st)
{
    struct sql_word word;

    st->kind = SQL_READ;
    while (sql_words_next(w, &word))
        if (sql_word_is(&word, "INTO"))
            refuse(st, "a SELECT writes (INTO)");
}

static const struct {
    const char *first;
    const char *why;
} refused_words[] = {
    {"GRANT", "it gives rights to an account"},
    {"REVOKE", "it takes rights from an account"},
    {"LOAD", "it reads a file (LOAD DATA)"},
    {"HANDLER", "it reads a table past the server's checks (HANDLER)"},
    {"INSTALL", "it loads a plugin into the server"},
    {"UNINSTALL", "it takes a plugin out of the server"},
    {"CALL", "it calls a procedure"},
    {"DO", "it calls a function (DO)"},
    {"PREPARE", "it makes a statement of a text (PREPARE)"},
    {"EXECUTE", "it executes a text (EXECUTE)"},
    {"DEALLOCATE", "it belongs to a statement made of a text"},
    {"XA", "it belongs to a transaction across servers (XA)"},
    {"KILL", "it ends connections of others"},
    {"SHUTDOWN", "it stops the server"},
    {"RESTART", "it stops the server"},
    {"CHANGE", "it changes the server's replication"},
    {"RESET", "it changes the server's logs or replication"},
    {"PURGE", "it removes logs of the server"},
    {"STOP", "it changes the server's replication"},
    {"BINLOG", "it replays a log of the server"},
    {"UPDATE", "it changes rows (UPDATE)"},
    {"DELETE", "it removes rows (DELETE)"},
    {"RENAME", "it gives tables or accounts other names"},
    {"IMPORT", "it takes in files of tables"},
    {"CLONE", "it copies or overwrites a whole server"},
};

static const char *const read_words[] = {"SELECT",   "SHOW", "ANALYZE", "CHECK",    "CHECKSUM", "FLUSH",
                                         "OPTIMIZE", "DESC", "EXPLAIN", "DESCRIBE", NULL};
static const char *const transaction_words[] = {"START", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", NULL};

static void other(struct sql_words *w, struct sql_statement *st, const struct sql_word *first)
{
    if (sql_word_in(first, transaction_words)) {
        transaction(w, st, first);
    } else if (sql_word_in(first, read_words)) {
        read_only(w, st);
    } else {
        refuse(st, unknown);
        for (size_t i = 0; i < sizeof refused_words / sizeof refused_words[0]; i++)
            if (sql_word_is(first, refused_words[i].first))
                st->why = refused_words[i].why;
    }
}

/* Semicolons and all that may stand in the body of these. */
static bool has_body(enum sql_kind kind)
{
    return kind == SQL_CREATE_TRIGGER || kind == SQL_CREATE_ROUTINE || kind == SQL_CREATE_EVENT;
}

void sql_statement_read(struct str text, unsigned server, bool mariadb, struct sql_statement *out)
{
    struct sql_words w;
    struct sql_words behind;
    struct sql_word first;
    const char *why;

    *out = (struct sql_statement){.kind = SQL_NOTHING, .server = server, .mariadb = mariadb};
    sql_words_begin(&w, text, server, mariadb);
    if (!sql_words_next(&w, &first)) {
        if (w.fault != NULL)
            refuse(out, w.fault);
        return;
    }
    behind = w;
    if (sql_word_is(&first, "CREATE"))
        create(&w, out);
    else if (sql_word_is(&first, "DROP"))
        drop(&w, out);
    else if (sql_word_is(&first, "ALTER"))
        alter(&w, out);
    else if (sql_word_is(&first, "INSERT") || sql_word_is(&first, "REPLACE"))
        insert(&w, out, sql_word_is(&first, "REPLACE"));
    else if (sql_word_is(&first, "LOCK"))
        lock(&w, out);
    else if (sql_word_is(&first, "SET"))
        set(&behind, text, out);
    else if (sql_word_is(&first, "USE")) {
        name_of(&w, out, SQL_USE);
        end_of(&w, out);
    } else if (sql_word_is(&first, "TRUNCATE")) {
        sql_words_take(&w, "TABLE");
        name_of(&w, out, SQL_TRUNCATE);
        end_of(&w, out);
    } else if (sql_word_is(&first, "UNLOCK")) {
        out->kind = sql_words_take(&w, "TABLES") || sql_words_take(&w, "TABLE") ? SQL_UNLOCK_TABLES : SQL_REFUSED;
        out->why = out->kind == SQL_REFUSED ? unknown : NULL;
        end_of(&w, out);
    } else
        other(&w, out, &first);
    if (out->kind == SQL_REFUSED)
        return;
    why = w.fault != NULL || has_body(out->kind) ? w.fault : rest_refused(&behind);
    if (why != NULL)
        refuse(out, why);
}
