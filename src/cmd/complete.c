#include "cmd/complete.h"

#include "cmd/command.h"

#include <string.h>

static bool takes_folder(const struct option *o)
{
    return o->value && strcmp(o->value, "DIR") == 0;
}

static bool takes_file(const struct option *o)
{
    return o->value && (strcmp(o->value, "FILE") == 0 || strcmp(o->value, "PATH") == 0);
}

/* "open|close" is a choice; anything else names a kind of word. */
static bool is_choice(const char *words)
{
    return words && strchr(words, '|') != NULL;
}

/* The words that may stand as a command's operand, a blank between them; "" when they can't be listed. */
static void operand_words(const struct command *c, struct buf *out)
{
    if (is_choice(c->operands)) {
        /* Of the first operand: "[open|close|debug] [on|off]". */
        for (const char *p = c->operands; *p && *p != ' '; p++)
            if (*p != '[' && *p != ']')
                buf_addc(out, *p == '|' ? ' ' : *p);
    } else if (strcmp(c->operands, "[COMMAND]") == 0) {
        for (size_t i = 0; command_list[i]; i++)
            buf_printf(out, "%s%s", i ? " " : "", command_list[i]->name);
    }
}

static void choice_words(const char *choice, struct buf *out)
{
    for (const char *p = choice; *p; p++)
        buf_addc(out, *p == '|' ? ' ' : *p);
}

/* "a|b" with this in place of each bar, and in front of the first. */
static void parted(struct app *a, const char *choice, const char *front, const char *bar)
{
    app_print(a, "%s", front);
    for (const char *p = choice; *p; p++) {
        if (*p == '|')
            app_print(a, "%s%s", bar, front);
        else
            app_print(a, "%c", *p);
    }
}

/* Text inside single quotes; in zsh's specs brackets mean something too. */
static void quoted(struct app *a, const char *text, bool brackets)
{
    for (; *text; text++) {
        if (*text == '\'')
            app_print(a, "'\\''");
        else if (brackets && (*text == '[' || *text == ']' || *text == '\\'))
            app_print(a, "\\%c", *text);
        else
            app_print(a, "%c", *text);
    }
}

/* "-C|--store" as a pattern of case. */
static void bash_pattern(struct app *a, const struct option *o, bool *first)
{
    app_print(a, "%s", *first ? "" : "|");
    if (o->letter)
        app_print(a, "-%c|", o->letter);
    app_print(a, "--%s", o->name);
    *first = false;
}

/* A case of all options of one kind, from the global table and from every command's. */
static void bash_values(struct app *a, bool (*of_kind)(const struct option *o), const char *action)
{
    bool first = true;

    app_print(a, "        ");
    for (const struct option *o = global_options; o->name; o++)
        if (of_kind(o))
            bash_pattern(a, o, &first);
    for (size_t i = 0; command_list[i]; i++)
        for (const struct option *o = command_list[i]->options; o && o->name; o++)
            if (of_kind(o))
                bash_pattern(a, o, &first);
    app_print(a, ") %s ;;\n", action);
}

static bool takes_any(const struct option *o)
{
    return o->value != NULL;
}

static bool takes_free_text(const struct option *o)
{
    return o->value && !takes_folder(o) && !takes_file(o) && !is_choice(o->value);
}

static void bash_choices(struct app *a)
{
    for (size_t i = 0; command_list[i]; i++)
        for (const struct option *o = command_list[i]->options; o && o->name; o++) {
            struct buf words = {0};

            if (!is_choice(o->value))
                continue;
            choice_words(o->value, &words);
            app_print(a, "        --%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", o->name,
                      buf_cstr(&words));
            buf_free(&words);
        }
}

static void bash_words(struct app *a, const struct option *o)
{
    for (; o && o->name; o++) {
        app_print(a, " --%s", o->name);
        if (o->letter)
            app_print(a, " -%c", o->letter);
    }
}

