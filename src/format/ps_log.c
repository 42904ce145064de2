/*
 * Lines become messages: a line with a time, a level or another head begins one, and lines without follow it. In a log that has no
 * heads at all each line is a message.
 */
#include "format/ps_log.h"

#include "base/ascii.h"
#include "format/ps_log_form.h"
#include "format/ps_log_text.h"

#include <string.h>

static const char *const level_names[] = {"", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"};

#define LEVELS (sizeof level_names / sizeof *level_names)

/* What the head of a line says. */
struct head {
    char time[20];
    enum ps_log_level level;
    struct str component;
    enum ps_log_kind kind; /* PS_LOG_SYMFONY and PS_LOG_EXCEPTION are known by their heads */
    struct str a;
    struct str rest;
};

/* "YYYY?MM?DD" at the place, with that mark between. */
static bool is_date(struct str s, size_t at, char mark)
{
    static const char form[] = "dddd-dd-dd";

    if (s.n < at + 10)
        return false;
    for (size_t i = 0; i < 10; i++)
        if (form[i] == 'd' ? !ascii_is_digit(s.p[at + i]) : s.p[at + i] != mark)
            return false;
    return true;
}

/* "HH:MM:SS" */
static bool is_clock(struct str s, size_t at)
{
    if (s.n < at + 8)
        return false;
    for (size_t i = 0; i < 8; i++)
        if (i == 2 || i == 5 ? s.p[at + i] != ':' : !ascii_is_digit(s.p[at + i]))
            return false;
    return true;
}

static void set_time(struct head *h, struct str s, size_t date, size_t clock)
{
    memcpy(h->time, s.p + date, 10);
    h->time[4] = h->time[7] = '-';
    h->time[10] = ' ';
    memcpy(h->time + 11, s.p + clock, 8);
    h->time[19] = '\0';
}

/* "[YYYY-MM-DD HH:MM:SS] ", of newer Symfony "[YYYY-MM-DDTHH:MM:SS.123456+01:00] ". */
static bool take_stamp(struct str *s, struct head *h)
{
    size_t end;

    if (s->n < 21 || s->p[0] != '[' || !is_date(*s, 1, '-') || (s->p[11] != ' ' && s->p[11] != 'T') || !is_clock(*s, 12))
        return false;
    end = str_chr(str_sub(*s, 0, 40), ']', 20);
    if (end == SIZE_MAX)
        return false;
    set_time(h, *s, 1, 12);
    *s = str_sub(*s, end + 1, s->n);
    str_skip(s, STR(" "));
    return true;
}

static enum ps_log_level level_of(struct str word)
{
    for (size_t i = 1; i < LEVELS; i++)
        if (str_is(word, level_names[i]))
            return (enum ps_log_level)i;
    return PS_LEVEL_NONE;
}

/* One word before " - ", which is taken off; empty when there is none. */
static struct str take_dashed(struct str *s)
{
    size_t end = str_find(str_sub(*s, 0, 70), STR(" - "), 0);
    struct str word = str_sub(*s, 0, end == SIZE_MAX ? 0 : end);

    for (size_t i = 0; i < word.n; i++)
        if (!ascii_is_alnum(word.p[i]) && word.p[i] != '_')
            return (struct str){"", 0};
    if (word.n > 0)
        *s = str_sub(*s, end + 3, s->n);
    return word;
}

/* "LEVEL - " and, of the latest, "Component - " behind it. */
static bool take_level(struct str *s, struct head *h)
{
    struct str rest = *s;
    struct str bare = str_trim(rest);
    enum ps_log_level level = level_of(take_dashed(&rest));

    /* A message that begins with a line end; editors take the blank behind the dash away. */
    if (level == PS_LEVEL_NONE && str_chop(&bare, STR(" -"))) {
        level = level_of(bare);
        rest.n = 0;
    }
    if (level == PS_LEVEL_NONE)
        return false;
    h->level = level;
    h->component = take_dashed(&rest);
    *s = rest;
    return true;
}

/* "channel.LEVEL: " */
static bool take_channel(struct str *s, struct head *h)
{
    size_t end = str_find(str_sub(*s, 0, 100), STR(": "), 0);
    struct str word = str_sub(*s, 0, end == SIZE_MAX ? 0 : end);
    size_t dot = str_rchr(word, '.');

    if (word.n == 0 || dot == SIZE_MAX || str_chr(word, ' ', 0) != SIZE_MAX)
        return false;
    h->level = level_of(str_sub(word, dot + 1, word.n));
    if (h->level == PS_LEVEL_NONE)
        return false;
    h->kind = PS_LOG_SYMFONY;
    h->a = str_sub(word, 0, dot);
    *s = str_sub(*s, end + 2, s->n);
    return true;
}

/* "*ERROR* <tab>v1.6.1.4<tab>YYYY/MM/DD - HH:MM:SS: " */
static bool take_logger(struct str *s, struct head *h)
{
    struct str rest = *s;
    struct str word;
    struct str version;

    if (!str_skip(&rest, STR("*")))
        return false;
    word = str_cut(rest, '*', &rest);
    h->level = level_of(word);
    if (h->level == PS_LEVEL_NONE)
        return false;
    str_skip(&rest, STR(" "));
    if (!str_skip(&rest, STR("\t")))
        return false;
    version = str_cut(rest, '\t', &rest);
    str_skip(&version, STR("v"));
    if (rest.n < 21 || !is_date(rest, 0, '/') || !is_clock(rest, 13))
        return false;
    set_time(h, rest, 0, 13);
    h->kind = PS_LOG_EXCEPTION;
    h->a = version;
    rest = str_sub(rest, 21, rest.n);
    str_skip(&rest, STR(":"));
    str_skip(&rest, STR(" "));
    *s = rest;
    return true;
}

/* Lines that begin a message without time and level. */
static bool is_bare_head(struct str s)
{
    static const char *const heads[] = {"=== Step ",   "$ php",           "PHP Fatal error:", "PHP Parse error:", "Fatal error:",
                                        "Parse error:", "<b>Fatal error", "<b>Parse error",    "<action ",          "<request ",
                                        "</action>",    "<?xml"};
    struct str trimmed = str_trim(s);

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_starts(trimmed, str_of(heads[i])))
            return true;
    return false;
}

