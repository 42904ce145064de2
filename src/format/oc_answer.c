#include "format/oc_answer.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "format/json_tree.h"
#include "format/oc_answer_parts.h"
#include "format/oc_error.h"
#include "format/php_fatal.h"

/* Objects that are looked at from the end on: a step prints one. */
#define TRIES_MAX 50
/* Of one object; what it quotes of a statement is far shorter. */
#define OBJECT_MAX ((size_t)256 * 1024)
/* An error in words stands at the end of what was printed, its first bold words within this. */
#define WORDS_MAX ((size_t)256 * 1024)
#define BOLD_MAX  ((size_t)8 * 1024)
/* No upgrade has so many. */
#define STEPS_MAX 9999
/* Of what is no answer, this much is told. */
#define NONE_TEXT ((size_t)300)

static const char *const keys[] = {"success", "text", "next", "error", "redirect"};

bool oc_answer_starts(struct str s)
{
    if (!str_skip(&s, STR("{")))
        return false;
    s = str_trim(str_sub(s, 0, 64));
    if (!str_skip(&s, STR("\"")))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct str rest = s;

        if (str_skip(&rest, str_of(keys[i])) && str_starts(rest, STR("\"")))
            return true;
    }
    return false;
}

/* Where the object that s begins with ends. */
struct extent {
    size_t n;        /* of it; up to where it breaks off when it doesn't end */
    bool ended;
    bool in_text;    /* it breaks off inside a text */
    size_t escape;   /* inside an escape that begins here; SIZE_MAX: in none */
    size_t last;     /* the last comma between its members, 0: none */
};

static void measure(struct str s, struct extent *x)
{
    unsigned depth = 0;
    size_t escape = SIZE_MAX;

    *x = (struct extent){.n = s.n, .escape = SIZE_MAX};
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (x->in_text) {
            if (c == '\\') {
                escape = i++;
            } else if (c == '"') {
                x->in_text = false;
            } else if (c == '\n') { /* never in a text of JSON: the rest was lost */
                x->n = i;
                break;
            }
        } else if (c == '"') {
            x->in_text = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (--depth == 0) {
                x->n = i + 1;
                x->ended = true;
                return;
            }
        } else if (c == ',' && depth == 1) {
            x->last = i;
        }
    }
    if (x->in_text && escape != SIZE_MAX && (escape + 2 > x->n || (s.p[escape + 1] == 'u' && escape + 6 > x->n)))
        x->escape = escape;
}

/* The first text in a value: an error may be a list of them. */
static bool first_text(const struct phps_node *n, struct str *out, unsigned depth)
{
    if (n == NULL || depth > 4)
        return false;
    if (phps_str(n, out))
        return out->n > 0;
    for (size_t i = 0; phps_is_list(n) && i < n->n; i++)
        if (first_text(&n->items[i].value, out, depth + 1))
            return true;
    return false;
}

/* The object at the front of s; one that is cut is closed behind its last whole piece. */
static bool read_object(struct str s, const struct extent *x, struct arena *a, struct phps_node *out)
{
    struct err ignored = {0};
    struct buf closed = {0};
    bool read;

    if (x->ended)
        return json_tree_read(str_sub(s, 0, x->n), a, out, &ignored) == 0;
    buf_addstr(&closed, str_sub(s, 0, x->escape < x->n ? x->escape : x->n));
    buf_adds(&closed, x->in_text ? "\"}" : "}");
    read = json_tree_read(buf_str(&closed), a, out, &ignored) == 0;
    if (!read && x->last > 0) {
        buf_reset(&closed);
        buf_addstr(&closed, str_sub(s, 0, x->last));
        buf_addc(&closed, '}');
        read = json_tree_read(buf_str(&closed), a, out, &ignored) == 0;
    }
    buf_free(&closed);
    return read;
}

bool oc_answer_progress(struct str text, struct oc_answer *out)
{
    size_t open = str_rchr(text, '(');
    struct str rest = str_sub(text, open == SIZE_MAX ? text.n : open + 1, text.n);
    uint64_t step, of;
    size_t n = 0;

    if (!str_skip_u64(&rest, STEPS_MAX, &step))
        return false;
    /* "of", "sur", "von": no more than a word stands between the two. */
    while (n < rest.n && n < 24 && !ascii_is_digit(rest.p[n]) && rest.p[n] != ')')
        n++;
    rest = str_sub(rest, n, rest.n);
    if (n == 0 || !str_skip_u64(&rest, STEPS_MAX, &of) || !str_starts(rest, STR(")")) || step == 0 || of == 0)
        return false;
    out->step = (unsigned)step;
    out->of = (unsigned)of;
    return true;
}

/* Fills what an error says. */
static void set_error(struct str text, struct arena *a, struct oc_answer *out)
{
    struct oc_error er;

    oc_error_read(text, &er);
    out->kind = OC_ANSWER_ERROR;
    out->text = oc_error_clean(er.message, a);
    if (er.kind.n > 0 && !str_is(er.kind, "Error") && !str_is(er.kind, "Exception") && !str_is(er.kind, "ErrorException")) {
        const char *both = arena_printf(a, "%.*s: %.*s", STR_FMT(er.kind), STR_FMT(out->text));

        out->text = oc_error_clean(str_of(both), a);
    }
    out->sql_error = er.sql_error;
    out->sql = er.sql;
    out->file = er.file;
    out->line = er.line;
}

/* What warnings of PHP in front of the answer say of the server's number. */
static void number_from_noise(struct oc_answer *out)
{
    struct oc_error er;

    if (out->sql_error == 0 && out->noise.n > 0) {
        oc_error_read(out->noise, &er);
        out->sql_error = er.sql_error;
    }
}

