#include "cmd/typed.h"

#include "base/esc.h"
#include "base/table.h"
#include "cmd/command.h"

#include <stdio.h>
#include <string.h>

#define NAME "toolkit"

/* Longer words are none of a command's own. */
#define WORD_MAX_BYTES ((size_t)40)

static void add_name(const struct app *a, struct buf *out)
{
    esc_shell(out, a->name ? a->name : NAME);
}

void typed_self(const struct app *a, struct str but, struct buf *out)
{
    char port[16];
    const struct {
        const char *name;
        const char *value;
    } said[] = {
        {"-C", a->dir},
        {"--work-dir", a->work_dir},
        {"--php", a->store.php},
        {"--source", a->store.source},
        {"--access-log", a->store.access_log},
        {"--db-host", a->db.host},
        {"--db-port", a->db.port ? port : NULL},
        {"--db-socket", a->db.socket},
        {"--db-user", a->db.user},
        {"--db-name", a->db.database},
        {"--db-defaults-file", a->defaults_file},
        {"--db-tls", a->db_tls},
        {"--db-ca", a->db.ca},
    };

    snprintf(port, sizeof port, "%u", a->db.port);
    add_name(a, out);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (said[i].value == NULL || str_has(but, str_of(said[i].name)))
            continue;
        buf_printf(out, " %s ", said[i].name);
        esc_shell(out, said[i].value);
    }
}

/* ---- what of a text is a command ---- */

static struct str word_at(struct str text, size_t i)
{
    size_t end = str_chr(text, ' ', i);

    return str_sub(text, i, end == SIZE_MAX ? text.n : end);
}

/* Without what ends a sentence behind it. */
static struct str bare(struct str word)
{
    while (word.n > 0 && strchr(",;:.)\"'", word.p[word.n - 1]))
        word.n--;
    return word;
}

static const struct command *command_of(struct str word)
{
    char name[WORD_MAX_BYTES];

    if (word.n == 0 || word.n >= sizeof name)
        return NULL;
    memcpy(name, word.p, word.n);
    name[word.n] = '\0';
    return command_find(name);
}

static bool is_between(char c)
{
    return (c < 'a' || c > 'z') && c != '-';
}

/* One of the words that the command lists for its operands. */
static bool is_listed(const struct command *c, struct str word)
{
    struct str all = str_of(c->operands);
    size_t at = 0;

    while (word.n > 0 && (at = str_find(all, word, at)) != SIZE_MAX) {
        if ((at == 0 || is_between(all.p[at - 1])) && (at + word.n == all.n || is_between(all.p[at + word.n])))
            return true;
        at++;
    }
    return false;
}

static bool is_number(struct str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] < '0' || word.p[i] > '9')
            return false;
    return word.n > 0;
}

/* FILE.zip, BACKUP: what the user puts something in for */
static bool is_place(struct str word)
{
    return word.n > 1 && word.p[0] >= 'A' && word.p[0] <= 'Z' && !(word.p[1] >= 'a' && word.p[1] <= 'z');
}

/* Where the command ends whose name is the word at i. */
static size_t end_of(struct str text, const struct command *c, size_t i)
{
    struct str word = word_at(text, i);
    size_t end = i + bare(word).n;

    while (bare(word).n == word.n && end < text.n) {
        struct str next;

        word = word_at(text, end + 1);
        next = bare(word);
        if (next.n == 0 || !(next.p[0] == '-' || is_listed(c, next) || is_number(next) || is_place(next)))
            break;
        end += 1 + next.n;
    }
    return end;
}

static void add_part(struct str part, bool glue, struct buf *out)
{
    for (size_t i = 0; i < part.n; i++) {
        if (glue && part.p[i] == ' ')
            buf_adds(out, TABLE_GLUE);
        else
            buf_addc(out, part.p[i]);
    }
}

/* "The toolkit runs" is no command, and one in quotes is another process's. */
static bool may_begin(struct str text, size_t at)
{
    return at == 0 || ((text.p[at - 1] == ' ' || text.p[at - 1] == '(') && !str_ends(str_sub(text, 0, at), STR("he ")));
}

void typed_text(const struct app *a, struct str text, bool glue, struct buf *out)
{
    struct buf self = {0};
    size_t done = 0;
    size_t at = 0;

    while ((at = str_find(text, STR(NAME " "), at)) != SIZE_MAX) {
        size_t from = at + sizeof NAME;
        const struct command *c = from < text.n ? command_of(bare(word_at(text, from))) : NULL;
        size_t end;

        if (!may_begin(text, at) || (c == NULL && (from >= text.n || text.p[from] != '-'))) {
            at = from;
            continue;
        }
        buf_addstr(out, str_sub(text, done, at));
        buf_reset(&self);
        if (c == NULL) {
            add_name(a, &self);
            end = from - 1;
        } else {
            end = end_of(text, c, from);
            typed_self(a, str_sub(text, from, end), &self);
            buf_addc(&self, ' ');
            buf_addstr(&self, str_sub(text, from, end));
        }
        add_part(buf_str(&self), glue, out);
        done = at = end;
    }
    buf_addstr(out, str_sub(text, done, SIZE_MAX));
    buf_free(&self);
}
