/* The database client against a scripted server: every shape of greeting, every cut, every failing call. */
#include "db/mysql.h"
#include "fake_mysql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NATIVE "mysql_native_password"
#define SHA2   "caching_sha2_password"

static struct err e;

static const struct shape {
    const char *version;
    unsigned caps;
    const char *plugin;
    const char *named;
    unsigned number;
    bool mariadb;
    unsigned charset;
} shapes[] = {
    {"5.1.73-log", FAKE_CAPS_55, NULL, "5.1.73-log", 50173, false, 33},
    {"5.5.2", FAKE_CAPS_55, NULL, "5.5.2", 50502, false, 33},
    {"5.5.62-0+deb8u1", FAKE_CAPS_MODERN, NATIVE, "5.5.62-0+deb8u1", 50562, false, 45},
    {"5.7.44", FAKE_CAPS_MODERN, NATIVE, "5.7.44", 50744, false, 45},
    {"8.0.36", FAKE_CAPS_MODERN, SHA2, "8.0.36", 80036, false, 45},
    {"9.1.0-commercial", FAKE_CAPS_MODERN, SHA2, "9.1.0-commercial", 90100, false, 45},
    {"5.5.68-MariaDB", FAKE_CAPS_MODERN, NATIVE, "5.5.68-MariaDB", 50568, true, 45},
    {"5.5.5-10.11.6-MariaDB-0+deb12u1", FAKE_CAPS_MODERN, NATIVE, "10.11.6-MariaDB-0+deb12u1", 101106, true,
     45},
    {"11.4.2-MariaDB", FAKE_CAPS_MODERN, NATIVE, "11.4.2-MariaDB", 110402, true, 45},
    {"12.0.2-MariaDB", FAKE_CAPS_MODERN, "parsec", "12.0.2-MariaDB", 120002, true, 45},
};

static const char *const rows[] = {"one", "two", "three", NULL};

/* Log-in by hash, one statement, one result. */
static void script(struct fake_mysql *f, const struct shape *s)
{
    bool sha2 = s->plugin != NULL && strcmp(s->plugin, SHA2) == 0;

    fake_mysql_init(f);
    fake_mysql_greeting(f, s->version, s->caps, s->plugin);
    fake_mysql_turn(f);
    if (sha2)
        fake_mysql_packet(f, 2, "\x01\x03", 2);
    fake_mysql_ok(f, sha2 ? 3 : 2, 2);
    fake_mysql_prepare(f, "1048576");
    fake_mysql_turn(f);
    fake_mysql_ok(f, 1, 3);
    fake_mysql_result(f, rows);
}

/* Plays the script to its end: 0, or -1 with e filled. */
static int play(struct fake_mysql *f)
{
    struct mysql_opts o = fake_mysql_options(f);
    struct mysql_done done = {0};
    const struct mysql_cell *c;
    struct mysql *m = NULL;
    int r = -1;

    err_clear(&e);
    if (mysql_open(&m, &o, &e) != 0 || mysql_exec(m, STR("START TRANSACTION"), &done, &e) != 0 ||
        mysql_query(m, STR("SELECT v"), &e) != 0)
        goto out;
    assert_int_equal(done.affected, 3);
    assert_int_equal(done.insert_id, 9);
    assert_int_equal(done.warnings, 1);
    for (size_t i = 0; (r = mysql_row(m, &c, &e)) > 0; i++)
        assert_true(str_is(c[0].s, rows[i]));
out:
    if (r == 0 && m != NULL)
        assert_string_equal(mysql_where(m), "database server at socket /fake (user shop, database shopdb)");
    mysql_close(m);
    assert_int_equal(f->open, 0);
    if (r != 0) {
        assert_true(e.text[0] != '\0');
        assert_false(str_has(str_of(e.text), STR("secret-word")));
    }
    return r;
}

static unsigned little(struct str s, size_t at, size_t bytes)
{
    unsigned v = 0;

    while (bytes-- > 0)
        v = v << 8 | (uint8_t)s.p[at + bytes];
    return v;
}

