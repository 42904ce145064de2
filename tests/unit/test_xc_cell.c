/* The upgrader's state row in every shape, read from and written back to a scripted server. */
#include "fake_mysql.h"
#include "little_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct little_store l;
static struct fake_mysql f;

static void add_length(struct buf *b, size_t n)
{
    assert_true(n < 65536);
    if (n < 251) {
        buf_addc(b, (char)n);
        return;
    }
    buf_addc(b, (char)0xFC);
    buf_addc(b, (char)(n & 0xFF));
    buf_addc(b, (char)(n >> 8));
}

/* The answer to the next question: rows of name and value, NULL at the end. */
static void rows(const char *const *cells)
{
    unsigned seq = 1;

    fake_mysql_packet(&f, seq++, "\x02", 1);
    fake_mysql_column(&f, seq++, "name");
    fake_mysql_column(&f, seq++, "value");
    fake_mysql_eof(&f, seq++, 2);
    for (; *cells; cells += 2) {
        struct buf b = {0};

        for (int i = 0; i < 2; i++) {
            add_length(&b, strlen(cells[i]));
            buf_adds(&b, cells[i]);
        }
        fake_mysql_packet(&f, seq++, b.p, b.n);
        buf_free(&b);
    }
    fake_mysql_eof(&f, seq, 2);
}

static void row(const char *value)
{
    const char *const cells[] = {"upgradeCell", value, NULL};

    rows(cells);
}

/* Another turn of the script: the answer to a statement that changes. */
static void then_ok(void)
{
    fake_mysql_turn(&f);
    fake_mysql_ok(&f, 1, 2);
}

static int setup(void **state)
{
    (void)state;
    little_store_make(&l);
    little_store_open(&l);
    l.s.prefix = "xc_";
    l.s.db = fake_mysql_session(&f, "1048576");
    l.s.db_tried = true;
    return 0;
}

static int teardown(void **state)
{
    struct mysql *db = l.s.db;

    (void)state;
    l.s.db = NULL;
    fake_mysql_finish(&f, db);
    little_store_free(&l);
    return 0;
}

static void read_row(void)
{
    if (xc_read_cell(&l.s, &l.c, &l.e) < 0)
        fail_msg("%s", l.e.text);
    xc_cell_entries(&l.c);
}

static bool sent(const char *words)
{
    return str_has(buf_str(&f.sent), str_of(words));
}

/* Serialized strings whose lengths are counted here, so that samples stay readable: @text@ becomes s:4:"text"; */
static const char *php(const char *text)
{
    struct buf b = {0};
    struct str rest = str_of(text);
    char *made;

    while (rest.p && rest.n) {
        struct str before = str_cut(rest, '@', &rest);
        struct str word;

        buf_addstr(&b, before);
        if (rest.p == NULL)
            break;
        word = str_cut(rest, '@', &rest);
        buf_printf(&b, "s:%zu:\"%.*s\";", word.n, STR_FMT(word));
    }
    made = arena_dup(&l.s.mem, b.p, b.n);
    buf_free(&b);
    return made;
}

#define CORE_53                                                                                             \
    "@____CORE____@O:1:\"C\":5:{@majorVersion@@5.3@@minorVersion@@6@@build@i:0;" \
    "@repositoryPath@@/srv/shop/var/tmp/5a@@postUpgradeActionsCalled@b:0;}"
#define PAYPAL_53                                                                                       \
    "@p@O:6:\"Module\":5:{"                                                     \
    "@moduleInfoInstalled@a:5:{@author@@CDev@@name@@Paypal@@majorVersion@@5.3@@minorVersion@@2@@build@i:4;}"  \
    "@moduleInfoForUpgrade@a:5:{@author@@CDev@@name@@Paypal@@majorVersion@@5.3@@minorVersion@@3@@build@@0@}" \
    "@repositoryPath@@/srv/shop/var/tmp/5b@@postUpgradeActionsCalled@b:1;"                             \
    "@postRebuildHelpers@a:1:{i:0;@classes/XLite/Module/CDev/Paypal/upgrade/5.3/3/post_rebuild.php@}}"
