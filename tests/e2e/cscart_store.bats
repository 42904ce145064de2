#!/usr/bin/env bats
# Small changes to CS-Cart stores: the gate in both schemas, caches, add-ons, files against the version's list.

export STORE_PLATFORM=cscart STORE_FAMILIES='4.9 4.12' STORE_ASIDE=4.12
. "$TOOLKIT_SRC/tests/e2e/store.bash"

@test "what lies below: gate, caches, modes, add-ons, leftovers in a real database" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_cs_server"
}

@test "store close and open, by the setting up to 4.9 and by storefronts from 4.10" {
    for family in 4.9 4.12; do
        toolkit $family 2 store close </dev/null
        toolkit $family 0 --dry-run --yes store close
        toolkit $family 0 --json diagnose
        [[ $output == *'"open": true'* ]]
        mkdir -p "$WORK/$family/var/cache/registry"
        touch "$WORK/$family/var/cache/registry/x"
        toolkit $family 0 --yes store close
        [ ! -e "$WORK/$family/var/cache/registry/x" ]
        toolkit $family 1 --json diagnose || true
        toolkit $family 0 store open
        toolkit $family 0 store open
        [[ $output == *"open already"* ]]
    done
    [ "$(echo "SELECT COUNT(*) FROM cscart_storefronts WHERE status <> 'N'" | sql 4.12)" = 0 ]
    settings=$(echo "SHOW TABLES LIKE '%settings_objects'" | sql 4.9)
    [ "$(echo "SELECT COUNT(*) FROM $settings WHERE name = 'store_mode' AND section_id = 2 AND value <> 'N'" | sql 4.9)" = 0 ]
}

@test "verify: a whole store agrees with its list, a changed and a missing file are named" {
    toolkit 4.12 0 verify
    [[ $output == *"var/snapshots/4.12.2.SP2_"*"_dist.php"* || $output == *"var/snapshots/4.12.2.sp2_"* ]]
    aside api.php
    echo '// mine' >>"$WORK/4.12/api.php"
    toolkit 4.12 1 verify
    [[ $output == *"changed    api.php"* ]]
    rm "$WORK/4.12/api.php"
    toolkit 4.12 1 verify
    [[ $output == *"missing    api.php"* ]]
    cp -a aside/api.php "$WORK/4.12/api.php"
    toolkit 4.12 0 --json verify
    aside var/snapshots
    rm "$WORK"/4.12/var/snapshots/*
    toolkit 4.12 3 verify
    [[ $output == *"no list of version 4.12.2.SP2"* && $output == *--source* ]]
}

@test "addons: third parties go off and come back, nothing else changes, a kill between is no loss" {
    echo "SELECT addon, status FROM cscart_addons ORDER BY 1" | sql 4.12 >before
    toolkit 4.12 0 addons list
    [[ $output == *"third party"* && $output == *"with the shop"* ]]
    toolkit 4.12 2 addons disable
    toolkit 4.12 2 addons switch
    toolkit 4.12 3 addons enable
    toolkit 4.12 3 --yes addons disable no_such_addon
    toolkit 4.12 0 --dry-run addons disable --third-party
    echo "SELECT addon, status FROM cscart_addons ORDER BY 1" | sql 4.12 | cmp - before
    toolkit 4.12 0 --yes addons disable --third-party
    [ "$(echo "SELECT GROUP_CONCAT(addon ORDER BY 1) FROM cscart_addons WHERE status = 'D'" | sql 4.12)" = "acme_sync,zeta_labels" ]
    toolkit 4.12 0 --json addons list
    [[ $output == *'"enabled": false'* ]]
    toolkit 4.12 0 --yes addons disable seo
    toolkit 4.12 0 addons enable
    echo "SELECT addon, status FROM cscart_addons ORDER BY 1" | sql 4.12 | cmp - before
    toolkit 4.12 3 addons enable
    toolkit 4.12 0 --yes addons disable seo
    toolkit 4.12 0 addons enable
    echo "SELECT addon, status FROM cscart_addons ORDER BY 1" | sql 4.12 | cmp - before
}

@test "addons: init_addons and a missing list are said" {
    echo "UPDATE cscart_settings_objects SET value = 'none' WHERE name = 'init_addons'" | sql 4.12
    toolkit 4.12 0 addons list
    [[ $output == *"init_addons is none"* ]]
    echo "UPDATE cscart_settings_objects SET value = '' WHERE name = 'init_addons'" | sql 4.12
    aside var/snapshots
    rm "$WORK"/4.12/var/snapshots/*
    toolkit 4.12 0 --json addons list
    [[ $output == *'"third_party": null'* ]]
    toolkit 4.12 3 --yes addons disable --third-party
}

@test "addons: a shop without them says so" {
    mkdir -p x/classes/XLite/Upgrade
    touch x/cart.php x/admin.php x/top.inc.php x/classes/XLite/Upgrade/Cell.php
    run -3 "$TOOLKIT" -C x addons list
    [[ $output == *"X-Cart 5: add-ons are not available"* ]]
}

@test "the password stands nowhere, and a configuration that only PHP understands is refused with its line" {
    aside config.local.php
    echo "\$config['db_password'] = getenv('S3CRET');" >>"$WORK/4.12/config.local.php"
    toolkit 4.12 4 store open
    [[ $output == *"db_password is a constant or a call"* && $output != *S3CRET* ]]
}
