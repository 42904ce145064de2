/*
 * Loading dumps, changing places and changing back against a real server. tests/e2e/dumps.bats starts one:
 *
 *   TEST_DB_SOCKET    its socket, with a root that has no password; without it nothing is tested
 *
 * With words behind it the program is a tool for that file:
 *
 *   test_shadow_server load|switch|back|drop|state DATABASE TAG MODE CONNECTIONS PREFIX [FILE…]
 */
#include "base/mem.h"
#include "db/shadow.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PIECE ((size_t)65536)

static struct mysql *root;
static struct err e;

/* ---- as a tool ---- */

static enum shadow_mode mode_of(const char *word)
{
    enum shadow_mode m;

    for (m = SHADOW_AUTO; m < SHADOW_IN_PLACE; m++)
        if (strcmp(word, shadow_mode_name(m)) == 0)
            return m;
    return SHADOW_IN_PLACE;
}

static int tool_file(struct shadow *s, const char *path)
{
    static char piece[PIECE];
    ssize_t n;
    int r;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_sys(&e, "%s", path);
    r = shadow_file(s, path, &e);
    while (r == 0 && (n = read(fd, piece, sizeof piece)) > 0)
        r = shadow_feed(s, (struct str){piece, (size_t)n}, &e);
    close(fd);
    return r == 0 ? shadow_file_end(s, &e) : -1;
}

static void tool_report(const struct shadow *s)
{
    const struct shadow_report *r = shadow_report(s);
    size_t i;

    printf("%s: %zu tables, %llu rows, %zu views, %zu triggers, %zu routines, %u connections\n", shadow_where(s),
           r->tables, (unsigned long long)r->rows, r->views, r->triggers, r->routines, r->connections);
    for (i = 0; i < r->passed_over.n; i++)
        printf("passed over: %s\n", r->passed_over.v[i]);
    for (i = 0; i < r->staying.n; i++)
        printf("staying: %s\n", r->staying.v[i]);
    for (i = 0; i < r->remarks.n; i++)
        printf("remark: %s\n", r->remarks.v[i]);
}

static int tool_load(struct shadow *s, char **files)
{
    struct sql_facts facts;
    int r;

    sql_facts_init(&facts);
    r = shadow_load_begin(s, &facts, &e);
    for (; r == 0 && *files != NULL; files++)
        r = tool_file(s, *files);
    if (r == 0)
        r = shadow_load_end(s, &e);
    if (r == 0)
        tool_report(s);
    sql_facts_free(&facts);
    return r;
}

static int tool(int argc, char **argv)
{
    static const char *const states[] = {"none", "ready", "switched", "back"};
    struct mysql_opts db = {0};
    struct shadow_opts o = {.db = &db};
    struct shadow *s = NULL;
    uint64_t bytes;
    int r;

    if (argc < 7)
        return 2;
    mysql_opts_set(&db.socket, str_of(getenv("TEST_DB_SOCKET")));
    mysql_opts_set(&db.user, str_of(getenv("TEST_DB_USER") != NULL ? getenv("TEST_DB_USER") : "root"));
    mysql_opts_set(&db.database, str_of(argv[2]));
    o.tag = argv[3];
    o.mode = mode_of(argv[4]);
    o.connections = (unsigned)strtoul(argv[5], NULL, 10);
    o.prefix = argv[6];
    o.from_prefix = getenv("TEST_FROM_PREFIX");
    r = shadow_open(&s, &o, &e);
    if (r == 0 && strcmp(argv[1], "load") == 0)
        r = tool_load(s, argv + 7);
    else if (r == 0 && strcmp(argv[1], "switch") == 0)
        r = shadow_switch(s, &e) != 0 || shadow_recheck(s, &e) != 0 ? -1 : 0;
    else if (r == 0 && strcmp(argv[1], "back") == 0)
        r = shadow_back(s, &e) != 0 || shadow_recheck(s, &e) != 0 ? -1 : 0;
    else if (r == 0 && strcmp(argv[1], "drop") == 0)
        r = shadow_drop(s, &bytes, &e);
    if (r == 0)
        printf("state: %s\n", states[shadow_state(s)]);
    else
        printf("error %d: %s\nfix: %s\n", (int)e.kind, e.text, e.fix);
    shadow_close(s);
    mysql_opts_free(&db);
    return r == 0 ? 0 : 1;
}

