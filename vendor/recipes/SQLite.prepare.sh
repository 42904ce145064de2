# The one-file form of SQLite, sqlite3.c and sqlite3.h, made once for all flavours by the tree's own generator (needs tclsh).
# shellcheck shell=bash
mkdir amalgamation
cd amalgamation
CC="$HOST_CC" CFLAGS=-O0 ../configure --disable-tcl
$MAKE sqlite3.c