static void test_shapes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const struct shape *s = &shapes[i];
        struct fake_mysql f;
        struct mysql_opts o;
        struct mysql *m;
        struct str login;
        const char *answer;
        bool sha2 = s->plugin != NULL && strcmp(s->plugin, SHA2) == 0;
        unsigned caps;

        script(&f, s);
        if (play(&f) != 0)
            fail_msg("%s: %s", s->version, e.text);
        login = fake_mysql_sent(&f, 0);
        caps = little(login, 0, 4);
        /* FOUND_ROWS, COMPRESS, LOCAL_FILES, SSL, MULTI_STATEMENTS, MULTI_RESULTS, SESSION_TRACK */
        assert_int_equal(caps & (0x2u | 0x20u | 0x80u | 0x800u | 0x10000u | 0x20000u | 0x800000u), 0);
        assert_int_equal(caps & 0x8208u, 0x8208u);
        assert_int_equal((uint8_t)login.p[8], s->charset);
        login = str_sub(login, 32, login.n);
        assert_true(str_skip(&login, (struct str){"shop", 5}));
        answer = sha2 ? "\x20\xe5\x46\x73\x7e" : "\x14\xac\x2b\xeb\x69";
        assert_true(str_skip(&login, (struct str){answer, 5}));
        login = str_sub(login, (size_t)(uint8_t)answer[0] - 4, login.n);
        assert_true(str_skip(&login, (struct str){"shopdb", 7}));
        if (s->plugin != NULL)
            assert_true(str_skip(&login, sha2 ? (struct str){SHA2, sizeof SHA2}
                                              : (struct str){NATIVE, sizeof NATIVE}));
        assert_int_equal(login.n, 0);
        assert_true(str_is(fake_mysql_sent(&f, f.packets - 1), "\x01"));
        fake_mysql_rewind(&f);
        o = fake_mysql_options(&f);
        assert_int_equal(mysql_open(&m, &o, &e), 0);
        assert_string_equal(mysql_server_version(m), s->named);
        assert_int_equal(mysql_version_number(m), s->number);
        assert_true(mysql_is_mariadb(m) == s->mariadb);
        assert_int_equal(mysql_max_packet(m), 1048576);
        assert_int_equal(mysql_thread(m), 77);
        assert_false(mysql_in_transaction(m));
        assert_int_equal(mysql_exec(m, STR("START TRANSACTION"), NULL, &e), 0);
        assert_true(mysql_in_transaction(m));
        mysql_close(m);
        fake_mysql_free(&f);
    }
}

/* The server hangs up after each number of bytes. */
static void test_cut(void **state)
{
    size_t i;

    (void)state;
    for (i = 2; i < sizeof shapes / sizeof *shapes; i += 2) {
        struct fake_mysql f;
        size_t all;
        size_t n;

        script(&f, &shapes[i]);
        assert_int_equal(play(&f), 0);
        all = f.said;
        for (n = 0; n < all; n++) {
            fake_mysql_rewind(&f);
            f.limit = n;
            assert_int_equal(play(&f), -1);
            assert_int_equal(e.kind, ERR_DB);
            assert_true(str_has(str_of(e.text), STR("user shop")));
        }
        fake_mysql_rewind(&f);
        f.limit = all;
        assert_int_equal(play(&f), 0);
        fake_mysql_free(&f);
    }
}

/* Each call of the network fails in each way. */
static void test_faults(void **state)
{
    static const enum fake_fault faults[] = {FAKE_ERROR, FAKE_EOF, FAKE_EINTR, FAKE_SHORT};
    struct fake_mysql f;
    unsigned last_needed;
    unsigned calls;
    unsigned k;
    size_t i;

    (void)state;
    script(&f, &shapes[4]);
    f.pending = true;
    assert_int_equal(play(&f), 0);
    calls = f.calls;
    last_needed = calls - 1; /* the farewell may fail */
    for (i = 0; i < sizeof faults / sizeof *faults; i++) {
        for (k = 1; k <= calls; k++) {
            bool harmless = faults[i] == FAKE_EINTR || faults[i] == FAKE_SHORT || k > last_needed;
            int r;

            fake_mysql_rewind(&f);
            f.fault_at = k;
            f.fault = faults[i];
            r = play(&f);
            if (harmless && r != 0)
                fail_msg("call %u, fault %d: %s", k, (int)faults[i], e.text);
            /* A server that goes away while nothing but the end is read may have said all before. */
            if (faults[i] == FAKE_ERROR && k <= last_needed)
                assert_int_equal(r, -1);
        }
    }
    fake_mysql_free(&f);
}

