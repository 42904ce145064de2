/*
 * An upgrade script of PrestaShop (1.7.7.0.sql) cut into what the upgrade module sends one after the other, as the module cuts it: at
 * every semicolon with the end of a line behind it, wherever it stands, also in comments and strings. Of the pieces, blanks at the
 * ends are taken off and empty ones are left out; one that holds the mark of a call anywhere is that call and nothing else:
 *
 *     / * PHP:name('text', 1); * /;        without the blanks within the marks of the comment
 */
#ifndef FORMAT_PS_SCRIPT_H
#define FORMAT_PS_SCRIPT_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>

/* The longest script there is has 70 KiB. */
#define PS_SCRIPT_MAX_BYTES ((size_t)16 * 1024 * 1024)

struct ps_piece {
    struct str text; /* a slice of the script */
    unsigned line;   /* of its first byte, from 1 */
};

struct ps_pieces {
    VEC(struct ps_piece) all; /* freed by the caller: free(all.v) */
};

void ps_script_split(struct str script, struct ps_pieces *out);

/* What a script has in the place of the store's own names. */
struct ps_names {
    struct str prefix; /* for PREFIX_ */
    struct str engine; /* for ENGINE_TYPE */
    struct str db;     /* for DB_NAME */
};

/* Appends the piece with the store's names, in the module's order: what one of them brings in, the next one may change. */
void ps_script_fill(struct str piece, const struct ps_names *names, struct buf *out);

enum ps_call_state {
    PS_CALL_NONE,    /* it is SQL */
    PS_CALL_GOOD,
    PS_CALL_METHOD,  /* Class::method, which the module refuses, and goes on */
    PS_CALL_BAD      /* no function's name or no brackets */
};

struct ps_call {
    struct str name; /* as written; its file is <name in lower case>.php */
    struct str args; /* between the outermost brackets */
};

/* The call in a piece. Texts are slices of it. */
enum ps_call_state ps_script_call(struct str piece, struct ps_call *out);

/* One argument of a call: what is given to the function. */
enum ps_arg_kind { PS_ARG_TEXT, PS_ARG_INT, PS_ARG_TRUE, PS_ARG_FALSE, PS_ARG_NULL };
struct ps_arg {
    enum ps_arg_kind kind;
    struct str text; /* of a text or a number */
};
struct ps_args {
    VEC(struct ps_arg) all; /* freed by the caller */
};

/* As modules up to 6 read them: texts between commas, with quotes taken out. Texts live in mem. */
void ps_script_args_plain(struct str args, struct arena *mem, struct ps_args *out);
/* As 7 does, which has PHP read a list: literals only. False, and nothing in out, when one is something else. */
bool ps_script_args_php(struct str args, struct arena *mem, struct ps_args *out);

/* Names as PHP's natcasesort orders them: without case, numbers in them by their value. */
int ps_script_order(struct str a, struct str b);

#endif