/* ---- as a test ---- */

#define LIVE "shadow_live"
#define KILLS 24

static const char old_text[] =
    "CREATE TABLE p (id INT PRIMARY KEY, t VARCHAR(20)) ENGINE=InnoDB;"
    "INSERT INTO p VALUES (1, 'old'), (2, 'old');"
    "CREATE TABLE gone (id INT PRIMARY KEY) ENGINE=InnoDB;"
    "CREATE TABLE stay (id INT PRIMARY KEY, pid INT, CONSTRAINT stay_key FOREIGN KEY (pid) REFERENCES p (id)) "
    "ENGINE=InnoDB;"
    "INSERT INTO stay VALUES (1, 1);"
    "CREATE TRIGGER guard BEFORE INSERT ON p FOR EACH ROW SET NEW.t = 'old';"
    "CREATE VIEW w AS SELECT 'old' AS t;"
    "CREATE PROCEDURE pr() SELECT 'old'";

static const char new_dump[] =
    "SET NAMES utf8;\n"
    "DROP TABLE IF EXISTS `p`;\n"
    "CREATE TABLE `p` (`id` int NOT NULL, `t` varchar(20), `u` text, PRIMARY KEY (`id`), KEY `t` (`t`)) "
    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n"
    "INSERT INTO `p` VALUES (1,'new','\xF0\x9F\x9A\x91'),\n(2,'new','it''s; \\\\');\n"
    "INSERT INTO `p` VALUES (3,'new',NULL);\n"
    "CREATE VIEW `w2` AS SELECT * FROM `w`;\n"
    "CREATE VIEW `w` AS SELECT `t` FROM `p` LIMIT 1;\n"
    "CREATE TABLE `c` (`id` int NOT NULL, `pid` int, PRIMARY KEY (`id`), "
    "CONSTRAINT `c_key` FOREIGN KEY (`pid`) REFERENCES `p` (`id`)) ENGINE=InnoDB;\n"
    "INSERT INTO `c` (`id`, `pid`) VALUES (1,3);\n"
    "DELIMITER ;;\n"
    "CREATE TRIGGER `guard` BEFORE INSERT ON `p` FOR EACH ROW BEGIN SET NEW.t = 'new'; END ;;\n"
    "CREATE PROCEDURE `pr`() BEGIN SELECT 'new'; END ;;\n"
    "DELIMITER ;\n";

/* Of a test that failed: its lock would keep out those that follow. */
static struct shadow *left;

static void run(const char *sql)
{
    if (mysql_exec(root, str_of(sql), NULL, &e) != 0)
        fail_msg("%s", e.text);
}

static void assert_value(const char *sql, const char *expected)
{
    struct buf b = {0};
    bool found;

    if (mysql_value(root, str_of(sql), &b, &found, &e) != 0)
        fail_msg("%s", e.text);
    assert_true(found);
    assert_string_equal(buf_cstr(&b), expected);
    buf_free(&b);
}

static void fresh(void)
{
    struct str rest = str_of(old_text);

    shadow_close(left);
    left = NULL;
    run("DROP DATABASE IF EXISTS " LIVE);
    run("DROP DATABASE IF EXISTS " LIVE "__tk_t");
    run("DROP DATABASE IF EXISTS " LIVE "__tk_t_old");
    run("CREATE DATABASE " LIVE " CHARACTER SET utf8mb4");
    run("USE " LIVE);
    while (rest.n > 0) {
        struct str one = str_cut(rest, ';', &rest);
        char *sql = mem_dup(one.p, one.n);

        run(sql);
        free(sql);
    }
}

static bool has(const char *sql)
{
    struct buf b = {0};
    bool found;
    bool yes;

    if (mysql_value(root, str_of(sql), &b, &found, &e) != 0)
        fail_msg("%s", e.text);
    yes = found && !str_is(buf_str(&b), "0");
    buf_free(&b);
    return yes;
}

