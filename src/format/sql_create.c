#include "format/sql_create.h"

#include "format/sql_names.h"

static const char *const far_engines[] = {"FEDERATED", "FEDERATEDX", "CONNECT",   "SPIDER",       "S3",
                                          "MERGE",     "MRG_MYISAM", "CASSANDRA", "HANDLERSOCKET", NULL};

/* Options of tables and partitions: a word and the one behind it. */
static const char *option_refused(struct sql_words *w, const struct sql_word *word)
{
    struct sql_word next = sql_words_peek(w);

    if ((sql_word_is(word, "DATA") || sql_word_is(word, "INDEX")) && sql_word_is(&next, "DIRECTORY"))
        return "a table is to lie in a folder of its own choice (DATA DIRECTORY)";
    if (sql_word_is(word, "ENGINE") || sql_word_is(word, "TYPE")) {
        if (sql_word_sign(&next, '=')) {
            struct sql_words ahead = *w;

            sql_words_next(&ahead, &next);
            next = sql_words_peek(&ahead);
        }
        if (next.kind == SQL_WORD_STRING || next.kind == SQL_WORD_NAME || next.kind == SQL_WORD_DOUBLE) {
            next.text = sql_word_bare(&next);
            next.kind = SQL_WORD_BARE;
        }
        if (sql_word_in(&next, far_engines))
            return "a table is to be kept by an engine that reaches other tables, files or servers";
    }
    if (sql_word_is(word, "CONNECTION") && word->depth == 0)
        return "a table is to be kept on another server (CONNECTION)";
    if (sql_word_is(word, "UNION") && word->depth == 0)
        return "a table is to be made of others (UNION)";
    return NULL;
}

const char *sql_create_refused(struct sql_words *w)
{
    struct sql_word word;
    struct sql_name like;
    const char *why = NULL;

    for (size_t i = 0; sql_words_next(w, &word) && why == NULL; i++) {
        bool like_form = sql_word_is(&word, "LIKE") && (word.depth == 0 || i == 1);

        if (like_form && sql_names_take(w, &like) && like.db.n > 0)
            why = "a table is to be made like one of another database";
        else if (sql_word_is(&word, "SELECT"))
            why = "a table is to be filled from others (CREATE TABLE … SELECT)";
        else if (word.depth == 0 && (sql_word_is(&word, "TABLE") || sql_word_is(&word, "VALUES")))
            why = "a table is to be filled from others (CREATE TABLE … TABLE)";
        else
            why = option_refused(w, &word);
    }
    return why;
}

/* Words that begin a change of ALTER TABLE and reach beyond the table itself. */
static const struct {
    const char *first;
    const char *second; /* or NULL */
    const char *why;
} far_changes[] = {
    {"DISCARD", NULL, "files of a table are to be taken away (DISCARD TABLESPACE)"},
    {"IMPORT", NULL, "files of a table are to be taken in (IMPORT TABLESPACE)"},
    {"EXCHANGE", NULL, "a table is to change places with another (EXCHANGE PARTITION)"},
    {"CONVERT", "PARTITION", "a partition is to become a table (CONVERT PARTITION)"},
    {"CONVERT", "TABLE", "a table is to become a partition (CONVERT TABLE)"},
};

/* RENAME of a column or key is a change of the table itself; else it gives the table another name. */
static bool renames_table(struct sql_words *w)
{
    struct sql_word next = sql_words_peek(w);

    return !sql_word_is(&next, "COLUMN") && !sql_word_is(&next, "INDEX") && !sql_word_is(&next, "KEY");
}

const char *sql_alter_refused(struct sql_words *w)
{
    struct sql_word word;
    const char *why = NULL;
    bool begins = true;

    while (why == NULL && sql_words_next(w, &word)) {
        struct sql_word next = sql_words_peek(w);

        if (begins && sql_word_is(&word, "RENAME") && renames_table(w))
            why = "a table is to get another name";
        for (size_t i = 0; begins && i < sizeof far_changes / sizeof far_changes[0] && why == NULL; i++)
            if (sql_word_is(&word, far_changes[i].first) &&
                (far_changes[i].second == NULL || sql_word_is(&next, far_changes[i].second)))
                why = far_changes[i].why;
        if (why == NULL && sql_word_is(&word, "SELECT"))
            why = "a change of a table reads from others";
        if (why == NULL)
            why = option_refused(w, &word);
        begins = sql_word_sign(&word, ',') && word.depth == 0;
    }
    return why;
}
