<?php
error_reporting(E_ALL);

if (version_compare(phpversion(), '@PHP@', '<')) {
	exit('PHP@PHP@+ Required');
}

/** Which release each loaded file is of: a store that mixes two of them does not work */
final class Release {
	public static array $of = [];

	public static function add(string $release, string $file): void {
		self::$of[$release][] = $file;
	}
}

require_once(DIR_SYSTEM . 'helper/checkpoint.php');
require_once(DIR_SYSTEM . 'engine/controller.php');
require_once(DIR_SYSTEM . 'library/log.php');
require_once(DIR_SYSTEM . 'library/db.php');

Release::add('@RELEASE@', __FILE__);
