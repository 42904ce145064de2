<?php

namespace Xc5;

/**
 * Tables of a store of the version before the upgrade, and their rows
 */
final class Tables
{
    private $family;

    private $pdo;

    private $prefix;

    private $keptFiles;

    public function __construct(Family $family, \PDO $pdo, array $keptFiles)
    {
        $this->family = $family;
        $this->pdo = $pdo;
        $this->prefix = $family->set['prefix'];
        $this->keptFiles = $keptFiles;
    }

    public function fill()
    {
        $this->create();
        $this->pdo->beginTransaction();
        $this->rows('tmp_vars', array('name', 'value'), array(
            array('lastCheck', serialize(1495440000)),
            // The page's check boxes: names are the keys.
            array('upgradeFilesToRemain', serialize(
                $this->family->set['hookMap'] ? array_fill_keys($this->keptFiles, '1') : $this->keptFiles
            )),
        ));
        $this->fillConfig();
        $this->fillModules();
        $this->fillProducts();
        $this->fillProfiles();
        $this->rows('payment_methods', array('service_name', 'class', 'enabled', 'orderby'), array(
            array('PhoneOrdering', 'Model\Payment\Processor\PhoneOrdering', 1, 0),
            array('PaypalWPS', 'Module\CDev\Paypal\Model\Payment\Processor\PaypalWPS', 1, 5),
        ));
        $this->rows('banner_slides', array('slide_id', 'title'), array(array(1, 'Summer sale')));
        $this->fillLabels();
        $this->pdo->commit();
    }

