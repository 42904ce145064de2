#include "format/sql_writer.h"

#include "format/sql_set.h"

#include <stdio.h>
#include <string.h>

/* ---- what comments say ------------------------------------------------------------------------------------------- */

/* Puts what follows `head` in the comment, without blanks and quotes around it, into a text of fixed size. */
static bool says(struct str comment, const char *head, char *out, size_t size)
{
    struct str s = comment;

    if (!str_skip(&s, str_of(head)))
        return false;
    s = str_trim(s);
    if (s.n > 1 && s.p[0] == '`' && s.p[s.n - 1] == '`')
        s = str_sub(s, 1, s.n - 1);
    snprintf(out, size, "%.*s", STR_FMT(s));
    return true;
}

static void says_host(struct sql_facts *f, struct str comment)
{
    size_t at = str_find(comment, STR("Database: "), 0);

    if (str_starts(comment, STR("-- Host: ")) && at != SIZE_MAX)
        says(str_sub(comment, at, comment.n), "Database: ", f->database, sizeof f->database);
}

/* Danpu: "-- 2020-01-31T12:00:00+00:00 - mysql:host=localhost;dbname=shop". */
static void says_source(struct sql_facts *f, struct str comment)
{
    size_t at = str_find(comment, STR("dbname="), 0);
    struct str name;

    if (!str_has(comment, STR(" - mysql:")) || at == SIZE_MAX)
        return;
    name = str_sub(comment, at + 7, comment.n);
    name = str_cut(name, ';', &(struct str){NULL, 0});
    snprintf(f->database, sizeof f->database, "%.*s", STR_FMT(name));
}

/* "-- toolkit: dump completed, 12 tables, 345 rows". */
static void says_promise(struct sql_facts *f, struct str comment)
{
    struct str s = comment;
    struct str tables;
    struct str rows;

    if (!str_skip(&s, STR("-- toolkit: dump completed, ")))
        return;
    tables = str_cut(s, ',', &s);
    rows = str_trim(s);
    f->promised = str_chop(&tables, STR(" tables")) && str_chop(&rows, STR(" rows")) &&
                  str_u64(tables, UINT64_MAX, &f->promised_tables) && str_u64(rows, UINT64_MAX, &f->promised_rows);
}

void sql_writer_comment(struct sql_facts *f, struct str comment)
{
    if (!str_starts(comment, STR("-- ")))
        return;
    says_host(f, comment);
    says_source(f, comment);
    says_promise(f, comment);
    says(comment, "-- Database: ", f->database, sizeof f->database);
    if (!says(comment, "-- Server version\t", f->server, sizeof f->server))
        says(comment, "-- Server version: ", f->server, sizeof f->server);
    if (!says(comment, "-- Dump completed on ", f->ended, sizeof f->ended))
        says(comment, "-- Completed on: ", f->ended, sizeof f->ended);
}

/* ---- who wrote it ------------------------------------------------------------------------------------------------ */

static enum sql_writer writer_by_comment(struct str c)
{
    if (str_starts(c, STR("-- MySQL dump ")) || str_starts(c, STR("-- MariaDB dump ")))
        return SQL_BY_MYSQLDUMP;
    if (str_starts(c, STR("-- phpMyAdmin ")))
        return SQL_BY_PHPMYADMIN;
    if (str_starts(c, STR("-- toolkit dump ")))
        return SQL_BY_TOOLKIT;
    if (str_starts(c, STR("/* Backup ")) && str_has(c, STR(" for ")))
        return SQL_BY_PRESTASHOP;
    if (str_starts(c, STR("-- ")) && str_has(c, STR(" - mysql:")))
        return SQL_BY_DANPU;
    return SQL_BY_UNKNOWN;
}

static bool is_executable(struct str text)
{
    return str_starts(text, STR("/*!")) || str_starts(text, STR("/*M!"));
}

/* Without comments: CS-Cart's own writer begins with DROP, OpenCart's with TRUNCATE, mysqldump with keeping settings; when
 * CS-Cart calls mysqldump, it lets it keep neither character set nor time zone. */
static enum sql_writer writer_by_statement(struct str text, const struct sql_statement *st)
{
    if (is_executable(text))
        return str_starts(text, STR("/*!40014 SET @OLD_UNIQUE_CHECKS")) ? SQL_BY_CSCART_MYSQLDUMP : SQL_BY_MYSQLDUMP;
    if (st != NULL && (st->kind == SQL_DROP_TABLE || st->kind == SQL_DROP_VIEW))
        return SQL_BY_CSCART;
    if (st != NULL && st->kind == SQL_TRUNCATE)
        return SQL_BY_OPENCART;
    return SQL_BY_UNKNOWN;
}

