#include "format/ps_effect.h"
#include "format/ps_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void same(struct str have, const char *want)
{
    if (!str_is(have, want))
        fail_msg("\"%.*s\" instead of \"%s\"", STR_FMT(have), want);
}

/* The pieces with "|" between and lines in front. */
static void pieces(const char *script, const char *want)
{
    struct ps_pieces p;
    struct buf out = {0};

    ps_script_split(str_of(script), &p);
    for (size_t i = 0; i < p.all.n; i++)
        buf_printf(&out, "%s%u:%.*s", i ? "|" : "", p.all.v[i].line, STR_FMT(p.all.v[i].text));
    same(buf_str(&out), want);
    buf_free(&out);
    free(p.all.v);
}

static void splitting(void **state)
{
    (void)state;
    pieces("", "");
    pieces(" \n;\n;", "");
    pieces("A;\nB;", "1:A|2:B");
    pieces("A;  \r\n  \n B", "1:A|3:B");
    pieces("A; B;\nC", "1:A; B|2:C");
    pieces("\n\nA\nB ;\rC;\n", "3:A\nB|4:C");
    /* Also in a comment and in a string, as the module does it. */
    pieces("/* a;\nb */ X;\n", "1:/* a|2:b */ X");
    pieces("I 'a;\nb';\n", "1:I 'a|2:b'");
    pieces("A;\n0;\nB", "1:A|3:B");
    pieces("A;\t \f\n\x0b", "1:A");
}

static void splitting_cut_short(void **state)
{
    static const char script[] = "SET NAMES 'utf8';\r\n/* c */\nUPDATE a SET b = 1;\n/* PHP:f('x;y'); */;\n";

    (void)state;
    for (size_t n = 0; n <= strlen(script); n++) {
        char *cut = mem_dup(script, n);
        struct ps_pieces p;
        struct ps_call call;

        ps_script_split((struct str){cut, n}, &p);
        for (size_t i = 0; i < p.all.n; i++) {
            struct ps_effect f;

            ps_script_call(p.all.v[i].text, &call);
            ps_effect_read(p.all.v[i].text, &f);
            ps_effect_free(&f);
        }
        assert_true(p.all.n <= 3);
        free(p.all.v);
        free(cut);
    }
}

static void filling(void **state)
{
    struct ps_names names = {STR("shop_"), STR("InnoDB"), STR("db")};
    struct buf out = {0};

    (void)state;
    ps_script_fill(STR("CREATE TABLE `PREFIX_a` () ENGINE=ENGINE_TYPE; -- PREFIX_ DB_NAME"), &names, &out);
    same(buf_str(&out), "CREATE TABLE `shop_a` () ENGINE=InnoDB; -- shop_ db");
    buf_reset(&out);
    /* In the module's order. */
    names.prefix = STR("DB_NAME");
    ps_script_fill(STR("PREFIX_"), &names, &out);
    same(buf_str(&out), "db");
    buf_free(&out);
}

static void call_is(const char *piece, enum ps_call_state want, const char *name, const char *args)
{
    struct ps_call c;

    assert_int_equal(ps_script_call(str_of(piece), &c), want);
    same(c.name, name);
    same(c.args, args);
}

static void calls(void **state)
{
    (void)state;
    call_is("UPDATE a SET b = 1", PS_CALL_NONE, "", "");
    call_is("/* php:f(); */", PS_CALL_NONE, "", "");
    call_is("/* PHP:f(); */", PS_CALL_GOOD, "f", "");
    call_is("/* text */\n## more\n/* PHP:add_hook('a', 'b (c)'); */", PS_CALL_GOOD, "add_hook", "'a', 'b (c)'");
    call_is("/* PHP:f('x)'); */", PS_CALL_GOOD, "f", "'x)'");
    call_is("/* PHP:A::b('x'); */", PS_CALL_METHOD, "", "");
    call_is("/* PHP:f('a::b'); */", PS_CALL_METHOD, "", "");
    call_is("/* PHP:f; */", PS_CALL_BAD, "", "");
    call_is("/* PHP: f(); */", PS_CALL_BAD, "", "");
    call_is("/* PHP:../x(); */", PS_CALL_BAD, "", "");
    call_is("/* PHP:f(); */ DROP TABLE x; */", PS_CALL_BAD, "", "");
    call_is("/* PHP:", PS_CALL_BAD, "", "");
    call_is("/* PHP:f(", PS_CALL_BAD, "", "");
}

