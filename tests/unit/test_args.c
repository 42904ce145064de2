/* The command line: every word is either understood or refused by name. */
#include "base/mem.h"
#include "cmd/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct app a;
static const struct command *c;
static struct args g;
static struct err e;
static bool help;
static bool version;

static void forget(void)
{
    args_free(&g);
    mysql_opts_free(&a.db);
    memset(&a, 0, sizeof a);
    memset(&g, 0, sizeof g);
    err_clear(&e);
}

static int setup(void **state)
{
    (void)state;
    forget();
    return 0;
}

/* parse("-C", "x", "diagnose", NULL) */
static int parse(const char *first, ...)
{
    char *argv[20] = {(char *)"toolkit"};
    int argc = 1;
    va_list ap;

    forget();
    va_start(ap, first);
    for (const char *word = first; word; word = va_arg(ap, const char *))
        argv[argc++] = (char *)(uintptr_t)word;
    va_end(ap);
    return args_parse(argc, argv, &a, &c, &g, &help, &version, &e);
}

static void refused(const char *what)
{
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, what);
}

static void nothing_at_all(void **state)
{
    (void)state;
    assert_int_equal(parse(NULL), 0);
    assert_null(c);
    assert_false(help);
    assert_false(version);
    assert_int_equal(g.n, 0);
}

static void global_options_before_and_after_the_command(void **state)
{
    (void)state;
    assert_int_equal(parse("-C", "/shop", "--json", "diagnose", NULL), 0);
    assert_string_equal(c->name, "diagnose");
    assert_string_equal(a.dir, "/shop");
    assert_true(a.json);
    assert_int_equal(parse("diagnose", "--json", "-C", "/shop", NULL), 0);
    assert_string_equal(c->name, "diagnose");
    assert_string_equal(a.dir, "/shop");
    assert_true(a.json);
    assert_int_equal(parse("labels", "Core", "-n", "CDev\\Paypal", "-C", "/shop", NULL), 0);
    assert_string_equal(c->name, "labels");
    assert_true(a.dry_run);
    assert_int_equal(g.n, 2);
    assert_string_equal(g.operands[0], "Core");
    assert_string_equal(g.operands[1], "CDev\\Paypal");
}

static void values_behind_a_sign_and_as_the_next_word(void **state)
{
    (void)state;
    assert_int_equal(parse("--store=/a=b", "resume", "--from=files:Core", "--until", "rebuild", NULL), 0);
    assert_string_equal(a.dir, "/a=b");
    assert_string_equal(args_get(&g, "from"), "files:Core");
    assert_string_equal(args_get(&g, "until"), "rebuild");
    assert_false(args_has(&g, "again"));
    assert_null(args_get(&g, "again"));
    assert_int_equal(parse("--work-dir=", "resume", NULL), 0);
    assert_string_equal(a.work_dir, "");
    /* A value may look like an option. */
    assert_int_equal(parse("-C", "--json", "diagnose", NULL), 0);
    assert_string_equal(a.dir, "--json");
    assert_false(a.json);
}

static void values_that_are_missing_or_not_wanted(void **state)
{
    (void)state;
    assert_int_equal(parse("diagnose", "-C", NULL), -1);
    refused("--store needs a value: DIR");
    assert_int_equal(parse("resume", "--until", NULL), -1);
    refused("--until needs a value: STEP");
    assert_int_equal(parse("--json=yes", "diagnose", NULL), -1);
    refused("--json takes no value");
    assert_int_equal(parse("resume", "--again=1", NULL), -1);
    refused("--again takes no value");
}

static void options_that_do_not_exist(void **state)
{
    static const char *const words[] = {"--jso", "--jsonx", "--=x", "-x", "-Cdir", "-nv", "--JSON", "---json"};

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_int_equal(parse(words[i], "diagnose", NULL), -1);
        assert_int_equal(e.kind, ERR_USAGE);
        assert_non_null(strstr(e.text, words[i]));
        assert_string_equal(e.fix, "see toolkit help");
    }
    /* An option of one command is none of another; help for that command says which it has. */
    assert_int_equal(parse("diagnose", "--until=x", NULL), -1);
    refused("there is no option --until=x for diagnose");
    assert_string_equal(e.fix, "see toolkit help diagnose");
    /* Own options stand behind their command. */
    assert_int_equal(parse("--until=x", "resume", NULL), -1);
    refused("there is no option --until=x");
}

static void an_option_given_twice_is_refused(void **state)
{
    (void)state;
    assert_int_equal(parse("-C", "/a", "diagnose", "--store=/b", NULL), -1);
    refused("--store is given twice");
    assert_int_equal(parse("--db-user=a", "--db-user=b", "diagnose", NULL), -1);
    refused("--db-user is given twice");
    assert_int_equal(parse("resume", "--from=a", "--from=b", NULL), -1);
    refused("--from is given twice");
    assert_int_equal(parse("resume", "--again", "--again", NULL), -1);
    refused("--again is given twice");
    /* Saying a harmless switch twice means it twice. */
    assert_int_equal(parse("-v", "diagnose", "-v", NULL), 0);
    assert_true(a.verbose);
}

static void words_behind_two_dashes_are_no_options(void **state)
{
    (void)state;
    assert_int_equal(parse("labels", "--", "--json", "-C", NULL), 0);
    assert_int_equal(g.n, 2);
    assert_string_equal(g.operands[0], "--json");
    assert_string_equal(g.operands[1], "-C");
    assert_false(a.json);
    assert_int_equal(parse("labels", "-", NULL), 0);
    assert_string_equal(g.operands[0], "-");
    assert_int_equal(parse("--", "diagnose", NULL), 0);
    assert_string_equal(c->name, "diagnose");
}