/* Behind an operand that is one of a list the list has nothing more to offer. */
static void bash_next(struct app *a)
{
    app_print(a, "    case \"$command $operand\" in\n");
    for (size_t i = 0; command_list[i]; i++) {
        const struct command *c = command_list[i];

        for (const struct operand_next *n = c->next; n && n->first; n++) {
            struct buf words = {0};
            struct buf front = {0};

            choice_words(n->words, &words);
            buf_printf(&front, "'%s '", c->name);
            app_print(a, "        ");
            parted(a, n->first, buf_cstr(&front), "|");
            app_print(a, ") words='%s' ;;\n", buf_cstr(&words));
            buf_free(&words);
            buf_free(&front);
        }
        if (is_choice(c->operands))
            app_print(a, "        '%s '?*) words= ;;\n", c->name);
    }
    app_print(a, "    esac\n");
}

static void print_bash(struct app *a)
{
    app_print(a, "# bash completion for toolkit: source <(toolkit help --completion bash)\n"
                 "_toolkit() {\n"
                 "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= operand= words= options= i\n"
                 "    COMPREPLY=()\n"
                 "    case $before in\n");
    bash_values(a, takes_folder, "COMPREPLY=($(compgen -d -- \"$word\")); return");
    bash_values(a, takes_file, "COMPREPLY=($(compgen -f -- \"$word\")); return");
    bash_choices(a);
    bash_values(a, takes_free_text, "return");
    app_print(a, "    esac\n"
                 "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                 "        case ${COMP_WORDS[i]} in\n    ");
    bash_values(a, takes_any, "((i++))");
    app_print(a, "            -*) ;;\n"
                 "            *) if [ -z \"$command\" ]; then command=${COMP_WORDS[i]}; else operand=${COMP_WORDS[i]}; break; fi ;;\n"
                 "        esac\n"
                 "    done\n"
                 "    case $command in\n"
                 "        '') words='");
    for (size_t i = 0; command_list[i]; i++)
        app_print(a, "%s%s", i ? " " : "", command_list[i]->name);
    app_print(a, "' ;;\n");
    for (size_t i = 0; command_list[i]; i++) {
        struct buf words = {0};

        operand_words(command_list[i], &words);
        app_print(a, "        %s) words='%s' options='", command_list[i]->name, buf_cstr(&words));
        bash_words(a, command_list[i]->options);
        app_print(a, "' ;;\n");
        buf_free(&words);
    }
    app_print(a, "    esac\n");
    bash_next(a);
    app_print(a, "    options+='");
    bash_words(a, global_options);
    app_print(a, "'\n"
                 "    COMPREPLY=($(compgen -W \"$words $options\" -- \"$word\"))\n"
                 "}\n"
                 "complete -o filenames -F _toolkit toolkit\n");
}

static void zsh_option(struct app *a, const struct option *o, const char *indent)
{
    app_print(a, " \\\n%s", indent);
    if (o->letter)
        app_print(a, "'(-%c --%s)'{-%c,--%s}'[", o->letter, o->name, o->letter, o->name);
    else
        app_print(a, "'--%s[", o->name);
    quoted(a, o->help, true);
    app_print(a, "]");
    if (o->value) {
        struct buf words = {0};

        if (is_choice(o->value))
            choice_words(o->value, &words);
        app_print(a, ":%s:%s%s%s", o->name, words.n ? "(" : "", words.n ? buf_cstr(&words) : "", words.n ? ")" : "");
        app_print(a, "%s", takes_folder(o) ? "_files -/" : takes_file(o) ? "_files" : "");
        buf_free(&words);
    }
    app_print(a, "'");
}

/* Within the operands the first word is the command. */
static void zsh_next(struct app *a, const struct command *c)
{
    if (c->next == NULL)
        return;
    app_print(a, " '2:operand:{case $words[2] in");
    for (const struct operand_next *n = c->next; n->first; n++) {
        struct buf words = {0};

        choice_words(n->words, &words);
        app_print(a, " %s) compadd %s ;;", n->first, buf_cstr(&words));
        buf_free(&words);
    }
    app_print(a, " esac}'");
}

static void print_zsh(struct app *a)
{
    app_print(a, "#compdef toolkit\n"
                 "# zsh completion for toolkit: source <(toolkit help --completion zsh)\n"
                 "_toolkit() {\n"
                 "    local context state state_descr line\n"
                 "    typeset -A opt_args\n"
                 "    local -a commands globals\n"
                 "    commands=(\n");
    for (size_t i = 0; command_list[i]; i++) {
        app_print(a, "        '%s:", command_list[i]->name);
        quoted(a, command_list[i]->summary, false);
        app_print(a, "'\n");
    }
    app_print(a, "    )\n    globals=(");
    for (const struct option *o = global_options; o->name; o++)
        zsh_option(a, o, "        ");
    app_print(a, "\n    )\n"
                 "    _arguments -C $globals '1:command:->command' '*::operand:->operand' && return\n"
                 "    case $state in\n"
                 "        command) _describe command commands ;;\n"
                 "        operand)\n"
                 "            case $words[1] in\n");
    for (size_t i = 0; command_list[i]; i++) {
        const struct command *c = command_list[i];
        struct buf words = {0};

        operand_words(c, &words);
        app_print(a, "                %s)\n                    _arguments $globals", c->name);
        for (const struct option *o = c->options; o && o->name; o++)
            zsh_option(a, o, "                        ");
        if (words.n)
            app_print(a, " '1:operand:(%s)'", buf_cstr(&words));
        zsh_next(a, c);
        app_print(a, " ;;\n");
        buf_free(&words);
    }
    app_print(a, "            esac ;;\n"
                 "    esac\n"
                 "}\n"
                 "if [ \"$funcstack[1]\" = _toolkit ]; then _toolkit \"$@\"; else compdef _toolkit toolkit; fi\n");
}

static void fish_option(struct app *a, const struct option *o, const char *command)
{
    struct buf words = {0};

    app_print(a, "complete -c toolkit");
    if (command)
        app_print(a, " -n '__fish_seen_subcommand_from %s'", command);
    if (o->letter)
        app_print(a, " -s %c", o->letter);
    app_print(a, " -l %s", o->name);
    if (is_choice(o->value)) {
        choice_words(o->value, &words);
        app_print(a, " -x -a '%s'", buf_cstr(&words));
    } else if (takes_folder(o)) {
        app_print(a, " -x -a '(__fish_complete_directories)'");
    } else if (o->value) {
        app_print(a, takes_file(o) ? " -r -F" : " -x");
    }
    app_print(a, " -d '");
    for (const char *p = o->help; *p; p++)
        app_print(a, *p == '\'' ? "\\%c" : "%c", *p);
    app_print(a, "'\n");
    buf_free(&words);
}

static void print_fish(struct app *a)
{
    app_print(a, "# fish completion for toolkit: toolkit help --completion fish | source\n"
                 "complete -c toolkit -f\n"
                 "set -l commands");
    for (size_t i = 0; command_list[i]; i++)
        app_print(a, " %s", command_list[i]->name);
    app_print(a, "\n");
    for (size_t i = 0; command_list[i]; i++) {
        const struct command *c = command_list[i];
        struct buf words = {0};

        app_print(a, "complete -c toolkit -n \"not __fish_seen_subcommand_from $commands\" -a %s -d '", c->name);
        for (const char *p = c->summary; *p; p++)
            app_print(a, *p == '\'' ? "\\%c" : "%c", *p);
        app_print(a, "'\n");
        operand_words(c, &words);
        if (words.n)
            app_print(a, "complete -c toolkit -n '__fish_seen_subcommand_from %s' -a '%s'\n", c->name,
                      buf_cstr(&words));
        for (const struct operand_next *n = c->next; n && n->first; n++) {
            app_print(a, "complete -c toolkit -n '__fish_seen_subcommand_from %s; and __fish_seen_subcommand_from ", c->name);
            parted(a, n->first, "", " ");
            app_print(a, "' -a '");
            parted(a, n->words, "", " ");
            app_print(a, "'\n");
        }
        for (const struct option *o = c->options; o && o->name; o++)
            fish_option(a, o, c->name);
        buf_free(&words);
    }
    for (const struct option *o = global_options; o->name; o++)
        fish_option(a, o, NULL);
}

int complete_print(struct app *a, const char *shell, struct err *e)
{
    if (strcmp(shell, "bash") == 0)
        print_bash(a);
    else if (strcmp(shell, "zsh") == 0)
        print_zsh(a);
    else if (strcmp(shell, "fish") == 0)
        print_fish(a);
    else
        return err_set(e, ERR_USAGE, "there is no completion for %s; there is one for bash, zsh and fish", shell);
    return 0;
}
