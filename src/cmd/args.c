/* Option parsing from the tables that help is made of. No abbreviations; an option given twice is an error. */
#include "base/mem.h"
#include "cmd/command.h"

#include <stdlib.h>
#include <string.h>

const struct option global_options[] = {
    {"store", 'C', "DIR", "the store's folder, or one inside it (default: the current folder)"},
    {"json", 0, NULL, "one JSON object on standard output"},
    {"dry-run", 'n', NULL, "show exactly what would be done and change nothing"},
    {"yes", 'y', NULL, "do not ask"},
    {"work-dir", 0, "DIR", "where journal and replaced files are kept (default: a private folder beside the store)"},
    {"php", 0, "FILE", "the PHP to run the store's code with (default: found in PATH and the usual places)"},
    {"source", 0, "PATH", "folder or archive with the target version, for when the packs are gone"},
    {"access-log", 0, "FILE", "log of the web server, plain or packed: OpenCart keeps no other record of an upgrade's steps"},
    {"db-host", 0, "HOST", "database server; this and the next win over the store's configuration"},
    {"db-port", 0, "PORT", "its port"},
    {"db-socket", 0, "FILE", "its socket"},
    {"db-user", 0, "NAME", "database user"},
    {"db-name", 0, "NAME", "database"},
    {"db-defaults-file", 0, "FILE", "a my.cnf whose [client] group holds user and password; its ssl-… lines count, too"},
    {"db-tls", 0, "MODE", "encryption of the database connection: verify (the server has to prove who it is), required, off or "
                          "auto (the default: to other machines if the server offers it)"},
    {"db-ca", 0, "FILE", "certificates (PEM) to verify the database server by (default: the system's)"},
    {"quiet", 'q', NULL, "only problems and the verdict"},
    {"verbose", 'v', NULL, "every step with its evidence"},
    {"no-color", 0, NULL, "no colours (NO_COLOR does the same)"},
    {"help", 'h', NULL, "help, for a command when one is named"},
    {"version", 'V', NULL, "the same as the command version"},
    {NULL, 0, NULL, NULL},
};

/* A word as an option: its long name, or its letter, with what follows a '='. */
static const struct option *find(const struct option *table, const char *word, const char **value)
{
    const char *eq = strchr(word, '=');
    size_t n = eq ? (size_t)(eq - word) : strlen(word);

    *value = NULL;
    for (const struct option *o = table; o && o->name; o++) {
        if (word[1] == '-' && n == strlen(o->name) + 2 && strncmp(word + 2, o->name, n - 2) == 0) {
            *value = eq ? eq + 1 : NULL;
            return o;
        }
        if (word[1] != '-' && o->letter != 0 && word[1] == o->letter && word[2] == '\0')
            return o;
    }
    return NULL;
}

struct globals {
    struct app *a;
    bool *help;
    bool *version;
    unsigned seen;
};

static int set_port(struct app *a, const char *value, struct err *e)
{
    uint64_t port;

    if (!str_u64(str_of(value), 65535, &port) || port == 0)
        return err_set(e, ERR_USAGE, "--db-port %s is not a port number", value);
    a->db.port = (unsigned)port;
    return 0;
}

static int set_tls(struct app *a, const char *value, struct err *e)
{
    if (!mysql_tls_parse(str_of(value), &a->db.tls))
        return err_set(e, ERR_USAGE, "--db-tls %s is none of verify, required, off and auto", value);
    a->db_tls = value;
    return 0;
}

static int set_global(struct globals *g, const struct option *o, const char *value, struct err *e)
{
    struct app *a = g->a;
    const struct {
        const char *name;
        const char **to;
    } texts[] = {
        {"store", &a->dir},
        {"work-dir", &a->work_dir},
        {"php", &a->store.php},
        {"source", &a->store.source},
        {"access-log", &a->store.access_log},
        {"db-defaults-file", &a->defaults_file},
    };
    const struct {
        const char *name;
        char **to;
    } owned[] = {
        {"db-host", &a->db.host},
        {"db-socket", &a->db.socket},
        {"db-user", &a->db.user},
        {"db-name", &a->db.database},
        {"db-ca", &a->db.ca},
    };
    const struct {
        const char *name;
        bool *to;
    } flags[] = {
        {"json", &a->json},     {"dry-run", &a->dry_run},  {"yes", &a->yes},     {"quiet", &a->quiet},
        {"verbose", &a->verbose}, {"no-color", &a->plain}, {"help", g->help}, {"version", g->version},
    };
    unsigned bit = 1U << (o - global_options);

    if ((g->seen & bit) && o->value)
        return err_set(e, ERR_USAGE, "--%s is given twice", o->name);
    g->seen |= bit;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(flags[i].name, o->name) == 0)
            *flags[i].to = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].name, o->name) == 0)
            *texts[i].to = value;
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        if (strcmp(owned[i].name, o->name) == 0)
            *owned[i].to = mem_strdup(value);
    if (strcmp(o->name, "db-port") == 0)
        return set_port(a, value, e);
    if (strcmp(o->name, "db-tls") == 0)
        return set_tls(a, value, e);
    return 0;
}

