<?php
error_reporting(E_ALL);

/** Which release each loaded file is of: a store that mixes two of them does not work */
final class Release {
	public static $of = array();

	public static function add($release, $file) {
		self::$of[$release][] = $file;
	}
}

/** The copy that modifications made of a file wins over the file */
function modification($filename) {
	if (defined('DIR_CATALOG')) {
		$folder = 'admin/';
	} elseif (defined('DIR_OPENCART')) {
		$folder = 'install/';
	} else {
		$folder = 'catalog/';
	}
	$root = DIR_APPLICATION;
	if (0 === strpos($filename, DIR_SYSTEM)) {
		$folder = 'system/';
		$root = DIR_SYSTEM;
	}
	$copy = DIR_MODIFICATION . $folder . substr($filename, strlen($root));

	return is_file($copy) ? $copy : $filename;
}

require_once(modification(DIR_SYSTEM . 'helper/checkpoint.php'));
require_once(modification(DIR_SYSTEM . 'engine/model.php'));
require_once(modification(DIR_SYSTEM . 'library/log.php'));
require_once(modification(DIR_SYSTEM . 'library/db.php'));

function start($application) {
	require_once(modification(DIR_SYSTEM . 'framework.php'));
}

Release::add('@RELEASE@', __FILE__);