/* The live database is wholly what "old" or "new" says. */
static void assert_live(const char *side)
{
    bool is_new = strcmp(side, "new") == 0;

    run("USE " LIVE);
    assert_value("SELECT t FROM p WHERE id=1", side);
    assert_value("SELECT COUNT(*) FROM p", is_new ? "3" : "2");
    assert_value("SELECT t FROM w LIMIT 1", side);
    assert_int_equal(has("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema='" LIVE
                         "' AND table_name IN ('c', 'w2')"),
                     is_new);
    assert_value("SELECT CONCAT(COUNT(*), IF(SUM(action_statement LIKE '%BEGIN%'), 'new', 'old')) FROM "
                 "information_schema.triggers WHERE trigger_schema='" LIVE "'",
                 is_new ? "1new" : "1old");
    assert_value("SELECT CONCAT(COUNT(*), IF(SUM(routine_definition LIKE '%BEGIN%'), 'new', 'old')) FROM "
                 "information_schema.routines WHERE routine_schema='" LIVE "'",
                 is_new ? "1new" : "1old");
    assert_value("SELECT GROUP_CONCAT(constraint_name, referenced_table_schema, referenced_table_name ORDER BY 1) "
                 "FROM information_schema.key_column_usage WHERE table_schema='" LIVE
                 "' AND referenced_table_name IS NOT NULL AND table_name NOT LIKE '\\_tk%'",
                 is_new ? "c_key" LIVE "p,stay_key" LIVE "p" : "stay_key" LIVE "p");
    run("SET foreign_key_checks=1");
    assert_int_equal(mysql_exec(root, STR("INSERT INTO stay VALUES (9, 99)"), NULL, &e), -1);
    assert_int_equal(e.db_code, 1452);
}

struct fixture {
    struct mysql_opts db;
    struct shadow_opts o;
    struct shadow *s;
    struct sql_facts facts;
};

static void open_shadow(struct fixture *f, enum shadow_mode mode)
{
    memset(f, 0, sizeof *f);
    mysql_opts_set(&f->db.socket, str_of(getenv("TEST_DB_SOCKET")));
    mysql_opts_set(&f->db.user, STR("root"));
    mysql_opts_set(&f->db.database, STR(LIVE));
    f->o.db = &f->db;
    f->o.tag = "t";
    f->o.mode = mode;
    f->o.connections = 2;
    f->o.prefix = "";
    sql_facts_init(&f->facts);
    if (shadow_open(&f->s, &f->o, &e) != 0)
        fail_msg("%s", e.text);
    left = f->s;
}

static void close_shadow(struct fixture *f)
{
    left = NULL;
    shadow_close(f->s);
    sql_facts_free(&f->facts);
    mysql_opts_free(&f->db);
}

static int load_text(struct fixture *f, struct str text)
{
    int r = shadow_load_begin(f->s, &f->facts, &e);

    if (r == 0)
        r = shadow_file(f->s, "dump.sql", &e);
    while (r == 0 && text.n > 0) {
        r = shadow_feed(f->s, str_sub(text, 0, 37), &e);
        text = str_sub(text, 37, text.n);
    }
    if (r == 0)
        r = shadow_file_end(f->s, &e);
    return r == 0 ? shadow_load_end(f->s, &e) : -1;
}

static void must(int r)
{
    if (r != 0)
        fail_msg("%s", e.text);
}

static void need_server(void)
{
    if (root == NULL)
        skip();
}

