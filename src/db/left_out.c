#include "db/left_out.h"

#include <time.h>

#define ER_WARN_I_S_SKIPPED_TABLE "1684"
#define TRIES    300u
#define PAUSE_NS 20000000

int left_out_again(struct mysql *m, unsigned *tries, struct err *e)
{
    const struct timespec pause = {0, PAUSE_NS};
    const struct mysql_cell *c;
    struct buf said = {0};
    bool left_out = false;
    int r;

    if (mysql_warnings(m) == 0)
        return 0;
    r = mysql_query(m, STR("SHOW WARNINGS"), e);
    while (r == 0 && (r = mysql_row(m, &c, e)) > 0) {
        if (mysql_columns(m) >= 3 && str_is(c[1].s, ER_WARN_I_S_SKIPPED_TABLE)) {
            left_out = true;
            buf_reset(&said);
            buf_addstr(&said, c[2].s);
        }
        r = 0;
    }
    if (r == 0 && left_out && ++*tries == TRIES) {
        r = err_set(e, ERR_LOCKED, "%s: a table is being changed by another connection: %s", mysql_where(m), buf_cstr(&said));
        err_fix(e, "wait until that has ended (SHOW PROCESSLIST on the server shows it), and try again");
    } else if (r == 0 && left_out) {
        nanosleep(&pause, NULL);
        r = 1;
    }
    buf_free(&said);
    return r;
}
