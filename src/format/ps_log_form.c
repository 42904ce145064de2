#include "format/ps_log_form.h"

#include "base/ascii.h"
#include "format/ps_names.h"

/* "[ERROR]" and "[WARNING]" as the module's translations have them. */
static const char *const error_words[] = {"ERROR", "ERREUR", "FEHLER", "ERRORE", "ERRO", "FOUT", "CHYBA", "B\xc5\x81\xc4\x84\x44",
                                          "\xd0\x9e\xd0\xa8\xd0\x98\xd0\x91\xd0\x9a\xd0\x90"};
static const char *const warning_words[] = {"WARNING", "ATTENTION", "WARNUNG", "Achtung", "AVISO", "ADVERTENCIA", "AVVISO",
                                            "ATTENZIONE", "WAARSCHUWING"};

/* How messages of MySQL and MariaDB begin; they tell where a statement ends that has ": " in it. */
static const char *const server_words[] = {
    "Unknown ",   "Table ",    "Duplicate ",   "Can't ",     "Can not ",   "Cannot ",  "You have an error", "Column ",
    "Column: ",   "Data ",     "Incorrect ",   "Invalid ",   "Multiple ",  "Field ",   "Key ",              "Lock wait",
    "Deadlock",   "MySQL ",    "Server ",      "Lost conn",  "Access ",    "Out of ",  "BLOB",              "Specified key",
    "Row ",       "Foreign ",  "Failed ",      "Got ",       "Illegal ",   "Truncated", "Subquery",         "The ",
    "Too ",       "Query ",    "Disk ",        "Error ",     "Expression", "INSERT, ", "Operand",           "Every ",
    "Division ",  "No ",       "Index ",       "All ",       "Cascade",    "ALTER ",   "DROP ",             "View ",
    "Identifier", "Function ", "FUNCTION ",    "PROCEDURE ", "Host ",      "Storage ", "Statement ",        "Constraint ",
    "CONSTRAINT", "Not ",      "Referencing ", "In aggregated"};

static const char *const statements[] = {"ALTER ",    "INSERT ",  "UPDATE ", "DELETE ", "CREATE ", "DROP ", "SET ",
                                         "REPLACE ",  "RENAME ",  "SELECT ", "TRUNCATE ", "LOCK ", "UNLOCK ", "/*"};

/* Errors after which the module goes on as if nothing had happened: what the statement makes is there, or what it drops isn't. */
static const unsigned harmless[] = {1050, 1054, 1060, 1061, 1062, 1091};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool begins(struct str s, const char *const *table, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_starts(s, str_of(table[i])))
            return true;
    return false;
}

static bool is_one_of(struct str s, const char *const *table, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(s, table[i]))
            return true;
    return false;
}

static struct str skip_blanks(struct str s)
{
    size_t n = 0;

    while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t' || s.p[n] == '\n' || s.p[n] == '\r'))
        n++;
    return str_sub(s, n, s.n);
}

/* The word at the front, which is taken off with the blanks behind it. */
static struct str take_word(struct str *s)
{
    size_t n = 0;
    struct str word;

    while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t' && s->p[n] != '\n' && s->p[n] != '\r')
        n++;
    word = str_sub(*s, 0, n);
    *s = skip_blanks(str_sub(*s, n, s->n));
    return word;
}

static bool take_version(struct str *s, struct str *version)
{
    struct str rest = *s;

    *version = take_word(&rest);
    if (!ps_name_is_version(*version))
        return false;
    *s = rest;
    return true;
}

/* Cuts "STATEMENT<mark>MESSAGE" in front of the first words that a server's message begins with, or at the last mark. */
static void cut_message(struct str s, const char *mark, struct str *statement, struct str *message)
{
    struct str between = str_of(mark);
    size_t at = SIZE_MAX;
    size_t last = SIZE_MAX;

    for (size_t i = str_find(s, between, 0); i != SIZE_MAX && at == SIZE_MAX; i = str_find(s, between, i + 1)) {
        last = i;
        if (begins(str_sub(s, i + between.n, s.n), server_words, COUNT(server_words)))
            at = i;
    }
    if (at == SIZE_MAX)
        at = last;
    *statement = str_trim(str_sub(s, 0, at));
    *message = at == SIZE_MAX ? (struct str){"", 0} : str_trim(str_sub(s, at + between.n, s.n));
}

/* Behind "SQL VERSION": "ERRNO in STATEMENT: MESSAGE". */
static bool take_failure(struct str rest, struct ps_log_event *e)
{
    if (!str_skip_u64(&rest, UINT64_MAX, &e->number))
        return false;
    rest = skip_blanks(rest);
    if (!str_skip(&rest, STR("in ")))
        return false;
    cut_message(rest, ": ", &e->b, &e->c);
    return true;
}

