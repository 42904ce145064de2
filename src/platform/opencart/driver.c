/*
 * One step of the installer in a child process, as the web server would call it: from the folder install, its index.php at global scope, with the
 * address of the step in $_GET. What it printed is the answer; how the process ended tells nothing.
 */
#include "platform/opencart/plan_parts.h"
#include "sys/php_code.h"

#include <stdlib.h>
#include <string.h>

/* An answer is a line; in front of it may stand a warning for every row of a large table. */
#define OUTPUT_MAX ((size_t)4 * 1024 * 1024)

/* clang-format off */
/* Arguments: root of the store, query ("route=upgrade/upgrade_4&version=4.1.0.4&admin=admin"). */
static const char code[] =
"final class ToolkitStep extends ToolkitReport\n"
"{\n"
"    public static function start($argv)\n"
"    {\n"
"        list($root, $query) = self::begin($argv, '/install/index.php');\n"
"        $script = $root . '/install/index.php';\n"
"        $_SERVER['SCRIPT_FILENAME'] = $_SERVER['PATH_TRANSLATED'] = $script;\n"
"        $_SERVER['DOCUMENT_ROOT'] = $root;\n"
"        $_SERVER['SERVER_NAME'] = $_SERVER['HTTP_HOST'] = 'localhost';\n"
"        $_SERVER['SERVER_PORT'] = '80';\n"
"        $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';\n"
"        $_SERVER['REQUEST_METHOD'] = 'POST';\n"
"        $_SERVER['REQUEST_URI'] = '/install/index.php?' . $query;\n"
"        $_SERVER['QUERY_STRING'] = $query;\n"
"        $_SERVER['REMOTE_ADDR'] = '127.0.0.1';\n"
"        $_SERVER['HTTP_USER_AGENT'] = '';\n"
"        parse_str($query, $_GET);\n"
"        $_REQUEST = $_GET;\n"
"        $_POST = $_COOKIE = $_FILES = array();\n"
"        if (!is_readable($script) || !@chdir($root . '/install')) {\n"
"            self::fail('file', 'install/index.php is missing or not readable');\n"
"            exit(70);\n"
"        }\n"
"        self::unlimited();\n"
"        self::call();\n"
"        return $script;\n"
"    }\n"
"}\n"
"\n"
"$toolkit_script = ToolkitStep::start($argv);\n"
"$argv = $_SERVER['argv'];\n"
"$argc = 1;\n"
"require $toolkit_script;\n";
/* clang-format on */

struct running {
    struct work *w;
    struct buf out;
    bool entered;
    struct php_error error;
};

static void take_report(struct running *r, struct str line)
{
    struct str word = str_cut(line, ' ', &line);
    struct php_code_fault fault;

    if (str_is(word, "call"))
        r->entered = true;
    else if (str_is(word, "error") && php_code_fault(line, &fault))
        r->error = fault.error;
}

static enum child_reply take_line(void *arg, enum child_stream from, struct str line)
{
    struct running *r = arg;

    if (from == CHILD_REPORT) {
        take_report(r, line);
        return CHILD_GO_ON;
    }
    if (r->w->verbose)
        r->w->say(r->w, "  %.*s", STR_FMT(line));
    if (from == CHILD_OUT) {
        /* The answer is the last thing that is printed. */
        if (r->out.n + line.n + 1 > OUTPUT_MAX)
            buf_drop(&r->out, r->out.n / 2);
        if (line.n < OUTPUT_MAX / 2) {
            buf_addstr(&r->out, line);
            buf_addc(&r->out, '\n');
        }
    }
    return CHILD_GO_ON;
}

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

/* In the address bytes that mean something there stand as their numbers. */
static void add_value(struct buf *out, const char *name, struct str value)
{
    if (value.n == 0)
        return;
    buf_printf(out, "&%s=", name);
    for (size_t i = 0; i < value.n; i++) {
        if (is_plain(value.p[i]))
            buf_addc(out, value.p[i]);
        else
            buf_printf(out, "%%%02X", (unsigned char)value.p[i]);
    }
}

static void address(enum oc_family family, const struct oc_request *q, struct buf *out)
{
    if (family == OC_FAMILY_20) {
        buf_adds(out, "route=upgrade");
    } else if (family == OC_FAMILY_22) {
        buf_printf(out, "route=upgrade/upgrade/next&step=%u", q->step);
    } else {
        buf_printf(out, "route=upgrade/upgrade_%u", q->step);
        add_value(out, "version", q->version);
        add_value(out, "admin", q->admin);
        if (q->page > 0)
            buf_printf(out, "&page=%u", q->page);
    }
}

static int no_answer(struct running *r, const struct child_result *child, const struct store *s, struct err *e)
{
    struct buf words = {0};
    struct buf text = {0};

    if (r->error.text[0] == '\0') {
        child_text_join(&child->err, &text);
        buf_addc(&text, '\n');
        child_text_join(&child->out, &text);
        php_error_find(buf_str(&text), &r->error);
    }
    if (r->error.text[0])
        php_error_words(&r->error, s->tree.path, &words);
    else
        child_describe(child, &words);
    if (r->entered) {
        err_set(e, ERR_CHILD, "the step gave no answer: %s", buf_cstr(&words));
    } else {
        err_set(e, ERR_ABSENT, "the step was not begun: %s", buf_cstr(&words));
        err_fix(e, "nothing of it was run: mend the cause, then run the same command again");
    }
    buf_free(&words);
    buf_free(&text);
    return -1;
}

int oc_drive(struct store *s, enum oc_family family, const struct oc_request *request, struct work *w, struct arena *mem, struct oc_answer *out,
             struct err *e)
{
    const char *args[] = {s->tree.path, NULL, NULL};
    struct running r = {.w = w};
    struct child_result child = {0};
    struct buf query = {0};
    struct php_run run;
    int rc;

    memset(out, 0, sizeof *out);
    if (store_php_run(s, &run, e) < 0)
        return -1;
    address(family, request, &query);
    args[1] = buf_cstr(&query);
    rc = php_code_run(&run, code, args, take_line, &r, &child, e);
    if (rc == 0) {
        struct str text = {arena_dup(mem, r.out.p, r.out.n), r.out.n};

        oc_answer_read(text, mem, out);
        /* The request of 2.0 sends the browser on when it is done, and prints nothing. */
        if (out->kind == OC_ANSWER_NONE && family == OC_FAMILY_20 && r.entered && r.error.text[0] == '\0' && str_trim(text).n == 0 &&
            child.end == CHILD_EXITED && child.code == 0)
            out->kind = OC_ANSWER_END;
        if (out->kind == OC_ANSWER_NONE)
            rc = no_answer(&r, &child, s, e);
    }
    child_result_free(&child);
    buf_free(&query);
    buf_free(&r.out);
    return rc;
}
