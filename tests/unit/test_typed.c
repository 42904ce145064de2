/* Commands in texts: with the program as it was called, with the options of this call, and in one piece. */
#include "base/table.h"
#include "cmd/typed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void becomes(const struct app *a, const char *text, const char *want)
{
    struct buf out = {0};

    typed_text(a, str_of(text), false, &out);
    assert_string_equal(buf_cstr(&out), want);
    buf_free(&out);
}

static void name_of_the_call(void **state)
{
    const struct app plain = {0};
    const struct app path = {.name = "/root/bin/toolkit"};
    const struct app odd = {.name = "./my tools/toolkit"};

    (void)state;
    becomes(&plain, "then: toolkit store installer off", "then: toolkit store installer off");
    becomes(&path, "then: toolkit store installer off", "then: /root/bin/toolkit store installer off");
    becomes(&path, "toolkit cache clear, then toolkit cache rebuild", "/root/bin/toolkit cache clear, then /root/bin/toolkit cache rebuild");
    becomes(&path, "(toolkit cache rebuild)", "(/root/bin/toolkit cache rebuild)");
    becomes(&path, "name it: toolkit -C /path/to/store", "name it: /root/bin/toolkit -C /path/to/store");
    becomes(&odd, "toolkit undo", "'./my tools/toolkit' undo");
}

static void options_of_the_call(void **state)
{
    const struct app a = {.dir = "my shop", .store = {.source = "old.zip"}};

    (void)state;
    becomes(&a, "toolkit undo; look", "toolkit -C 'my shop' --source old.zip undo; look");
    /* The text has a better value of its own. */
    becomes(&a, "then: toolkit resume --source FILE.zip", "then: toolkit -C 'my shop' resume --source FILE.zip");
    becomes(&a, "toolkit resume --source FILE.zip or toolkit undo", "toolkit -C 'my shop' resume --source FILE.zip or toolkit -C 'my shop' --source old.zip undo");
    /* What is typed already stays. */
    becomes(&a, "toolkit -C 'my shop' resume", "toolkit -C 'my shop' resume");
}

static void what_is_none(void **state)
{
    const struct app a = {.name = "/root/toolkit", .dir = "x"};
    static const char *const texts[] = {"the toolkit", "The toolkit itself runs without such a limit.", "the toolkit restore", "/usr/bin/toolkit undo", "toolkit",
                                        "toolkit ", "mytoolkit undo", "toolkit_undo", "by \"toolkit resume\"", "toolkit downloads nothing", ""};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        becomes(&a, texts[i], texts[i]);
}

static void in_one_piece(void **state)
{
    const struct app a = {.name = "./toolkit"};
    struct buf out = {0};

    (void)state;
    typed_text(&a, STR("first toolkit undo 3 and then toolkit resume copies the rest; toolkit store installer off. It is"), true, &out);
    assert_string_equal(buf_cstr(&out), "first ./toolkit" TABLE_GLUE "undo" TABLE_GLUE "3 and then ./toolkit" TABLE_GLUE "resume copies the rest; ./toolkit" TABLE_GLUE
                                        "store" TABLE_GLUE "installer" TABLE_GLUE "off. It is");
    buf_reset(&out);
    typed_text(&a, STR("toolkit resume --source FILE.zip (the release)"), true, &out);
    assert_string_equal(buf_cstr(&out), "./toolkit" TABLE_GLUE "resume" TABLE_GLUE "--source" TABLE_GLUE "FILE.zip (the release)");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_of_the_call),
        cmocka_unit_test(options_of_the_call),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(in_one_piece),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