/* Behind "PHP VERSION": the call, and what it said. */
static void take_call(struct str rest, struct ps_log_event *e)
{
    size_t end = str_find(rest, STR("*/"), 0);

    if (end != SIZE_MAX) {
        end += 2;
        end += end < rest.n && rest.p[end] == ';';
    } else {
        end = str_chr(rest, '\n', 0);
    }
    e->b = str_trim(str_sub(rest, 0, end));
    e->c = end == SIZE_MAX ? (struct str){"", 0} : str_trim(str_sub(rest, end, rest.n));
    str_skip(&e->c, STR(":"));
    str_chop(&e->b, STR(":"));
    e->b = str_trim(e->b);
    e->c = str_trim(e->c);
    if (str_skip(&e->c, STR("- ")))
        e->c = str_trim(e->c);
}

/* "PATH PHP - missing file CALL", "VERSION PHP - Object Method call is forbidden (CALL)". */
static bool php_refused(struct str s, struct ps_log_event *e)
{
    size_t end;

    e->a = take_word(&s);
    if (!str_skip(&s, STR("PHP - ")) || (str_chr(e->a, '/', 0) == SIZE_MAX && !ps_name_is_version(e->a)))
        return false;
    e->kind = PS_LOG_PHP_ERROR;
    e->c = s;
    end = str_find(s, STR("/*"), 0);
    if (end == SIZE_MAX && (end = str_chr(s, '(', 0)) != SIZE_MAX && s.p[s.n - 1] == ')') {
        e->b = str_sub(s, end + 1, s.n - 1);
        e->c = str_trim(str_sub(s, 0, end));
    } else if (end != SIZE_MAX) {
        e->b = str_sub(s, end, s.n);
        e->c = str_trim(str_sub(s, 0, end));
    }
    return true;
}

/* What begins with SQL or PHP and a version, with or without "[OK]", "[WARNING]", "[ERROR]" in front. */
static bool statement_result(struct ps_log_event *e)
{
    struct str s = e->text;
    bool ok = str_skip(&s, STR("[OK] "));
    bool warning = !ok && str_skip(&s, STR("[WARNING] "));
    bool error = !ok && !warning && str_skip(&s, STR("[ERROR] "));

    if (str_skip(&s, STR("SQL "))) {
        if (!take_version(&s, &e->a))
            return false;
        e->kind = ok ? PS_LOG_SQL_OK : warning ? PS_LOG_SQL_WARNING : PS_LOG_SQL_ERROR;
        if (ok)
            e->b = str_trim(s);
        return ok || take_failure(s, e);
    }
    if (str_skip(&s, STR("PHP "))) {
        if (!take_version(&s, &e->a))
            return false;
        e->kind = ok ? PS_LOG_PHP_OK : PS_LOG_PHP_ERROR;
        if (ok) {
            str_skip(&s, STR(": "));
            e->b = str_trim(s);
        } else {
            take_call(s, e);
        }
        return true;
    }
    return (error || e->level >= PS_LEVEL_WARNING) && php_refused(s, e);
}

/* "[INTERNAL] FILE line N - MESSAGE" */
static bool internal(struct ps_log_event *e)
{
    struct str s = e->text;

    if (!str_skip(&s, STR("[INTERNAL] ")))
        return false;
    e->kind = PS_LOG_INTERNAL;
    e->b = s;
    for (size_t at = str_find(s, STR(" line "), 0); at != SIZE_MAX; at = str_find(s, STR(" line "), at + 1)) {
        struct str rest = str_sub(s, at + 6, s.n);
        uint64_t line;

        if (!str_skip_u64(&rest, UINT64_MAX, &line) || !str_skip(&rest, STR(" - ")))
            continue;
        e->a = str_sub(s, 0, at);
        e->b = str_trim(rest);
        e->number = line;
        break;
    }
    return true;
}

static bool option(struct str s, struct str name, struct str *value)
{
    size_t at = str_find(s, name, 0);

    if (at == SIZE_MAX)
        return false;
    s = str_sub(s, at + name.n, s.n);
    *value = take_word(&s);
    return true;
}

/* "$ php …/cli-upgrade.php --dir=admin --action=X --data=…" */
static bool command(struct ps_log_event *e)
{
    struct str s = e->text;

    if (!str_skip(&s, STR("$ ")) || !option(s, STR(" --action="), &e->a))
        return false;
    option(s, STR(" --data="), &e->b);
    e->kind = PS_LOG_RESTART_COMMAND;
    e->c = s;
    return true;
}

