<?php

/** Finds NAME in override/classes or as NAMECore in classes; the index of files is cached */
class PrestaShopAutoload
{
    const STAMP = '@@VERSION@@';

    public $index = array();

    public $_include_override_path = true;

    private static $instance;

    public static function getInstance()
    {
        if (null === self::$instance) {
            self::$instance = new self();
            $cached = self::$instance->indexFile();
            self::$instance->index = is_file($cached) ? (array) @include $cached : array();
        }

        return self::$instance;
    }

    private function indexFile()
    {
        return _PS_CACHE_DIR_ . 'class_index.php';
    }

    public function load($class)
    {
        if (!isset($this->index[$class]) && !isset($this->index[$class . 'Core'])) {
            $this->generateIndex();
        }
        $override = _PS_OVERRIDE_DIR_ . ($this->index[$class]['path'] ?? '');
        if (!empty($this->index[$class]['override']) && $this->_include_override_path && is_file($override)) {
            require_once $override;
        } elseif (isset($this->index[$class]) && empty($this->index[$class]['override'])) {
            require_once _PS_ROOT_DIR_ . '/' . $this->index[$class]['path'];
        } elseif (isset($this->index[$class . 'Core'])) {
            require_once _PS_ROOT_DIR_ . '/' . $this->index[$class . 'Core']['path'];
            if (class_exists($class . 'Core', false)) {
                eval("class $class extends {$class}Core {}");
            }
        }
    }

    public function generateIndex()
    {
        $this->index = array();
        foreach (array('classes' => _PS_ROOT_DIR_ . '/', 'override/classes' => _PS_OVERRIDE_DIR_) as $dir => $base) {
            $override = 'classes' !== $dir;
            if ($override && !$this->_include_override_path || !is_dir(_PS_ROOT_DIR_ . '/' . $dir)) {
                continue;
            }
            $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(_PS_ROOT_DIR_ . '/' . $dir, FilesystemIterator::SKIP_DOTS));
            foreach ($files as $file) {
                if (preg_match('/^(?:abstract |final )?class (\w+)/m', file_get_contents($file), $found)) {
                    $this->index[$found[1]] = array('path' => substr($file, strlen($base)), 'type' => 'class', 'override' => $override);
                }
            }
        }
        ksort($this->index);
        is_dir(dirname($this->indexFile())) || @mkdir(dirname($this->indexFile()), 0777, true);
        @file_put_contents($this->indexFile(), '<?php return ' . var_export($this->index, true) . '; ?>');
    }
}