    private function create()
    {
        $p = $this->prefix;
        $name = $this->family->set['binaryNames'] ? 'varbinary(255)' : 'varchar(255) COLLATE utf8_bin';
        $build = $this->family->set['build'] ? 'build int(11) NOT NULL DEFAULT 0,' : '';
        $tables = array(
            'tmp_vars' => 'id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(128) NOT NULL, value longtext,
                UNIQUE KEY name (name)',
            'config' => "config_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(128) NOT NULL,
                category varchar(32) NOT NULL, type varchar(32) NOT NULL DEFAULT '', orderby int NOT NULL DEFAULT 0,
                value longtext NOT NULL DEFAULT '', UNIQUE KEY nc (name, category)",
            'modules' => "moduleID int(11) NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(64) NOT NULL, author varchar(64) NOT NULL,
                enabled tinyint(1) NOT NULL, installed tinyint(1) NOT NULL, yamlLoaded tinyint(1) NOT NULL DEFAULT 1,
                majorVersion varchar(8) NOT NULL, minorVersion int(11) NOT NULL, $build fromMarketplace tinyint(1) NOT NULL DEFAULT 0,
                isSystem tinyint(1) NOT NULL DEFAULT 0, dependencies longtext,
                UNIQUE KEY moduleVersion (author, name, majorVersion, minorVersion, " . ($build ? 'build, ' : '') . 'installed)',
            'products' => 'product_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, sku varchar(32) NOT NULL,
                name varchar(255) NOT NULL, price decimal(14,4) NOT NULL DEFAULT 0, clean_url varchar(255) DEFAULT NULL',
            'payment_methods' => "method_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, service_name varchar(128) NOT NULL,
                class varchar(255) NOT NULL DEFAULT '', enabled tinyint NOT NULL DEFAULT 0, orderby int NOT NULL DEFAULT 0,
                UNIQUE KEY service_name (service_name)",
            'profiles' => "profile_id int(11) NOT NULL AUTO_INCREMENT PRIMARY KEY, order_id int(11) DEFAULT NULL, login varchar(128) NOT NULL,
                password varchar(255) NOT NULL DEFAULT '', access_level int(11) NOT NULL DEFAULT 0, last_login int(11) NOT NULL DEFAULT 0,
                status varchar(1) NOT NULL DEFAULT 'E'" . ($build ? ', count_of_login_attempts int(11) NOT NULL DEFAULT 0,
                date_of_login_attempt int(11) NOT NULL DEFAULT 0' : ''),
            'banner_slides' => 'slide_id int unsigned NOT NULL PRIMARY KEY, title varchar(255) NOT NULL',
            'hook_runs' => 'hook varchar(190) NOT NULL PRIMARY KEY, runs int NOT NULL',
            'language_labels' => "label_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name $name NOT NULL, UNIQUE KEY name (name)",
            'language_label_translations' => "label_id int NOT NULL AUTO_INCREMENT PRIMARY KEY, id int unsigned DEFAULT NULL,
                label longtext, code char(2) NOT NULL, KEY ci (code, id), KEY id (id),
                CONSTRAINT {$p}llt FOREIGN KEY (id) REFERENCES {$p}language_labels (label_id) ON DELETE CASCADE",
        );
        foreach ($tables as $table => $columns) {
            $this->pdo->exec("CREATE TABLE `$p$table` ($columns) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci");
        }
    }

    private function rows($table, array $names, array $rows)
    {
        $marks = '(' . implode(', ', array_fill(0, count($names), '?')) . ')';
        foreach (array_chunk($rows, 100) as $chunk) {
            $this->pdo->prepare(
                "INSERT INTO `{$this->prefix}$table` (" . implode(', ', $names) . ') VALUES '
                . implode(', ', array_fill(0, count($chunk), $marks))
            )->execute(array_merge(...array_map('array_values', $chunk)));
        }
    }

    private function fillConfig()
    {
        $this->rows('config', array('name', 'category', 'type', 'orderby', 'value'), array(
            array('version', 'Version', '', 0, '5.0.0'),        // of the first installation, never updated
            array('shop_closed', 'Internal', '', 0, 'N'),
            array('shop_name', 'Company', 'text', 10, "Ann's Garden & Home"),
            array('start_year', 'Company', 'text', 20, '2014'),
            array('flash_mode', 'Obsolete', 'text', 10, 'on'),
        ));
    }

    private function fillModules()
    {
        $old = $this->family->moduleVersion('old');
        $new = $this->family->moduleVersion('new');
        $names = array_merge(array('author', 'name', 'enabled', 'installed', 'fromMarketplace', 'dependencies'), array_keys($old));
        $rows = array();
        foreach (array('CDev\SimpleCMS' => 1, 'XC\News' => 0, 'XC\Reviews' => 1, 'CDev\Paypal' => 1, 'QSL\Banner' => 1) as $id => $on) {
            list($author, $name) = explode('\\', $id);
            $rows[] = array_merge(array($author, $name, $on, 1, 0, serialize(array())), array_values($old));
        }
        // What the marketplace offers stands beside what is installed.
        foreach (Family::MODULES as $id) {
            list($author, $name) = explode('\\', $id);
            $rows[] = array_merge(array($author, $name, 0, 0, 1, serialize(array())), array_values($new));
        }
        $this->rows('modules', $names, $rows);
    }

    /** An administrator, one who may not log in and has not for long, a customer, and the copy that an order has of the first one */
    private function fillProfiles()
    {
        $this->rows('profiles', array('order_id', 'login', 'password', 'access_level', 'last_login', 'status'), array(
            array(null, 'admin@example.com', 'SHA512:' . hash_hmac('sha512', 'admin', Builder::SECRET_KEY), 100, 1495440000, 'E'),
            array(null, 'second@example.com', md5('second'), 100, 0, 'D'),
            array(null, 'ann@example.com', 'SHA512:' . hash_hmac('sha512', 'ann', Builder::SECRET_KEY), 0, 1495000000, 'E'),
            array(7, 'admin@example.com', '', 100, 0, 'E'),
        ));
    }

    private function fillProducts()
    {
        $things = array('Watering can', 'Garden gnome', 'Rake', 'Flower pot', 'Bird house', 'Hammock', 'Lantern', 'Door mat');
        $rows = array();
        for ($i = 1; $i <= 60; $i++) {
            $rows[] = array(sprintf('G%04d', $i * 7), $things[$i % 8] . ' ' . chr(64 + $i % 26 + 1), ($i * 137 % 5000) / 100 + 0.0049);
        }
        $this->rows('products', array('sku', 'name', 'price'), $rows);
    }

    /** Labels of the version before; some texts are the merchant's own, some are NULL, one was deleted */
    private function fillLabels()
    {
        $labels = array();
        foreach (array_merge($this->family->entries(), array('CDev\SimpleCMS', 'XC\News')) as $entry) {
            $labels = array_merge($labels, Labels::of($entry, 'old'));
        }
        $names = array();
        $texts = array();
        foreach ($labels as $i => list($name, $translations)) {
            if ('Tax' === $name) {
                continue;
            }
            $names[] = array($name);
            foreach ($translations as $code => $text) {
                $text = 'Checkout' === $name ? 'Pay now, please' : $text;
                $texts[] = array(count($names), 0 === $i % 11 ? null : $text, $code);
            }
        }
        // A label without any text, and a text that differs from a new label's only by the case of the name.
        $names[] = array('Nobody knows');
        $names[] = array('GIFT WRAP');
        $texts[] = array(count($names), 'Wrapped!', 'en');
        $this->rows('language_labels', array('name'), $names);
        $this->rows('language_label_translations', array('id', 'label', 'code'), $texts);
    }
}