/* CS-Cart and OpenCart write a few kinds of statements and never a comment; what has others is not theirs. */
static void correct(struct sql_end *end, const struct sql_item *item, const struct sql_statement *st)
{
    bool theirs = st != NULL && (st->kind == SQL_INSERT_INTO ||
                                 (end->writer == SQL_BY_OPENCART
                                      ? st->kind == SQL_TRUNCATE
                                      : st->kind == SQL_DROP_TABLE || st->kind == SQL_DROP_VIEW ||
                                            st->kind == SQL_CREATE_TABLE || st->kind == SQL_CREATE_VIEW));

    if ((end->writer == SQL_BY_CSCART || end->writer == SQL_BY_OPENCART) && item->kind != SQL_INSERT_END && !theirs)
        end->writer = item->kind == SQL_STATEMENT && is_executable(item->text) ? SQL_BY_MYSQLDUMP : SQL_BY_UNKNOWN;
}

void sql_writer_item(struct sql_end *end, const struct sql_item *item, const struct sql_statement *st)
{
    /* the line for the sandbox is the only executable comment that is given as one */
    bool comment = item->kind == SQL_COMMENT && !is_executable(item->text);

    if (comment && !end->decided) {
        end->writer = writer_by_comment(item->text);
        end->decided = end->writer != SQL_BY_UNKNOWN;
    } else if (item->kind == SQL_STATEMENT && !end->decided) {
        end->writer = end->comments ? SQL_BY_UNKNOWN : writer_by_statement(item->text, st);
        end->decided = true;
    } else {
        correct(end, item, st);
    }
    end->comments = end->comments || comment;
    if (item->kind == SQL_STATEMENT && st != NULL && st->kind == SQL_SET) {
        end->keeps_notes = end->keeps_notes || str_has(item->text, STR("@OLD_SQL_NOTES=@@"));
        end->keeps_charset = end->keeps_charset || str_has(item->text, STR("@OLD_COLLATION_CONNECTION=@@"));
    }
    end->any = end->any || item->kind == SQL_STATEMENT || item->kind == SQL_INSERT;
    if (item->kind != SQL_INSERT) {
        end->last.kind = item->kind;
        snprintf(end->last.text, sizeof end->last.text, "%.*s", STR_FMT(item->text));
    }
}

/* ---- whether it is whole ----------------------------------------------------------------------------------------- */

static bool last_comment(const struct sql_end *end, const char *head)
{
    return end->last.kind == SQL_COMMENT && str_starts(str_of(end->last.text), str_of(head));
}

/* The last statement sets a variable to that. */
static bool last_sets(const struct sql_end *end, const char *name, const char *value)
{
    struct str is;

    return end->last.kind == SQL_STATEMENT && sql_set_variable(str_of(end->last.text), name, &is) &&
           sql_is_keyword(is, value);
}

static enum sql_whole no(const char **why, const char *text)
{
    *why = text;
    return SQL_WHOLE_NO;
}

static enum sql_whole unknown(const char **why, const char *text)
{
    *why = text;
    return SQL_WHOLE_UNKNOWN;
}

static enum sql_whole mysqldump_whole(const struct sql_end *end, const char **why)
{
    if (last_comment(end, "-- Dump completed"))
        return SQL_WHOLE_YES;
    if (!end->keeps_notes)
        return unknown(why, "it was written without a mark at its end (mysqldump --compact)");
    /* of dumps with comments only the last of them is the end */
    if (!end->comments && last_sets(end, "SQL_NOTES", "@OLD_SQL_NOTES"))
        return SQL_WHOLE_YES;
    return no(why, end->comments ? "the line \"-- Dump completed\" is missing at its end"
                                 : "the line that takes SQL_NOTES back is missing at its end");
}

enum sql_whole sql_writer_whole(const struct sql_end *end, bool ends_line, const char **why)
{
    if (!end->any && end->writer != SQL_BY_TOOLKIT)
        return no(why, "no statement is in it");
    switch (end->writer) {
    case SQL_BY_MYSQLDUMP:
    case SQL_BY_CSCART_MYSQLDUMP:
        return mysqldump_whole(end, why);
    case SQL_BY_CSCART:
    case SQL_BY_OPENCART:
        return ends_line ? SQL_WHOLE_YES : no(why, "its last line has no end");
    case SQL_BY_PRESTASHOP:
        return last_sets(end, "FOREIGN_KEY_CHECKS", "1")
                   ? SQL_WHOLE_YES
                   : no(why, "the line \"SET FOREIGN_KEY_CHECKS=1;\" is missing at the end of a file");
    case SQL_BY_PHPMYADMIN:
        if (!end->keeps_charset)
            return unknown(why, "it was written without a mark at its end");
        return last_sets(end, "COLLATION_CONNECTION", "@OLD_COLLATION_CONNECTION")
                   ? SQL_WHOLE_YES
                   : no(why, "the line that takes COLLATION_CONNECTION back is missing at its end");
    case SQL_BY_DANPU:
        return last_comment(end, "-- Completed on: ") ? SQL_WHOLE_YES
                                                      : no(why, "the line \"-- Completed on:\" is missing at its end");
    case SQL_BY_TOOLKIT:
        return last_comment(end, "-- toolkit: dump completed, ")
                   ? SQL_WHOLE_YES
                   : no(why, "the line \"-- toolkit: dump completed\" is missing at its end");
    default:
        return unknown(why, "who wrote it is not known, nor how it has to end");
    }
}
