/*
 * "Refresh" through the store's own code: its controller, its models and its base classes, so that the copies are what this version makes. All
 * that a page needs around them, a session, a user who may do it, a language, stands in for itself here, for nothing of that
 * says what a copy holds.
 */
#include "platform/opencart/modification.h"
#include "sys/php_call.h"

/* clang-format off */
static const char stand_ins[] =
"class ToolkitEnough extends Exception\n"
"{\n"
"}\n"
"\n"
"/* Whatever a page asks of it. */\n"
"class ToolkitAnything\n"
"{\n"
"    public $data = array('token' => '', 'user_token' => '');\n"
"    public $get = array(), $post = array(), $server = array(), $request = array(), $cookie = array(), $files = array();\n"
"    public function __get($name) { return null; }\n"
"    public function __isset($name) { return false; }\n"
"    public function __call($name, $arguments) { return ''; }\n"
"    public function hasPermission($key, $value) { return true; }\n"
"    public function isLogged() { return true; }\n"
"    public function link($route, $arguments = '', $secure = false) { return ''; }\n"
"    public function setOutput($output) { }\n"
"    public function addHeader($header) { }\n"
"    /* The page ends here; the work is done. */\n"
"    public function redirect($url, $status = 302) { throw new ToolkitEnough(); }\n"
"}\n"
"\n"
"class ToolkitRows\n"
"{\n"
"    public $num_rows, $row, $rows;\n"
"    public function __construct($rows)\n"
"    {\n"
"        $this->rows = $rows;\n"
"        $this->row = isset($rows[0]) ? $rows[0] : array();\n"
"        $this->num_rows = count($rows);\n"
"    }\n"
"}\n"
"\n"
"\n";

static const char data[] =
"class ToolkitDatabase\n"
"{\n"
"    private $link, $pdo = false, $done = 0;\n"
"\n"
"    public function __construct()\n"
"    {\n"
"        $port = defined('DB_PORT') ? DB_PORT : '';\n"
"        if (class_exists('mysqli', false)) {\n"
"            mysqli_report(MYSQLI_REPORT_OFF);\n"
"            $this->link = @new mysqli(DB_HOSTNAME, DB_USERNAME, DB_PASSWORD, DB_DATABASE, '' === (string) $port ? 3306 : (int) $port);\n"
"            if ($this->link->connect_errno) {\n"
"                throw new Exception('the database can not be reached: ' . $this->link->connect_error);\n"
"            }\n"
"            $this->link->set_charset('utf8mb4') || $this->link->set_charset('utf8');\n"
"        } else {\n"
"            $this->pdo = true;\n"
"            $this->link = new PDO('mysql:host=' . DB_HOSTNAME . ('' === (string) $port ? '' : ';port=' . $port) . ';dbname=' . DB_DATABASE\n"
"                . ';charset=utf8', DB_USERNAME, DB_PASSWORD, array(PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION));\n"
"        }\n"
"        $this->query(\"SET SESSION sql_mode = ''\");\n"
"    }\n"
"\n"
"    public function query($sql, $parameters = array())\n"
"    {\n"
"        $result = $this->link->query($sql);\n"
"        if ($this->pdo) {\n"
"            $this->done = $result->rowCount();\n"
"            return new ToolkitRows($result->columnCount() ? $result->fetchAll(PDO::FETCH_ASSOC) : array());\n"
"        }\n"
"        if (false === $result) {\n"
"            throw new Exception($this->link->error . ' (' . $this->link->errno . ')');\n"
"        }\n"
"        $this->done = $this->link->affected_rows;\n"
"        $rows = array();\n"
"        while (is_object($result) && null !== ($row = $result->fetch_assoc())) {\n"
"            $rows[] = $row;\n"
"        }\n"
"        return new ToolkitRows($rows);\n"
"    }\n"
"\n"
"    public function escape($text)\n"
"    {\n"
"        return $this->pdo ? substr($this->link->quote((string) $text), 1, -1) : $this->link->real_escape_string((string) $text);\n"
"    }\n"
"\n"
"    public function countAffected() { return $this->done; }\n"
"    public function getLastId() { return $this->pdo ? $this->link->lastInsertId() : $this->link->insert_id; }\n"
"    public function isConnected() { return true; }\n"
"    public function connected() { return true; }\n"
"}\n"
"\n"
"class ToolkitSettings\n"
"{\n"
"    private $data = array();\n"
"\n"
"    public function __construct($db)\n"
"    {\n"
"        $rows = $db->query('SELECT * FROM `' . DB_PREFIX . \"setting` WHERE store_id = '0'\");\n"
"        foreach ($rows->rows as $row) {\n"
"            $this->data[$row['key']] = $row['value'];\n"
"        }\n"
"        $this->data += array('config_limit_admin' => 20, 'config_pagination_admin' => 20, 'config_admin_limit' => 20);\n"
"    }\n"
"\n"
"    public function get($key) { return isset($this->data[$key]) ? $this->data[$key] : null; }\n"
"    public function set($key, $value) { $this->data[$key] = $value; }\n"
"    public function has($key) { return isset($this->data[$key]); }\n"
"}\n"
"\n"
"class ToolkitLoader\n"
"{\n"
"    private $registry;\n"
"    public function __construct($registry) { $this->registry = $registry; }\n"
"\n"
"    public function model($route)\n"
"    {\n"
"        $class = ToolkitRefresh::load('model', $route);\n"
"        $this->registry->set('model_' . str_replace('/', '_', $route), new $class($this->registry));\n"
"    }\n"
"\n"
"    public function __call($name, $arguments) { return 'language' === $name ? array() : ''; }\n"
"}\n"
"\n";