static void there_and_back(enum shadow_mode mode)
{
    struct fixture f;
    uint64_t bytes;

    fresh();
    open_shadow(&f, mode);
    assert_int_equal(shadow_state(f.s), SHADOW_NONE);
    must(load_text(&f, str_of(new_dump)));
    assert_int_equal(shadow_state(f.s), SHADOW_READY);
    assert_int_equal(shadow_report(f.s)->tables, 2);
    assert_int_equal(shadow_report(f.s)->rows, 4);
    assert_int_equal(shadow_report(f.s)->staying.n, 2);
    assert_live("old");
    close_shadow(&f);
    open_shadow(&f, mode);
    assert_int_equal(shadow_state(f.s), SHADOW_READY);
    must(shadow_switch(f.s, &e));
    assert_live("new");
    assert_value("SELECT HEX(u) FROM p WHERE id=1", "F09F9A91");
    must(shadow_switch(f.s, &e));
    must(shadow_recheck(f.s, &e));
    close_shadow(&f);
    open_shadow(&f, mode);
    assert_int_equal(shadow_state(f.s), SHADOW_SWITCHED);
    assert_int_equal(shadow_load_begin(f.s, &f.facts, &e), -1);
    must(shadow_back(f.s, &e));
    assert_live("old");
    must(shadow_back(f.s, &e));
    must(shadow_recheck(f.s, &e));
    assert_int_equal(shadow_switch(f.s, &e), -1);
    must(shadow_drop(f.s, &bytes, &e));
    assert_true(bytes > 0);
    assert_live("old");
    assert_false(has("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema LIKE '" LIVE
                     "%' AND (table_schema<>'" LIVE "' OR table_name LIKE '\\_tk%')"));
    close_shadow(&f);
}

static void test_database(void **state)
{
    (void)state;
    need_server();
    there_and_back(SHADOW_AUTO);
}

static void test_names(void **state)
{
    (void)state;
    need_server();
    there_and_back(SHADOW_NAMES);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        enum err_kind kind;
        const char *words;
    } all[] = {
        {"CREATE TABLE a (id int);\nINSERT INTO elsewhere.a VALUES (1);\n", ERR_REFUSED, "dump.sql: line 2, byte 25"},
        {"CREATE TABLE a (id int);\nGRANT ALL ON *.* TO x;\n", ERR_REFUSED, "dump.sql: line 2"},
        {"DROP DATABASE mysql;\n", ERR_REFUSED, "line 1"},
        {"USE one;\nUSE two;\n", ERR_REFUSED, "a second database (two, the first one is one)"},
        {"CREATE TEMPORARY TABLE a (id int);\n", ERR_REFUSED, "line 1"},
        {"CREATE TABLE a (id int) ENGINE=FEDERATED;\n", ERR_REFUSED, "an engine that reaches"},
        {"CREATE VIEW v AS SELECT * FROM mysql.user;\n", ERR_REFUSED, "line 1"},
        {"INSERT INTO nowhere VALUES (1);\n", ERR_REFUSED, "only rows for table nowhere"},
        {"TRUNCATE TABLE p;\nINSERT INTO p (id, t, more) VALUES (1, 'x', 2);\n", ERR_REFUSED,
         "line 2, byte 18: the dump has rows for column more of table p"},
        {"CREATE TABLE a (id int primary key) ENGINE=InnoDB;\nINSERT INTO a VALUES (1),\n(2),\n(1);\n", ERR_DB,
         "dump.sql: line 4, byte 82: table a: Duplicate entry"},
        {"CREATE TABLE a (id int, nonsense);\n", ERR_DB, "dump.sql: line 1, byte 0: table a"},
        {"CREATE TABLE a (id int);\nINSERT INTO a VALUES (1),\n(2", ERR_FORMAT, "cut short"},
    };
    size_t i;

    (void)state;
    need_server();
    fresh();
    for (i = 0; i < sizeof all / sizeof *all; i++) {
        struct fixture f;

        open_shadow(&f, SHADOW_AUTO);
        err_clear(&e);
        assert_int_equal(load_text(&f, str_of(all[i].text)), -1);
        if (e.kind != all[i].kind || !str_has(str_of(e.text), str_of(all[i].words)))
            fail_msg("%zu: %d: %s", i, (int)e.kind, e.text);
        assert_int_equal(shadow_state(f.s), SHADOW_NONE);
        close_shadow(&f);
        assert_false(has("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name LIKE '" LIVE "\\_\\_tk%'"));
    }
    assert_live("old");
}

