#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void is(struct buf *out, const char *want)
{
    assert_string_equal(buf_cstr(out), want);
    buf_free(out);
}

static void writes_objects_and_arrays(void **state)
{
    struct buf out = {0};
    struct json j;

    (void)state;
    json_init(&j, &out);
    json_begin_obj(&j);
    json_kint(&j, "schema", 1);
    json_kobj(&j, "store");
    json_kstr(&j, "root", "/srv/shop");
    json_kstr(&j, "prefix", NULL);
    json_kbool(&j, "open", true);
    json_end(&j);
    json_karr(&j, "steps");
    json_begin_obj(&j);
    json_kslice(&j, "id", STR("files:Core"));
    json_end(&j);
    json_int(&j, INT64_MIN);
    json_uint(&j, UINT64_MAX);
    json_bool(&j, false);
    json_null(&j);
    json_begin_arr(&j);
    json_end(&j);
    json_begin_obj(&j);
    json_end(&j);
    json_end(&j);
    json_kuint(&j, "n", 7);
    json_knull(&j, "failed_step");
    json_end(&j);
    is(&out, "{\n"
             "  \"schema\": 1,\n"
             "  \"store\": {\n"
             "    \"root\": \"/srv/shop\",\n"
             "    \"prefix\": null,\n"
             "    \"open\": true\n"
             "  },\n"
             "  \"steps\": [\n"
             "    {\n"
             "      \"id\": \"files:Core\"\n"
             "    },\n"
             "    -9223372036854775808,\n"
             "    18446744073709551615,\n"
             "    false,\n"
             "    null,\n"
             "    [],\n"
             "    {}\n"
             "  ],\n"
             "  \"n\": 7,\n"
             "  \"failed_step\": null\n"
             "}\n");
}

static void can_be_written_in_pieces(void **state)
{
    struct buf out = {0};
    struct buf all = {0};
    struct json j;

    (void)state;
    json_init(&j, &out);
    json_begin_arr(&j);
    for (int i = 0; i < 3; i++) {
        json_int(&j, i);
        buf_addstr(&all, buf_str(&out));
        buf_reset(&out);
    }
    json_end(&j);
    buf_addstr(&all, buf_str(&out));
    buf_free(&out);
    is(&all, "[\n  0,\n  1,\n  2\n]\n");
}

static void string_is(struct str in, const char *want)
{
    struct buf out = {0};
    struct json j;

    json_init(&j, &out);
    json_str(&j, in);
    is(&out, want);
}

static void escapes(void **state)
{
    (void)state;
    string_is(STR(""), "\"\"\n");
    string_is(STR("CDev\\Paypal \"x\""), "\"CDev\\\\Paypal \\\"x\\\"\"\n");
    string_is(STR("a\nb\tc\rd"), "\"a\\nb\\tc\\rd\"\n");
    string_is(STR("\0\x1b\x7f"), "\"\\u0000\\u001b\\u007f\"\n");
    string_is(STR("\xC2\x9B"), "\"\\u009b\"\n");
    string_is(STR("\xE2\x80\xAE"), "\"\\u202e\"\n");
    string_is(STR("\xF3\xA0\x81\x81"), "\"\\udb40\\udc41\"\n");
    string_is(STR("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\"\n");
    string_is(STR("a\xE9z\xC3"), "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"\n");
}

static void paths_keep_their_bytes(void **state)
{
    struct buf out = {0};
    struct json j;

    (void)state;
    json_init(&j, &out);
    json_begin_obj(&j);
    json_kpath(&j, "path", STR("skins/\xC3\xA9.twig"));
    json_kpath(&j, "one", STR("\xFF"));
    json_kpath(&j, "two", STR("\xFF\xFE"));
    json_kpath(&j, "three", STR("\xE9/a"));
    json_end(&j);
    is(&out, "{\n"
             "  \"path\": \"skins/\xC3\xA9.twig\",\n"
             "  \"one\": \"\xEF\xBF\xBD\",\n"
             "  \"one_b64\": \"/w==\",\n"
             "  \"two\": \"\xEF\xBF\xBD\xEF\xBF\xBD\",\n"
             "  \"two_b64\": \"//4=\",\n"
             "  \"three\": \"\xEF\xBF\xBD/a\",\n"
             "  \"three_b64\": \"6S9h\"\n"
             "}\n");
}

static void deepest_nesting(void **state)
{
    struct buf out = {0};
    struct json j;

    (void)state;
    json_init(&j, &out);
    for (int i = 0; i < JSON_DEPTH_MAX; i++) {
        if (i % 2 == 0)
            json_begin_arr(&j);
        else
            json_begin_obj(&j);
        if (i % 2 == 1)
            json_key(&j, "k");
    }
    json_null(&j);
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        json_end(&j);
    assert_int_equal(j.depth, 0);
    assert_true(str_ends(buf_str(&out), STR("\n]\n")));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_objects_and_arrays),
        cmocka_unit_test(can_be_written_in_pieces),
        cmocka_unit_test(escapes),
        cmocka_unit_test(paths_keep_their_bytes),
        cmocka_unit_test(deepest_nesting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
