#include "format/php_ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Stands for a value that PHP makes of something not in the file. */
static const char odd_value[] = "odd";

/* What PHP 8.2 gives for "[s]\nk = <value>\n"; NULL where it refuses the file. */
static const struct {
    const char *value;
    const char *want;
} table[] = {
    {"\"p#w\"", "p#w"},
    {"\"p;w\"", "p;w"},
    {"\"p$w\"", "p$w"},
    {"\"p$\"", "p$"},
    {"\"$\"", "$"},
    {"\"p'w\"", "p'w"},
    {"\"p\\\\w\"", "p\\w"},
    {"\"p\\w\"", "p\\w"},
    {"\"p\\\"w\"", "p\"w"},
    {"\"p!w\"", "p!w"},
    {"\"p&w\"", "p&w"},
    {"\"p|w\"", "p|w"},
    {"\"p=w\"", "p=w"},
    {"\"p w\"", "p w"},
    {"\" p \"", " p "},
    {"\"p{w}\"", "p{w}"},
    {"\"p\\$w\"", "p$w"},
    {"\"p\\'w\"", "p\\'w"},
    {"\"p\\\"", "p\\"},
    {"\"p\\\\\"", "p\\"},
    {"\"p\\n\"", "p\\n"},
    {"\"(p)\"", "(p)"},
    {"\"p~^w\"", "p~^w"},
    {"\"yes\"", "yes"},
    {"\"null\"", "null"},
    {"\"p%@`w\"", "p%@`w"},
    {"'p\"w'", "p\"w"},
    {"'p\\w'", "p\\w"},
    {"'p$w'", "p$w"},
    {"'p;#=!&|w'", "p;#=!&|w"},
    {"p#w", "p#w"},
    {"#p", "#p"},
    {"p;w", "p"},
    {"p ;w", "p"},
    {"p$w", "p$w"},
    {"p$;w", "p$;w"},
    {"p'w", "p"},
    {"p''w", "p"},
    {"p\\w", "p\\w"},
    {"p\\", "p\\"},
    {"p\\;w", "p\\"},
    {"p w", "p w"},
    {"p  w  ", "p  w"},
    {"p!w", odd_value},
    {"!p", odd_value},
    {"p&w", odd_value},
    {"p|w", odd_value},
    {"p=w", NULL},
    {"p(w", odd_value},
    {"p^w", odd_value},
    {"p~w", odd_value},
    {"p{w}", "p{w}"},
    {"p}w", "p}w"},
    {"p[w]", "p[w]"},
    {"p@w", "p@w"},
    {"p%w", "p%w"},
    {"p`w", "p`w"},
    {"p:w", "p:w"},
    {"p,w", "p,w"},
    {"p.w", "p.w"},
    {"p/w", "p/w"},
    {"p*w", "p*w"},
    {"p\?w", "p\?w"},
    {"p<w>", "p<w>"},
    {"p+w", "p+w"},
    {"-p", "-p"},
    {"p\"q\"w", "pqw"},
    {"p \"q\" w", "pqw"},
    {"\"p\"q", "pq"},
    {"\"p\" q", "pq"},
    {"\"p\" \"q\"", "pq"},
    {"\"p\"'q'", "pq"},
    {"yes", "1"},
    {"YES", "1"},
    {"on", "1"},
    {"true", "1"},
    {"no", ""},
    {"off", ""},
    {"false", ""},
    {"none", ""},
    {"null", ""},
    {"yes ", "1"},
    {"yes;c", "1"},
    {"yesp", "yesp"},
    {"yes p", NULL},
    {"p yes", NULL},
    {"5", "5"},
    {"05", "05"},
    {"5.50", "5.50"},
    {"-5", "-5"},
    {"0x1f", "0x1f"},
    {"5p", "5p"},
    {"1e5", "1e5"},
    {"\"a\nb\"", "a\nb"},
    {"", ""},
    {"\"\"", ""},
    {"''", ""},
    {"\"\" ", ""},
    {"\"p\";c", "p"},
    {"\"p\" ;c", "p"},
    {"\303\251", "\303\251"},
    {"\"\303\251\"", "\303\251"},
    {"\"p", NULL},
    {"\"a\\\\\"b\"", NULL},
    {"p\"q", NULL},
    {"p${w}", odd_value},
    {"\"p${w}\"", odd_value},
    {"PHP_OS", odd_value},
    {"E_ALL|1", odd_value},
    {"5|2", odd_value},
    {"p\tq", "p\tq"},
};