static void test_rows_alone(void **state)
{
    struct fixture f;

    (void)state;
    need_server();
    fresh();
    open_shadow(&f, SHADOW_AUTO);
    must(load_text(&f, STR("TRUNCATE TABLE `p`;\n\nINSERT INTO `p` (`id`, `t`) VALUES ('7', 'first');\n"
                           "TRUNCATE TABLE `p`;\n\nINSERT INTO `p` (`id`, `t`) VALUES ('0', 'zero');\n"
                           "INSERT INTO `p` (`id`, `t`) VALUES ('8', 'second');\n")));
    assert_int_equal(shadow_report(f.s)->rows, 2);
    must(shadow_switch(f.s, &e));
    assert_value("SELECT GROUP_CONCAT(id, t ORDER BY id) FROM " LIVE ".p", "0zero,8second");
    must(shadow_back(f.s, &e));
    must(shadow_drop(f.s, NULL, &e));
    close_shadow(&f);
    assert_live("old");
}

static void test_prefix(void **state)
{
    struct fixture f;

    (void)state;
    need_server();
    fresh();
    open_shadow(&f, SHADOW_AUTO);
    shadow_close(f.s);
    f.o.prefix = "my_";
    f.o.from_prefix = "cs_";
    left = NULL;
    must(shadow_open(&f.s, &f.o, &e));
    left = f.s;
    must(load_text(&f, STR("CREATE TABLE cs_a (id int primary key);\nINSERT INTO cs_a VALUES (4);\n"
                           "CREATE TABLE cs_b (id int primary key, a int, foreign key (a) references cs_a (id));\n"
                           "CREATE TABLE wp_posts (id int);\nINSERT INTO wp_posts VALUES (1),(2);\n")));
    assert_int_equal(shadow_report(f.s)->passed_over.n, 1);
    assert_string_equal(shadow_report(f.s)->passed_over.v[0], "wp_posts");
    must(shadow_switch(f.s, &e));
    assert_value("SELECT id FROM " LIVE ".my_a", "4");
    assert_value("SELECT referenced_table_name FROM information_schema.key_column_usage WHERE table_schema='" LIVE
                 "' AND table_name='my_b' AND referenced_table_name IS NOT NULL",
                 "my_a");
    must(shadow_back(f.s, &e));
    must(shadow_drop(f.s, NULL, &e));
    close_shadow(&f);
    assert_live("old");
}

/* The shop reads in a transaction of two seconds when the tables are to change places. */
static void test_busy_shop(void **state)
{
    struct fixture f;
    pid_t shop;
    int status;

    (void)state;
    need_server();
    fresh();
    open_shadow(&f, SHADOW_AUTO);
    must(load_text(&f, str_of(new_dump)));
    shop = fork();
    assert_true(shop >= 0);
    if (shop == 0) {
        struct mysql *m;
        int r = mysql_open(&m, &f.db, &e);

        if (r == 0)
            r = mysql_exec(m, STR("START TRANSACTION"), NULL, &e);
        if (r == 0)
            r = mysql_exec(m, STR("SELECT * FROM p"), NULL, &e);
        if (r == 0)
            r = mysql_exec(m, STR("DO SLEEP(2)"), NULL, &e);
        mysql_close(m);
        _exit(r == 0 ? 0 : 1);
    }
    usleep(300000);
    must(shadow_switch(f.s, &e));
    assert_live("new");
    assert_int_equal(waitpid(shop, &status, 0), shop);
    assert_int_equal(status, 0);
    must(shadow_drop(f.s, NULL, &e));
    close_shadow(&f);
    assert_live("new");
}

