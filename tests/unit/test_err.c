#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void set_replaces_all_of_the_error_before(void **state)
{
    struct err e = {0};

    (void)state;
    e.db_code = 1045;
    e.sys = EIO;
    memcpy(e.db_state, "28000", 6);
    err_fix(&e, "an old advice");
    assert_int_equal(err_set(&e, ERR_ABSENT, "no %s in %d places", "store", 2), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_string_equal(e.text, "no store in 2 places");
    assert_string_equal(e.fix, "");
    assert_int_equal(e.sys, 0);
    assert_int_equal(e.db_code, 0);
    assert_string_equal(e.db_state, "");
}

static void wrap_puts_context_in_front(void **state)
{
    struct err e = {0};

    (void)state;
    err_set(&e, ERR_FORMAT, "line 12: unknown escape");
    err_fix(&e, "mend it");
    assert_int_equal(err_wrap(&e, "labels of %s", "CDev\\Paypal"), -1);
    err_wrap(&e, "store");
    assert_string_equal(e.text, "store: labels of CDev\\Paypal: line 12: unknown escape");
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_string_equal(e.fix, "mend it");
}

static void the_advice_nearest_to_the_fault_stays(void **state)
{
    struct err e = {0};

    (void)state;
    err_set(&e, ERR_IO, "x");
    assert_int_equal(err_fix(&e, "first of %d", 2), -1);
    err_fix(&e, "second");
    assert_string_equal(e.fix, "first of 2");
}

static void system_errors_say_their_words_and_their_remedy(void **state)
{
    static const struct {
        int sys;
        const char *words;
        const char *fix;
    } table[] = {
        {ENOSPC, "No space left on device", "free some space"},
        {EDQUOT, "quota", "free some space"},
        {EACCES, "Permission denied", "owner of the store"},
        {EPERM, "not permitted", "owner of the store"},
        {EROFS, "Read-only", "remount"},
        {EIO, "I", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct err e = {0};

        errno = table[i].sys;
        assert_int_equal(err_sys(&e, "write %s", "/x/y"), -1);
        assert_int_equal(e.kind, ERR_IO);
        assert_int_equal(e.sys, table[i].sys);
        assert_ptr_equal(strstr(e.text, "write /x/y: "), e.text);
        assert_non_null(strstr(e.text, table[i].words));
        if (table[i].fix[0])
            assert_non_null(strstr(e.fix, table[i].fix));
        else
            assert_string_equal(e.fix, "");
    }
}

static void texts_too_long_are_cut_and_end_with_nul(void **state)
{
    struct err e;
    char text[4000];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memset(&e, 'z', sizeof e);
    err_set(&e, ERR_IO, "%s", text);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    err_fix(&e, "%s", text);
    assert_int_equal(strlen(e.fix), sizeof e.fix - 1);
    /* The context is what says where, so the end of the inner text goes. */
    err_wrap(&e, "here");
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    assert_ptr_equal(strstr(e.text, "here: aaa"), e.text);
    memset(text, 'b', sizeof text - 1);
    err_wrap(&e, "%s", text);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    assert_int_equal(e.text[sizeof e.text - 2], 'b');
    errno = EIO;
    err_sys(&e, "%s", text);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
}

static void clear_leaves_nothing(void **state)
{
    struct err e = {0};
    struct err none = {0};

    (void)state;
    errno = EROFS;
    err_sys(&e, "x");
    err_clear(&e);
    assert_memory_equal(&e, &none, sizeof e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_replaces_all_of_the_error_before),
        cmocka_unit_test(wrap_puts_context_in_front),
        cmocka_unit_test(the_advice_nearest_to_the_fault_stays),
        cmocka_unit_test(system_errors_say_their_words_and_their_remedy),
        cmocka_unit_test(texts_too_long_are_cut_and_end_with_nul),
        cmocka_unit_test(clear_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
