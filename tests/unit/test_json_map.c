#include "format/json_map.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct seen {
    struct buf text; /* parent/key=kind:value, for each pair */
    size_t n;
    size_t stop_at;
};

static int note(void *ctx, const struct json_pair *pair, struct err *e)
{
    struct seen *s = ctx;

    buf_printf(&s->text, "%.*s/%.*s=%c:%.*s,", STR_FMT(pair->parent), STR_FMT(pair->key),
               "nb#tao"[pair->kind], STR_FMT(pair->value));
    if (++s->n == s->stop_at)
        return err_set(e, ERR_REFUSED, "enough");
    return 0;
}

static void gives(const char *json, bool leaves, const char *want)
{
    struct seen s = {0};
    struct err e = {0};
    int rc = (leaves ? json_map_leaves : json_map_each)(str_of(json), note, &s, &e);

    if (rc != 0 || !str_is(buf_str(&s.text), want))
        fail_msg("%s: %d %s %.*s", json, rc, e.text, STR_FMT(buf_str(&s.text)));
    buf_free(&s.text);
}

static void refuses(struct str json, const char *why)
{
    struct seen s = {0};
    struct err e = {0};

    if (json_map_each(json, note, &s, &e) != -1 || e.kind != ERR_FORMAT || strstr(e.text, why) == NULL)
        fail_msg("%.*s: %s", STR_FMT(json), e.text);
    assert_int_equal(s.n, 0);
    buf_free(&s.text);
}

static void reads_members(void **state)
{
    (void)state;
    gives("{}", false, "");
    gives(" {\"classes\\/XLite.php\":\"0a\",\n\"a\\\\b\":\"c\"}\r\n", false,
          "/classes/XLite.php=t:0a,/a\\b=t:c,");
    gives("{\"n\":null,\"t\":true,\"f\":false,\"i\":-12,\"d\":1.50e3,\"a\":[1],\"o\":{\"x\":1}}", false,
          "/n=n:,/t=b:true,/f=b:false,/i=#:-12,/d=#:1.50e3,/a=a:,/o=o:,");
    gives("{\"\":\"\",\"\\u00e9\\u20ac\\ud83d\\ude00\\n\\t\\\"\":\"\\b\\f\\r\\ud800x\"}", false,
          "/=t:,/\303\251\342\202\254\360\237\230\200\n\t\"=t:\b\f\r\355\240\200x,");
}

static void reads_leaves(void **state)
{
    (void)state;
    gives("{\"v\":1,\"files\":{\"a/b\":\"c\",\"d\":[\"e\",{\"f\":null}]},\"g\":{}}", true,
          "/v=#:1,files/a/b=t:c,d/=t:e,/f=n:,");
    gives("[[1],\"a\"]", true, "/=#:1,/=t:a,");
}

static void refuses_what_is_no_object(void **state)
{
    (void)state;
    refuses(STR("[]"), "not an object");
    refuses(STR("\"a\""), "not an object");
    refuses(STR("null"), "not an object");
    refuses(STR(""), "invalid JSON");
    refuses(STR("{\"a\":1"), "invalid JSON at character 7");
    refuses(STR("{\"a\":1,\n \"b\" 2}"), "invalid JSON at character 14");
    refuses(STR("{\"a\":1}x"), "invalid JSON at character");
    refuses(STR("{\"a\":1}\0"), "byte 8: a NUL");
    refuses(STR("{\"a\":0x10}"), "manner of JSON5");
    refuses(STR("{\"a\":\"\\x41\"}"), "manner of JSON5");
    refuses(STR("{\"a\":\"b\",\"c\":\"d\",\"a\":\"b\"}"), "\"a\" stands twice");
    refuses(STR("{\"a/b\":1,\"a\\/b\":1}"), "\"a/b\" stands twice");
    refuses(STR("<?php $data = array();"), "invalid JSON at character 1");
}

static void refuses_every_cut(void **state)
{
    static const char json[] = "{\"a\\u00e9\\/b\":\"c\",\"d\":{\"e\":[1.5,true,null,\"\\\"\"]}}";

    (void)state;
    for (size_t n = 0; n < sizeof json - 1; n++) {
        char *cut = mem_resize(mem_dup(json, n), n, 1);

        refuses((struct str){cut, n}, "JSON");
        free(cut);
    }
}

static void bounds_depth_and_size(void **state)
{
    struct buf b = {0};
    struct seen s = {0};
    struct err e = {0};

    (void)state;
    for (int i = 0; i < 200000; i++)
        buf_addc(&b, '[');
    assert_int_equal(json_map_leaves(buf_str(&b), note, &s, &e), -1);
    for (int i = 0; i < 200000; i++)
        buf_addc(&b, ']');
    assert_int_equal(json_map_leaves(buf_str(&b), note, &s, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    b.n = 0;
    memset(buf_room(&b, JSON_MAP_MAX_BYTES + 1), ' ', JSON_MAP_MAX_BYTES + 1);
    b.n = JSON_MAP_MAX_BYTES + 1;
    assert_int_equal(json_map_leaves(buf_str(&b), note, &s, &e), -1);
    assert_non_null(strstr(e.text, "are not read"));
    buf_free(&b);
}

static void carries_the_callers_error(void **state)
{
    struct seen s = {.stop_at = 2};
    struct err e = {0};

    (void)state;
    assert_int_equal(json_map_each(STR("{\"a\":1,\"b\":2,\"c\":3}"), note, &s, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(s.n, 2);
    s.stop_at = 3;
    assert_int_equal(json_map_leaves(STR("[1,2,3]"), note, &s, &e), -1);
    assert_int_equal(json_map_leaves(STR("5"), note, &s, &e), -1);
    assert_non_null(strstr(e.text, "neither"));
    buf_free(&s.text);
}

static int count(void *ctx, const struct json_pair *pair, struct err *e)
{
    (void)pair;
    (void)e;
    ++*(size_t *)ctx;
    return 0;
}

static void reads_a_large_list(void **state)
{
    struct buf b = {0};
    struct err e = {0};
    size_t n = 0;

    (void)state;
    buf_addc(&b, '{');
    for (int i = 0; i < 20000; i++)
        buf_printf(&b, "%s\"classes\\/XLite\\/File%d.php\":\"%032x\"", i ? "," : "", i, i);
    buf_addc(&b, '}');
    assert_int_equal(json_map_each(buf_str(&b), count, &n, &e), 0);
    assert_int_equal(n, 20000);
    b.n--;
    buf_adds(&b, ",\"classes/XLite/File77.php\":\"\"}");
    assert_int_equal(json_map_each(buf_str(&b), count, &n, &e), -1);
    assert_non_null(strstr(e.text, "File77.php"));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_members),
        cmocka_unit_test(reads_leaves),
        cmocka_unit_test(refuses_what_is_no_object),
        cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(bounds_depth_and_size),
        cmocka_unit_test(carries_the_callers_error),
        cmocka_unit_test(reads_a_large_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
