/* In 1.6 the code has its version from config/settings.inc.php, which the upgrade writes when all SQL ran; it leaves a copy of the old one. */
#include "format/php_token.h"
#include "platform/one_file.h"
#include "platform/prestashop/steps.h"

#define SETTINGS     "config/settings.inc.php"
#define SETTINGS_MAX ((size_t)1024 * 1024)

/* Where the value of define('_PS_VERSION_', '1.6.1.4') stands, with its quotes. A file that breaks off before its end has none. */
static bool find_value(struct str php, size_t *from, size_t *to)
{
    static const char *const words[] = {"define", "(", NULL, ","};
    struct php_lexer l = {0};
    struct php_token t = {0};
    size_t at = 0;
    bool found = false;

    php_token_start(&l, php);
    for (php_token_next(&l, &t); t.kind != PHP_END && t.kind != PHP_BAD; php_token_next(&l, &t)) {
        if (at == 4 && t.kind == PHP_STRING) {
            *from = t.from;
            *to = t.from + t.text.n;
            found = true;
        }
        if (at < 4 && (words[at] ? str_is(t.text, words[at]) : str_is(t.text, "'_PS_VERSION_'") || str_is(t.text, "\"_PS_VERSION_\"")))
            at++;
        else
            at = str_is(t.text, words[0]);
    }
    return found && t.kind == PHP_END;
}

static int read_settings(struct store *s, struct buf *php, size_t *from, size_t *to, struct err *e)
{
    static const char *const files[] = {SETTINGS, SETTINGS ".bck"};

    for (size_t i = 0; i < 2; i++) {
        buf_reset(php);
        err_clear(e);
        if (tree_read(&s->tree, files[i], SETTINGS_MAX, php, e) == 0 && find_value(buf_str(php), from, to))
            return 0;
    }
    if (e->kind == ERR_NONE)
        err_set(e, ERR_FORMAT, SETTINGS " is damaged: it does not say its version");
    return err_fix(e, "bring it back from a backup");
}

int ps_run_version(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    struct buf php = {0};
    struct buf out = {0};
    size_t from = 0;
    size_t to = 0;
    int rc = 0;

    if (c->to == NULL || ps_series(c->to) != 16)
        return 0;
    if (w->dry_run) {
        w->say(w, "would write the version %s into " SETTINGS, c->to);
        return 0;
    }
    rc = read_settings(s, &php, &from, &to, e);
    if (rc == 0) {
        buf_add(&out, php.p, from);
        buf_printf(&out, "'%s'", c->to);
        buf_add(&out, php.p + to, php.n - to);
        rc = one_file_put(s, w, SETTINGS, buf_str(&out), e);
    }
    if (rc == 0)
        ps_reread_version(s);
    buf_free(&php);
    buf_free(&out);
    return rc;
}