static const char work[] =
"class ToolkitRefresh extends ToolkitReport\n"
"{\n"
"    private static $new = false;\n"
"\n"
"    public static function start($argv)\n"
"    {\n"
"        $all = self::begin($argv, 'index.php');\n"
"        $_SERVER += array('REQUEST_METHOD' => 'GET', 'HTTP_HOST' => 'localhost', 'SERVER_NAME' => 'localhost', 'SERVER_PORT' => 80,\n"
"            'REMOTE_ADDR' => '127.0.0.1', 'HTTPS' => false, 'REQUEST_URI' => '/index.php', 'SERVER_PROTOCOL' => 'HTTP/1.1');\n"
"        define('VERSION', $all[2]);\n"
"        self::$new = version_compare($all[2], '4', '>=');\n"
"        chdir($all[0] . '/' . $all[1]);\n"
"        return $all[0] . '/' . $all[1] . '/config.php';\n"
"    }\n"
"\n"
"    private static function need($file)\n"
"    {\n"
"        if (!is_file($file)) {\n"
"            self::fail('file', 'it is missing', $file);\n"
"            exit(70);\n"
"        }\n"
"        require_once $file;\n"
"    }\n"
"\n"
"    /* Classes of the store by the names of their files, as its own loader finds them. */\n"
"    public static function autoload($class)\n"
"    {\n"
"        $path = str_replace('\\\\', '/', $class);\n"
"        if (0 === strpos($path, 'Opencart/')) {\n"
"            $path = strtolower(preg_replace('~([a-z])([A-Z]|[0-9])~', '\\\\1_\\\\2', substr($path, 9)));\n"
"            $path = preg_replace(array('~^system/~', '~^admin/~', '~^catalog/~'), array(DIR_SYSTEM, DIR_APPLICATION, DIR_CATALOG), $path);\n"
"        } else {\n"
"            $path = DIR_SYSTEM . 'library/' . strtolower($path);\n"
"        }\n"
"        if (is_file($path . '.php')) {\n"
"            require_once $path . '.php';\n"
"        }\n"
"    }\n"
"\n"
"    /* The file of a controller or model, and the name of its class. */\n"
"    public static function load($kind, $route)\n"
"    {\n"
"        self::need(DIR_APPLICATION . $kind . '/' . $route . '.php');\n"
"        if (self::$new) {\n"
"            return 'Opencart\\\\Admin\\\\' . ucfirst($kind) . '\\\\' . str_replace(array('_', '/'), array('', '\\\\'), ucwords($route, '_/'));\n"
"        }\n"
"        return $kind . preg_replace('~[^a-zA-Z0-9]~', '', $route);\n"
"    }\n";