/* Bytes of the script are changed at random: any end but a crash, a leak or a lie is right. */
static void test_changed_bytes(void **state)
{
    struct fake_mysql f;
    uint32_t random = 12345;
    int round;

    (void)state;
    for (round = 0; round < 3000; round++) {
        const struct shape *s = &shapes[(size_t)round % (sizeof shapes / sizeof *shapes)];
        struct mysql_opts o;
        struct mysql *m = NULL;
        const struct mysql_cell *c;
        int changes;

        script(&f, s);
        for (changes = round % 3; changes >= 0; changes--) {
            struct buf *t;

            random = random * 1664525 + 1013904223;
            t = &f.turns[(random >> 16) % f.turn_count];
            random = random * 1664525 + 1013904223;
            t->p[(random >> 8) % t->n] = (char)(random >> 24);
        }
        o = fake_mysql_options(&f);
        err_clear(&e);
        if (mysql_open(&m, &o, &e) == 0 && mysql_exec(m, STR("X"), NULL, &e) == 0 &&
            mysql_query(m, STR("SELECT v"), &e) == 0) {
            while (mysql_row(m, &c, &e) > 0)
                ;
        }
        mysql_close(m);
        assert_int_equal(f.open, 0);
        fake_mysql_free(&f);
    }
}

static void test_local_file(void **state)
{
    struct fake_mysql f;
    struct mysql *m = fake_mysql_session(&f, "1048576");
    size_t before;

    (void)state;
    fake_mysql_packet(&f, 1, "\xFB/etc/passwd", 12);
    before = f.packets;
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_true(str_has(str_of(e.text), STR("asks for a file")));
    assert_int_equal(f.open, 0);
    assert_false(mysql_alive(m));
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &e), -1);
    assert_int_equal(f.packets, before + 1);
    fake_mysql_finish(&f, m);
}