/* Of PHP's own log: "[18-Mar-2024 10:15:00 Europe/Paris] PHP Fatal error: …". */
static bool take_php_stamp(struct str *s)
{
    size_t end = str_find(str_sub(*s, 0, 80), STR("] PHP "), 0);

    if (!str_starts(*s, STR("[")) || end == SIZE_MAX || s->n < 3 || !ascii_is_digit(s->p[1]))
        return false;
    *s = str_sub(*s, end + 2, s->n);
    return true;
}

static bool take_head(struct str line, struct head *h)
{
    *h = (struct head){.kind = PS_LOG_OTHER, .rest = line};
    if (take_stamp(&h->rest, h)) {
        if (!take_channel(&h->rest, h))
            take_level(&h->rest, h);
        return true;
    }
    return take_level(&h->rest, h) || take_logger(&h->rest, h) || take_php_stamp(&h->rest) || is_bare_head(line);
}

/* Tags at the front or the back of a message, which the page of the module shows it with. */
static struct str without_tags(struct str s)
{
    static const char *const front[] = {"<div class=\"upgradeDbOk\">", "<div class=\"upgradeDbError\">", "<div>", "<strong>",
                                        "<br />", "<br/>", "<br>", "<p>"};
    static const char *const back[] = {"</div>", "</strong>", "<br />", "<br/>", "<br>", "</p>"};
    bool again = true;

