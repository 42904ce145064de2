/* The server's refusals as errors: its words, its numbers, the statement, and what to do about the usual
 * ones. */
#include "db/mysql_session.h"

#include <string.h>

#define SHOWN         200 /* bytes of a statement that are shown */
#define LITERAL_SHOWN 16  /* bytes of a long literal that are shown */
#define LITERAL_LONG  40  /* longer literals are shortened */

_Static_assert(SHOWN + sizeof " …" <= MYSQL_EXCERPT, "the excerpt has room for its end mark");

static const struct {
    unsigned code;
    const char *fix;
} advice[] = {
    {1021, "free some space on the disk of the database server, then run the same command again"},
    {1040,
     "the server has no free connection; wait, or raise max_connections, then run the same command again"},
    {1044, "grant the account its rights on this database, or name another account with the --db-… options"},
    {1045, "check user and password, or name others with the --db-… options or --db-defaults-file"},
    {1049, "check the name of the database, or name another with --db-name"},
    {1114,
     "the table or the disk of the database server is full; make room, then run the same command again"},
    {1129, "run FLUSH HOSTS (mysqladmin flush-hosts) on the database server"},
    {1130, "let the account connect from this host, or run this on the host that may"},
    {1142, "grant the account this right, or name another account with the --db-… options"},
    {1153, "raise max_allowed_packet on the database server"},
    {1205, "another connection holds a lock; end it or wait, then run the same command again"},
    {1213, "another connection worked on the same rows; run the same command again"},
    {1227, "grant the account this right, or name another account with the --db-… options"},
    {1290, "the server forbids this by one of its start options (read-only?); see its words"},
    {1836, "the server is read-only; use the primary server or switch read_only off"},
    {3159,
     "this server takes only encrypted connections over TCP; add --db-tls=required, or use its unix socket"},
};

bool mysql_error_is(struct str packet)
{
    return packet.n > 0 && (uint8_t)packet.p[0] == 0xFF;
}

/* Words of the server that quote a statement with a password: what stands between the first and the last
 * quote is taken out. */
static void hide_quoted(struct buf *words)
{
    struct str s = buf_str(words);
    size_t first = str_chr(s, '\'', 0);
    size_t last = str_rchr(s, '\'');
    struct buf out = {0};

    if (first == SIZE_MAX)
        return;
    buf_addstr(&out, str_sub(s, 0, first));
    buf_adds(&out, "'…'");
    buf_addstr(&out, str_sub(s, last > first ? last + 1 : s.n, s.n));
    buf_free(words);
    *words = out;
}

static bool excerpt_is_secret(const char *excerpt)
{
    return str_has(str_of(excerpt), STR("(not shown: "));
}

int mysql_error_set(struct err *e, struct str packet, const char *statement)
{
    struct mysql_reader r = {.rest = packet};
    struct buf words = {0};
    char state[sizeof e->db_state] = "";
    unsigned code;
    size_t i;

    (void)mysql_take_int(&r, 1);
    code = (unsigned)mysql_take_int(&r, 2);
    if (r.bad)
        return err_set(e, ERR_FORMAT, "the server's error message is cut short");
    /* Before the log-in the state is left out. */
    if (r.rest.n >= 6 && r.rest.p[0] == '#') {
        memcpy(state, r.rest.p + 1, 5);
        (void)mysql_take_bytes(&r, 6);
    }
    buf_addstr(&words, r.rest);
    if (statement != NULL && excerpt_is_secret(statement))
        hide_quoted(&words);
    err_set(e, ERR_DB, "%s (%u%s%s)%s%s", words.n > 0 ? buf_cstr(&words) : "the server gave no reason", code,
            state[0] != '\0' ? ", " : "", state, statement != NULL ? "; statement: " : "",
            statement != NULL ? statement : "");
    buf_free(&words);
    e->db_code = code;
    memcpy(e->db_state, state, sizeof e->db_state);
    for (i = 0; i < sizeof advice / sizeof *advice; i++)
        if (advice[i].code == code)
            err_fix(e, "%s", advice[i].fix);
    return -1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* Length of the literal at the start of s with its quotes: up to the closing quote or the end. */
static size_t literal_length(struct str s)
{
    size_t i;

    for (i = 1; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == s.p[0] && (i + 1 >= s.n || s.p[i + 1] != s.p[0]))
            return i + 1;
        else if (s.p[i] == s.p[0])
            i++;
    }
    return s.n;
}

static size_t hex_length(struct str s)
{
    size_t i;

    for (i = 2; i < s.n; i++)
        if (strchr("0123456789abcdefABCDEF", s.p[i]) == NULL || s.p[i] == '\0')
            break;
    return i;
}

void mysql_error_excerpt(char out[MYSQL_EXCERPT], struct str sql)
{
    struct buf b = {0};
    struct str rest = str_trim(sql);
    bool cut;

    if (str_has_nocase(sql, STR("password")) || str_has_nocase(sql, STR("identified"))) {
        size_t n = 0;

        while (n < rest.n && n < 20 && ((rest.p[n] | 0x20) >= 'a' && (rest.p[n] | 0x20) <= 'z'))
            n++;
        buf_addstr(&b, str_sub(rest, 0, n));
        buf_adds(&b, " … (not shown: it may hold a password)");
        rest.n = 0;
    }
    while (rest.n > 0 && b.n < SHOWN) {
        size_t n = 1;

        if (rest.p[0] == '\'' || rest.p[0] == '"')
            n = literal_length(rest);
        else if (rest.n > 1 && rest.p[0] == '0' && rest.p[1] == 'x')
            n = hex_length(rest);
        if (n > LITERAL_LONG) {
            char quote = rest.p[0] == '0' ? ' ' : rest.p[0];

            buf_addstr(&b, str_sub(rest, 0, LITERAL_SHOWN));
            buf_printf(&b, "…%c", quote);
        } else if (n > 1) {
            buf_addstr(&b, str_sub(rest, 0, n));
        } else if (!is_blank(rest.p[0])) {
            buf_addc(&b, rest.p[0]);
        } else if (b.n > 0 && b.p[b.n - 1] != ' ') {
            buf_addc(&b, ' ');
        }
        rest = str_sub(rest, n, rest.n);
    }
    cut = rest.n > 0;
    if (b.n > SHOWN) {
        b.n = SHOWN;
        cut = true;
    }
    /* Never in the middle of a character: a cut one would spoil the mark behind it on a terminal. */
    while (cut && b.n > 0 && ((uint8_t)b.p[b.n - 1] & 0xC0) == 0x80)
        b.n--;
    if (cut && b.n > 0 && (uint8_t)b.p[b.n - 1] >= 0xC0)
        b.n--;
    if (cut)
        buf_adds(&b, " …");
    memcpy(out, buf_cstr(&b), b.n + 1);
    buf_free(&b);
}