static void near_names_are_suggested_and_never_run(void **state)
{
    static const struct {
        const char *word;
        const char *meant;
    } table[] = {
        {"diagnos", "diagnose"}, {"diganose", "diagnose"}, {"resum", "resume"}, {"verfy", "verify"},
        {"label", "labels"},     {"lables", "labels"},     {"helpp", "help"},   {"Resume", "resume"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char fix[64];

        assert_int_equal(parse(table[i].word, NULL), -1);
        assert_null(c);
        snprintf(fix, sizeof fix, "did you mean: toolkit %s", table[i].meant);
        assert_string_equal(e.fix, fix);
    }
    assert_int_equal(parse("zzzzzzzz", NULL), -1);
    refused("there is no command zzzzzzzz");
    assert_string_equal(e.fix, "see toolkit help");
    assert_null(command_near("a-word-that-is-longer-than-any-command-could-be"));
    assert_null(command_near(""));
}

static void operands_are_counted(void **state)
{
    (void)state;
    assert_int_equal(parse("run", NULL), -1);
    refused("run needs STEP…");
    assert_int_equal(parse("run", "labels", "files", NULL), 0);
    assert_int_equal(g.n, 2);
    assert_int_equal(parse("diagnose", "shop", NULL), -1);
    refused("diagnose does not know what to do with \"shop\"");
    assert_string_equal(e.fix, "see toolkit help diagnose");
    assert_int_equal(parse("cache", NULL), -1);
    assert_int_equal(parse("cache", "clear", "rebuild", NULL), -1);
    refused("cache does not know what to do with \"rebuild\"");
    /* Help for a command asks for no operands. */
    assert_int_equal(parse("run", "--help", NULL), 0);
    assert_true(help);
    assert_string_equal(c->name, "run");
}

static void help_and_version_anywhere(void **state)
{
    (void)state;
    assert_int_equal(parse("-h", NULL), 0);
    assert_true(help);
    assert_null(c);
    assert_int_equal(parse("--json", "resume", "-h", NULL), 0);
    assert_true(help);
    assert_int_equal(parse("-V", NULL), 0);
    assert_true(version);
    assert_false(help);
}

static void database_options(void **state)
{
    static const char *const bad[] = {"0", "65536", "-1", "", "33x", "0x10", " 3306"};

    (void)state;
    assert_int_equal(parse("--db-host=db.example", "--db-port", "3307", "--db-user", "u", "--db-name=n",
                           "--db-socket=/s", "--db-defaults-file=f", "diagnose", NULL),
                     0);
    assert_string_equal(a.db.host, "db.example");
    assert_int_equal(a.db.port, 3307);
    assert_string_equal(a.db.user, "u");
    assert_string_equal(a.db.database, "n");
    assert_string_equal(a.db.socket, "/s");
    assert_string_equal(a.defaults_file, "f");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse("--db-port", bad[i], "diagnose", NULL), -1);
        assert_int_equal(e.kind, ERR_USAGE);
        assert_non_null(strstr(e.text, "not a port number"));
    }
    /* A password on the command line could be read by everybody on the machine. */
    assert_int_equal(parse("--db-password=x", "diagnose", NULL), -1);
    assert_int_equal(e.kind, ERR_USAGE);
}

static bool has_blank_or_upper(const char *s)
{
    for (; *s; s++)
        if (*s == ' ' || (*s >= 'A' && *s <= 'Z'))
            return true;
    return false;
}

/* What help, man page and completion are made of. */
static void tables_are_whole(void **state)
{
    size_t globals = 0;

    (void)state;
    for (const struct option *o = global_options; o->name; o++, globals++) {
        assert_false(has_blank_or_upper(o->name));
        assert_true(o->help && o->help[0]);
        for (const struct option *other = global_options; other < o; other++) {
            assert_string_not_equal(other->name, o->name);
            assert_true(o->letter == 0 || o->letter != other->letter);
        }
    }
    /* set_global keeps one bit for each. */
    assert_true(globals <= 32);
    for (size_t i = 0; command_list[i]; i++) {
        const struct command *k = command_list[i];
        size_t own = 0;

        assert_false(has_blank_or_upper(k->name));
        assert_true(k->operands && k->summary && k->summary[0] && k->text && k->text[0] && k->run);
        assert_true(k->examples && strstr(k->examples, k->name));
        assert_true(k->least <= k->most);
        assert_ptr_equal(command_find(k->name), k);
        for (const struct option *o = k->options; o && o->name; o++, own++) {
            assert_true(o->help && o->help[0]);
            for (const struct option *other = global_options; other->name; other++)
                assert_string_not_equal(other->name, o->name);
        }
        assert_true(own <= ARGS_OPTIONS_MAX);
    }
    assert_null(command_find("diag"));
    assert_null(command_find(""));
}

static int teardown(void **state)
{
    (void)state;
    forget();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(global_options_before_and_after_the_command),
        cmocka_unit_test(values_behind_a_sign_and_as_the_next_word),
        cmocka_unit_test(values_that_are_missing_or_not_wanted),
        cmocka_unit_test(options_that_do_not_exist),
        cmocka_unit_test(an_option_given_twice_is_refused),
        cmocka_unit_test(words_behind_two_dashes_are_no_options),
        cmocka_unit_test(near_names_are_suggested_and_never_run),
        cmocka_unit_test(operands_are_counted),
        cmocka_unit_test(help_and_version_anywhere),
        cmocka_unit_test(database_options),
        cmocka_unit_test(tables_are_whole),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