static void reads_values_as_php(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct arena a = {0};
        struct php_ini ini;
        struct err e = {0};
        const char *text = arena_printf(&a, "[s]\nk = %s\n", table[i].value);
        const struct php_ini_entry *entry;

        if (php_ini_parse(str_of(text), &a, &ini, &e) != 0) {
            if (table[i].want != NULL)
                fail_msg("%s: %s", table[i].value, e.text);
            assert_int_equal(e.kind, ERR_FORMAT);
            arena_free(&a);
            continue;
        }
        entry = php_ini_get(&ini, "s", "k");
        if (entry == NULL || table[i].want == NULL)
            fail_msg("%s is %s", table[i].value, entry ? "taken" : "not there");
        if ((entry->odd != NULL) != (table[i].want == odd_value))
            fail_msg("%s: odd %s", table[i].value, entry->odd ? entry->odd : "no");
        if (entry->odd == NULL && !str_is(entry->value, table[i].want))
            fail_msg("%s gives %.*s", table[i].value, STR_FMT(entry->value));
        arena_free(&a);
    }
}

static const char config[] =
    "; <?php /*\r\n; comment = no\r\n\r\n[database_details]\r\nhostspec = \"localhost\"\r\n"
    "socket   = \"\"\r\nport =\r\nusername=shop ; the account\r\npassword = \"a\\\"b;c\"\r\n"
    "[host_details]\r\nhttp_host = \"shop.example\"\r\nhttp_host = \"new.example\"\r\n"
    "[images]\r\nsize[] = 1\r\nsize[big] = 2\r\n'q' = 3\r\ndeveloper mode = Off\r\n; */ ?>\r\n";

static void is_value(const struct php_ini *ini, const char *section, const char *key, const char *want,
                     unsigned line)
{
    const struct php_ini_entry *entry = php_ini_get(ini, section, key);

    if (entry == NULL || !str_is(entry->value, want) || entry->line != line)
        fail_msg("[%s] %s is \"%.*s\", line %u", section, key, entry ? (int)entry->value.n : 0,
                 entry ? entry->value.p : "", entry ? entry->line : 0);
}

static void reads_a_config(void **state)
{
    (void)state;
    for (int bom = 0; bom <= 1; bom++) {
        struct arena a = {0};
        struct php_ini ini;
        struct err e = {0};
        const char *text = arena_printf(&a, "%s%s", bom ? "\xef\xbb\xbf" : "", config);

        assert_int_equal(php_ini_parse(str_of(text), &a, &ini, &e), 0);
        assert_int_equal(ini.stopped, 0);
        is_value(&ini, "database_details", "hostspec", "localhost", 5);
        is_value(&ini, "database_details", "socket", "", 6);
        is_value(&ini, "database_details", "port", "", 7);
        is_value(&ini, "database_details", "username", "shop", 8);
        is_value(&ini, "database_details", "password", "a\"b;c", 9);
        is_value(&ini, "host_details", "http_host", "new.example", 12);
        is_value(&ini, "images", "'q'", "3", 16);
        is_value(&ini, "images", "developer mode", "", 17);
        assert_null(php_ini_get(&ini, "images", "size"));
        assert_null(php_ini_get(&ini, "images", "none"));
        assert_null(php_ini_get(&ini, "none", "size"));
        assert_null(php_ini_get(&ini, "", "comment"));
        assert_int_equal(ini.entries[7].index.n, 0);
        assert_non_null(ini.entries[7].index.p);
        assert_true(str_is(ini.entries[8].index, "big"));
        arena_free(&a);
    }
}

