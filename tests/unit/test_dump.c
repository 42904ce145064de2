/*
 * Dumps of a real server's tables, loaded again by the plain command line client and compared cell by cell in the columns' own bytes.
 * tests/e2e/snapshot.bats starts a server and names it here:
 *
 *   TEST_DB_SOCKET    its socket, with a root that has no password; without it only the literals are tested
 *   TEST_DB_FLAVOUR   "mariadb" or "mysql9"
 *   TEST_DB_CLIENT    the client to load with
 */
#include "db/dump.h"
#include "db/dump_parts.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct err e;

/* ---- literals ---- */

static void assert_literal(enum dump_form form, const char *charset, struct str bytes, const char *expected)
{
    struct dump_column c = {.name = "c", .form = form, .charset = charset};
    struct buf out = {0};

    dump_value(&out, &c, bytes);
    assert_string_equal(buf_cstr(&out), expected);
    buf_free(&out);
}

static void literals(void **state)
{
    (void)state;
    assert_literal(DUMP_NUMBER, NULL, STR("-12.5e+10"), "-12.5e+10");
    assert_literal(DUMP_NUMBER, NULL, STR("1);DROP TABLE t"), "'1);DROP TABLE t'");
    assert_literal(DUMP_NUMBER, NULL, STR(""), "''");
    assert_literal(DUMP_TEXT, NULL, STR(""), "''");
    assert_literal(DUMP_TEXT, NULL, STR("a'b\\c\0d\r\n\x1a\"%_\t"), "'a\\'b\\\\c\\0d\\r\\n\\Z\"%_\t'");
    assert_literal(DUMP_TEXT, NULL, STR("12345678\xF0\x9F\x98\x80"), "'12345678\xF0\x9F\x98\x80'");
    assert_literal(DUMP_TEXT, NULL, STR("ok\xE4"), "0x6F6BE4");
    assert_literal(DUMP_TEXT, NULL, STR("\xED\xA0\x80"), "0xEDA080");
    assert_literal(DUMP_ASCII, "cp1251", STR("plain 'text'"), "'plain \\'text\\''");
    assert_literal(DUMP_ASCII, "cp1251", STR("\xD0\xB0"), "_cp1251 0xD0B0");
    assert_literal(DUMP_OTHER, "ucs2", STR("\0a"), "_ucs2 0x0061");
    assert_literal(DUMP_OTHER, "ucs2", STR(""), "''");
    assert_literal(DUMP_BYTES, NULL, STR("\x01ok"), "'\x01ok'");
    assert_literal(DUMP_BYTES, NULL, STR("\xFF\x00"), "0xFF00");
    assert_literal(DUMP_HEX, NULL, STR("1"), "0x31");
    assert_literal(DUMP_HEX, NULL, STR(""), "''");
}

/* ---- a real server ---- */

static struct mysql *root;

static bool is_mysql9(void)
{
    const char *flavour = getenv("TEST_DB_FLAVOUR");

    return flavour != NULL && strcmp(flavour, "mysql9") == 0;
}

static void options(struct mysql_opts *o, const char *user, const char *database)
{
    memset(o, 0, sizeof *o);
    mysql_opts_set(&o->socket, str_of(getenv("TEST_DB_SOCKET")));
    mysql_opts_set(&o->user, str_of(user));
    if (strcmp(user, "root") != 0)
        mysql_opts_set(&o->password, STR("secret"));
    if (database)
        mysql_opts_set(&o->database, str_of(database));
}

static void run(const char *sql)
{
    if (mysql_exec(root, str_of(sql), NULL, &e) != 0)
        fail_msg("%s", e.text);
}

static int open_root(void **state)
{
    struct mysql_opts o;

    (void)state;
    if (getenv("TEST_DB_SOCKET") == NULL)
        return 0;
    options(&o, "root", NULL);
    if (mysql_open(&root, &o, &e) < 0)
        fail_msg("%s", e.text);
    mysql_opts_free(&o);
    return 0;
}

static int close_root(void **state)
{
    (void)state;
    mysql_close(root);
    return 0;
}

