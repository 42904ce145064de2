/*
 * PHP code of ours that runs in a child process beside the store's own, given with "php -r", for PHP 5.3 to 8. What every such
 * code needs stands here once: the class ToolkitReport, the child it runs in, and the reading of its report.
 *
 * Code of a caller is a class that extends ToolkitReport, and a start:
 *
 *     class ToolkitX extends ToolkitReport { public static function run() { self::unlimited(); …; self::call(); …; self::done(); } }
 *     $arguments = ToolkitX::begin($argv, 'admin.php');    what stands for the script's name in $_SERVER; gives our arguments
 *     $argv = $_SERVER['argv'];
 *     $argc = 1;
 *     try { require …; ToolkitX::run(); }                  the first loads the store
 *     catch (Exception $e) { ToolkitX::caught($e); } catch (Throwable $e) { ToolkitX::caught($e); }
 *
 * $argv must be kept from the store's code, which reads it. self::$stage is 'store' at first; the code sets it on its way, and
 * call() makes it 'call'. ToolkitX::fail(KIND, TEXT, FILE) and exit(70) tell a fault of the code's own finding.
 *
 * Lines come on descriptor 3, fields between blanks, texts in hexadecimal ("-" for an empty one):
 *     call                             what follows may change the store
 *     done KIND                        all is done; KIND is what was given to done()
 *     error KIND STAGE TEXT FILE LINE  KIND is exception, fatal, or one given to fail()
 *     quit STAGE                       the program ends without any of these
 */
#ifndef SYS_PHP_CODE_H
#define SYS_PHP_CODE_H

#include "base/mem.h"
#include "sys/php_run.h"

/* Appends the class. */
void php_code_report(struct buf *out);

/*
 * Runs that class and the code behind it; args are its arguments, NULL at the end. line gets what the child prints and reports.
 * 0 however the child ended, -1 when it could not be started. child is to be given to child_result_free.
 */
int php_code_run(const struct php_run *run, const char *code, const char *const *args, child_line *line, void *arg,
                 struct child_result *child, struct err *e);

/* A field that holds a text, into mem; false when it is none. */
bool php_code_text(struct arena *mem, struct str field, struct str *text);

/* What follows the word "error" in a line. False when it is another shape; then nothing is set. */
struct php_code_fault {
    struct str kind;  /* these two are parts of the line */
    struct str stage;
    struct php_error error;
};
bool php_code_fault(struct str line, struct php_code_fault *fault);

#endif
