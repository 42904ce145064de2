<?php

/** Answers a visitor; the first line of what is printed stands for the status line. Files, tables and settings must be of one version. */
class DispatcherCore
{
    const STAMP = '@@VERSION@@';

    const FC_FRONT = 1;

    const FC_ADMIN = 2;

    public static function getInstance()
    {
        return new Dispatcher();
    }

    public function dispatch($who)
    {
        $this->checkFiles();
        $this->checkTables();
        if (self::FC_FRONT === $who && !Configuration::get('PS_SHOP_ENABLE')) {
            echo "HTTP 503\nRetry-After: 3600\nWe are currently updating our shop and will be back really soon.\n";
            exit(3);
        }
        foreach (self::FC_FRONT === $who ? Hook::modules('displayHome') : array() as $name) {
            $module = Module::getInstanceByName($name);
            if (!$module) {
                throw new PrestaShopException("Module $name is not there");
            }
            $module->hookDisplayHome();
        }
        echo "HTTP 200\n", Context::getContext()->shop->name, ': ', Product::count(), " products\n";
    }

    private function checkFiles()
    {
        foreach (array('PrestaShopAutoload', 'Db', 'DbQuery', 'Configuration', 'Language', 'Tools', 'Module', 'Shop', 'Context', 'Hook', 'Tab', 'Validate', 'Product',
            'PrestaShopException', 'PrestaShopDatabaseException') as $class) {
            if (self::STAMP !== constant("$class::STAMP")) {
                throw new PrestaShopException("$class is of " . constant("$class::STAMP"));
            }
        }
        if (self::STAMP !== _PS_VERSION_) {
            throw new PrestaShopException('settings are of ' . _PS_VERSION_);
        }
    }

    private function checkTables()
    {
        if (self::STAMP !== Configuration::get('PS_VERSION_DB')) {
            throw new PrestaShopException('tables are of ' . Configuration::get('PS_VERSION_DB'));
        }
        foreach (require _PS_CONFIG_DIR_ . 'tables.php' as $table => $columns) {
            if (false === Db::getInstance()->executeS('SELECT `' . implode('`, `', $columns) . '` FROM `' . _DB_PREFIX_ . $table . '` LIMIT 1')) {
                throw new PrestaShopDatabaseException(Db::getInstance()->getMsgError());
            }
        }
    }
}
