<?php

namespace Xc5;

/**
 * Makes a store of the version before the upgrade: files, database, and the marketplace that offers the new one
 */
final class Builder
{
    /** By which passwords of profiles are kept */
    const SECRET_KEY = 'Kf8~tq=!2;';

    /** In quotes in the config: a double quote, a backslash, and what starts comments, sections and variables elsewhere */
    const PASSWORD = 'p"#;$\' \\x[=&%';

    private $family;

    private $dir;

    private $work;

    private $database;

    private $market;

    public function __construct(Family $family, $dir, $work, $database, $market)
    {
        $this->family = $family;
        $this->dir = $dir;
        $this->work = $work;
        $this->database = $database;
        $this->market = $market;
    }

    public function build()
    {
        $this->writeTree();
        $this->writeConfig();
        $this->writeDatabase();
        $this->writeLogs();
        $this->writeMarket();
    }

    // {{{ Files

    private function put($path, $data, $mode = 0644)
    {
        $file = $this->dir . '/' . $path;
        if (!is_dir(dirname($file))) {
            mkdir(dirname($file), 0755, true);
        }
        file_put_contents($file, $data);
        if (0644 !== $mode) {
            chmod($file, $mode);
        }
    }

    private function writeTree()
    {
        foreach ($this->family->entries() as $entry) {
            foreach (Content::of($this->family, $entry, 'old') as $path => $data) {
                $this->put($path, $data);
            }
        }
        foreach (Content::bystanders($this->family) as $path => $data) {
            $this->put($path, $data);
        }
        $this->modifyFiles();

        foreach (array('run', 'locale', 'datacache', 'tmp', 'resources', 'log', 'data', 'backup') as $name) {
            mkdir($this->dir . '/var/' . $name, 0755, true);
        }
        $this->put('var/data/.safeModeAccessKey', md5('access'));
        $this->put('files/service/.modules.migrations.php', "<?php\nreturn array (\n  '2015_06_22_10_50_27' => array (\n"
            . "    'date' => 1434970227,\n    'current' => array (\n      3 => 'XC\\\\Reviews',\n    ),\n  ),\n);\n");
        $this->put('images/product/1.jpg', "\xFF\xD8\xFF\xE0 picture\n");
        $this->put('files/attachments/manual.pdf', "%PDF-1.4 manual\n");
        $this->put('var/tmp/leftover.txt', "from long ago\n");
    }

    /** What the merchant did to the vendor's files */
    private function modifyFiles()
    {
        $template = $this->family->set['template'];
        $skin = 'tpl' === $template ? 'skins/default/en' : 'skins/customer';
        $append = function ($path, $text) {
            $this->put($path, file_get_contents($this->dir . '/' . $path) . $text);
        };

        $append("$skin/upsell/body.$template", "<!-- our own words -->\n");      // kept, see keptFiles()
        $append("skins/admin/main.$template", "<!-- our logo -->\n");            // overwritten
        $append('skins/common/js/swfobject.js', "// patched\n");                 // deleted
        $append('skins/common/images/flags_svg/us.svg', "<!-- ours -->\n");      // protected
        unlink($this->dir . '/classes/XLite/Controller/Customer/Category.php');  // missing, comes back
        $this->put("skins/admin/sale/label.$template", "ours, the vendor adds the same name\n");
        $this->put('skins/custom/theme.css', ".ours { color: red; }\n");
        chmod($this->dir . '/admin.php', 0755);
        chmod($this->dir . '/classes/XLite/Controller/Customer/Checkout.php', 0664);
        chmod($this->dir . '/robots.txt', 0600);
        if ($this->family->set['coreLast']) {
            $append('changelog/' . $this->family->set['modules']['major'] . '/' . $this->family->version('old'), "our notes\n");
        }
    }

    private function keptFiles()
    {
        $template = $this->family->set['template'];

        return array(('tpl' === $template ? 'skins/default/en' : 'skins/customer') . "/upsell/body.$template");
    }