/* First packets of an answer that no honest server sends. */
static void test_hostile_answers(void **state)
{
    static const struct {
        const char *p;
        size_t n;
        unsigned seq;
    } packets[] = {
        {"", 0, 1},
        {"\x01", 1, 2}, /* sequence */
        {"\x01", 1, 0}, /* sequence */
        {"\x00", 1, 1}, /* an OK cut short */
        {"\x00\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10, 1},
        {"\x00\x00\x00\x08\x00\x00\x00", 7, 1},         /* more results */
        {"\xFC\xFF\xFF", 3, 1},                         /* 65535 columns */
        {"\xFC\x01\x10", 3, 1},                         /* 4097 columns */
        {"\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9, 1}, /* 2^64 - 1 columns */
        {"\xFC\x00", 2, 1},
        {"\x01\x00", 2, 1},
        {"\xFF\x10", 2, 1}, /* an error cut short */
        {"\xFE", 1, 1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof packets / sizeof *packets; i++) {
        struct fake_mysql f;
        struct mysql *m = fake_mysql_session(&f, "1048576");

        fake_mysql_packet(&f, packets[i].seq, packets[i].p, packets[i].n);
        assert_int_equal(mysql_query(m, STR("SELECT 1"), &e), -1);
        if (e.kind != ERR_FORMAT)
            fail_msg("packet %zu: %s", i, e.text);
        assert_int_equal(f.open, 0);
        fake_mysql_finish(&f, m);
    }
}

static void test_hostile_rows(void **state)
{
    static const struct {
        const char *p;
        size_t n;
    } packets[] = {
        {"", 0},
        {"\x05"
         "abc",
         4},
        {"\x01"
         "ab",
         3},             /* a byte too many */
        {"\xFB\xFB", 2}, /* a cell too many */
        {"\xFC\xFF", 2},
        {"\xFD\xFF\xFF\xFF", 4},
        {"\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFx", 10},
        {"\xFE\x00\x00\x08\x00", 5}, /* an end with more results */
        {"\xFE\x00\x00", 3},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof packets / sizeof *packets; i++) {
        struct fake_mysql f;
        struct mysql *m = fake_mysql_session(&f, "1048576");
        const struct mysql_cell *c;

        fake_mysql_packet(&f, 1, "\x01", 1);
        fake_mysql_column(&f, 2, "v");
        fake_mysql_eof(&f, 3, 2);
        fake_mysql_packet(&f, 4, packets[i].p, packets[i].n);
        assert_int_equal(mysql_query(m, STR("SELECT 1"), &e), 0);
        assert_int_equal(mysql_row(m, &c, &e), -1);
        if (e.kind != ERR_FORMAT)
            fail_msg("row %zu: %s", i, e.text);
        assert_int_equal(f.open, 0);
        fake_mysql_finish(&f, m);
    }
}

/* An error out of turn is the server's last word. */
static void test_unasked_error(void **state)
{
    struct fake_mysql f;
    struct mysql *m = fake_mysql_session(&f, "1048576");

    (void)state;
    fake_mysql_error(&f, 0, 4031, "HY000", "The client was disconnected by the server because of inactivity");
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &e), -1);
    assert_int_equal(e.kind, ERR_DB);
    assert_int_equal(e.db_code, 4031);
    assert_false(mysql_alive(m));
    fake_mysql_finish(&f, m);
}

static void test_silence(void **state)
{
    struct fake_mysql f;
    struct mysql *m = fake_mysql_session(&f, "1048576");

    (void)state;
    mysql_set_timeout(m, 1500);
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &e), -1);
    assert_true(str_has(str_of(e.text), STR("no answer within 1.5 seconds")));
    assert_int_equal(f.open, 0);
    fake_mysql_finish(&f, m);
}

/* Rows above one frame, and of exactly one frame. */
static void test_large_rows(void **state)
{
    static const size_t sizes[] = {0xFFFFFF - 5, 0xFFFFFF - 4, 0xFFFFFF - 3, 20u * 1024 * 1024};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct fake_mysql f;
        struct mysql *m = fake_mysql_session(&f, "1073741824");
        const struct mysql_cell *c;
        struct buf row = {0};
        size_t n = sizes[i];
        size_t k;

        if (n <= 0xFFFFFF)
            buf_addc(&row, (char)0xFD);
        else
            buf_addc(&row, (char)0xFE);
        for (k = 0; k < (n <= 0xFFFFFF ? 3 : 8); k++)
            buf_addc(&row, (char)((uint64_t)n >> 8 * k & 0xFF));
        memset(buf_room(&row, n), 'y', n);
        row.n += n;
        fake_mysql_packet(&f, 1, "\x01", 1);
        fake_mysql_column(&f, 2, "v");
        fake_mysql_eof(&f, 3, 2);
        fake_mysql_packet(&f, 4, row.p, row.n);
        fake_mysql_packet(&f, row.n < 0xFFFFFF ? 5 : 6, "\xFB", 1);
        fake_mysql_eof(&f, row.n < 0xFFFFFF ? 6 : 7, 2);
        assert_int_equal(mysql_query(m, STR("SELECT v"), &e), 0);
        if (mysql_row(m, &c, &e) != 1)
            fail_msg("%s", e.text);
        assert_int_equal(c[0].s.n, n);
        assert_int_equal(c[0].s.p[n - 1], 'y');
        assert_int_equal(mysql_row(m, &c, &e), 1);
        assert_true(c[0].is_null);
        assert_int_equal(mysql_row(m, &c, &e), 0);
        buf_free(&row);
        fake_mysql_finish(&f, m);
    }
}

