#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static bool all_zero(const void *p, size_t n)
{
    const unsigned char *b = p;

    for (size_t i = 0; i < n; i++)
        if (b[i] != 0)
            return false;
    return true;
}

static void memory_is_zeroed(void **state)
{
    char *p = mem_alloc(1000);
    char *q = mem_array(10, 100);

    (void)state;
    assert_true(all_zero(p, 1000));
    assert_true(all_zero(q, 1000));
    free(p);
    free(q);
}

static void nothing_gives_a_pointer_too(void **state)
{
    void *p = mem_alloc(0);
    void *q = mem_array(0, 100);
    void *r = mem_resize(NULL, 0, 0);

    (void)state;
    assert_non_null(p);
    assert_non_null(q);
    assert_non_null(r);
    free(p);
    free(q);
    free(r);
}

static void copies_end_with_nul(void **state)
{
    char *p = mem_dup("ab\0cd", 5);
    char *q = mem_dup("unused", 0);
    char *r = mem_strdup("text");

    (void)state;
    assert_memory_equal(p, "ab\0cd\0", 6);
    assert_string_equal(q, "");
    assert_string_equal(r, "text");
    assert_null(mem_strdup(NULL));
    free(p);
    free(q);
    free(r);
}

/* Sizes that overflow must end in mem_exhausted, which aborts in tests, and never in a small block. */
static void array_too_large(void)
{
    free(mem_array(SIZE_MAX / 2, 3));
}

static void resize_too_large(void)
{
    free(mem_resize(NULL, SIZE_MAX / 2 + 1, 2));
}

static void dup_too_large(void)
{
    free(mem_dup("", SIZE_MAX));
}

static void arena_array_too_large(void)
{
    struct arena a = {0};

    arena_array(&a, SIZE_MAX / 2, 3);
}

static void arena_too_large(void)
{
    struct arena a = {0};

    arena_alloc(&a, SIZE_MAX - 8);
}

static bool ends_in_abort(void (*fn)(void))
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(1);
        fn();
        _exit(0);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void overflows_never_become_small_blocks(void **state)
{
    (void)state;
    assert_true(ends_in_abort(resize_too_large));
    assert_true(ends_in_abort(dup_too_large));
    assert_true(ends_in_abort(arena_array_too_large));
    assert_true(ends_in_abort(arena_too_large));
#ifndef __SANITIZE_ADDRESS__
    /* The sanitizer's own calloc ends the program before ours can. */
    assert_true(ends_in_abort(array_too_large));
#else
    (void)array_too_large;
#endif
}

struct thing {
    int number;
    char filler[36];
};

static void vectors_grow_and_keep_what_they_hold(void **state)
{
    VEC(struct thing) list = {0};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct thing *t = vec_push(&list);

        assert_true(all_zero(t, sizeof *t));
        t->number = i;
        memset(t->filler, 'x', sizeof t->filler);
    }
    assert_int_equal(list.n, 1000);
    assert_true(list.cap >= list.n);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(list.v[i].number, i);
    free(list.v);
}

/* An element that was taken off again must not shine through. */
static void a_new_element_is_zeroed_where_an_old_one_was(void **state)
{
    VEC(int) list = {0};

    (void)state;
    *vec_push(&list) = 7;
    list.n--;
    assert_int_equal(*vec_push(&list), 0);
    free(list.v);
}

static void arena_pieces_are_apart_aligned_and_zeroed(void **state)
{
    struct arena a = {0};
    unsigned char *pieces[600];
    size_t sizes[600];

    (void)state;
    /* Small ones, and between them ones larger than a block. */
    for (size_t i = 0; i < 600; i++) {
        sizes[i] = i % 37 == 36 ? 40000 + i : 1 + i * 7 % 300;
        pieces[i] = arena_alloc(&a, sizes[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        assert_true(all_zero(pieces[i], sizes[i]));
        memset(pieces[i], (int)(i & 255), sizes[i]);
    }
    for (size_t i = 0; i < 600; i++) {
        assert_int_equal(pieces[i][0], i & 255);
        assert_int_equal(pieces[i][sizes[i] - 1], i & 255);
    }
    arena_free(&a);
    assert_null(a.last);
    arena_free(&a);
}

static void arena_works_after_being_freed(void **state)
{
    struct arena a = {0};

    (void)state;
    arena_strdup(&a, "one");
    arena_free(&a);
    assert_string_equal(arena_strdup(&a, "two"), "two");
    arena_free(&a);
}

static void arena_texts(void **state)
{
    struct arena a = {0};
    char long_text[5000];
    char *made;

    (void)state;
    memset(long_text, 'y', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    assert_memory_equal(arena_dup(&a, "a\0b", 3), "a\0b\0", 4);
    assert_string_equal(arena_dup(&a, NULL, 0), "");
    assert_null(arena_strdup(&a, NULL));
    made = arena_printf(&a, "<%s|%d>", long_text, 42);
    assert_int_equal(strlen(made), strlen(long_text) + 5);
    assert_string_equal(made + strlen(made) - 4, "|42>");
    assert_string_equal(arena_printf(&a, "%s", ""), "");
    assert_string_equal(arena_join(&a, "dir", "rel"), "dir/rel");
    assert_ptr_equal(arena_join(&a, "", long_text), long_text);
    arena_free(&a);
}

/* Many large pieces between small ones must not throw the half-used block away each time. */
static void large_pieces_leave_the_block_in_use(void **state)
{
    struct arena a = {0};
    const char *first = arena_alloc(&a, 16);
    const char *second;

    (void)state;
    arena_alloc(&a, 100000);
    second = arena_alloc(&a, 16);
    assert_true(second > first && second < first + 100);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed),
        cmocka_unit_test(nothing_gives_a_pointer_too),
        cmocka_unit_test(copies_end_with_nul),
        cmocka_unit_test(overflows_never_become_small_blocks),
        cmocka_unit_test(vectors_grow_and_keep_what_they_hold),
        cmocka_unit_test(a_new_element_is_zeroed_where_an_old_one_was),
        cmocka_unit_test(arena_pieces_are_apart_aligned_and_zeroed),
        cmocka_unit_test(arena_works_after_being_freed),
        cmocka_unit_test(arena_texts),
        cmocka_unit_test(large_pieces_leave_the_block_in_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