/* Kinds and texts with "|" between. */
static void args_are(bool php, const char *args, const char *want)
{
    static const char kinds[] = "tiTFN";
    struct arena mem = {0};
    struct ps_args a;
    struct buf out = {0};
    bool good = true;

    if (php)
        good = ps_script_args_php(str_of(args), &mem, &a);
    else
        ps_script_args_plain(str_of(args), &mem, &a);
    for (size_t i = 0; i < a.all.n; i++)
        buf_printf(&out, "%s%c%.*s", i ? "|" : "", kinds[a.all.v[i].kind], STR_FMT(a.all.v[i].text));
    same(good ? buf_str(&out) : STR("BAD"), want);
    buf_free(&out);
    free(a.all.v);
    arena_free(&mem);
}

static void arguments(void **state)
{
    (void)state;
    args_are(false, "", "");
    args_are(false, "'a', 'b'", "ta|tb");
    args_are(false, "a,b", "ta|tb");
    args_are(false, "-1, false,  null", "t-1|tfalse|t null");
    args_are(false, "'a, b', 'it''s'", "ta|tb|tits");
    args_are(false, ",,a", "ta");
    args_are(true, "", "");
    args_are(true, "'a, b', \"c\", -3, 0, true, FALSE, null", "ta, b|tc|i-3|i0|T|F|N");
    args_are(true, "'it\\'s',", "tit's");
    args_are(true, "exec('x')", "BAD");
    args_are(true, "\"$x\"", "BAD");
    args_are(true, "1.5", "BAD");
    args_are(true, "'a' . 'b'", "BAD");
    args_are(true, "'a", "BAD");
    args_are(true, "_DB_PREFIX_", "BAD");
}

static void order(void **state)
{
    static const char *const sorted[] = {"0.9", "0.9.1", "1.0.0.1", "1.4.0.2", "1.4.0.10", "1.6.1.24", "1.7.0.0", "1.7.7.0", "1.7.10.0",
                                         "8.0.0", "8.1.7", "8.1.7-catchup", "8.1.8", "9.0.0", "index.php"};
    const size_t n = sizeof sorted / sizeof *sorted;

    (void)state;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            assert_int_equal(ps_script_order(str_of(sorted[i]), str_of(sorted[k])), i < k ? -1 : i > k);
    assert_int_equal(ps_script_order(STR("8.1.7-CATCHUP"), STR("8.1.7-catchup")), 0);
    assert_int_equal(ps_script_order(STR("1.07"), STR("1.7")), 0);
}

/* ---- effects ---- */

static void describe(const struct ps_effect *f, struct buf *out)
{
    static const char *const does[] = {"nothing", "session", "create", "drop", "rename", "alter", "truncate", "insert", "replace", "update",
                                       "delete", "database", "other"};
    static const char *const changes[] = {"add", "drop", "change", "modify", "key", "nokey", "primary", "noprimary", "convert", "rename", "?"};

    buf_printf(out, "%s %.*s%s%s", does[f->does], STR_FMT(f->table), f->repeatable ? "" : " once", f->selects ? " select" : "");
    for (size_t i = 0; i < f->tables.n; i++)
        buf_printf(out, " %.*s", STR_FMT(f->tables.v[i]));
    for (size_t i = 0; i < f->changes.n; i++) {
        const struct ps_change *c = &f->changes.v[i];

        buf_printf(out, " [%s %.*s", changes[c->kind], STR_FMT(c->name));
        if (c->to.n > 0)
            buf_printf(out, ">%.*s", STR_FMT(c->to));
        if (c->def.n > 0)
            buf_printf(out, " %.*s", STR_FMT(c->def));
        buf_addc(out, ']');
    }
    for (size_t i = 0; i < f->columns.n; i++)
        buf_printf(out, " %.*s", STR_FMT(f->columns.v[i]));
    for (size_t i = 0; i < f->values.n; i++)
        buf_printf(out, " %s%.*s", f->values.v[i].constant ? "" : "~", STR_FMT(f->values.v[i].text));
}

