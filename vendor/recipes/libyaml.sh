# The tarball has no ready configure; its sources compile as they are.
# shellcheck shell=bash
compile -O2 -I"$SRC/include" -DYAML_VERSION_STRING="'\"$LOCK_VERSION\"'" \
    -DYAML_VERSION_MAJOR="$(cut -d . -f 1 <<<"$LOCK_VERSION")" \
    -DYAML_VERSION_MINOR="$(cut -d . -f 2 <<<"$LOCK_VERSION")" \
    -DYAML_VERSION_PATCH="$(cut -d . -f 3 <<<"$LOCK_VERSION")" \
    "$SRC"/src/*.c
archive libyaml.a
headers "$SRC/include/yaml.h"