static void fresh(const char *database)
{
    struct buf sql = {0};

    mysql_sqlf(root, &sql, "DROP DATABASE IF EXISTS %i", database);
    run(buf_cstr(&sql));
    buf_reset(&sql);
    mysql_sqlf(root, &sql, "CREATE DATABASE %i CHARACTER SET utf8mb4", database);
    run(buf_cstr(&sql));
    buf_reset(&sql);
    mysql_sqlf(root, &sql, "USE %i", database);
    run(buf_cstr(&sql));
    buf_free(&sql);
}

struct sink {
    struct buf text;
    size_t largest;
    volatile sig_atomic_t *stop_after_first;
};

/* One test: a fresh database dump_from, and what comes of its dump. */
struct dumping {
    struct sink s;
    struct dump_result r;
};

static struct dumping *with_server(void)
{
    static struct dumping d;

    if (getenv("TEST_DB_SOCKET") == NULL)
        skip();
    memset(&d, 0, sizeof d);
    fresh("dump_from");
    return &d;
}

static int into_memory(void *arg, const void *p, size_t n, struct err *err)
{
    struct sink *s = arg;

    (void)err;
    buf_add(&s->text, p, n);
    s->largest = n > s->largest ? n : s->largest;
    if (s->stop_after_first)
        *s->stop_after_first = 1;
    return 0;
}

static int dump_as(const char *user, const char *database, const char *prefix, struct sink *s, struct dump_result *r)
{
    struct mysql_opts db;
    struct dump_opts o = {.db = &db, .prefix = prefix};
    int rc;

    options(&db, user, database);
    err_clear(&e);
    rc = db_dump(&o, into_memory, s, r, &e);
    mysql_opts_free(&db);
    return rc;
}