static void does(const char *sql, const char *want)
{
    struct ps_effect f;
    struct buf out = {0};

    ps_effect_read(str_of(sql), &f);
    assert_true(f.repeatable || f.why != NULL);
    describe(&f, &out);
    same(buf_str(&out), want);
    buf_free(&out);
    ps_effect_free(&f);
}

static void effects_of_tables(void **state)
{
    (void)state;
    does("", "nothing ");
    does("/* only */ -- words", "nothing ");
    does("SELECT 1", "nothing ");
    does("SET NAMES 'utf8'", "session ");
    does("CREATE TEMPORARY TABLE `t` SELECT 1", "session t select");
    does("CREATE TABLE IF NOT EXISTS `a` (`id` int(10) NOT NULL, name VARCHAR(3) DEFAULT 'x,y', PRIMARY KEY (`id`), KEY `k` (name)) ENGINE=x",
         "create a id name");
    does("CREATE TABLE a (`key` int, `b` enum('x','y'))", "create a key b");
    does("CREATE TABLE a SELECT * FROM b", "create a once select");
    does("DROP TABLE IF EXISTS `a`, b", "drop a a b");
    does("RENAME TABLE `a` TO `b`, c TO d", "rename a once a b c d");
    does("TRUNCATE TABLE a", "truncate a");
    does("ALTER DATABASE `x` CHARACTER SET = utf8mb4", "database ");
    does("CREATE UNIQUE INDEX `i` ON `t` (`c`)", "alter t [key i]");
    does("DROP INDEX i ON t", "alter t [nokey i]");
    does("GRANT ALL ON *.* TO x", "other  once");
    does("DROP VIEW x", "other  once");
}

static void effects_of_changes(void **state)
{
    (void)state;
    does("ALTER TABLE `a` ADD `b` VARCHAR(40) NULL AFTER `c`, ADD COLUMN d decimal(20, 6) NOT NULL DEFAULT '0.00' FIRST",
         "alter a [add b VARCHAR(40) NULL] [add d decimal(20, 6) NOT NULL DEFAULT '0.00']");
    does("ALTER TABLE a ADD COLUMN (b int, `c` enum('x,y','z') DEFAULT 'z')", "alter a [add b int] [add c enum('x,y','z') DEFAULT 'z']");
    does("ALTER TABLE a ADD `index` INT, ADD INDEX (`x`, y), ADD UNIQUE KEY `u` (`x`), ADD FULLTEXT `f` (z), ADD KEY k USING BTREE (q)",
         "alter a [add index INT] [key x] [key u] [key f] [key k]");
    does("ALTER IGNORE TABLE a DROP PRIMARY KEY, ADD PRIMARY KEY (b, c)", "alter a [noprimary ] [primary ]");
    does("ALTER TABLE a DROP `b`, DROP COLUMN c, DROP INDEX `i`, DROP KEY k, DROP FOREIGN KEY fk",
         "alter a [drop b] [drop c] [nokey i] [nokey k] [? ]");
    does("ALTER TABLE a CHANGE `b` `c` int NOT NULL, CHANGE COLUMN d d text, MODIFY COLUMN `e` tinyint(1)",
         "alter a [change b>c int NOT NULL] [change d>d text] [modify e tinyint(1)]");
    does("ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
         "alter a [convert utf8mb4>utf8mb4_general_ci]");
    does("ALTER TABLE a RENAME TO b", "alter a once [rename >b]");
    does("ALTER TABLE a RENAME COLUMN x TO y", "alter a [change x>y]");
    does("ALTER TABLE a ENGINE = InnoDB, ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES y (z)", "alter a [? ] [? ]");
    does("ALTER TABLE a ADD /* c, d */ b int -- e\n", "alter a [add b int]");
    does("ALTER TABLE", "other  once");
    does("ALTER TABLE a ADD", "alter a [? ]");
}

