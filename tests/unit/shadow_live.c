#include "shadow_live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char old_text[] = "CREATE TABLE p (id INT PRIMARY KEY, t VARCHAR(20)) ENGINE=InnoDB;"
                               "INSERT INTO p VALUES (1, 'old'), (2, 'old');"
                               "CREATE TABLE gone (id INT PRIMARY KEY) ENGINE=InnoDB;"
                               "CREATE TABLE stay (id INT PRIMARY KEY, pid INT, CONSTRAINT stay_key FOREIGN KEY (pid) REFERENCES p (id)) "
                               "ENGINE=InnoDB;"
                               "INSERT INTO stay VALUES (1, 1);"
                               "CREATE TRIGGER guard BEFORE INSERT ON p FOR EACH ROW SET NEW.t = 'old';"
                               "CREATE VIEW w AS SELECT 'old' AS t;"
                               "CREATE PROCEDURE pr() SELECT 'old'";

const char live_new_dump[] = "SET NAMES utf8;\n"
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

void live_must(int r)
{
    if (r != 0)
        fail_msg("%s", real_err.text);
}

static void drop_all(void)
{
    real_run(real_root, "DROP DATABASE IF EXISTS " LIVE);
    real_run(real_root, "DROP DATABASE IF EXISTS " LIVE "__tk_t");
    real_run(real_root, "DROP DATABASE IF EXISTS " LIVE "__tk_t_old");
}

void live_fresh(void)
{
    struct str rest = str_of(old_text);

    shadow_close(left);
    left = NULL;
    drop_all();
    real_run(real_root, "CREATE DATABASE " LIVE " CHARACTER SET utf8mb4");
    real_run(real_root, "USE " LIVE);
    while (rest.n > 0) {
        struct str one = str_cut(rest, ';', &rest);
        char *sql = mem_dup(one.p, one.n);

        real_run(real_root, sql);
        free(sql);
    }
}

bool live_has(const char *sql)
{
    struct buf b = real_value(real_root, sql);
    bool yes = !str_is(buf_str(&b), "0");

    buf_free(&b);
    return yes;
}

void live_assert(const char *side)
{
    bool is_new = strcmp(side, "new") == 0;

    real_run(real_root, "USE " LIVE);
    real_assert_value(real_root, "SELECT t FROM p WHERE id=1", side);
    real_assert_value(real_root, "SELECT COUNT(*) FROM p", is_new ? "3" : "2");
    real_assert_value(real_root, "SELECT t FROM w LIMIT 1", side);
    assert_int_equal(live_has("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema='" LIVE "' AND table_name IN ('c', 'w2')"),
                     is_new);
    real_assert_value(real_root,
                      "SELECT CONCAT(COUNT(*), IF(SUM(action_statement LIKE '%BEGIN%'), 'new', 'old')) FROM "
                      "information_schema.triggers WHERE trigger_schema='" LIVE "'",
                      is_new ? "1new" : "1old");
    real_assert_value(real_root,
                      "SELECT CONCAT(COUNT(*), IF(SUM(routine_definition LIKE '%BEGIN%'), 'new', 'old')) FROM "
                      "information_schema.routines WHERE routine_schema='" LIVE "'",
                      is_new ? "1new" : "1old");
    real_assert_value(real_root,
                      "SELECT GROUP_CONCAT(constraint_name, referenced_table_schema, referenced_table_name ORDER BY 1) "
                      "FROM information_schema.key_column_usage WHERE table_schema='" LIVE
                      "' AND referenced_table_name IS NOT NULL AND table_name NOT LIKE '\\_tk%'",
                      is_new ? "c_key" LIVE "p,stay_key" LIVE "p" : "stay_key" LIVE "p");
    real_run(real_root, "SET foreign_key_checks=1");
    assert_int_equal(mysql_exec(real_root, STR("INSERT INTO stay VALUES (9, 99)"), NULL, &real_err), -1);
    assert_int_equal(real_err.db_code, 1452);
}

void live_open(struct live *f, enum shadow_mode mode)
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
    live_must(shadow_open(&f->s, &f->o, &real_err));
    left = f->s;
}

void live_reopen(struct live *f)
{
    shadow_close(f->s);
    left = NULL;
    live_must(shadow_open(&f->s, &f->o, &real_err));
    left = f->s;
}

void live_close(struct live *f)
{
    left = NULL;
    shadow_close(f->s);
    sql_facts_free(&f->facts);
    mysql_opts_free(&f->db);
}

int live_load(struct live *f, struct str text)
{
    int r = shadow_load_begin(f->s, &f->facts, &real_err);

    if (r == 0)
        r = shadow_file(f->s, "dump.sql", &real_err);
    while (r == 0 && text.n > 0) {
        r = shadow_feed(f->s, str_sub(text, 0, 37), &real_err);
        text = str_sub(text, 37, text.n);
    }
    if (r == 0)
        r = shadow_file_end(f->s, &real_err);
    return r == 0 ? shadow_load_end(f->s, &real_err) : -1;
}

int live_begin(void **state)
{
    (void)state;
    real_begin();
    return 0;
}

int live_end(void **state)
{
    (void)state;
    if (real_root != NULL)
        drop_all();
    real_end();
    return 0;
}
