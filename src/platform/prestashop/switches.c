/*
 * Switches of a shop besides open and closed: overrides, debug mode, and loading nothing but the modules that came with it. Each remembers under its own
 * note what was there, so that switching back leaves no trace.
 */
#include "platform/one_file.h"
#include "platform/prestashop/ps.h"

#include <string.h>
#include <strings.h>

#define DEFINES_MAX ((size_t)1024 * 1024)

/* ---- settings ---- */

static int read_flag(struct store *s, const char *name, bool *is_set, struct err *e)
{
    struct buf value = {0};
    bool found;
    int rc = ps_setting_get(s, name, &value, &found, e);

    *is_set = rc == 0 && found && value.n > 0 && !str_is(buf_str(&value), "0");
    buf_free(&value);
    return rc;
}

/* Back to what it was, when that is what is asked for; else every scope is set. */
static int set_flag(struct store *s, const char *name, bool to, struct work *w, struct err *e)
{
    bool is_set;
    bool done;

    if (read_flag(s, name, &is_set, e) < 0)
        return -1;
    if (is_set == to) {
        w->say(w, "%s is %d already", name, to);
        return 0;
    }
    if (w->dry_run) {
        w->say(w, "would set %s to %d and clear the caches", name, to);
        return 0;
    }
    if (ps_setting_back(s, w, name, &done, e) < 0 || (done && read_flag(s, name, &is_set, e) < 0))
        return -1;
    if (is_set != to && ps_setting_set_noted(s, w, name, to ? "1" : "0", e) < 0)
        return -1;
    if (ps_cache_clear(s, w, e) < 0 || read_flag(s, name, &is_set, e) < 0)
        return -1;
    return is_set == to ? 0 : err_set(e, ERR_MISMATCH, "%s is still %d after the change", name, is_set);
}

static int get_overrides(struct store *s, bool *on, struct err *e)
{
    bool off;
    int rc = read_flag(s, "PS_DISABLE_OVERRIDES", &off, e);

    *on = rc == 0 && !off;
    return rc;
}

/* The index of classes, which says which class is overridden, goes with the caches. */
static int set_overrides(struct store *s, bool on, struct work *w, struct err *e)
{
    return set_flag(s, "PS_DISABLE_OVERRIDES", !on, w, e);
}

static int get_native(struct store *s, bool *on, struct err *e)
{
    return read_flag(s, "PS_DISABLE_NON_NATIVE_MODULE", on, e);
}

static int set_native(struct store *s, bool on, struct work *w, struct err *e)
{
    return set_flag(s, "PS_DISABLE_NON_NATIVE_MODULE", on, w, e);
}

/* ---- debug mode ---- */

struct debug_file {
    const char *path;
    struct buf text;
    struct ps_define define;
};

/* From 1.7 on the merchant's own file is read first, and the other defines only what is not defined. */
static int find_define(struct store *s, struct debug_file *f, struct err *e)
{
    static const char *const paths[] = {"config/defines_custom.inc.php", "config/defines.inc.php"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct err why = {0};
        int rc;

        buf_reset(&f->text);
        f->path = paths[i];
        if (tree_read(&s->tree, paths[i], DEFINES_MAX, &f->text, &why) < 0) {
            if (why.kind == ERR_ABSENT)
                continue;
            *e = why;
            return -1;
        }
        rc = ps_mode_dev(buf_str(&f->text), &f->define, e);
        if (rc < 0)
            err_wrap(e, "%s", paths[i]);
        if (rc != 0)
            return rc < 0 ? -1 : 0;
    }
    return err_set(e, ERR_ABSENT, "no file of the shop defines _PS_MODE_DEV_: looked in config/defines.inc.php");
}

static int get_debug(struct store *s, bool *on, struct err *e)
{
    struct debug_file f = {0};
    int rc = find_define(s, &f, e);

    *on = rc == 0 && f.define.on;
    buf_free(&f.text);
    return rc;
}

static int write_define(struct store *s, struct work *w, const struct debug_file *f, struct str value, struct err *e)
{
    struct buf text = {0};
    int rc;

    buf_add(&text, f->text.p, f->define.from);
    buf_addstr(&text, value);
    buf_add(&text, f->text.p + f->define.to, f->text.n - f->define.to);
    rc = one_file_put(s, w, f->path, buf_str(&text), e);
    buf_free(&text);
    return rc;
}

static bool is_false(struct str word)
{
    return str_is(word, "0") || (word.n == 5 && strncasecmp(word.p, "false", 5) == 0);
}

/* The word that stood there, "false" or "FALSE" or "0", is what goes back. */
static int set_debug(struct store *s, bool on, struct work *w, struct err *e)
{
    static const char *const key = "_PS_MODE_DEV_";
    struct debug_file f = {0};
    struct buf before = {0};
    struct str word;
    bool now;
    int rc = find_define(s, &f, e);

    if (rc < 0 || f.define.on == on) {
        if (rc == 0)
            w->say(w, "debug mode is %s already", on ? "on" : "off");
        goto out;
    }
    if (w->dry_run) {
        w->say(w, "would set %s in %s to %s and clear the caches", key, f.path, on ? "true" : "false");
        goto out;
    }
    word = str_sub(buf_str(&f.text), f.define.from, f.define.to);
    /* A run that was killed before it changed the file has noted the word that stands there now. */
    if (w->noted(w, key, &before) && before.n > 0 && is_false(buf_str(&before)) != on) {
        rc = write_define(s, w, &f, buf_str(&before), e);
        if (rc == 0)
            rc = w->note(w, key, STR(""), e);
    } else {
        rc = w->note(w, key, word, e);
        if (rc == 0)
            rc = write_define(s, w, &f, on ? STR("true") : STR("false"), e);
    }
    /* The other mode has caches of its own, which may be those of an older version. */
    if (rc == 0)
        rc = ps_cache_clear(s, w, e);
    if (rc == 0)
        rc = get_debug(s, &now, e);
    if (rc == 0 && now != on)
        rc = err_set(e, ERR_MISMATCH, "debug mode is still %s after %s was changed", now ? "on" : "off", f.path);
    if (rc == 0 && on)
        w->say(w, "visitors see errors with their paths while debug mode is on; switch it off again when the error is found");
out:
    buf_free(&f.text);
    buf_free(&before);
    return rc;
}

const struct store_switch ps_switches[] = {
    {"debug", "debug mode: errors are shown, to visitors as well", get_debug, set_debug},
    {"overrides", "classes that modules and developers put over the shop's own (override/)", get_overrides, set_overrides},
    {"native-only", "only modules that came with the shop are loaded", get_native, set_native},
    {NULL, NULL, NULL, NULL},
};