/* The value of an option that takes one: behind its '=', or the next word. */
static int take_value(const struct option *o, const char **value, int argc, char **argv, int *i, struct err *e)
{
    if (o->value == NULL) {
        if (*value)
            return err_set(e, ERR_USAGE, "--%s takes no value", o->name);
        *value = "";
        return 0;
    }
    if (*value)
        return 0;
    if (*i + 1 >= argc)
        return err_set(e, ERR_USAGE, "--%s needs a value: %s", o->name, o->value);
    *value = argv[++*i];
    return 0;
}

static int unknown_option(const char *word, const struct command *c, struct err *e)
{
    err_set(e, ERR_USAGE, "there is no option %s%s%s", word, c ? " for " : "", c ? c->name : "");
    return err_fix(e, "see toolkit help%s%s", c ? " " : "", c ? c->name : "");
}

static int unknown_command(const char *word, struct err *e)
{
    const struct command *near = command_near(word);

    err_set(e, ERR_USAGE, "there is no command %s", word);
    if (near)
        return err_fix(e, "did you mean: toolkit %s", near->name);
    return err_fix(e, "see toolkit help");
}

static bool is_list(const struct option *o)
{
    return o->value && str_ends(str_of(o->value), STR("…"));
}

static int set_own(const struct command *c, struct args *g, const struct option *o, const char *value, struct err *e)
{
    size_t at = (size_t)(o - c->options);

    if (at >= ARGS_OPTIONS_MAX || (g->values[at] && !is_list(o)))
        return err_set(e, ERR_USAGE, "--%s is given twice", o->name);
    g->values[at] = value;
    if (is_list(o))
        *vec_push(&g->listed) = (struct args_listed){at, value};
    return 0;
}

static int check_operands(const struct command *c, const struct args *g, struct err *e)
{
    if (c == NULL || (g->n >= c->least && g->n <= c->most))
        return 0;
    if (g->n < c->least)
        err_set(e, ERR_USAGE, "%s needs %s", c->name, c->operands);
    else
        err_set(e, ERR_USAGE, "%s does not know what to do with \"%s\"", c->name, g->operands[c->most]);
    return err_fix(e, "see toolkit help %s", c->name);
}

static int parse(int argc, char **argv, struct app *a, const struct command **c, struct args *g, bool *help,
                 bool *version, struct err *e)
{
    struct globals globals = {.a = a, .help = help, .version = version};
    bool options_end = false;

    memset(g, 0, sizeof *g);
    g->operands = mem_array((size_t)argc + 1, sizeof *g->operands);
    *c = NULL;
    *help = false;
    *version = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        const char *value;
        const struct option *o;

        if (!options_end && strcmp(word, "--") == 0) {
            options_end = true;
        } else if (options_end || word[0] != '-' || word[1] == '\0') {
            if (*c) {
                g->operands[g->n++] = word;
            } else if ((*c = command_find(word)) == NULL) {
                return unknown_command(word, e);
            } else {
                g->options = (*c)->options;
            }
        } else if (*c && (o = find((*c)->options, word, &value)) != NULL) {
            if (take_value(o, &value, argc, argv, &i, e) < 0 || set_own(*c, g, o, value, e) < 0)
                return -1;
        } else if ((o = find(global_options, word, &value)) != NULL) {
            if (take_value(o, &value, argc, argv, &i, e) < 0 || set_global(&globals, o, value, e) < 0)
                return -1;
        } else {
            return unknown_option(word, *c, e);
        }
    }
    return *help ? 0 : check_operands(*c, g, e);
}

int args_parse(int argc, char **argv, struct app *a, const struct command **c, struct args *g, bool *help,
               bool *version, struct err *e)
{
    int rc = parse(argc, argv, a, c, g, help, version, e);

    /* Who asked for JSON gets it for an error in front of that word, too. */
    for (int i = 1; rc < 0 && i < argc; i++)
        if (strcmp(argv[i], "--json") == 0)
            a->json = true;
    return rc;
}

void args_free(struct args *g)
{
    free(g->operands);
    free(g->listed.v);
    memset(g, 0, sizeof *g);
}

const char *args_get(const struct args *g, const char *name)
{
    for (size_t i = 0; g->options && g->options[i].name && i < ARGS_OPTIONS_MAX; i++)
        if (strcmp(g->options[i].name, name) == 0)
            return g->values[i];
    return NULL;
}

const char *const *args_list(const struct args *g, const char *name, struct arena *mem)
{
    const char **list = arena_array(mem, g->listed.n + 1, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < g->listed.n; i++)
        if (strcmp(g->options[g->listed.v[i].option].name, name) == 0)
            list[n++] = g->listed.v[i].value;
    return n ? list : NULL;
}

bool args_has(const struct args *g, const char *name)
{
    return args_get(g, name) != NULL;
}
