#!/usr/bin/env bats
# Small changes to OpenCart stores: the gate, switches, caches, copies of modified files, add-ons, files against a release.

export STORE_PLATFORM=opencart STORE_FAMILIES='2.1 3.0 4.1' STORE_ASIDE=3.0 STORE_TCP=yes STORE_CACHES='*/cache/* */modification/*'
. "$TOOLKIT_SRC/tests/e2e/store.bash"

@test "what lies below: gate, settings, switches, add-ons in a real database" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_oc_server"
}

@test "each store is told for what it is, from any folder of it" {
    toolkit 2.1 0 --json store
    [[ $output == *'"platform": "opencart"'* && $output == *'"version": "2.0.3.1"'* ]]
    toolkit 3.0 0 --json store
    [[ $output == *'"version": "3.0.3.8"'* ]]
    run -0 "$TOOLKIT" -C "$WORK/4.1/shopadmin/controller" --work-dir "$WORK/work-4.1" --db-socket "$WORK/db.sock" --json store
    [[ $output == *'"version": "4.0.2.3"'* ]]
}

@test "store close and open: asked, rehearsed, done, and the database is as it was" {
    for family in 2.1 3.0 4.1; do
        rows $family >"before-$family"
        toolkit $family 2 store close </dev/null
        toolkit $family 0 --dry-run --yes store close
        [[ $output == *"would set config_maintenance to 1"* ]]
        rows $family | cmp - "before-$family"
        toolkit $family 0 --yes store close
        [[ $output == *"payment services still pass"* ]]
        toolkit $family 0 --json store
        [[ $output == *'"open": false'* ]]
        toolkit $family 0 store open
        toolkit $family 0 store open
        [[ $output == *"is open already"* ]]
        rows $family | cmp - "before-$family"
    done
}