#define CELL_53                                                                                               \
    "a:6:{i:0;a:2:{" CORE_53 PAYPAL_53 "}i:1;b:0;i:2;a:0:{}i:3;N;i:4;N;i:5;a:2:{"                             \
    "@upgrade/5.3/6/post_rebuild.php@i:-1;@classes/XLite/Module/CDev/Paypal/upgrade/5.3/3/post_rebuild.php@N;}}"

static const char *cell_53(void)
{
    return php(CELL_53);
}

static void no_row(void **state)
{
    const char *const none[] = {NULL};

    (void)state;
    rows(none);
    read_row();
    assert_true(l.c.cell.known);
    assert_false(l.c.cell.present);
    assert_int_equal(l.c.entries.n, 0);
    assert_true(sent("`xc_tmp_vars`"));
}

static void a_row_of_5_2_7_and_later(void **state)
{
    const struct xc_entry *core;
    const struct xc_entry *paypal;

    (void)state;
    row(cell_53());
    read_row();
    assert_true(l.c.cell.present);
    assert_false(l.c.cell.held);
    assert_false(l.c.cell.is_upgraded);
    assert_non_null(l.c.cell.hooks);
    assert_int_equal(l.c.cell.hooks->n, 2);
    assert_int_equal(l.c.entries.n, 2);
    core = xc_case_entry(&l.c, STR("Core"));
    assert_non_null(core);
    assert_string_equal(core->to, "5.3.6");
    assert_string_equal(core->wanted_pack, "/srv/shop/var/tmp/5a");
    assert_false(core->finished);
    assert_null(core->author);
    paypal = xc_case_entry(&l.c, STR("CDev\\Paypal"));
    assert_non_null(paypal);
    assert_string_equal(paypal->author, "CDev");
    assert_string_equal(paypal->module, "Paypal");
    assert_string_equal(paypal->from, "5.3.2.4");
    assert_string_equal(paypal->to, "5.3.3");
    assert_true(paypal->finished);
    assert_true(paypal->in_cell);
    assert_int_equal(paypal->rebuild_hooks.n, 1);
}

static void a_row_of_5_0(void **state)
{
    (void)state;
    /* [0] entries, [1] incompatible modules, [2] isUpgraded. */
    row(php("a:3:{i:0;a:1:{@____CORE____@O:1:\"C\":2:{@majorVersion@@5.0@@minorVersion@@13@}}i:1;a:0:{}i:2;b:1;}"));
    read_row();
    assert_true(l.c.cell.present);
    assert_true(l.c.cell.is_upgraded);
    assert_null(l.c.cell.hooks);
    assert_string_equal(l.c.entries.v[0]->to, "5.0.13");
}

static void an_empty_state_is_no_upgrade(void **state)
{
    (void)state;
    row(php("a:3:{i:0;a:0:{}i:1;b:0;i:2;a:0:{}}"));
    read_row();
    assert_false(l.c.cell.present);
    assert_int_equal(l.c.entries.n, 0);
}

static void a_row_put_aside_is_the_upgrade(void **state)
{
    const char *cells[] = {"upgradeCell", NULL, "upgradeCell.held-by-toolkit", NULL, NULL};

    (void)state;
    cells[1] = php("a:2:{i:0;a:0:{}i:1;b:0;}");
    cells[3] = cell_53();
    rows(cells);
    read_row();
    assert_true(l.c.cell.held);
    assert_true(l.c.cell.present);
    assert_int_equal(l.c.entries.n, 2);
}

