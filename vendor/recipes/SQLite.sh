# Without extensions, shared cache and double-quoted strings; temporary data stays in memory, as there may be no /tmp.
# shellcheck shell=bash
compile -Os -DSQLITE_THREADSAFE=1 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_DQS=0 -DSQLITE_DEFAULT_MEMSTATUS=0 \
    -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_TEMP_STORE=2 -DSQLITE_DEFAULT_FILE_PERMISSIONS=0600 \
    "$SRC/amalgamation/sqlite3.c"
archive libsqlite3.a
headers "$SRC/amalgamation/sqlite3.h"
