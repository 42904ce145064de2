#include "platform/addon_change.h"

#include <stdlib.h>
#include <string.h>

static const struct addon *find(const struct addon_list *l, struct str name)
{
    for (size_t i = 0; i < l->all.n; i++)
        if (str_is(name, l->all.v[i].name))
            return &l->all.v[i];
    return NULL;
}

static int unknown(const struct addon_list *l, const char *name, struct err *e)
{
    struct buf names = {0};

    for (size_t i = 0; i < l->all.n; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", l->all.v[i].name);
    err_set(e, ERR_ABSENT, "no add-on %s is installed; there are %s", name,
            l->all.n ? buf_cstr(&names) : "none");
    buf_free(&names);
    return -1;
}

struct names {
    VEC(const char *) all;
};

static bool is_in(const struct names *l, struct str name)
{
    for (size_t i = 0; i < l->all.n; i++)
        if (str_is(name, l->all.v[i]))
            return true;
    return false;
}

static void read_note(struct store *s, struct work *w, struct names *out)
{
    struct buf text = {0};
    struct str line;
    struct str rest;

    if (w->noted(w, ADDONS_NOTE, &text)) {
        rest = (struct str){arena_dup(&s->mem, text.p, text.n), text.n};
        while (str_line(&rest, &line))
            if (line.n > 0)
                *vec_push(&out->all) = arena_dup(&s->mem, line.p, line.n);
    }
    buf_free(&text);
}

static int write_note(struct work *w, const struct names *l, struct err *e)
{
    struct buf text = {0};
    int rc;

    for (size_t i = 0; i < l->all.n; i++)
        buf_printf(&text, "%s\n", l->all.v[i]);
    rc = w->note(w, ADDONS_NOTE, buf_str(&text), e);
    buf_free(&text);
    return rc;
}

static int set_all(const struct addon_ops *ops, struct store *s, struct work *w, const struct names *which, bool on, struct err *e)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < which->all.n; i++) {
        w->say(w, "%s %s",
               w->dry_run ? (on ? "would switch on" : "would switch off")
                          : (on ? "switched on:" : "switched off:"),
               which->all.v[i]);
        if (!w->dry_run)
            rc = ops->set(s, which->all.v[i], on, w, e);
    }
    return rc;
}

/* The ones named, that are not as wanted; they all have to exist. */
static int choose_named(struct work *w, const struct addon_list *l, const char *const *names, size_t n, bool on,
                        struct names *out, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (find(l, str_of(names[i])) == NULL)
            return unknown(l, names[i], e);
    for (size_t i = 0; i < n; i++) {
        const struct addon *a = find(l, str_of(names[i]));

        if (a->enabled == on)
            w->say(w, "%s is %s already", a->name, on ? "on" : "off");
        else if (!is_in(out, str_of(a->name)))
            *vec_push(&out->all) = a->name;
    }
    return 0;
}

static int choose_third_party(const struct addon_list *l, struct names *out, struct err *e)
{
    if (l->all.n > 0 && !l->all.v[0].origin_known) {
        err_set(e, ERR_ABSENT, "%s", l->note ? l->note : "which add-ons came with the shop is not known");
        return err_fix(e, "name the add-ons: toolkit addons disable NAME…");
    }
    for (size_t i = 0; i < l->all.n; i++)
        if (l->all.v[i].third_party && l->all.v[i].enabled)
            *vec_push(&out->all) = l->all.v[i].name;
    return 0;
}

static int choose_noted(const struct addon_list *l, struct work *w, const struct names *noted,
                        struct names *out, struct err *e)
{
    if (noted->all.n == 0)
        return err_set(e, ERR_ABSENT, "the toolkit has switched off no add-on of this store");
    for (size_t i = 0; i < noted->all.n; i++) {
        const struct addon *a = find(l, str_of(noted->all.v[i]));

        if (a == NULL)
            w->say(w, "%s is not installed any more", noted->all.v[i]);
        else if (!a->enabled)
            *vec_push(&out->all) = a->name;
    }
    return 0;
}

/* What stays to be switched on again: with `off` those before and these, else those before without these. */
static void reckon(const struct names *before, const struct names *which, bool off, struct names *after)
{
    for (size_t i = 0; i < before->all.n; i++)
        if (off || !is_in(which, str_of(before->all.v[i])))
            *vec_push(&after->all) = before->all.v[i];
    for (size_t i = 0; off && i < which->all.n; i++)
        if (!is_in(before, str_of(which->all.v[i])))
            *vec_push(&after->all) = which->all.v[i];
}

static int check(const struct addon_ops *ops, struct store *s, const struct names *which, bool on, struct err *e)
{
    struct addon_list now;
    int rc = ops->list(s, &now, e);

    for (size_t i = 0; rc == 0 && i < which->all.n; i++) {
        const struct addon *a = find(&now, str_of(which->all.v[i]));

        if (a == NULL || a->enabled != on)
            rc = err_set(e, ERR_MISMATCH, "%s is still %s after the change", which->all.v[i],
                         on ? "off" : "on");
    }
    free(now.all.v);
    arena_free(&now.mem);
    return rc;
}

int addon_change(const struct addon_ops *ops, struct store *s, const char *const *names, size_t n, bool on, struct work *w,
                 struct err *e)
{
    struct addon_list list;
    struct names noted = {.all = {0}};
    struct names which = {.all = {0}};
    struct names after = {.all = {0}};
    int rc = ops->list(s, &list, e);

    if (rc == 0) {
        read_note(s, w, &noted);
        if (n > 0)
            rc = choose_named(w, &list, names, n, on, &which, e);
        else if (on)
            rc = choose_noted(&list, w, &noted, &which, e);
        else
            rc = choose_third_party(&list, &which, e);
    }
    if (rc == 0 && which.all.n == 0)
        w->say(w, "there is no add-on to switch %s", on ? "on" : "off");
    reckon(&noted, &which, !on, &after);
    /* Before the first row changes, so that a kill forgets none; after the last one is on again. */
    if (rc == 0 && !on)
        rc = write_note(w, &after, e);
    if (rc == 0)
        rc = set_all(ops, s, w, &which, on, e);
    if (rc == 0 && which.all.n > 0)
        rc = ops->cache_clear(s, w, e);
    if (rc == 0 && !w->dry_run)
        rc = check(ops, s, &which, on, e);
    if (rc == 0 && on && n == 0)
        after.all.n = 0;
    if (rc == 0 && on)
        rc = write_note(w, &after, e);
    free(noted.all.v);
    free(which.all.v);
    free(after.all.v);
    free(list.all.v);
    arena_free(&list.mem);
    return rc;
}
