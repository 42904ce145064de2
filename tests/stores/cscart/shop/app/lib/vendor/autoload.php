<?php

/** Loads classes by their names, with the calls of the loader that everybody has */
class StoreClassLoader
{
    private $roots = array();

    public function add($prefix, $root)
    {
        $this->roots[$prefix][] = $root;
    }

    public function loadClass($class)
    {
        foreach ($this->roots as $prefix => $roots) {
            foreach (0 === strpos($class, $prefix . '\\') ? $roots : array() as $root) {
                $file = $root . '/' . str_replace('\\', '/', $class) . '.php';
                if (is_file($file)) {
                    require $file;

                    return true;
                }
            }
        }

        return null;
    }
}

$loader = new StoreClassLoader();
$loader->add('Phinx', __DIR__ . '/robmorgan/phinx/src');
$loader->add('Symfony\Component\Console', __DIR__ . '/symfony/console');
spl_autoload_register(array($loader, 'loadClass'));

return $loader;