static void a_damaged_row_is_an_error_that_names_it(void **state)
{
    const char *whole = cell_53();

    (void)state;
    row(arena_dup(&l.s.mem, whole, strlen(whole) - 10));
    assert_int_equal(xc_read_cell(&l.s, &l.c, &l.e), -1);
    assert_int_equal(l.e.kind, ERR_FORMAT);
    assert_non_null(strstr(l.e.text, "xc_tmp_vars"));
    assert_non_null(strstr(l.e.text, "upgradeCell"));
    assert_false(l.c.cell.present);
    xc_cell_entries(&l.c);
    assert_int_equal(l.c.entries.n, 0);
}

static void values_that_are_no_state(void **state)
{
    static const char *const odd[] = {"N;", "b:0;", "s:0:\"\";", "a:0:{}", "i:5;", "a:1:{i:0;i:7;}"};

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        little_store_forget(&l);
        if (i > 0)
            fake_mysql_turn(&f);
        row(odd[i]);
        read_row();
        assert_false(l.c.cell.present);
        assert_int_equal(l.c.entries.n, 0);
    }
}

static void the_server_refuses(void **state)
{
    (void)state;
    fake_mysql_error(&f, 1, 1142, "42000", "SELECT command denied to user 'shop'");
    assert_int_equal(xc_read_cell(&l.s, &l.c, &l.e), -1);
    assert_int_equal(l.e.kind, ERR_DB);
    assert_false(l.c.cell.known);
    assert_non_null(strstr(l.e.text, "denied"));
}

/* One value is exchanged; every other byte of the row is written back as it was. */
static void a_hook_is_marked(void **state)
{
    (void)state;
    row(cell_53());
    then_ok();
    assert_int_equal(xc_cell_mark_hook(&l.s, "5.3/6/post_rebuild.php", "Core", STR("N;"), &l.e), 0);
    assert_true(sent("UPDATE `xc_tmp_vars`"));
    assert_true(sent("upgrade/5.3/6/post_rebuild.php\\\";N;") || sent("upgrade/5.3/6/post_rebuild.php\";N;"));
    assert_false(sent("i:-1;"));
    assert_true(sent("5b"));
}

static void a_hook_of_the_same_name_of_another_entry_is_left_alone(void **state)
{
    (void)state;
    row(cell_53());
    then_ok();
    assert_int_equal(xc_cell_mark_hook(&l.s, "5.3/3/post_rebuild.php", "Core", STR("i:40;"), &l.e), 0);
    assert_false(sent("UPDATE"));
}

static void an_entry_is_marked_finished(void **state)
{
    (void)state;
    row(cell_53());
    then_ok();
    assert_int_equal(xc_cell_mark_finished(&l.s, "Core", &l.e), 0);
    assert_true(sent("UPDATE `xc_tmp_vars`"));
    assert_false(sent("b:0;}s:1:"));
}

static void without_a_row_nothing_is_written(void **state)
{
    const char *const none[] = {NULL};

    (void)state;
    rows(none);
    assert_int_equal(xc_cell_mark_upgraded(&l.s, &l.e), 0);
    assert_false(sent("UPDATE"));
}

static void upgraded_points_every_entry_at_the_store(void **state)
{
    char root[128];

    (void)state;
    row(cell_53());
    then_ok();
    assert_int_equal(xc_cell_mark_upgraded(&l.s, &l.e), 0);
    snprintf(root, sizeof root, "%s/", l.s.tree.path);
    assert_true(sent(root));
    assert_false(sent("/srv/shop/var/tmp/5a"));
    assert_false(sent("/srv/shop/var/tmp/5b"));
    assert_true(sent("i:1;b:1;"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_row, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_of_5_2_7_and_later, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_of_5_0, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_state_is_no_upgrade, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_put_aside_is_the_upgrade, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_row_is_an_error_that_names_it, setup, teardown),
        cmocka_unit_test_setup_teardown(values_that_are_no_state, setup, teardown),
        cmocka_unit_test_setup_teardown(the_server_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hook_is_marked, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hook_of_the_same_name_of_another_entry_is_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(an_entry_is_marked_finished, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_row_nothing_is_written, setup, teardown),
        cmocka_unit_test_setup_teardown(upgraded_points_every_entry_at_the_store, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
