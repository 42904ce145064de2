#!/usr/bin/env bats
# How the build fails: every way sources or tools can be missing is named with its remedy. Nothing here leaves the machine:
# a stand-in for apt-get names a folder as the package mirror.

setup() {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests the build, not the binary; once is enough"
    cd "$BATS_TEST_TMPDIR"
    mkdir -p tree/vendor bin mirror/pool/main/t/thing content/thing-1.0
    cp "$TOOLKIT_SRC"/vendor/{lib.sh,fetch} tree/vendor/
    echo licence >content/thing-1.0/LICENSE
    tar -C content -czf thing_1.0.orig.tar.gz thing-1.0
    sum=$(sha256sum thing_1.0.orig.tar.gz | cut -d ' ' -f 1)
    lock "$sum"
    # indextargets with package lists at hand; without them apt-get says nothing to it, but knows its own addresses
    printf '#!/bin/sh\n[ -e %s/lists ] && [ "$1" = indextargets ] && echo file:%s/mirror/\n' "$PWD" "$PWD" >bin/apt-get
    printf '[ "$1" = update ] && echo "'\''file:%s/mirror/dists/stable/InRelease'\'' stable_InRelease 0"\nexit 0\n' "$PWD" >>bin/apt-get
    chmod +x bin/apt-get
    PATH=$PWD/bin:$PATH
}

lock() {
    echo "thing | 1.0 | thing_1.0.orig.tar.gz | $1 | pool/main/t/thing http://127.0.0.1:9/thing.tar.gz | LICENSE | a test" \
        >tree/vendor/packages.lock
}

@test "sources come from the mirror apt is configured with, into the cache" {
    touch lists
    cp thing_1.0.orig.tar.gz mirror/pool/main/t/thing/
    tree/vendor/fetch thing
    cmp thing_1.0.orig.tar.gz tree/vendor/cache/thing_1.0.orig.tar.gz
    [ "$(ls -A tree/vendor/cache)" = thing_1.0.orig.tar.gz ]
}

@test "the mirror is known before apt has package lists" {
    cp thing_1.0.orig.tar.gz mirror/pool/main/t/thing/
    tree/vendor/fetch thing
    cmp thing_1.0.orig.tar.gz tree/vendor/cache/thing_1.0.orig.tar.gz
}

@test "a filled cache is enough" {
    mkdir tree/vendor/cache
    cp thing_1.0.orig.tar.gz tree/vendor/cache/
    tree/vendor/fetch thing
}

@test "wrong bytes in the cache are replaced from the mirror" {
    mkdir tree/vendor/cache
    echo broken >tree/vendor/cache/thing_1.0.orig.tar.gz
    cp thing_1.0.orig.tar.gz mirror/pool/main/t/thing/
    tree/vendor/fetch thing
    cmp thing_1.0.orig.tar.gz tree/vendor/cache/thing_1.0.orig.tar.gz
}

@test "wrong bytes everywhere: both sums, the file and the remedy are named, and nothing is kept" {
    cp thing_1.0.orig.tar.gz mirror/pool/main/t/thing/
    wrong=$(printf '0%.0s' {1..64})
    lock "$wrong"
    run tree/vendor/fetch thing
    [ "$status" -eq 1 ]
    [[ $output == *"thing 1.0"*"thing_1.0.orig.tar.gz"*"$wrong"* ]]
    [[ $output == *"wrong bytes, sha256 $sum"* ]]
    [[ $output == *"put a file of that name and sum into $PWD/tree/vendor/cache/"* ]]
    [ -z "$(ls -A tree/vendor/cache)" ]
}

@test "no mirror and no address answers: every place tried is named" {
    run tree/vendor/fetch thing
    [ "$status" -eq 1 ]
    [[ $output == *"file:$PWD/mirror/pool/main/t/thing/thing_1.0.orig.tar.gz: not to be had"* ]]
    [[ $output == *"http://127.0.0.1:9/thing.tar.gz: not to be had"* ]]
    [[ $output == *"remedy"* ]]
}

@test "a package the lock does not know, or a line that is cut" {
    run tree/vendor/fetch other
    [ "$status" -eq 1 ]
    [[ $output == *"no line for other"* ]]
    sed -i 's/| LICENSE.*//' tree/vendor/packages.lock
    run tree/vendor/fetch thing
    [ "$status" -eq 1 ]
    [[ $output == *"fewer than seven columns"* ]]
}

@test "a missing compiler: the packages and the command that installs them are named" {
    mkdir tools
    for tool in bash dirname nproc tr env; do ln -s "$(command -v $tool)" tools/; done
    printf '#!/bin/sh\necho 1000\n' >tools/id
    chmod +x tools/id
    cp "$TOOLKIT_SRC/build.sh" tree/
    PATH=$PWD/tools run tree/build.sh
    [ "$status" -eq 1 ]
    [[ $output == *"no apt-get to install them: gcc"* ]]
    ln -s /usr/bin/apt-get tools/
    PATH=$PWD/tools run tree/build.sh
    [ "$status" -eq 1 ]
    [[ $output == *"missing: gcc"* ]]
    [[ $output == *"apt-get install --no-install-recommends gcc"* ]]
}

@test "a folder whose name make cannot handle is refused by name" {
    mkdir "a b"
    cp "$TOOLKIT_SRC/build.sh" "a b/"
    run "a b/build.sh"
    [ "$status" -eq 1 ]
    [[ $output == *"$PWD/a b"* ]]
}

@test "an unknown task is a usage error, help is not" {
    run "$TOOLKIT_SRC/build.sh" frobnicate
    [ "$status" -eq 2 ]
    run "$TOOLKIT_SRC/build.sh" help
    [ "$status" -eq 0 ]
    [[ $output == *"build.sh demo"* ]]
}

@test "includes that point up a floor are found" {
    mkdir -p tree/scripts tree/src/base tree/src/cmd tree/src/rescue
    cp "$TOOLKIT_SRC/scripts/check-includes" tree/scripts/
    echo '#include "base/err.h"' >tree/src/cmd/good.c
    tree/scripts/check-includes
    echo '#include "cmd/bad.h"' >tree/src/rescue/bad.c
    run tree/scripts/check-includes
    [ "$status" -ne 0 ]
    [[ $output == *"src/rescue/bad.c:1: includes cmd/bad.h"* ]]
}