bool oc_answer_object(struct str s, struct arena *a, struct oc_answer *out, size_t *n)
{
    struct phps_node root;
    struct str text = {0};
    struct str next = {0};
    struct str redirect = {0};
    struct extent x;
    bool success;

    s = str_sub(s, 0, OBJECT_MAX);
    if (!oc_answer_starts(s))
        return false;
    measure(s, &x);
    if (!read_object(s, &x, a, &root))
        return false;
    *n = x.n;
    *out = (struct oc_answer){.cut = !x.ended};
    if (first_text(phps_get(&root, "error"), &text, 0)) {
        set_error(text, a, out);
        return true;
    }
    success = first_text(phps_get(&root, "success"), &text, 0);
    if (success || first_text(phps_get(&root, "text"), &text, 0))
        out->text = oc_error_clean(text, a);
    /* Half of an address may name another step. */
    if (first_text(phps_get(&root, "next"), &next, 0) && !(out->cut && x.in_text))
        out->has_next = oc_request_read(next, a, &out->next);
    if (oc_answer_progress(out->text, out) || next.n > 0)
        out->kind = OC_ANSWER_STEP;
    else if (str_starts(out->text, STR("Congratulations!")) ||
             (!out->cut && (success || first_text(phps_get(&root, "redirect"), &redirect, 0))))
        out->kind = OC_ANSWER_END;
    return out->kind != OC_ANSWER_NONE || out->cut;
}

/* "<b>KIND</b>: …" or "<b>MESSAGE</b>: in …" at an offset: the length up to the end of its place, 0: none is there. */
static size_t bold_length(struct str s, bool *mild)
{
    struct str rest = s;
    size_t close, end;

    rest = str_sub(rest, 0, BOLD_MAX);
    if (!str_skip(&rest, STR("<b>")) || (close = str_find(rest, STR("</b>"), 0)) == SIZE_MAX ||
        !str_starts(str_sub(rest, close + 4, rest.n), STR(":")))
        return 0;
    *mild = oc_error_is_mild(str_sub(rest, 0, close));
    end = str_find(rest, STR("</b> on line <b>"), close);
    if (end == SIZE_MAX || (end = str_find(rest, STR("</b>"), end + 16)) == SIZE_MAX)
        return s.n;
    return end + 4 + 3;
}

/* Words that begin an error without tags. */
static bool starts_plainly(struct str s, size_t at)
{
    static const char *const heads[] = {"Error: ", "Error Code(", "Could not load sql file: ", "error_directory", "error_copy", "error_unzip"};
    struct str rest = str_sub(s, at, s.n);

    if (at > 0 && s.p[at - 1] != '\n' && s.p[at - 1] != '>')
        return false;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_starts(rest, str_of(heads[i])))
            return true;
    return false;
}

/* "PHP8.1+ Required" */
static bool asks_for_php(struct str s)
{
    size_t at = str_find(s, STR("+ Required"), 0);

    return at != SIZE_MAX && str_has(str_sub(s, at < 12 ? 0 : at - 12, at), STR("PHP"));
}

static bool set_fatal(struct str s, struct arena *a, struct oc_answer *out)
{
    struct php_fatal f = {0};
    bool found = php_fatal_find(s, &f);

    if (found) {
        struct str file = buf_str(&f.file);

        set_error(buf_str(&f.message), a, out);
        out->sql = (struct str){arena_dup(a, out->sql.n ? out->sql.p : "", out->sql.n), out->sql.n};
        out->file = (struct str){arena_dup(a, file.n ? file.p : "", file.n), file.n};
        out->line = f.line;
    }
    php_fatal_free(&f);
    return found;
}

bool oc_answer_words(struct str all, bool hard_only, struct arena *a, struct oc_answer *out, size_t *from)
{
    struct str s = str_sub(all, all.n > WORDS_MAX ? all.n - WORDS_MAX : 0, all.n);
    struct str mild = {0};
    struct str hard = {0};

    *out = (struct oc_answer){0};
    *from = 0;
    if (set_fatal(s, a, out))
        return true;
    for (size_t at = 0; at < s.n; at++) {
        size_t n = 0;
        bool is_mild = false;

        if (s.p[at] == '<' && (n = bold_length(str_sub(s, at, s.n), &is_mild)) > 0) {
            *(is_mild ? &mild : &hard) = str_sub(s, at, at + n);
            at += n - 1;
        } else if (starts_plainly(s, at)) {
            /* The block of 4.1 reaches to the end; a place in it belongs to it. */
            hard = str_sub(s, at, s.n);
            break;
        }
    }
    if (hard.n == 0 && asks_for_php(s))
        hard = str_trim(s);
    if (hard.n == 0 && hard_only)
        return false;
    if (hard.n == 0)
        hard = mild;
    if (hard.n == 0)
        return false;
    *from = (size_t)(hard.p - all.p);
    set_error(hard, a, out);
    return true;
}

void oc_answer_read(struct str output, struct arena *a, struct oc_answer *out)
{
    unsigned tries = 0;
    size_t from;

    if (output.n > OC_ANSWER_MAX)
        output = str_sub(output, output.n - OC_ANSWER_MAX, output.n);
    for (size_t at = output.n; at > 0 && tries < TRIES_MAX;) {
        size_t n;

        if (output.p[--at] != '{' || !oc_answer_starts(str_sub(output, at, output.n)))
            continue;
        tries++;
        if (oc_answer_object(str_sub(output, at, output.n), a, out, &n)) {
            out->noise = str_sub(output, 0, at);
            if (out->kind == OC_ANSWER_ERROR)
                number_from_noise(out);
            return;
        }
    }
    if (!oc_answer_words(output, false, a, out, &from)) {
        *out = (struct oc_answer){0};
        out->text = oc_error_clean(str_sub(str_trim(output), 0, NONE_TEXT), a);
    }
}
