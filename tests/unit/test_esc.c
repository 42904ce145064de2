#include "base/esc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void gives(void (*esc)(struct buf *, struct str), struct str in, const char *want)
{
    struct buf out = {0};

    esc(&out, in);
    assert_string_equal(buf_cstr(&out), want);
    buf_free(&out);
}

static void terminal_line(void **state)
{
    (void)state;
    gives(esc_term, STR(""), "");
    gives(esc_term, STR("CDev\\Paypal <b>"), "CDev\\Paypal <b>");
    gives(esc_term, STR("\x1b[31mred\x1b]52;c;eA==\x07"), "\\x1b[31mred\\x1b]52;c;eA==\\x07");
    gives(esc_term, STR("a\tb\nc\r\nd\re"), "a b\\nc\\r\\nd\\re");
    gives(esc_term, STR("nul\0del\x7f"), "nul\\x00del\\x7f");
    gives(esc_term,
          STR("\xC2\x9B"
              "31m"),
          "\\u{9b}31m");
    gives(esc_term, STR("evil\xE2\x80\xAEgpj.exe"), "evil\\u{202e}gpj.exe");
    gives(esc_term,
          STR("a\xE2\x80\x8B"
              "b"),
          "a\\u{200b}b");
    gives(esc_term, STR("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    gives(esc_term, STR("caf\xE9 \xC3"), "caf\\xe9 \\xc3");
    gives(esc_term, STR("\xF3\xA0\x81\x81"), "\\u{e0041}");
}

static void terminal_lines(void **state)
{
    (void)state;
    gives(esc_term_lines, STR("a\r\nb\nc\rd\x1b"), "a\nb\nc\\x0dd\\x1b");
    gives(esc_term_lines, STR("end\r"), "end\\x0d");
}

static void page(void **state)
{
    (void)state;
    gives(esc_html, STR("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    gives(esc_html, STR("a\tb\nc\r\nd\x1b\xFF"), "a\tb\nc\nd\\x1b\\xff");
    gives(esc_html, STR("\xE2\x80\xAE<"), "\\u{202e}&lt;");
}

/* Whatever goes in, what comes out is valid, seen, and unchanged by a second pass. */
static void every_byte_pair_is_safe(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 0x10000; v++) {
        const char pair[2] = {(char)(v >> 8), (char)(v & 255)};
        struct buf once = {0};
        struct buf twice = {0};

        esc_term(&once, (struct str){pair, 2});
        assert_true(utf8_valid(buf_str(&once)));
        for (size_t i = 0; i < once.n; i++)
            assert_true((unsigned char)once.p[i] >= 0x20 && once.p[i] != 0x7F);
        esc_term(&twice, buf_str(&once));
        assert_true(str_eq(buf_str(&once), buf_str(&twice)));
        buf_free(&once);
        buf_free(&twice);
    }
}

/* As a shell reads it, it is the word again. */
static void shell_word(void **state)
{
    static const struct {
        const char *word, *want;
    } cases[] = {
        {"admin", "admin"},  {"a.b@shop.example", "a.b@shop.example"}, {"", "''"},           {"two words", "'two words'"},
        {"O'Neil", "'O'\\''Neil'"}, {"$(id)", "'$(id)'"},                 {"a\"b`c", "'a\"b`c'"}, {"\xC3\xA9", "'\xC3\xA9'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};

        esc_shell(&out, cases[i].word);
        assert_string_equal(buf_cstr(&out), cases[i].want);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal_line),
        cmocka_unit_test(terminal_lines),
        cmocka_unit_test(page),
        cmocka_unit_test(shell_word),
        cmocka_unit_test(every_byte_pair_is_safe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