/* Feeds the text to the plain client, as a person would. */
static void load(const char *database, struct str text)
{
    char path[] = "/tmp/test_dump.XXXXXX";
    char socket[200];
    int fd = mkstemp(path);
    int status;
    pid_t pid;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    snprintf(socket, sizeof socket, "--socket=%s", getenv("TEST_DB_SOCKET"));
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const char *client = getenv("TEST_DB_CLIENT") ? getenv("TEST_DB_CLIENT") : "mariadb";

        dup2(fd, STDIN_FILENO);
        /* Its own default character set, to show that the dump needs none. */
        execlp(client, client, "--no-defaults", socket, "--user=root", "--max-allowed-packet=1G",
               "--default-character-set=latin1", database, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    close(fd);
    unlink(path);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* All rows of a query, cells by their length and hex. */
static void add_result(struct buf *out, const char *sql)
{
    const struct mysql_cell *cell;
    int r;

    if (mysql_query(root, str_of(sql), &e) < 0)
        fail_msg("%s", e.text);
    while ((r = mysql_row(root, &cell, &e)) == 1) {
        for (size_t i = 0; i < mysql_columns(root); i++) {
            if (cell[i].is_null)
                buf_adds(out, "NULL");
            for (size_t k = 0; k < cell[i].s.n; k++) {
                uint8_t c = (uint8_t)cell[i].s.p[k];

                if (c > 32 && c < 127)
                    buf_addc(out, (char)c);
                else
                    buf_printf(out, "<%02x>", c);
            }
            buf_addc(out, '|');
        }
        buf_addc(out, '\n');
    }
    assert_int_equal(r, 0);
}

static void describe(const char *database, struct buf *out, const char *const *tables)
{
    struct buf sql = {0};

    mysql_sqlf(root, &sql, "USE %i", database);
    run(buf_cstr(&sql));
    for (size_t i = 0; tables[i]; i++) {
        buf_printf(out, "== %s\n", tables[i]);
        buf_reset(&sql);
        mysql_sqlf(root, &sql, "SHOW CREATE TABLE %i", tables[i]);
        add_result(out, buf_cstr(&sql));
        run("SET character_set_results = NULL");
        buf_reset(&sql);
        mysql_sqlf(root, &sql, "SELECT * FROM %i ORDER BY 1", tables[i]);
        add_result(out, buf_cstr(&sql));
        run("SET character_set_results = utf8mb4");
    }
    run("SET @trigger_list = NULL");
    add_result(out, "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_STATEMENT, SQL_MODE, COLLATION_CONNECTION FROM information_schema.TRIGGERS"
                    " WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER");
    add_result(out, "SELECT ROUTINE_NAME, ROUTINE_TYPE, ROUTINE_DEFINITION, SQL_MODE, COLLATION_CONNECTION FROM information_schema.ROUTINES"
                    " WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY ROUTINE_NAME");
    buf_free(&sql);
}

static void assert_same(const struct buf *a, const struct buf *b)
{
    size_t i = 0;

    while (i < a->n && i < b->n && a->p[i] == b->p[i])
        i++;
    if (i < a->n || i < b->n) {
        size_t from = i > 200 ? i - 200 : 0;

        fail_msg("they differ at %zu:\n%.*s\n--- and ---\n%.*s", i, STR_FMT(str_sub(buf_str(a), from, i + 200)),
                 STR_FMT(str_sub(buf_str(b), from, i + 200)));
    }
}

/* Dumps `from`, loads it into `to` and compares both. The dump stays in s. */
static void round_trip(const char *from, const char *to, const char *const *tables, struct sink *s, struct dump_result *r)
{
    struct buf before = {0};
    struct buf after = {0};

    describe(from, &before, tables);
    if (dump_as("root", from, "", s, r) < 0)
        fail_msg("%s", e.text);
    fresh(to);
    load(to, buf_str(&s->text));
    describe(to, &after, tables);
    assert_same(&before, &after);
    buf_free(&before);
    buf_free(&after);
}

static void every_byte(const char *table, const char *column)
{
    struct buf sql = {0};
    struct buf all = {0};

    for (int c = 0; c < 256; c++)
        buf_addc(&all, (char)c);
    mysql_sqlf(root, &sql, "INSERT INTO %i (%i) VALUES (", table, column);
    buf_adds(&sql, "0x");
    for (int c = 0; c < 256; c++)
        buf_printf(&sql, "%02X", (unsigned)c);
    buf_adds(&sql, "), (''), (NULL), ('it''s \\\\ plain'), (0x00), (0xFF), ('\\r\\n\\Z\\0')");
    run(buf_cstr(&sql));
    buf_free(&sql);
    buf_free(&all);
}

static void awkward_values(void **state)
{
    static const char *const tables[] = {"bytes", "texts", "numbers", "times", "odd `name", "computed", "shapes", "nothing", NULL};
    struct dumping *d = with_server();

    (void)state;
    run("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
    run("CREATE TABLE bytes (id INT PRIMARY KEY AUTO_INCREMENT, b LONGBLOB, vb VARBINARY(300), fixed BINARY(5), bits BIT(13)) COMMENT 'it''s \\\\ a\\r\\ncomment'");
    every_byte("bytes", "b");
    every_byte("bytes", "vb");
    run("INSERT INTO bytes (id, fixed, bits) VALUES (0, 'ab', b'1010101010101'), (100, 0x0000, 0), (101, '\\0a\\0', 49)");
    run("CREATE TABLE texts (id INT PRIMARY KEY AUTO_INCREMENT, l1 VARCHAR(300) CHARACTER SET latin1, u3 TEXT CHARACTER SET utf8, u4 LONGTEXT CHARACTER SET utf8mb4,"
        " cyr VARCHAR(300) CHARACTER SET cp1251, u2 VARCHAR(50) CHARACTER SET ucs2, jp VARCHAR(50) CHARACTER SET sjis, cn VARCHAR(50) CHARACTER SET gbk,"
        " a VARCHAR(20) CHARACTER SET ascii, e ENUM('', 'ä', 'b''c') CHARACTER SET utf8mb4, st SET('x','ü y','z') CHARACTER SET latin1) ENGINE=InnoDB");
    every_byte("texts", "l1");
    run("INSERT INTO texts (u3, u4, u2, jp, cn, a, e, st) VALUES"
        " ('\xE2\x82\xAC uro', '\xF0\x9F\x98\x80 \\' \\\\ \\n', '\xC3\xA4\xD0\x96', '\xE8\xA1\xA8\xE8\x83\xBD', '\xE8\xAA\xA0\xE7\x94\xB2', 'a\\\\b', '\xC3\xA4', 'x,ü y')");
    run("INSERT INTO texts (cyr) VALUES (_utf8mb4'\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82'), (_cp1251 0x98A0), ('plain')");
    run("CREATE TABLE numbers (id INT PRIMARY KEY AUTO_INCREMENT, f FLOAT, f2 FLOAT(7,2), d DOUBLE, n DECIMAL(65,30), z INT(8) ZEROFILL, big BIGINT UNSIGNED, y YEAR)");
    run("INSERT INTO numbers (f, f2, d, n, z, big, y) VALUES (1.2345678, 12345.67, 0.1, 12345678901234567890123456789012345.123456789012345678901234567890, 12, 18446744073709551615, 1999),"
        " (3.40282e38, -0.01, -1.7976931348623157e308, -0.5, 0, 0, 0), (-0.0, 0, -0.0, 0, 1, 1, 2155), (1e-45, 99999.99, 2.2250738585072014e-308, NULL, NULL, NULL, NULL),"
        " (16777217, 0.1, 123456789012345678, 1, 2, 3, 2000)");
    run("CREATE TABLE times (id INT PRIMARY KEY AUTO_INCREMENT, t TIMESTAMP(6) NULL, d DATE, dt DATETIME(3), ti TIME(2), t0 TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00')");
    run("SET time_zone = '+05:30'");
    run("INSERT INTO times (t, d, dt, ti, t0) VALUES ('2021-03-28 02:30:00.123456', '0000-00-00', '0000-00-00 00:00:00', '-838:59:59', '0000-00-00 00:00:00'),"
        " (NULL, '2021-00-00', '9999-12-31 23:59:59.999', '00:00:00.01', '2021-01-01 00:00:00')");
    run("SET time_zone = '+00:00'");
    run("CREATE TABLE `odd ``name` (`id` INT PRIMARY KEY, `a``b c` VARCHAR(10), `select` INT) ENGINE=MyISAM");
    run("INSERT INTO `odd ``name` VALUES (1, 'x', 1), (-5, NULL, 0)");
    run("CREATE TABLE computed (id INT PRIMARY KEY, a INT, v INT GENERATED ALWAYS AS (a * 2) VIRTUAL, st INT GENERATED ALWAYS AS (a + 1) STORED, z INT DEFAULT 7)");
    run("INSERT INTO computed (id, a) VALUES (1, 10), (2, NULL)");
    run("CREATE TABLE shapes (id INT PRIMARY KEY AUTO_INCREMENT, g GEOMETRY, p POINT, j JSON)");
    run("INSERT INTO shapes (g, p, j) VALUES (ST_GeomFromText('LINESTRING(0 0,1 1,2 5)'), ST_GeomFromText('POINT(1 2)', 4326), '{\"a\": [1, \"\xC3\xA4\\\\n\", null, 1.5]}'), (NULL, NULL, NULL)");
    run("CREATE TABLE nothing (id INT PRIMARY KEY)");
    round_trip("dump_from", "dump_to", tables, &d->s, &d->r);
    assert_int_equal(d->r.tables, 8);
    assert_int_equal(d->r.consistency, DUMP_BY_LOCK);
    assert_string_equal(d->r.remark, "");
    assert_int_equal(d->r.bytes, d->s.text.n);
    assert_true(str_starts(buf_str(&d->s.text), STR("-- toolkit dump 1\n")));
    assert_true(str_ends(buf_str(&d->s.text), STR(" rows\n")));
    buf_free(&d->s.text);
}

/* Each float comes back bit by bit, which the server's short form would not do. */
static void floats_are_exact(void **state)
{
    struct dumping *d = with_server();
    struct buf before = {0};
    struct buf after = {0};

    (void)state;
    run("CREATE TABLE f (id INT PRIMARY KEY AUTO_INCREMENT, f FLOAT)");
    for (int i = 0; i < 200; i++) {
        char sql[100];

        snprintf(sql, sizeof sql, "INSERT INTO f (f) VALUES (%.9g)", (double)((float)i * 1.1e-3f + 1.0f / (float)(i + 3)));
        run(sql);
    }
    add_result(&before, "SELECT id, f * 1e0 FROM f ORDER BY id");
    assert_int_equal(dump_as("root", "dump_from", NULL, &d->s, &d->r), 0);
    assert_int_equal(d->r.consistency, DUMP_BY_TRANSACTION);
    fresh("dump_to");
    load("dump_to", buf_str(&d->s.text));
    add_result(&after, "SELECT id, f * 1e0 FROM f ORDER BY id");
    assert_same(&before, &after);
    buf_free(&before);
    buf_free(&after);
    buf_free(&d->s.text);
}

static void code_comes_back(void **state)
{
    static const char *const tables[] = {"orders", "log", "parent", "child", "a_view", "b_view", "z_view", NULL};
    struct dumping *d = with_server();

    (void)state;
    run("CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, total INT)");
    run("CREATE TABLE log (id INT PRIMARY KEY AUTO_INCREMENT, what VARCHAR(100))");
    run("CREATE TABLE parent (id INT PRIMARY KEY)");
    run("CREATE TABLE child (id INT PRIMARY KEY, p INT, CONSTRAINT c_p FOREIGN KEY (p) REFERENCES parent (id))");
    run("INSERT INTO parent VALUES (1)");
    run("INSERT INTO child VALUES (1, 1)");
    run("CREATE TRIGGER t_one AFTER INSERT ON orders FOR EACH ROW BEGIN INSERT INTO log (what) VALUES (CONCAT('first;;', NEW.id)); END");
    run("CREATE TRIGGER t_two AFTER INSERT ON orders FOR EACH ROW INSERT INTO log (what) VALUES ('second; it''s')");
    run("SET sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'");
    run("CREATE TRIGGER t_mode BEFORE DELETE ON orders FOR EACH ROW SET @\"gone\" = OLD.id");
    run("SET sql_mode = ''");
    run("INSERT INTO orders (total) VALUES (5), (6)");
    run("CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2");
    run("CREATE PROCEDURE fill() BEGIN DECLARE i INT DEFAULT 0; WHILE i < 2 DO INSERT INTO parent VALUES (i + 10); SET i = i + 1; END WHILE; END");
    run("CREATE VIEW z_view AS SELECT id, twice(total) AS `b_view` FROM orders");
    run("CREATE VIEW b_view AS SELECT z_view.id FROM z_view JOIN parent ON parent.id = z_view.id");
    run("CREATE VIEW a_view AS SELECT * FROM (SELECT id FROM b_view) AS q WHERE id < 'x\xC3\xA4'");
    round_trip("dump_from", "dump_to", tables, &d->s, &d->r);
    assert_int_equal(d->r.tables, 4);
    assert_int_equal(d->r.views, 3);
    assert_int_equal(d->r.triggers, 3);
    assert_int_equal(d->r.routines, 2);
    assert_int_equal(d->r.rows, 2 + 4 + 1 + 1);
    assert_true(str_ends(buf_str(&d->s.text), STR("-- toolkit: dump completed, 4 tables, 8 rows\n")));
    buf_free(&d->s.text);
}

static void large_rows_and_many(void **state)
{
    static const char *const tables[] = {"big", "many", NULL};
    struct dumping *d = with_server();
    size_t longest = 0;
    struct str rest;
    struct str line;

    (void)state;
    run("CREATE TABLE big (id INT PRIMARY KEY, b LONGBLOB)");
    run("INSERT INTO big VALUES (1, REPEAT('ab\\n', 100000)), (2, REPEAT(0xFE00, 1200000)), (3, 'small')");
    run("CREATE TABLE many (id INT PRIMARY KEY AUTO_INCREMENT, t VARCHAR(200))");
    run("INSERT INTO many (t) VALUES (REPEAT('x', 200)), (REPEAT('y', 150)), ('')");
    for (int i = 0; i < 13; i++)
        run("INSERT INTO many (t) SELECT t FROM many");
    round_trip("dump_from", "dump_to", tables, &d->s, &d->r);
    assert_int_equal(d->r.rows, 3 + 3 * 8192);
    rest = buf_str(&d->s.text);
    for (size_t at = 0, next; (next = str_find(rest, STR(";\n"), at)) != SIZE_MAX; at = next + 2)
        if (next - at > longest && next - at < 4000000)
            longest = next - at;
    assert_true(longest > 900000 && longest <= 1024 * 1024);
    while (str_line(&rest, &line))
        assert_true(line.n < 5000000);
    buf_free(&d->s.text);
}

static void prefix_chooses(void **state)
{
    struct dumping *d = with_server();

    (void)state;
    run("CREATE TABLE shop_a (id INT PRIMARY KEY)");
    run("CREATE TABLE shopxb (id INT PRIMARY KEY)");
    run("CREATE TABLE other (id INT PRIMARY KEY) ENGINE=MyISAM");
    run("CREATE VIEW other_v AS SELECT 1 AS one");
    run("CREATE PROCEDURE of_shop() SELECT * FROM shop_a");
    run("CREATE PROCEDURE of_other() SELECT 1");
    assert_int_equal(dump_as("root", "dump_from", "shop_", &d->s, &d->r), 0);
    assert_int_equal(d->r.tables, 1);
    assert_int_equal(d->r.views, 0);
    assert_int_equal(d->r.routines, 1);
    assert_int_equal(d->r.consistency, DUMP_BY_TRANSACTION);
    assert_true(str_has(buf_str(&d->s.text), STR("`shop_a`")));
    assert_false(str_has(buf_str(&d->s.text), STR("`shopxb`")));
    buf_free(&d->s.text);
}

static void what_can_not_be_read_is_named(void **state)
{
    struct dumping *d = with_server();

    (void)state;
    run("CREATE TABLE base (id INT PRIMARY KEY)");
    run("CREATE VIEW broken AS SELECT id FROM base");
    run("DROP TABLE base");
    assert_int_equal(dump_as("root", "dump_from", "", &d->s, &d->r), -1);
    assert_int_equal(e.kind, ERR_DB);
    assert_true(str_has(str_of(e.text), STR("view broken can't be dumped")));
    assert_true(str_has(str_of(e.fix), STR("DROP VIEW")));
    assert_false(str_has(buf_str(&d->s.text), STR("dump completed")));
    buf_free(&d->s.text);
}

static void a_poor_account(void **state)
{
    struct dumping *d = with_server();

    (void)state;
    run("CREATE TABLE one (id INT PRIMARY KEY) ENGINE=MyISAM");
    run("CREATE TABLE two (id INT PRIMARY KEY)");
    run("INSERT INTO one VALUES (1), (2)");
    run("CREATE VIEW seen AS SELECT id FROM one");
    run("DROP USER IF EXISTS poor@localhost");
    run("CREATE USER poor@localhost IDENTIFIED BY 'secret'");
    run("GRANT SELECT ON dump_from.* TO poor@localhost");
    if (dump_as("poor", "dump_from", "", &d->s, &d->r) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(d->r.consistency, DUMP_UNLOCKED);
    assert_true(str_has_nocase(str_of(d->r.why), STR("denied")));
    assert_true(str_has(str_of(d->r.remark), STR("VIEW seen")));
    assert_int_equal(d->r.tables, 2);
    assert_int_equal(d->r.rows, 2);
    assert_true(str_has(buf_str(&d->s.text), STR("-- Consistency: none")));
    buf_free(&d->s.text);
    run("DROP USER poor@localhost");
}

static void rows_of_one_moment(void **state)
{
    struct dumping *d = with_server();
    struct mysql_opts db;
    struct dump_opts o = {.db = &db, .prefix = ""};
    volatile sig_atomic_t stop = 0;

    (void)state;
    run("CREATE TABLE a (id INT PRIMARY KEY)");
    run("CREATE TABLE b (id INT PRIMARY KEY)");
    options(&db, "root", "dump_from");
    o.stop = &stop;
    d->s.stop_after_first = &stop;
    assert_int_equal(db_dump(&o, into_memory, &d->s, &d->r, &e), -1);
    assert_int_equal(e.kind, ERR_STOPPED);
    assert_false(str_has(buf_str(&d->s.text), STR("dump completed")));
    mysql_opts_free(&db);
    buf_free(&d->s.text);
}

static void vectors(void **state)
{
    static const char *const tables[] = {"v", NULL};
    struct dumping *d = with_server();

    (void)state;
    if (!is_mysql9())
        return;
    run("CREATE TABLE v (id INT PRIMARY KEY, v VECTOR(3))");
    run("INSERT INTO v VALUES (1, STRING_TO_VECTOR('[1,2.5,-3]')), (2, NULL)");
    round_trip("dump_from", "dump_to", tables, &d->s, &d->r);
    buf_free(&d->s.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),
        cmocka_unit_test(awkward_values),
        cmocka_unit_test(floats_are_exact),
        cmocka_unit_test(code_comes_back),
        cmocka_unit_test(large_rows_and_many),
        cmocka_unit_test(prefix_chooses),
        cmocka_unit_test(what_can_not_be_read_is_named),
        cmocka_unit_test(a_poor_account),
        cmocka_unit_test(rows_of_one_moment),
        cmocka_unit_test(vectors),
    };

    return cmocka_run_group_tests(tests, open_root, close_root);
}
