#!/usr/bin/env bats
# Small changes to PrestaShop stores: the gate, switches, caches, modules, files against the published list.

export STORE_PLATFORM=prestashop STORE_FAMILIES='1.6 8' STORE_ASIDE=8 STORE_CACHES='./var/cache/* ./cache/*'
. "$TOOLKIT_SRC/tests/e2e/store.bash"

@test "what lies below: gate, settings, switches, modules in a real database" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_ps_server"
}

@test "store close and open: asked, rehearsed, done, and the database is as it was" {
    for family in 1.6 8; do
        rows $family >"before-$family"
        toolkit $family 2 store close </dev/null
        toolkit $family 0 --dry-run --yes store close
        [[ $output == *"would set PS_SHOP_ENABLE to 0"* ]]
        rows $family | cmp - "before-$family"
        toolkit $family 0 --yes store close
        [ "$(echo "SELECT SUM(value NOT IN ('', '0')) FROM ps_configuration WHERE name = 'PS_SHOP_ENABLE'" | sql $family)" = 0 ]
        toolkit $family 0 --json store
        [[ $output == *'"open": false'* ]]
        toolkit $family 0 store open
        toolkit $family 0 store open
        [[ $output == *"is open already"* ]]
        rows $family | cmp - "before-$family"
    done
}

@test "a shop that the merchant had closed stays closed when the store opens" {
    echo "CREATE TABLE second AS SELECT * FROM ps_shop LIMIT 1; UPDATE second SET id_shop = 2, name = 'second';
        INSERT INTO ps_shop SELECT * FROM second; DROP TABLE second" | sql 8
    echo "INSERT INTO ps_configuration (id_shop, name, value, date_add, date_upd) VALUES (2, 'PS_SHOP_ENABLE', '0', NOW(), NOW())" | sql 8
    echo "SELECT * FROM ps_configuration ORDER BY 1" | sql 8 >before
    toolkit 8 0 --yes store close
    [ "$(echo "SELECT COUNT(*) FROM ps_configuration WHERE name = 'PS_SHOP_ENABLE' AND value NOT IN ('', '0')" | sql 8)" = 0 ]
    toolkit 8 0 store open
    [[ $output == *"shop 2, second, stays closed"* ]]
    echo "SELECT * FROM ps_configuration ORDER BY 1" | sql 8 | cmp - before
    echo "DELETE FROM ps_shop WHERE id_shop = 2; DELETE FROM ps_configuration WHERE id_shop = 2" | sql 8
}

@test "the store opens and closes without PHP and without its admin directory" {
    aside admin-dev8x
    rm -r "$WORK/8/admin-dev8x"
    toolkit 8 0 --php /bin/false --yes store close
    toolkit 8 0 --php /bin/false store open
}

@test "switches: each goes off and on again and leaves neither row nor byte" {
    for family in 1.6 8; do
        rows $family >"rows-$family"
        files $family >"files-$family"
        for words in 'debug on off' 'overrides off on' 'native-only on off'; do
            read -r name there back <<<"$words"
            toolkit $family 2 store "$name" "$there" </dev/null
            toolkit $family 0 --dry-run store "$name" "$there"
            rows $family | cmp - "rows-$family"
            files $family | cmp - "files-$family"
            toolkit $family 0 --yes store "$name" "$there"
            toolkit $family 0 store
            grep -qE "^$name +$there " <<<"$output"
            toolkit $family 0 --yes store "$name" "$there"
            [[ $output == *already* ]]
            toolkit $family 0 --yes store "$name" "$back"
            rows $family | cmp - "rows-$family"
            files $family | cmp - "files-$family"
        done
        toolkit $family 0 clean
    done
}

@test "debug mode: a case that undo takes back, and then the switch is as it was" {
    files 8 >before
    toolkit 8 0 --yes store debug on
    grep -q "define('_PS_MODE_DEV_', true)" "$WORK/8/config/defines.inc.php"
    toolkit 8 0 cases
    [[ $output == *debug* ]]
    toolkit 8 0 --yes undo
    files 8 | cmp - before
    toolkit 8 0 --yes store debug on
    toolkit 8 0 --yes store debug off
    files 8 | cmp - before
}

@test "a switch that is not there, and words that say nothing" {
    toolkit 8 2 --yes store nonsense on
    [[ $output == *"store has no switch nonsense; there is open, close, debug on|off, overrides on|off, native-only on|off"* ]]
    toolkit 8 2 store debug
    toolkit 8 2 --yes store debug sideways
    toolkit 8 2 --yes store open on
    mkdir -p x/classes/XLite/Upgrade
    touch x/cart.php x/admin.php x/top.inc.php x/classes/XLite/Upgrade/Cell.php
    run -2 "$TOOLKIT" -C x --yes store debug on
    [[ $output == *"X-Cart 5: store has no switch debug; there is open, close"* ]]
}

@test "cache clear: renamed away and removed, guards and uploads stay" {
    mkdir -p "$WORK/8/var/cache/prod/x" "$WORK/8/var/cache/dev" "$WORK/8/cache/smarty/compile/ab" "$WORK/8/upload"
    touch "$WORK/8/var/cache/prod/x/y.php" "$WORK/8/cache/class_index.php" "$WORK/8/cache/smarty/compile/index.php" "$WORK/8/upload/mine"
    toolkit 8 0 --dry-run cache clear
    [ -e "$WORK/8/var/cache/prod/x/y.php" ]
    toolkit 8 0 cache clear
    [ ! -e "$WORK/8/var/cache/prod" ]
    [ ! -e "$WORK/8/cache/class_index.php" ]
    [ ! -e "$WORK/8/cache/smarty/compile/ab" ]
    [ -e "$WORK/8/cache/smarty/compile/index.php" ]
    [ -e "$WORK/8/upload/mine" ]
    [ -z "$(find "$WORK/8" -name '.gone.toolkit.*')" ]
    rm "$WORK/8/upload/mine"
}

