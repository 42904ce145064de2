#include "format/ps_effect.h"
#include "format/ps_script.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct str whole, struct str part)
{
    if (part.n > 0 && (part.p < whole.p || part.p + part.n > whole.p + whole.n))
        abort();
}

static void look_at_effect(struct str sql)
{
    struct ps_effect f;

    ps_effect_read(sql, &f);
    inside(sql, f.table);
    if (!f.repeatable && f.why == NULL)
        abort();
    if (f.width > 0 && f.values.n % f.width != 0)
        abort();
    for (size_t i = 0; i < f.changes.n; i++) {
        struct ps_column c;

        inside(sql, f.changes.v[i].def);
        ps_column_read(f.changes.v[i].def, &c);
        ps_column_free(&c);
    }
    for (size_t i = 0; i < f.values.n; i++)
        inside(sql, f.values.v[i].text);
    ps_effect_names(sql, f.table);
    ps_effect_free(&f);
}

static void look_at_call(const struct ps_call *call)
{
    struct arena mem = {0};
    struct ps_args args;

    ps_script_args_plain(call->args, &mem, &args);
    free(args.all.v);
    if (ps_script_args_php(call->args, &mem, &args))
        free(args.all.v);
    arena_free(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct ps_pieces p;
    const char *end = text.p;

    ps_script_split(text, &p);
    for (size_t i = 0; i < p.all.n; i++) {
        struct str piece = p.all.v[i].text;
        struct ps_call call;

        inside(text, piece);
        if (piece.n == 0 || piece.p < end)
            abort();
        end = piece.p + piece.n;
        if (ps_script_call(piece, &call) == PS_CALL_GOOD)
            look_at_call(&call);
        look_at_effect(piece);
        if (i > 0 && ps_script_order(piece, p.all.v[i - 1].text) != -ps_script_order(p.all.v[i - 1].text, piece))
            abort();
    }
    free(p.all.v);
    return 0;
}
