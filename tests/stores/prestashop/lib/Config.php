<?php

namespace Pst;

/** The file of settings in its forms */
final class Config
{
    /**
     * @param array $db host, port, socket, name, user, password
     *
     * @return array<string, string> Path => contents
     */
    public static function files(Family $family, array $db)
    {
        $server = self::server($family, $db);

        return 'defines' === $family->set['settings'] ? self::defines($family, $db, $server) : self::parameters($family, $db, $server);
    }

    /** @return array{string, string} Host and port as the settings name them */
    private static function server(Family $family, array $db)
    {
        if ('socket' === $family->set['server']) {
            return array($db['socket'], '');
        }
        if ('named' === $family->set['server'] || !$db['port']) {
            return array('localhost:' . $db['socket'], '');
        }

        return array('127.0.0.1', (string) $db['port']);
    }

    private static function defines(Family $family, array $db, array $server)
    {
        $values = array(
            '_DB_SERVER_' => $server[0] . ('' === $server[1] ? '' : ':' . $server[1]), '_DB_NAME_' => $db['name'], '_DB_USER_' => $db['user'],
            '_DB_PASSWD_' => $db['password'], '_DB_PREFIX_' => $family->set['prefix'], '_MYSQL_ENGINE_' => 'InnoDB', '_PS_CACHING_SYSTEM_' => 'CacheMemcache',
            '_PS_CACHE_ENABLED_' => '0', '_COOKIE_KEY_' => 'k"9$x', '_COOKIE_IV_' => 'nVoW2c5A', '_PS_CREATION_DATE_' => '2016-03-01',
            '_PS_VERSION_' => $family->set['old'], '_PS_DIRECTORY_' => '/', '_RIJNDAEL_KEY_' => 'aPd4Hq', '_RIJNDAEL_IV_' => 'f7+2==',
        );
        $text = "<?php\n";
        foreach ($values as $name => $value) {
            $text .= "define('$name', '" . addcslashes($value, "'\\") . "');\n";
        }

        return array('config/settings.inc.php' => $text);
    }

    private static function parameters(Family $family, array $db, array $server)
    {
        $escape = function ($text) {
            return str_replace('%', '%%', $text);
        };
        $values = array(
            'database_host' => $server[0], 'database_port' => $server[1], 'database_name' => $db['name'], 'database_user' => $db['user'],
            'database_password' => $escape($db['password']), 'database_prefix' => $family->set['prefix'], 'database_engine' => 'InnoDB', 'mailer_transport' => 'smtp',
            'mailer_host' => '127.0.0.1', 'mailer_user' => null, 'mailer_password' => null, 'secret' => 'S100%%sure', 'ps_caching' => 'CacheMemcache',
            'ps_cache_enable' => false, 'ps_creation_date' => '2019-06-12', 'locale' => 'en-US', 'use_debug_toolbar' => true,
            'cookie_key' => 'k"9$x', 'cookie_iv' => 'nVoW2c5A', 'new_cookie_key' => 'def00000aa',
        );
        if ('brackets' === $family->set['settings']) {
            $text = "<?php\n\nreturn [\n    'parameters' => [\n";
            foreach ($values as $key => $value) {
                $text .= "        '$key' => " . var_export($value, true) . ",\n";
            }
            $text .= "    ],\n];\n";
        } else {
            $text = "<?php return " . var_export(array('parameters' => $values), true) . ";\n";
        }

        return array(
            'app/config/parameters.php' => $text,
            'app/config/parameters.yml' => "# Kept for compatibility\n",
            'var/cache/prod/appParameters.php' => $text,
        );
    }
}