@test "addons: strangers go off with their shops noted and come back row by row" {
    for family in 1.6 8; do
        rows $family >"before-$family"
        toolkit $family 0 --json addons list
        [[ $output == *'"third_party": true'* ]]
        toolkit $family 2 addons disable --third-party </dev/null
        toolkit $family 3 --yes addons disable no_such_module
        toolkit $family 0 --dry-run addons disable --third-party
        rows $family | cmp - "before-$family"
        toolkit $family 0 --yes addons disable --third-party
        [ "$(echo "SELECT COUNT(*) FROM ps_module m JOIN ps_module_shop l USING (id_module) WHERE m.name = 'acmesync'" | sql $family)" = 0 ]
        [ "$(echo "SELECT COUNT(*) FROM ps_module m JOIN ps_module_shop l USING (id_module) WHERE m.name = 'ps_banner'" | sql $family)" -gt 0 ]
        toolkit $family 0 --yes addons disable ps_banner
        toolkit $family 0 addons enable
        rows $family | cmp - "before-$family"
        toolkit $family 3 addons enable
    done
}

@test "verify: changed, missing and extra files; the admin directory under its own name" {
    toolkit 8 0 verify
    [[ $output == *"config/xml/8.0.5.xml"* ]]
    aside classes
    file=$(cd "$WORK/8" && find classes -name '*.php' | LC_ALL=C sort | head -n 1)
    echo changed >>"$WORK/8/$file"
    toolkit 8 1 verify
    [[ $output == *"changed    $file"* ]]
    rm "$WORK/8/$file"
    toolkit 8 1 --json verify
    [[ $output == *'"kind": "missing"'* ]]
    cp -a aside/classes "$WORK/8/"
    # What nobody has listed: one that breaks the shop, one that may be anything.
    mkdir -p "$WORK/8/src/Core/Old"
    touch "$WORK/8/src/Core/Old/index.php" "$WORK/8/classes/foreign.php"
    toolkit 8 1 verify
    [[ $output == *"extra      src/Core/Old/index.php: breaks the shop"* ]]
    [[ $output == *"extra      classes/foreign.php"* ]]
    [[ $output == *"DONE WITH 1 PROBLEM:"* ]]
    rm -r "$WORK/8/src/Core/Old"
    toolkit 8 0 verify
    rm "$WORK/8/classes/foreign.php"
}

@test "verify: a list of another version is refused by name, unless it is asked for" {
    other=$(cd "$WORK/8/config/xml" && find . -name '[0-9]*.xml' ! -name 8.0.5.xml | head -n 1)
    cp "$WORK/8/config/xml/$other" other.xml
    toolkit 8 5 --source other.xml verify
    [[ $output == *"is the list of version 8.1.7, but the shop's code is of 8.0.5"* ]]
    toolkit 8 1 verify --manifest other.xml
    cp "$WORK/8/config/xml/8.0.5.xml" right.xml
    toolkit 8 0 --source right.xml verify
    toolkit 8 0 verify --manifest right.xml
    aside config/xml
    rm "$WORK/8/config/xml/8.0.5.xml"
    toolkit 8 3 verify
    [[ $output == *"there is no list of checksums of version 8.0.5"* ]]
}

@test "verify: what the upgrade left alone of a module may differ, and nothing else" {
    store_make new 8 schema:8.1.0:2
    toolkit new 0 --yes resume
    toolkit new 0 verify
    [[ $output == *"of themes or modules of the store's own version"* ]]
    echo changed >>"$WORK/new/modules/ps_banner/ps_banner.php"
    toolkit new 1 verify
    [[ $output == *"changed    modules/ps_banner/ps_banner.php"*"DONE WITH 1 PROBLEM:"* ]]
}

@test "an upgrade that had changed nothing is given up, and not called finished" {
    store_make early 8 download:half
    toolkit early 0 --yes resume
    [[ $output == *"is given up"* && $output != *finished* ]]
    toolkit early 0 diagnose
    [[ $output == *"OK: no interrupted upgrade" ]]
}

@test "a dry run goes through all scripts, and knows modules by the names that they get back" {
    store_make cut 8 schema:8.1.0:2
    echo "UPDATE ps_module SET name = CONCAT('UA_', name)" | sql cut
    toolkit cut 0 --dry-run resume
    [[ $output == *"schema:8.1.3"*"would name the module UA_acmesync acmesync again"*"OK: dry run of"* ]]
    [[ $output != *"not installed any more"* && $output != *"not carried out"* ]]
}

@test "labels: a language without a pack is named with its address, and is not done when it was asked for" {
    toolkit 8 3 labels de
    [[ $output == *"/8.0.5/de-DE/de-DE.zip"*"translations/sf-de-DE.zip"*"nothing was changed"* ]]
    toolkit 8 0 labels
    [[ $output == *"/8.0.5/de-DE/de-DE.zip"* ]]
}

@test "the password stands nowhere, and a configuration that only PHP understands is refused" {
    aside app/config/parameters.php
    sed -i "s/'database_password' => [^,]*/'database_password' => getenv('S3CRET')/" "$WORK/8/app/config/parameters.php"
    rm -rf "$WORK/8/var/cache"/*
    toolkit 8 4 store open
    [[ $output == *database_password* && $output != *S3CRET* ]]
    rm "$WORK/8/app/config/parameters.php"
    toolkit 8 1 store
    [[ $output == *"app/config/parameters.php is not there"* ]]
}