static void effects_of_rows(void **state)
{
    (void)state;
    does("INSERT INTO `a` (`b`, c) VALUES ('x', 1), ('it''s', NOW())", "insert a once b c 'x' 1 'it''s' ~NOW()");
    does("INSERT INTO a VALUES (NULL, -1, 'a', CONCAT('x', ')'))", "insert a once ~NULL -1 'a' ~CONCAT('x', ')')");
    does("INSERT IGNORE INTO a (b) VALUES (1)", "insert a b 1");
    does("INSERT a (b) VALUES (1) ON DUPLICATE KEY UPDATE b = 1", "insert a b 1");
    does("REPLACE INTO a (b) VALUES (1)", "replace a b 1");
    does("INSERT INTO a (b) SELECT c FROM d", "insert a once select b");
    does("INSERT INTO a (SELECT c FROM d)", "insert a once select");
    does("DELETE FROM `a` WHERE b = 1", "delete a");
    does("UPDATE `a` SET `b` = 1, c = 'x' WHERE d = b", "update a b c");
    does("UPDATE a SET b = c * 2", "update a b");
    does("UPDATE a SET b = b + 1", "update a once b");
    does("UPDATE a SET b = c, c = 0", "update a once b c");
    does("UPDATE a p JOIN b q ON p.i = q.i SET p.x = q.y", "update a x");
    does("UPDATE a p JOIN b q ON p.i = q.i SET p.x = q.x", "update a once x");
    does("UPDATE a SET n = SUBSTRING(`n`, 1, 191), m = SUBSTRING(m, 1, 5)", "update a n m");
    does("UPDATE a SET n = SUBSTRING(`n`, 2, 191)", "update a once n");
    does("UPDATE a SET v = CONCAT('#', v) WHERE v NOT LIKE '#%'", "update a once v");
    does("UPDATE a", "update a once");
}

static void names(void **state)
{
    (void)state;
    assert_true(ps_effect_names(STR("UPDATE `ps_a` SET b = 1"), STR("ps_a")));
    assert_false(ps_effect_names(STR("UPDATE x SET b = 'ps_a'"), STR("ps_a")));
    assert_true(ps_effect_names(STR("INSERT INTO a VALUES (@x)"), STR("@x")));
    assert_true(ps_error_is_forgotten(1060));
    assert_false(ps_error_is_forgotten(1146));
}

static void column_is(const char *def, const char *want)
{
    struct ps_column c;
    struct buf out = {0};

    ps_column_read(str_of(def), &c);
    buf_printf(&out, "%s%s%s", buf_cstr(&c.type), c.null_known ? (c.nullable ? " null" : " notnull") : " ?",
               c.default_known ? (c.has_default ? " =" : "") : " ~");
    buf_addstr(&out, buf_str(&c.text));
    same(buf_str(&out), want);
    buf_free(&out);
    ps_column_free(&c);
}

static void columns(void **state)
{
    struct buf type = {0};

    (void)state;
    column_is("INT( 11 ) UNSIGNED NOT NULL DEFAULT '0'", "int unsigned notnull =0");
    column_is("varchar(191) CHARACTER SET utf8 COLLATE utf8_bin DEFAULT NULL", "varchar(191) null");
    column_is("decimal( 20 , 6 ) NOT NULL DEFAULT -1.5", "decimal(20,6) notnull =-1.5");
    column_is("ENUM('a', \"b\") NOT NULL", "enum('a','b') notnull");
    column_is("BOOL", "tinyint null");
    column_is("INTEGER(10) COMMENT 'NOT NULL'", "int null");
    column_is("timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP", "timestamp ? ~");
    column_is("int AUTO_INCREMENT PRIMARY KEY", "int ? ~");
    column_is("datetime DEFAULT NOW()", "datetime null ~");
    column_is("", " null");
    ps_column_type(STR("int(10) unsigned"), &type);
    same(buf_str(&type), "int unsigned");
    buf_free(&type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splitting),        cmocka_unit_test(splitting_cut_short), cmocka_unit_test(filling),
        cmocka_unit_test(calls),            cmocka_unit_test(arguments),           cmocka_unit_test(order),
        cmocka_unit_test(effects_of_tables), cmocka_unit_test(effects_of_changes), cmocka_unit_test(effects_of_rows),
        cmocka_unit_test(names),            cmocka_unit_test(columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
