/* The marks that writers of dumps leave at the beginning and at the end of a file. */
#ifndef FORMAT_SQL_WRITER_H
#define FORMAT_SQL_WRITER_H

#include "format/sql_facts.h"

/* What is known of one file's ends. */
struct sql_end {
    enum sql_writer writer;
    bool decided;         /* who wrote it; later items may still correct it */
    bool any;             /* it has a statement */
    bool comments;        /* it has comments, beside the line for the sandbox of MariaDB's client */
    bool keeps_charset;   /* it keeps settings in variables, to be taken back at its end */
    bool keeps_notes;
    struct {
        enum sql_item_kind kind;
        char text[160];   /* its beginning */
    } last;
};

/* Takes out of a comment what it says: database, server, when it was completed, what it holds. */
void sql_writer_comment(struct sql_facts *f, struct str comment);

/* Every item but rows; st as for sql_facts_item. */
void sql_writer_item(struct sql_end *end, const struct sql_item *item, const struct sql_statement *st);

/* Whether the file has the end that its writer gives it; why is a constant text. */
enum sql_whole sql_writer_whole(const struct sql_end *end, bool ends_line, const char **why);

#endif