    private function writeConfig()
    {
        $this->put('etc/config.php', "; <?php /*\n[database_details]\nhostspec = \"db.example.com\"\ndatabase = \"wrong\"\n"
            . "username = \"nobody\"\npassword = \"overridden below\"\ntable_prefix = \"{$this->family->set['prefix']}\"\n\n"
            . "[host_details]\nhttp_host = \"shop.example.com\"\n\n[installer_details]\nauth_code = \"0123456789abcdef\"\nshared_secret_key = \"" . self::SECRET_KEY . "\"\n; */ ?>\n");
        $password = addcslashes(self::PASSWORD, '"\\');
        $local = "; <?php /*\n; Settings of this server\n\n[database_details]\nhostspec = \"localhost\"\nsocket = \"{$this->work}/db.sock\"\n"
            . "database = {$this->database}\nusername = \"{$this->user()}\" ; the shop's own account\npassword = \"$password\"\n; */ ?>\n";
        $this->put('etc/config.local.php', $local, 0640);

        $read = parse_ini_file($this->dir . '/etc/config.local.php', true);
        if (self::PASSWORD !== $read['database_details']['password']) {
            throw new \LogicException('the password does not survive the config file: ' . $read['database_details']['password']);
        }
    }

    private function user()
    {
        return substr($this->database, 0, 60) . '_shop';
    }

    // }}}

    private function writeDatabase()
    {
        $pdo = store_pdo($this->work, '', 'utf8');
        $password = $pdo->quote(self::PASSWORD);
        $pdo->exec("DROP DATABASE IF EXISTS `{$this->database}`");
        $pdo->exec("CREATE DATABASE `{$this->database}` CHARACTER SET utf8 COLLATE utf8_general_ci");
        $pdo->exec("CREATE OR REPLACE USER '{$this->user()}'@'localhost' IDENTIFIED BY $password");
        $pdo->exec("GRANT ALL ON `{$this->database}`.* TO '{$this->user()}'@'localhost'");
        $pdo->exec("USE `{$this->database}`");
        (new Tables($this->family, $pdo, $this->keptFiles()))->fill();
    }

    // {{{ Logs of the time before

    private function writeLogs()
    {
        $this->put('var/log/xlite.log.2014-04-09.php', "<?php die(1); ?>\n[09-Apr-2014 11:43:18] nothing of interest\n");
        $past = new PastLogs($this->family);
        foreach ($past->files() as $path => $text) {
            $this->put($path, $text);
        }
    }

    // }}}

    private function writeMarket()
    {
        if (!is_dir($this->market)) {
            mkdir($this->market, 0755, true);
        }
        $list = array('core' => $this->family->set['new'], 'size' => 0, 'modules' => array());
        foreach ($this->family->entries() as $entry) {
            $installed = array_map('md5', Content::of($this->family, $entry, 'old'));
            $tree = Content::of($this->family, $entry, 'new');
            $hashes = array_map('md5', $tree);
            if ('QSL\Banner' === $entry) {
                // Some vendors make their packs on Windows.
                $hashes = array_combine(str_replace('/', '\\', array_keys($hashes)), $hashes);
            }
            $pack = Pack::make($tree, $hashes, $this->metadata($entry));
            $name = $this->market . '/' . str_replace('\\', '-', $entry);
            file_put_contents($name . '.tar.gz', $pack);
            file_put_contents($name . '.hash.php', "<?php\n\$data = " . var_export($installed, true) . ";\n");
            if ('Core' === $entry) {
                $list['size'] = strlen($pack);
            } else {
                list($author, $short) = explode('\\', $entry);
                $list['modules'][$entry] = array('author' => $author, 'name' => $short) + $this->family->moduleVersion('new');
            }
        }
        file_put_contents($this->market . '/market.json', json_encode($list));
    }

    private function metadata($entry)
    {
        $new = explode('.', $this->family->version('new'));
        $core = 'Core' === $entry;
        $version = $core
            ? array('majorVersion' => $new[0] . '.' . $new[1], 'minorVersion' => $new[2], 'build' => $new[3] ?? '0')
            : $this->family->moduleVersion('new');
        $result = array(
            'RevisionDate' => 1495440000,
            'ActualName'   => $core ? '' : $entry,
            'VersionMajor' => $version['majorVersion'],
            'VersionMinor' => $version['minorVersion'],
        );
        if ($this->family->set['build']) {
            $result['VersionBuild'] = $version['build'];
        }

        return $result + array(
            'MinCoreVersion' => '', 'Name' => $core ? 'X-Cart' : substr(strrchr($entry, '\\'), 1),
            'Author' => $core ? 'X-Cart team' : strstr($entry, '\\', true), 'IconLink' => '', 'Description' => 'Made for tests',
            'Dependencies' => array(), 'isSystem' => $core,
        );
    }
}