static const char refresh[] =
"\n"
"    private static function registry()\n"
"    {\n"
"        foreach (array('general', 'utf8') as $name) {\n"
"            if (is_file(DIR_SYSTEM . 'helper/' . $name . '.php')) {\n"
"                require_once DIR_SYSTEM . 'helper/' . $name . '.php';\n"
"            }\n"
"        }\n"
"        foreach (array('registry', 'controller', 'model') as $name) {\n"
"            self::need(DIR_SYSTEM . 'engine/' . $name . '.php');\n"
"        }\n"
"        $class = self::$new ? 'Opencart\\\\System\\\\Engine\\\\Registry' : 'Registry';\n"
"        $registry = new $class();\n"
"        $db = new ToolkitDatabase();\n"
"        $registry->set('db', $db);\n"
"        $registry->set('config', new ToolkitSettings($db));\n"
"        $registry->set('load', new ToolkitLoader($registry));\n"
"        foreach (array('user', 'language', 'session', 'request', 'response', 'url', 'document', 'log', 'event', 'cache') as $name) {\n"
"            $registry->set($name, new ToolkitAnything());\n"
"        }\n"
"        return $registry;\n"
"    }\n"
"\n"
"    public static function work()\n"
"    {\n"
"        self::unlimited();\n"
"        self::$stage = 'prepare';\n"
"        spl_autoload_register(array('ToolkitRefresh', 'autoload'));\n"
"        if (!function_exists('modification')) {\n"
"            eval('function modification($file) { return $file; }');\n"
"        }\n"
"        $route = is_file(DIR_APPLICATION . 'controller/marketplace/modification.php') ? 'marketplace' : 'extension';\n"
"        $registry = self::registry();\n"
"        $class = self::load('controller', $route . '/modification');\n"
"        if (!class_exists($class, false) || !method_exists($class, 'refresh')) {\n"
"            self::fail('code', 'the store has no ' . $class . '::refresh');\n"
"            exit(70);\n"
"        }\n"
"        if (!class_exists('DOMDocument')) {\n"
"            self::fail('extension', 'this PHP has no extension dom, which reading modifications needs');\n"
"            exit(70);\n"
"        }\n"
"        /* Behind the work older versions show the list, which needs a whole back office. */\n"
"        if (!self::$new) {\n"
"            eval('class ToolkitModification extends ' . $class . ' { protected function getList() { } }');\n"
"            $class = 'ToolkitModification';\n"
"        }\n"
"        self::call();\n"
"        $page = new $class($registry);\n"
"        try {\n"
"            $page->refresh();\n"
"        } catch (ToolkitEnough $e) {\n"
"        }\n"
"        self::done('ok');\n"
"    }\n"
"}\n"
"\n";

static const char start[] =
"$toolkit_config = ToolkitRefresh::start($argv);\n"
"$argv = $_SERVER['argv'];\n"
"$argc = 1;\n"
"try {\n"
"    if (!is_readable($toolkit_config)) {\n"
"        ToolkitRefresh::fail('file', 'it is missing or not readable', $toolkit_config);\n"
"        exit(70);\n"
"    }\n"
"    require $toolkit_config;\n"
"    ToolkitRefresh::work();\n"
"} catch (Exception $e) {\n"
"    ToolkitRefresh::caught($e);\n"
"} catch (Throwable $e) {\n"
"    ToolkitRefresh::caught($e);\n"
"}\n";
/* clang-format on */

static void show(void *arg, enum child_stream from, struct str line)
{
    struct work *w = arg;

    (void)from;
    w->say(w, "  %.*s", STR_FMT(line));
}

int oc_refresh_call(struct store *s, struct work *w, struct err *e)
{
    const struct oc *x = s->own;
    const char *args[] = {s->tree.path, x->admin, s->version, NULL};
    struct php_call call = {.what = "modification refresh", .args = args};
    struct php_run how;
    struct buf code = {0};
    int rc;

    if (x->admin == NULL || s->version == NULL)
        return err_set(e, ERR_ABSENT, "%s", x->admin ? "no file names the version of the store's code" : "no folder is that of the back office");
    if (!oc_root_is_here(s))
        return err_set(e, ERR_ABSENT, "%s/config.php was written for %s, and the store's code would work on what is there", x->admin,
                       x->root ? x->root : "another folder");
    if (store_php_run(s, &how, e) < 0)
        return -1;
    how.output = w->verbose ? show : NULL;
    how.arg = w;
    buf_adds(&code, stand_ins);
    buf_adds(&code, data);
    buf_adds(&code, work);
    buf_adds(&code, refresh);
    buf_adds(&code, start);
    call.code = buf_cstr(&code);
    rc = php_call_run(&how, &call, e);
    buf_free(&code);
    return rc;
}