/* "[SQL ERROR] STATEMENT - MESSAGE", of 7 without the brackets. */
static bool restore_error(struct ps_log_event *e)
{
    struct str s = e->text;
    size_t end = str_chr(s, ']', 0);
    struct str head = str_sub(s, 0, end);

    if (str_skip(&s, STR("Error during database restoration: "))) {
        s = skip_blanks(s);
    } else {
        if (!str_starts(head, STR("[")) || end == SIZE_MAX || !str_has(head, STR("SQL")))
            return false;
        s = skip_blanks(str_sub(s, end + 1, s.n));
    }
    if (!begins(s, statements, COUNT(statements)))
        return false;
    e->kind = PS_LOG_RESTORE_SQL_ERROR;
    cut_message(s, " - ", &e->a, &e->b);
    return true;
}

/* The value of an attribute in the tag that the text begins with. */
static bool attribute(struct str tag, const char *name, struct str *value)
{
    for (size_t at = str_find(tag, str_of(name), 0); at != SIZE_MAX; at = str_find(tag, str_of(name), at + 1)) {
        struct str rest = str_sub(tag, at, tag.n);
        size_t end;

        str_skip(&rest, str_of(name));
        if (at == 0 || (tag.p[at - 1] != ' ' && tag.p[at - 1] != '\t') || !str_skip(&rest, STR("=\"")))
            continue;
        end = str_chr(rest, '"', 0);
        if (end == SIZE_MAX)
            return false;
        *value = str_sub(rest, 0, end);
        return true;
    }
    return false;
}

/* What an element holds, with or without CDATA around it. */
static struct str element(struct str s, struct str open, struct str close)
{
    size_t from = str_find(s, open, 0);
    size_t to = from == SIZE_MAX ? SIZE_MAX : str_find(s, close, from);
    struct str inner = {"", 0};

    if (to == SIZE_MAX)
        return inner;
    inner = str_trim(str_sub(s, from + open.n, to));
    if (str_skip(&inner, STR("<![CDATA[")))
        str_chop(&inner, STR("]]>"));
    return str_trim(inner);
}

/* <request result="fail" sqlfile="1.6.0.1"> <sqlQuery>…</sqlQuery> <sqlMsgError>… <sqlNumberError>… </request> */
static bool request(struct ps_log_event *e)
{
    struct str tag = str_sub(e->text, 0, str_chr(e->text, '>', 0));
    struct str result = {"", 0};
    struct str number = element(e->text, STR("<sqlNumberError>"), STR("</sqlNumberError>"));
    bool php;

    attribute(tag, "sqlfile", &e->a);
    e->b = element(e->text, STR("<sqlQuery>"), STR("</sqlQuery>"));
    php = str_has(e->b, STR("/* PHP:"));
    if (!attribute(tag, "result", &result) || e->b.n == 0)
        return false;
    if (str_is(result, "ok")) {
        e->kind = php ? PS_LOG_PHP_OK : PS_LOG_SQL_OK;
        return true;
    }
    e->kind = php ? PS_LOG_PHP_ERROR : PS_LOG_SQL_ERROR;
    e->c = element(e->text, STR("<sqlMsgError>"), STR("</sqlMsgError>"));
    if (e->c.n == 0)
        e->c = element(e->text, STR("<phpMsgError>"), STR("</phpMsgError>"));
    if (!str_u64(number, UINT64_MAX, &e->number))
        e->number = 0;
    return true;
}

static bool action(struct ps_log_event *e)
{
    struct str tag = str_sub(e->text, 0, str_chr(e->text, '>', 0));
    struct str number = {"", 0};

    if (str_starts(tag, STR("<request ")))
        return request(e);
    if (!str_starts(tag, STR("<action ")) || !attribute(tag, "result", &e->a))
        return false;
    e->kind = PS_LOG_ACTION;
    attribute(tag, "error", &number);
    if (!str_u64(number, UINT64_MAX, &e->number))
        e->number = 0;
    str_skip(&tag, STR("<action "));
    str_chop(&tag, STR("/"));
    e->b = str_trim(tag);
    return true;
}

static bool fatal(struct ps_log_event *e)
{
    static const char *const heads[] = {"PHP Fatal error:", "PHP Parse error:", "Fatal error:", "Parse error:",
                                        "<b>Fatal error</b>:", "<b>Parse error</b>:", "PHP Recoverable fatal error:"};

    if (!begins(e->text, heads, COUNT(heads)))
        return false;
    e->kind = PS_LOG_PHP_FATAL;
    e->a = e->text;
    return true;
}

static bool tried(struct ps_log_event *e, bool (*form)(struct ps_log_event *))
{
    struct ps_log_event copy = *e;

    if (!form(&copy))
        return false;
    *e = copy;
    return true;
}

bool ps_log_form_strict(struct ps_log_event *event)
{
    return tried(event, statement_result) || tried(event, internal) || tried(event, command) || tried(event, restore_error) ||
           tried(event, action) || tried(event, fatal);
}

