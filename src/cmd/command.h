/*
 * A command: its file holds everything about it, and help, the man page and option parsing come from here.
 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include "cmd/app.h"

struct option {
    const char *name;  /* without the dashes; NULL ends a table */
    char letter;       /* 0: none */
    const char *value; /* "DIR"; NULL: a flag; "GLOB…": may be given several times */
    const char *help;
};

#define ARGS_OPTIONS_MAX 16

struct args_listed {
    size_t option;
    const char *value;
};

struct args {
    const struct option *options;
    const char *values[ARGS_OPTIONS_MAX]; /* by index in options; "" for a flag that was given */
    VEC(struct args_listed) listed;       /* of options that may be given several times, in order */
    const char **operands;
    size_t n;
};

/* What may stand behind a first operand. */
struct operand_next {
    const char *first; /* "debug|overrides"; NULL ends a table */
    const char *words; /* "on|off" */
};

struct command {
    const char *name;
    const char *operands; /* "STEP…", or "" */
    const char *summary;  /* one line */
    const char *text;     /* paragraphs of help, parted by empty lines */
    const char *examples; /* one a line */
    const struct option *options; /* NULL: none of its own */
    const struct operand_next *next; /* NULL: nothing that can be listed */
    size_t least; /* operands */
    size_t most;
    enum status (*run)(struct app *a, const struct args *g);
};

/* All commands in the order of help, NULL at the end. */
extern const struct command *const command_list[];
extern const struct option global_options[];

const struct command *command_find(const char *name);
/* The command whose name is nearest to a mistyped one, or NULL when none is near. */
const struct command *command_near(const char *name);

/* True when the option was given; its value, NULL when it was not given. */
bool args_has(const struct args *g, const char *name);
const char *args_get(const struct args *g, const char *name);

/* All values of an option that may be given several times, NULL at the end; NULL when it was not given. */
const char *const *args_list(const struct args *g, const char *name, struct arena *mem);

/*
 * Reads the words behind the program's name: global options anywhere, then the command's own. *c is NULL when
 * no command was named. The operands point into argv. -1 with ERR_USAGE; free with args_free in any case.
 */
int args_parse(int argc, char **argv, struct app *a, const struct command **c, struct args *g, bool *help,
               bool *version, struct err *e);
void args_free(struct args *g);

/* Help as text; for one command, or all when NULL. */
void help_print(struct app *a, const struct command *c);
/* The man page. */
void help_man(struct app *a);

#endif