    while (again) {
        again = false;
        s = str_trim(s);
        if (str_starts(s, STR("<?xml ")) && str_has(s, STR("?>")))
            s = str_trim(str_sub(s, str_find(s, STR("?>"), 0) + 2, s.n));
        for (size_t i = 0; i < sizeof front / sizeof *front; i++)
            again = str_skip(&s, str_of(front[i])) || again;
        for (size_t i = 0; i < sizeof back / sizeof *back; i++)
            again = str_chop(&s, str_of(back[i])) || again;
    }
    return s;
}

/* Kinds whose text is what there is to say of them. */
static bool wants_text(enum ps_log_kind kind)
{
    return kind == PS_LOG_VERSION_REFUSED || kind == PS_LOG_DOWNLOAD_FAILED || kind == PS_LOG_UNZIP_FAILED ||
           kind == PS_LOG_MODULE_FAILED;
}

void ps_log_classify(struct ps_log_event *event)
{
    event->kind = PS_LOG_OTHER;
    event->by_form = true;
    if (ps_log_form_strict(event) || ps_log_text_find(ps_log_fixed_texts, event))
        return;
    event->by_form = false;
    if (ps_log_text_find(ps_log_texts, event)) {
        if (wants_text(event->kind) && event->a.n == 0)
            event->a = event->text;
        return;
    }
    event->by_form = ps_log_form_loose(event);
}

static void give(struct ps_log_reader *r)
{
    struct ps_log_event e = r->event;

    if (!r->open)
        return;
    r->open = false;
    e.text = without_tags(buf_str(&r->message));
    e.time = str_of(r->time);
    e.component = str_of(r->component);
    if (e.kind == PS_LOG_SYMFONY || e.kind == PS_LOG_EXCEPTION) {
        e.a = str_of(r->source);
        e.b = e.text;
        e.by_form = true;
    } else {
        ps_log_classify(&e);
    }
    if (e.text.n > 0 || e.time.n > 0)
        r->fn(r->context, &e);
}

static void add(struct ps_log_reader *r, struct str text)
{
    size_t room = PS_LOG_MESSAGE_MAX - r->message.n;

    r->event.lost += text.n > room ? text.n - room : 0;
    buf_addstr(&r->message, str_sub(text, 0, room));
}

static void keep(char *to, size_t room, struct str s)
{
    size_t n = s.n < room ? s.n : room - 1;

    memset(to, 0, room);
    if (n > 0)
        memcpy(to, s.p, n);
}

static void begin(struct ps_log_reader *r, const struct head *h, const struct log_line *l)
{
    give(r);
    buf_reset(&r->message);
    r->event = (struct ps_log_event){.line = l->number, .offset = l->offset, .kind = h->kind, .level = h->level};
    keep(r->time, sizeof r->time, str_of(h->time));
    keep(r->component, sizeof r->component, h->component);
    keep(r->source, sizeof r->source, h->a);
    r->open = true;
    add(r, h->rest);
}

static void take_line(void *context, const struct log_line *l)
{
    struct ps_log_reader *r = context;
    struct head h;

    if (take_head(l->text, &h)) {
        begin(r, &h, l);
        r->headed = true;
    } else if (r->headed) {
        add(r, STR("\n"));
        add(r, l->text);
    } else if (str_trim(l->text).n > 0) {
        begin(r, &h, l);
    } else {
        return;
    }
    r->event.lost += l->lost;
    r->event.ended = l->ended;
}

void ps_log_init(struct ps_log_reader *r, uint64_t first_line, bool inside, ps_log_fn fn, void *context)
{
    *r = (struct ps_log_reader){.fn = fn, .context = context};
    log_lines_init(&r->lines, first_line, inside, take_line, r);
}

void ps_log_feed(struct ps_log_reader *r, struct str chunk)
{
    log_lines_feed(&r->lines, chunk);
}

void ps_log_end(struct ps_log_reader *r)
{
    log_lines_end(&r->lines);
    give(r);
}

void ps_log_free(struct ps_log_reader *r)
{
    log_lines_free(&r->lines);
    buf_free(&r->message);
}

const char *ps_log_level_name(enum ps_log_level level)
{
    return (size_t)level < LEVELS ? level_names[level] : "";
}