/* Statements of one frame and more; the server reads them as one packet. */
static void test_large_statements(void **state)
{
    size_t extra;

    (void)state;
    for (extra = 0; extra < 3; extra++) {
        struct fake_mysql f;
        struct mysql *m = fake_mysql_session(&f, "1073741824");
        size_t n = 0xFFFFFF - 2 + extra;
        char *sql = malloc(n);
        size_t frames;

        assert_non_null(sql);
        memset(sql, 'z', n);
        fake_mysql_ok(&f, 1 + (extra > 0), 2);
        f.sent.n = f.parsed = 0;
        assert_int_equal(mysql_exec(m, (struct str){sql, n}, NULL, &e), 0);
        frames = extra > 0 ? 2 : 1;
        assert_int_equal(f.sent.n, n + 1 + 4 * frames);
        assert_int_equal(f.sent.p[4], 3);
        free(sql);
        fake_mysql_finish(&f, m);
    }
}

static void test_packet_limit(void **state)
{
    struct fake_mysql f;
    struct mysql *m = fake_mysql_session(&f, "1024");
    char sql[1023];

    (void)state;
    memset(sql, 'z', sizeof sql);
    fake_mysql_ok(&f, 1, 2);
    assert_int_equal(mysql_exec(m, (struct str){sql, 1023}, NULL, &e), -1);
    assert_true(str_has(str_of(e.text), STR("max_allowed_packet of 1024")));
    assert_int_equal(mysql_exec(m, (struct str){sql, 1022}, NULL, &e), 0);
    fake_mysql_finish(&f, m);
}

static void test_reopen(void **state)
{
    struct fake_mysql f;
    struct mysql *m = fake_mysql_session(&f, "1048576");
    struct mysql_opts o = fake_mysql_options(&f);

    (void)state;
    f.gone = true;
    assert_false(mysql_alive(m));
    fake_mysql_rewind(&f);
    assert_int_equal(mysql_reopen(m, &o, &e), 0);
    fake_mysql_ok(&f, 1, 3); /* a transaction began */
    assert_int_equal(mysql_exec(m, STR("BEGIN"), NULL, &e), 0);
    f.gone = true;
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &e), -1);
    fake_mysql_rewind(&f);
    assert_int_equal(mysql_reopen(m, &o, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    fake_mysql_finish(&f, m);
}

static void test_addresses(void **state)
{
    struct fake_mysql f;
    struct mysql_opts o;
    struct mysql *m;

    (void)state;
    script(&f, &shapes[3]);
    o = fake_mysql_tcp_options(&f);
    o.port = 4406;
    f.fault_at = 1;
    f.fault = FAKE_ERROR;
    assert_int_equal(mysql_open(&m, &o, &e), -1);
    assert_true(str_has(str_of(e.text), STR("127.0.0.1:4406 (user shop, database shopdb): cannot connect")));
    o.port = 70000;
    assert_int_equal(mysql_open(&m, &o, &e), -1);
    o = fake_mysql_options(&f);
    o.socket = malloc(300);
    assert_non_null(o.socket);
    memset(o.socket, 'x', 299);
    o.socket[299] = '\0';
    assert_int_equal(mysql_open(&m, &o, &e), -1);
    assert_true(str_has(str_of(e.text), STR("longer than the system allows")));
    free(o.socket);
    fake_mysql_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),           cmocka_unit_test(test_cut),
        cmocka_unit_test(test_faults),           cmocka_unit_test(test_changed_bytes),
        cmocka_unit_test(test_local_file),       cmocka_unit_test(test_hostile_answers),
        cmocka_unit_test(test_hostile_rows),     cmocka_unit_test(test_unasked_error),
        cmocka_unit_test(test_silence),          cmocka_unit_test(test_large_rows),
        cmocka_unit_test(test_large_statements), cmocka_unit_test(test_packet_limit),
        cmocka_unit_test(test_reopen),           cmocka_unit_test(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
