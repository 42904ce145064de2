/* What people kept of an upgrade: answers as the browser's tools show them, what the page said, messages that it showed in a box. */
#include "format/oc_answer_parts.h"
#include "format/oc_error.h"

/* A line of the page: number of the patch, words, "(2 of 11)". */
#define PROGRESS_MAX ((size_t)120)
/* No upgrade has so many; what only looks like an answer costs time. */
#define ANSWERS_MAX 2000
#define FAILED_MAX  300

struct saved {
    struct str text;
    struct arena *a;
    oc_answer_each *each;
    void *arg;
    size_t counted; /* lines are counted up to here */
    uint64_t line;
};

static void tell(struct saved *s, const struct oc_answer *answer, size_t at)
{
    for (; s->counted < at; s->counted++)
        s->line += s->text.p[s->counted] == '\n';
    s->each(s->arg, answer, s->line);
}

/* An error between two other things. */
static void tell_error(struct saved *s, size_t from, size_t to)
{
    struct oc_answer answer;
    size_t at;

    if (oc_answer_words(str_sub(s->text, from, to), true, s->a, &answer, &at))
        tell(s, &answer, from + at);
}

/* What the page showed, at an offset: its length, 0: it is none. */
static size_t shown(struct saved *s, size_t at, struct oc_answer *answer)
{
    struct str rest = str_sub(s->text, at, at + PROGRESS_MAX);
    size_t close;

    *answer = (struct oc_answer){0};
    rest = str_sub(rest, 0, str_chr(rest, '\n', 0));
    if (str_starts(rest, STR("Congratulations! You have succes"))) {
        answer->kind = OC_ANSWER_END;
        answer->text = oc_error_clean(rest, s->a);
        return rest.n;
    }
    if (!str_starts(rest, STR("Patch ")) || (close = str_chr(rest, ')', 0)) == SIZE_MAX)
        return 0;
    rest = str_sub(rest, 0, close + 1);
    if (!oc_answer_progress(rest, answer))
        return 0;
    answer->kind = OC_ANSWER_STEP;
    answer->text = oc_error_clean(rest, s->a);
    return rest.n;
}

void oc_answers_saved(struct str text, struct arena *a, oc_answer_each *each, void *arg)
{
    struct saved s = {.text = text, .a = a, .each = each, .arg = arg, .line = 1};
    size_t from = 0; /* of what is no answer */
    unsigned told = 0;
    unsigned failed = 0;

    for (size_t at = 0; at < text.n && told < ANSWERS_MAX && failed < FAILED_MAX;) {
        struct oc_answer answer;
        size_t n = 0;
        char c = text.p[at];

        if (c == '{' && oc_answer_starts(str_sub(text, at, text.n))) {
            if (!oc_answer_object(str_sub(text, at, text.n), a, &answer, &n)) {
                failed++;
                n = 0;
            }
        } else if (c == 'P' || c == 'C') {
            n = shown(&s, at, &answer);
        }
        if (n == 0) {
            at++;
            continue;
        }
        answer.noise = str_sub(text, from, at);
        tell_error(&s, from, at);
        tell(&s, &answer, at);
        told++;
        at += n;
        from = at;
    }
    tell_error(&s, from, text.n);
}