/* "Migration file: VERSION, Query: STATEMENT", its words in any language. */
static bool migration(struct ps_log_event *e)
{
    size_t colon = str_find(e->text, STR(": "), 0);
    struct str s = str_sub(e->text, colon == SIZE_MAX ? e->text.n : colon + 2, e->text.n);
    size_t comma = str_find(s, STR(", "), 0);

    e->a = str_sub(s, 0, comma);
    if (comma == SIZE_MAX || !ps_name_is_version(e->a))
        return false;
    s = str_sub(s, comma + 2, s.n);
    colon = str_find(s, STR(":"), 0);
    /* A word or two stand in front of the statement. */
    if (colon == SIZE_MAX || colon > 40)
        return false;
    e->b = str_trim(str_sub(s, colon + 1, s.n));
    e->kind = PS_LOG_SQL_AT;
    return e->b.n > 0;
}

/* "The execution of the query failed: NUMBER, MESSAGE", its words in any language. */
static bool failed_number(struct ps_log_event *e)
{
    size_t colon = str_find(e->text, STR(": "), 0);
    struct str s = str_sub(e->text, colon == SIZE_MAX ? e->text.n : colon + 2, e->text.n);

    if ((e->level != PS_LEVEL_WARNING && e->level != PS_LEVEL_DEBUG) || !str_skip_u64(&s, UINT64_MAX, &e->number) || e->number < 1000 ||
        e->number > 4999 || !str_skip(&s, STR(", ")))
        return false;
    e->kind = PS_LOG_SQL_FAILED;
    for (size_t i = 0; i < COUNT(harmless); i++)
        if (e->number == harmless[i])
            e->kind = PS_LOG_SQL_HARMLESS;
    e->c = str_trim(s);
    return true;
}

/* A short message with SQL and one name in backticks. */
static bool dropped(struct ps_log_event *e)
{
    size_t from = str_chr(e->text, '`', 0);
    size_t to = from == SIZE_MAX ? SIZE_MAX : str_chr(e->text, '`', from + 1);

    if (to == SIZE_MAX || e->text.n > 300 || !str_has(str_sub(e->text, 0, from), STR("SQL")) ||
        str_chr(e->text, '`', to + 1) != SIZE_MAX || str_has(e->text, STR(": ")))
        return false;
    e->kind = PS_LOG_TABLE_DROPPED;
    e->a = str_sub(e->text, from + 1, to);
    return e->a.n > 0;
}

/* "[ERROR] …" in some language, or by the level. */
static bool by_level(struct ps_log_event *e)
{
    size_t end = str_chr(e->text, ']', 0);
    struct str word = str_starts(e->text, STR("[")) && end != SIZE_MAX ? str_sub(e->text, 1, end) : (struct str){"", 0};

    if (e->level >= PS_LEVEL_ERROR || is_one_of(word, error_words, COUNT(error_words)))
        e->kind = PS_LOG_ERROR;
    else if (e->level == PS_LEVEL_WARNING || is_one_of(word, warning_words, COUNT(warning_words)))
        e->kind = PS_LOG_WARNING;
    else
        return false;
    e->a = e->text;
    return true;
}

static bool is_name_byte(char c)
{
    return ascii_is_alnum(c) || c == '.' || c == '_' || c == '-';
}

/* A word that is the name of a backup or of one of its files. */
static bool names_backup(struct ps_log_event *e)
{
    size_t at = 0;

    if (e->text.n > 4096)
        return false;
    while (at < e->text.n) {
        size_t end = at;
        struct str word;
        struct ps_name name;

        while (end < e->text.n && is_name_byte(e->text.p[end]))
            end++;
        word = str_sub(e->text, at, end);
        while (str_chop(&word, STR(".")))
            ;
        if (word.n > 20 && ps_name_read(word, &name)) {
            e->kind = PS_LOG_BACKUP_NAMED;
            e->a = name.name;
            if (name.kind != PS_NAME_BACKUP)
                e->b = word;
            return true;
        }
        at = end + 1;
    }
    return false;
}

/* The address of an archive. */
static bool download(struct ps_log_event *e)
{
    size_t at = str_find(e->text, STR("http"), 0);
    struct str rest = str_sub(e->text, at == SIZE_MAX ? e->text.n : at, e->text.n);
    struct str word = take_word(&rest);

    while (str_chop(&word, STR(".")))
        ;
    if ((!str_starts(word, STR("http://")) && !str_starts(word, STR("https://"))) || !str_ends(word, STR(".zip")))
        return false;
    e->kind = PS_LOG_DOWNLOAD;
    e->a = word;
    return true;
}

bool ps_log_form_loose(struct ps_log_event *event)
{
    return tried(event, migration) || tried(event, failed_number) || tried(event, dropped) || tried(event, by_level) ||
           tried(event, names_backup) || tried(event, download);
}