@test "a main shop in maintenance is told although another shop is open, and store open opens it" {
    echo "UPDATE oc_setting SET value = '1' WHERE \`key\` = 'config_maintenance' AND store_id = 0" | sql 3.0
    toolkit 3.0 0 diagnose
    [[ $output == *"main shop is in maintenance mode"*" store open"* ]]
    toolkit 3.0 0 store
    [[ $output == *"OK: the store is open, but its main shop is closed"* ]]
    toolkit 3.0 0 --json store
    [[ $output == *'"open": true'*'"open_but": "but its main shop is closed'* ]]
    toolkit 3.0 0 store open
    [[ $output != *"stays closed"* ]]
    [ "$(echo "SELECT value FROM oc_setting WHERE \`key\` = 'config_maintenance' AND store_id = 0" | sql 3.0)" = 0 ]
    toolkit 3.0 0 diagnose
    [[ $output != *"maintenance"* ]]
    toolkit 3.0 0 store
    [[ $output == *"OK: the store is open" ]]
    toolkit 3.0 0 --json store
    [[ $output == *'"open_but": null'* ]]
}

# Where nothing but tables tells, a database that can't be read is no sign of a finished upgrade.
@test "without the database nothing is called finished, and the installer is not to be taken away" {
    for family in 2.1 3.0 4.1; do
        mkdir -p "$WORK/$family/install"
        toolkit $family 1 --db-user nobody diagnose
        [[ $output == *"could not be told"* && $output != *"moves it aside"* ]]
        toolkit $family 3 --db-user nobody --yes resume
        [[ $output == *"could not be told: "*"Access denied for user 'nobody'"* && $output != *"toolkit diagnose"* ]]
        run -3 "$TOOLKIT" -C "$WORK/$family" --work-dir "$WORK/work-$family" --db-socket "$WORK/none.sock" --yes resume
        [[ $output == *"could not be told: "*"$WORK/none.sock"* && $output != *"toolkit diagnose"* ]]
        rmdir "$WORK/$family/install"
    done
}

@test "switches: each goes off and on again and leaves neither row nor byte" {
    for family in 2.1 3.0 4.1; do
        mkdir -p "$WORK/$family/install/model"
        echo '<?php // a step' >"$WORK/$family/install/model/upgrade.php"
        chmod 640 "$WORK/$family/install/model/upgrade.php"
        rows $family >"rows-$family"
        files $family >"files-$family"
        for name in events modifications installer; do
            [ "$family $name" != '4.1 modifications' ] || continue
            toolkit $family 2 store "$name" off </dev/null
            toolkit $family 0 --dry-run store "$name" off
            rows $family | cmp - "rows-$family"
            files $family | cmp - "files-$family"
            toolkit $family 0 --yes store "$name" off
            toolkit $family 0 store
            grep -qE "^$name +off " <<<"$output"
            toolkit $family 0 --yes store "$name" on
            rows $family | cmp - "rows-$family"
            files $family | cmp - "files-$family"
        done
        rm -r "$WORK/$family/install"
    done
}

@test "the installer's folder that was moved away comes back by undo as well" {
    mkdir -p "$WORK/3.0/install"
    echo '<?php' >"$WORK/3.0/install/index.php"
    toolkit 3.0 0 --yes store installer off
    [ ! -e "$WORK/3.0/install" ]
    toolkit 3.0 0 --yes undo
    [ -f "$WORK/3.0/install/index.php" ]
    rm -r "$WORK/3.0/install"
}

@test "add-ons: those of third parties go off and come back exactly" {
    for family in 2.1 3.0 4.1; do
        echo "INSERT INTO oc_setting (store_id, code, \`key\`, value, serialized) VALUES (0, 'acme', '$([ $family = 2.1 ] || echo module_)acme_status', '1', 0)" | sql $family
        rows $family >"before-$family"
        toolkit $family 0 addons list
        grep -qE '^module/acme +on +third party' <<<"$output"
        grep -qE '^payment/(cod|klarna_checkout) +on +with the shop' <<<"$output"
        toolkit $family 0 --yes addons disable --third-party
        toolkit $family 0 --json addons list
        grep -A3 '"name": "module/acme"' <<<"$output" | grep -q '"enabled": false'
        [ "$(echo "SELECT value FROM oc_setting WHERE \`key\` LIKE '%acme_status'" | sql $family)" = 0 ]
        toolkit $family 0 addons enable
        rows $family | cmp - "before-$family"
        echo "DELETE FROM oc_setting WHERE \`key\` LIKE '%acme_status'" | sql $family
    done
}

@test "cache clear empties caches and copies, in a storage outside of the store too, and nothing else" {
    store_make moved 3.0 before --moved-storage yes
    storage=$WORK/moved-storage
    mkdir -p "$storage/cache/template" "$storage/modification/catalog" "$WORK/moved/system/storage/modification/system" "$WORK/moved/image/cache"
    touch "$storage/cache/template/x" "$storage/modification/catalog/x.php" "$WORK/moved/system/storage/modification/system/startup.php" \
        "$WORK/moved/image/cache/x.jpg" "$storage/upload/kept" "$storage/modification/index.html"
    find "$WORK/moved" "$storage" -type f | LC_ALL=C sort >before
    toolkit moved 0 --dry-run cache clear
    find "$WORK/moved" "$storage" -type f | LC_ALL=C sort | cmp - before
    toolkit moved 0 cache clear
    [[ $output == *"copies of modified files are gone"* ]]
    [ ! -e "$storage/cache/template" ]
    [ ! -e "$storage/modification/catalog" ]
    [ -e "$storage/modification/index.html" ]
    [ ! -e "$WORK/moved/system/storage/modification/system" ]
    [ -e "$WORK/moved/image/cache/x.jpg" ]
    [ -e "$storage/upload/kept" ]
}

# The back office's page and what it stands on, in the form of 3.0; TEXT is what it does between closing the shop and opening it
page() {
    local dir=$WORK/3.0
    mkdir -p "$dir/admin/controller/marketplace" "$dir/admin/model/setting" "$dir/system/engine" "$dir/system/library"
    cat >"$dir/system/engine/registry.php" <<'PHP'
<?php
final class Registry {
	private $data = array();
	public function get($key) { return isset($this->data[$key]) ? $this->data[$key] : null; }
	public function set($key, $value) { $this->data[$key] = $value; }
}
PHP
    cat >"$dir/system/engine/controller.php" <<'PHP'
<?php
abstract class Controller {
	protected $registry;
	public function __construct($registry) { $this->registry = $registry; }
	public function __get($key) { return $this->registry->get($key); }
	public function __set($key, $value) { $this->registry->set($key, $value); }
}
PHP
    cat >"$dir/system/engine/model.php" <<'PHP'
<?php
abstract class Model {
	protected $registry;
	public function __construct($registry) { $this->registry = $registry; }
	public function __get($key) { return $this->registry->get($key); }
}
PHP
    cat >"$dir/admin/model/setting/setting.php" <<'PHP'
<?php
class ModelSettingSetting extends Model {
	public function editSettingValue($code, $key, $value, $store_id = 0) {
		$this->db->query("UPDATE " . DB_PREFIX . "setting SET `value` = '" . $this->db->escape($value) . "' WHERE `code` = '" . $this->db->escape($code)
			. "' AND `key` = '" . $this->db->escape($key) . "' AND store_id = '" . (int)$store_id . "'");
	}
}
PHP
    cat >"$dir/admin/model/setting/modification.php" <<'PHP'
<?php
class ModelSettingModification extends Model {
	public function getModifications($data = array()) {
		return $this->db->query("SELECT * FROM " . DB_PREFIX . "modification ORDER BY name")->rows;
	}
}
PHP
    cat >"$dir/admin/controller/marketplace/modification.php" <<PHP
<?php
class ControllerMarketplaceModification extends Controller {
	public function refresh(\$data = array()) {
		\$this->load->language('marketplace/modification');
		\$this->document->setTitle(\$this->language->get('heading_title'));
		\$this->load->model('setting/modification');
		if (\$this->user->hasPermission('modify', 'marketplace/modification')) {
			\$maintenance = \$this->config->get('config_maintenance');
			\$this->load->model('setting/setting');
			\$this->model_setting_setting->editSettingValue('config', 'config_maintenance', true);
			foreach (\$this->model_setting_modification->getModifications() as \$row) {
				$1
				if (\$row['status']) {
					mkdir(DIR_MODIFICATION . 'catalog/controller/common', 0777, true);
					copy(DIR_CATALOG . 'controller/common/home.php', DIR_MODIFICATION . 'catalog/controller/common/home.php');
				}
			}
			\$this->model_setting_setting->editSettingValue('config', 'config_maintenance', \$maintenance);
			\$this->session->data['success'] = \$this->language->get('text_success');
			\$this->response->redirect(\$this->url->link('marketplace/modification', 'user_token=' . \$this->session->data['user_token'], true));
		}
		\$this->getList();
	}
	protected function getList() {
		throw new Exception('the list needs a whole back office');
	}
}
PHP
}

@test "cache rebuild makes the copies anew through the store's own code, and maintenance is as it was" {
    for place in admin system; do aside $place; done
    page ''
    rows 3.0 >before
    touch "$WORK/3.0/system/storage/modification/stale.php"
    toolkit 3.0 0 --dry-run --yes cache rebuild
    [[ $output == *"through the store's PHP"* ]]
    [ -e "$WORK/3.0/system/storage/modification/stale.php" ]
    for value in 0 1; do
        echo "UPDATE oc_setting SET value = '$value' WHERE \`key\` = 'config_maintenance' AND store_id = 0" | sql 3.0
        toolkit 3.0 0 --yes cache rebuild
        [[ $output == *"gave 1 copy of files"* ]]
        cmp "$WORK/3.0/catalog/controller/common/home.php" "$WORK/3.0/system/storage/modification/catalog/controller/common/home.php"
        [ ! -e "$WORK/3.0/system/storage/modification/stale.php" ]
        [ "$(echo "SELECT value FROM oc_setting WHERE \`key\` = 'config_maintenance' AND store_id = 0" | sql 3.0)" = "$value" ]
    done
    echo "UPDATE oc_setting SET value = '0' WHERE \`key\` = 'config_maintenance' AND store_id = 0" | sql 3.0
    rows 3.0 | cmp - before
}

@test "a modification that the store's code dies of leaves neither copies nor maintenance behind" {
    for place in admin system; do aside $place; done
    page "mkdir(DIR_MODIFICATION . 'catalog', 0777, true); touch(DIR_MODIFICATION . 'catalog/half.php'); \$row->explode();"
    rows 3.0 >before
    toolkit 3.0 4 --yes cache rebuild
    [[ $output == *"the shop runs on the original files meanwhile"* ]]
    [ ! -e "$WORK/3.0/system/storage/modification/catalog" ]
    rows 3.0 | cmp - before
    # Without the page there is nothing to run, and the caches are emptied all the same.
    rm "$WORK/3.0/admin/controller/marketplace/modification.php"
    toolkit 3.0 4 --yes cache rebuild
    rows 3.0 | cmp - before
}

@test "a store whose modifications are all off has nothing to be made anew" {
    echo "UPDATE oc_modification SET status = 0" | sql 2.1
    aside system/storage
    rm -f "$WORK/2.1/system/modification.xml"
    toolkit 2.1 0 --yes cache rebuild
    [[ $output == *"there are no copies to be made anew"* ]]
    echo "UPDATE oc_modification SET status = 1" | sql 2.1
}

@test "verify: against a release of another layout, with admin renamed and line ends changed" {
    mkdir -p clean/opencart-4.0.2.3/upload
    cp -a "$WORK/4.1/." clean/opencart-4.0.2.3/upload/
    mv clean/opencart-4.0.2.3/upload/shopadmin clean/opencart-4.0.2.3/upload/admin
    rm -f clean/opencart-4.0.2.3/upload/config.php clean/opencart-4.0.2.3/upload/admin/config.php
    toolkit 4.1 0 --source clean verify
    [[ $output == *"OpenCart 4.0.2.3"* ]]
    (cd clean && find . -type f | tar -czf ../clean.tar.gz -T -)
    toolkit 4.1 0 --source clean.tar.gz verify
    cp "$WORK/4.1/catalog/controller/common/home.php" home.php
    sed -i 's/$/\r/' "$WORK/4.1/catalog/controller/common/home.php"
    toolkit 4.1 0 --source clean verify
    [[ $output == *"1 of these differs in line ends alone"* ]]
    echo '// more' >>"$WORK/4.1/catalog/controller/common/home.php"
    echo '<?php' >"$WORK/4.1/image/shell.php"
    toolkit 4.1 1 --source clean verify
    [[ $output == *"catalog/controller/common/home.php"* && $output == *"image/shell.php"* ]]
    cp home.php "$WORK/4.1/catalog/controller/common/home.php"
    rm "$WORK/4.1/image/shell.php"
}

@test "verify names files that copies stand in for, and says which copies are stale" {
    mkdir -p clean
    cp -a "$WORK/3.0/." clean/
    mkdir -p "$WORK/3.0/system/storage/modification/catalog/controller/common"
    cp "$WORK/3.0/catalog/controller/common/home.php" "$WORK/3.0/system/storage/modification/catalog/controller/common/home.php"
    touch -d '+1 hour' "$WORK/3.0/system/storage/modification/catalog/controller/common/home.php"
    find "$WORK/3.0/system/storage/modification" -type f ! -path '*home.php' -delete
    toolkit 3.0 0 --source clean verify
    grep -q 'shadowed .*catalog/controller/common/home.php' <<<"$output"
    touch -d '2001-01-01' "$WORK/3.0/system/storage/modification/catalog/controller/common/home.php"
    toolkit 3.0 1 --source clean verify
    [[ $output == *"which is older than the file"* && $output == *"1 copy is stale"* ]]
    toolkit 3.0 1 --json --source clean verify
    [[ $output == *'"older": true'* ]]
    rm -r "$WORK/3.0/system/storage/modification/catalog"
}

@test "stale copies are told without an upgrade too, copies of modifications that are on are not" {
    store_make mods 3.0 before
    [ -e "$WORK/mods/system/storage/modification/system/library/log.php" ]
    toolkit mods 0 diagnose
    [[ $output != *stale* ]]
    echo "UPDATE oc_modification SET status = 0" | sql mods
    toolkit mods 1 diagnose
    [[ $output == *"stale copy"*"library/log.php"*" cache clear"*" cache rebuild"* ]]
    echo "UPDATE oc_modification SET status = 1" | sql mods
    toolkit mods 0 diagnose
    sed -i 's/function write/function writes/' "$WORK/mods/system/storage/modification/system/library/log.php"
    toolkit mods 1 diagnose
    [[ $output == *"stale copy"* ]]
    toolkit mods 0 cache clear
    toolkit mods 0 diagnose
}

# The installer's folder is gone, and what is left of the upgrade is a row that a shop may have outlived: only who names the release goes on.
@test "without its installer an upgrade goes on from the release, and not where nothing is left of it" {
    local before
    store_make gone 3.0 step:8:after
    rm -r "$WORK/gone/install"
    toolkit gone 0 diagnose
    [[ $output == *"upload/install"*" resume --source RELEASE.zip"* ]]
    toolkit gone 0 --yes resume
    [[ $output == *"no interrupted upgrade"* ]]
    before=$(rows gone | md5sum)
    cp -a "$WORK/release" other
    sed -i "s/'3\.0\.5\.1'/'3.0.4.0'/" other/upload/index.php other/upload/admin/index.php
    toolkit gone 0 --yes --source other resume
    [[ $output == *"is of 3.0.4.0"*"no interrupted upgrade"*"--source was not used"* ]]
    [ "$(rows gone | md5sum)" = "$before" ]
    toolkit gone 0 --yes --source "$WORK/release" resume
    [[ $output == *"OK: the upgrade to 3.0.5.1 is finished"* ]]
    [ "$(echo "SELECT COUNT(*) > 0 FROM oc_extension WHERE type = 'dashboard'" | sql gone)" = 1 ]
    [ ! -e "$WORK/gone/install" ]
    toolkit gone 0 --yes --source "$WORK/release" resume
    [[ $output == *"no interrupted upgrade: neither files nor database show"* ]]
    toolkit gone 0 --yes undo
    [ "$(rows gone | md5sum)" = "$before" ]
}

@test "an empty config.php is called the trap it is" {
    cp "$WORK/2.1/config.php" config.php
    : >"$WORK/2.1/config.php"
    toolkit 2.1 0 --json store
    mv "$WORK/2.1/admin/config.php" admin.php
    toolkit 2.1 1 store
    [[ $output == *"sends every visitor to the installer"* ]]
    cp config.php "$WORK/2.1/config.php"
    cp admin.php "$WORK/2.1/admin/config.php"
}