static void child_work(bool back)
{
    struct fixture f;

    open_shadow(&f, SHADOW_AUTO);
    if (!back && shadow_state(f.s) == SHADOW_NONE && load_text(&f, str_of(new_dump)) != 0)
        _exit(1);
    if ((back ? shadow_back(f.s, &e) : shadow_switch(f.s, &e)) != 0)
        _exit(1);
    _exit(0);
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* How long the work takes when nobody kills it; then it is killed at moments all over that time. */
static int64_t timed(bool back)
{
    int64_t start = now_us();
    pid_t pid = fork();
    int status;

    if (pid == 0)
        child_work(back);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    return now_us() - start;
}

static void test_kills(void **state)
{
    int64_t there;
    int64_t back;
    unsigned k;

    (void)state;
    need_server();
    fresh();
    there = timed(false);
    assert_live("new");
    back = timed(true);
    assert_live("old");
    for (k = 0; k < KILLS; k++) {
        bool backwards = k % 3 == 2;
        struct fixture f;
        pid_t pid;
        int status;

        fresh();
        if (backwards)
            (void)timed(false);
        pid = fork();
        if (pid == 0)
            child_work(backwards);
        usleep((useconds_t)((backwards ? back : there) * (int64_t)(k + 1) / (KILLS + 1)));
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        open_shadow(&f, SHADOW_AUTO);
        if (shadow_state(f.s) == SHADOW_NONE) {
            assert_live("old");
            must(load_text(&f, str_of(new_dump)));
        }
        if (shadow_state(f.s) == SHADOW_BACK) {
            must(shadow_back(f.s, &e));
            assert_live("old");
        } else if (k % 2 == 0) {
            must(shadow_switch(f.s, &e));
            assert_live("new");
        } else {
            must(shadow_back(f.s, &e));
            assert_live("old");
        }
        close_shadow(&f);
    }
}

/* A switch that was killed while it wrote down what it replaces: nothing was taken away, so nothing is put back or dropped. */
static void test_killed_among_notes(void **state)
{
    struct fixture f;

    (void)state;
    need_server();
    fresh();
    open_shadow(&f, SHADOW_AUTO);
    must(load_text(&f, str_of(new_dump)));
    run("INSERT INTO " LIVE "__tk_t._tkt_ready VALUES ('old', 'table', 'p', 999, 'p', '', '', 0)");
    must(shadow_back(f.s, &e));
    assert_live("old");
    must(shadow_switch(f.s, &e));
    assert_live("new");
    must(shadow_back(f.s, &e));
    assert_live("old");
    close_shadow(&f);
}

/* What another account made comes back as well when that account may not be named. */
static void test_other_definer(void **state)
{
    struct fixture f;
    const char *last;

    (void)state;
    need_server();
    fresh();
    run("DROP USER IF EXISTS shop@localhost");
    run("CREATE USER shop@localhost");
    run("GRANT ALL ON `shadow\\_live%`.* TO shop@localhost");
    run("DROP TRIGGER guard");
    run("DROP PROCEDURE pr");
    open_shadow(&f, SHADOW_AUTO);
    shadow_close(f.s);
    left = NULL;
    mysql_opts_set(&f.db.user, STR("shop"));
    must(shadow_open(&f.s, &f.o, &e));
    left = f.s;
    must(load_text(&f, STR("CREATE TABLE p (id INT PRIMARY KEY, t VARCHAR(20)) ENGINE=InnoDB;\nINSERT INTO p VALUES (1, 'new');\n"
                           "CREATE VIEW w AS SELECT t FROM p;\n")));
    must(shadow_switch(f.s, &e));
    assert_value("SELECT t FROM " LIVE ".w", "new");
    must(shadow_back(f.s, &e));
    assert_value("SELECT t FROM " LIVE ".w", "old");
    assert_value("SELECT definer FROM information_schema.views WHERE table_schema='" LIVE "' AND table_name='w'", "shop@localhost");
    assert_true(shadow_report(f.s)->remarks.n > 0);
    last = shadow_report(f.s)->remarks.v[shadow_report(f.s)->remarks.n - 1];
    assert_true(str_has(str_of(last), STR("VIEW w was another account's")));
    close_shadow(&f);
    run("DROP USER shop@localhost");
}

/* Changes the table p without a pause until it is killed. */
static pid_t busy_owner(const struct mysql_opts *db)
{
    pid_t pid = fork();

    if (pid == 0) {
        struct mysql *m;
        int r = mysql_open(&m, db, &e);

        while (r == 0)
            r = mysql_exec(m, STR("ALTER TABLE p COMMENT='busy'"), NULL, &e);
        _exit(1);
    }
    return pid;
}

/* What a server leaves out of its answers, because somebody is changing it, is not taken for absent. */
static void test_owner_at_work(void **state)
{
    unsigned k;

    (void)state;
    need_server();
    for (k = 0; k < 3; k++) {
        struct fixture f;
        pid_t owner;

        fresh();
        open_shadow(&f, SHADOW_AUTO);
        must(load_text(&f, str_of(new_dump)));
        owner = busy_owner(&f.db);
        assert_true(owner > 0);
        usleep(20000);
        must(shadow_switch(f.s, &e));
        kill(owner, SIGKILL);
        assert_int_equal(waitpid(owner, NULL, 0), owner);
        assert_live("new");
        must(shadow_back(f.s, &e));
        assert_live("old");
        close_shadow(&f);
    }
}

/* A further session of a run that was killed is ended, before anybody looks at what it has done. */
static void test_orphan(void **state)
{
    struct fixture f;
    pid_t orphan;

    (void)state;
    need_server();
    fresh();
    open_shadow(&f, SHADOW_AUTO);
    orphan = fork();
    assert_true(orphan >= 0);
    if (orphan == 0) {
        struct mysql *m;
        int r = mysql_open(&m, &f.db, &e);

        if (r == 0)
            r = mysql_exec(m, STR("DO GET_LOCK('tk_t_2', 0)"), NULL, &e);
        if (r == 0)
            r = mysql_exec(m, STR("DO SLEEP(100)"), NULL, &e);
        _exit(r == 0 ? 0 : 1);
    }
    close_shadow(&f);
    while (!has("SELECT COUNT(*) FROM information_schema.processlist WHERE info = 'DO SLEEP(100)'"))
        usleep(10000);
    open_shadow(&f, SHADOW_AUTO);
    assert_false(has("SELECT COALESCE(IS_USED_LOCK('tk_t_2'), 0)"));
    close_shadow(&f);
    assert_int_equal(waitpid(orphan, NULL, 0), orphan);
}

static void test_connection_killed(void **state)
{
    struct buf sql = {0};
    struct buf b = {0};
    struct fixture f;
    unsigned i;
    bool found;
    int r;

    (void)state;
    need_server();
    fresh();
    open_shadow(&f, SHADOW_AUTO);
    must(shadow_load_begin(f.s, &f.facts, &e));
    must(shadow_file(f.s, "dump.sql", &e));
    must(shadow_feed(f.s, STR("CREATE TABLE a (id int primary key, t text) ENGINE=InnoDB;\n"), &e));
    must(mysql_value(root, STR("SELECT id FROM information_schema.processlist WHERE db='" LIVE "__tk_t' ORDER BY id LIMIT 1"),
                     &b, &found, &e));
    assert_true(found);
    buf_printf(&sql, "KILL %s", buf_cstr(&b));
    run(buf_cstr(&sql));
    for (i = 0, r = 0; r == 0 && i < 20000; i++) {
        buf_reset(&sql);
        buf_printf(&sql, "INSERT INTO a VALUES (%u, '%0900d');\n", i, 1);
        r = shadow_feed(f.s, buf_str(&sql), &e);
    }
    assert_int_equal(r, -1);
    assert_int_equal(e.kind, ERR_DB);
    assert_true(str_has(str_of(e.text), STR("dump.sql: line ")));
    close_shadow(&f);
    assert_live("old");
    buf_free(&sql);
    buf_free(&b);
}

static int group_setup(void **state)
{
    struct mysql_opts o = {0};
    int r;

    (void)state;
    if (getenv("TEST_DB_SOCKET") == NULL)
        return 0;
    mysql_opts_set(&o.socket, str_of(getenv("TEST_DB_SOCKET")));
    mysql_opts_set(&o.user, STR("root"));
    r = mysql_open(&root, &o, &e);
    mysql_opts_free(&o);
    return r;
}

static int group_teardown(void **state)
{
    (void)state;
    if (root != NULL) {
        run("DROP DATABASE IF EXISTS " LIVE);
        run("DROP DATABASE IF EXISTS " LIVE "__tk_t");
        run("DROP DATABASE IF EXISTS " LIVE "__tk_t_old");
    }
    mysql_close(root);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_database),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_rows_alone),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_busy_shop),
        cmocka_unit_test(test_connection_killed),
        cmocka_unit_test(test_other_definer),
        cmocka_unit_test(test_killed_among_notes),
        cmocka_unit_test(test_owner_at_work),
        cmocka_unit_test(test_orphan),
        cmocka_unit_test(test_kills),
    };

    if (argc > 1)
        return tool(argc, argv);
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