static void later_sections_replace(void **state)
{
    struct arena a = {0};
    struct php_ini ini;
    struct err e = {0};

    (void)state;
    assert_int_equal(
        php_ini_parse(STR("k = 0\n[a]\nk = 1\nm = 2\n[b]\nk = 3\n[a]\nk = 4\n[c]\n[\"d\" e]\nk=5"), &a, &ini,
                      &e),
        0);
    is_value(&ini, "", "k", "0", 1);
    is_value(&ini, "a", "k", "4", 8);
    is_value(&ini, "b", "k", "3", 6);
    is_value(&ini, "de", "k", "5", 11);
    assert_null(php_ini_get(&ini, "a", "m"));
    assert_null(php_ini_get(&ini, "c", "k"));
    arena_free(&a);
}

static void says_where_php_stops(void **state)
{
    struct arena a = {0};
    struct php_ini ini;
    struct err e = {0};

    (void)state;
    assert_int_equal(php_ini_parse(STR("a = 1\nb = it's\nc = 2\n"), &a, &ini, &e), 0);
    assert_int_equal(ini.stopped, 2);
    is_value(&ini, "", "b", "it", 2);
    assert_null(php_ini_get(&ini, "", "c"));
    assert_int_equal(php_ini_parse(STR("a = 1\n\0b = 2\n"), &a, &ini, &e), 0);
    assert_int_equal(ini.stopped, 2);
    assert_int_equal(ini.n_entries, 1);
    arena_free(&a);
}

static void refuses_with_the_line(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } bad[] = {
        {"a=1\n[b\nc=1\n", "line 2: ']'"},
        {"a=1\n\nb = x=y\n", "line 3: a value with '='"},
        {"a=1\n= 2\n", "line 2: neither"},
        {"a=1\n(b) = 2\n", "line 2: neither"},
        {"a=1\nyes = 2\n", "line 2: a reserved word"},
        {"a=1\nb = yes c\n", "line 2: a word"},
        {"a=1\nb = c yes\n", "line 2: a word"},
        {"a=1\nb[c = 2\n", "line 2: ']'"},
        {"a=1\nb[c] 2\n", "line 2: '='"},
        {"a=1\nb=\"c", "line 2: a double quote"},
        {"a=1\nb='c", "line 2: a single quote"},
        {"a=1\nb=${c", "line 2: a brace"},
        {"[${a}]", "line 1: a variable"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct arena a = {0};
        struct php_ini ini;
        struct err e = {0};

        assert_int_equal(php_ini_parse(str_of(bad[i].text), &a, &ini, &e), -1);
        if (strstr(e.text, bad[i].why) == NULL)
            fail_msg("%s: %s", bad[i].text, e.text);
        arena_free(&a);
    }
}

/* A file cut short never yields a value that the whole file has not, save for the setting it is cut in. */
static void survives_every_cut(void **state)
{
    struct arena whole_arena = {0};
    struct php_ini whole;
    struct err e = {0};

    (void)state;
    assert_int_equal(php_ini_parse(str_of(config), &whole_arena, &whole, &e), 0);
    for (size_t n = 0; n < sizeof config - 1; n++) {
        struct arena a = {0};
        struct php_ini ini;
        char *cut = mem_resize(mem_dup(config, n), n, 1);

        if (php_ini_parse((struct str){cut, n}, &a, &ini, &e) == 0) {
            assert_true(ini.n_entries <= whole.n_entries);
            for (size_t i = 0; i + 1 < ini.n_entries; i++)
                assert_true(str_eq(ini.entries[i].value, whole.entries[i].value));
        }
        free(cut);
        arena_free(&a);
    }
    arena_free(&whole_arena);
}

static void bounds_entries(void **state)
{
    struct arena a = {0};
    struct php_ini ini;
    struct err e = {0};
    size_t n = ((size_t)PHP_INI_MAX_ENTRIES + 1) * 3;
    char *text = malloc(n);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < n; i += 3)
        memcpy(text + i, "a=\n", 3);
    assert_int_equal(php_ini_parse((struct str){text, n - 3}, &a, &ini, &e), 0);
    assert_int_equal(php_ini_parse((struct str){text, n}, &a, &ini, &e), -1);
    free(text);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values_as_php),    cmocka_unit_test(reads_a_config),
        cmocka_unit_test(later_sections_replace), cmocka_unit_test(says_where_php_stops),
        cmocka_unit_test(refuses_with_the_line),  cmocka_unit_test(survives_every_cut),
        cmocka_unit_test(bounds_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
