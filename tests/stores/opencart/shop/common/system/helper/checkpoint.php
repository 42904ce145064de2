<?php
/**
 * Where a test lets an upgrade die or fail: OC_TEST_STOP is the name of the point, OC_TEST_KILL the kind of death
 */
if (!class_exists('Checkpoint', false)) {
	class Checkpoint {
		/** @var array<string, int> How often a point was passed */
		private static $passed = array();

		/** @var string What writes into the database at the moment */
		private static $scope = '';

		public static function at($name) {
			if (getenv('OC_TEST_COUNT')) {
				file_put_contents(getenv('OC_TEST_COUNT'), "$name\n", FILE_APPEND);
			}
			if ($name !== getenv('OC_TEST_STOP')) {
				return;
			}
			touch(getenv('OC_TEST_SEEN'));
			if ('fatal' === getenv('OC_TEST_KILL')) {
				ini_set('memory_limit', (memory_get_usage(true) >> 20) + 8 . 'M');
				str_repeat('x', 64 << 20);
			}
			posix_kill(getmypid(), SIGKILL);
		}

		/** From here on every statement that changes the database counts for the point NAME; none with '' */
		public static function scope($name) {
			self::$scope = $name;
		}

		public static function wrote() {
			if ('' !== self::$scope) {
				self::count(self::$scope);
			}
		}

		/** The point NAME:COUNT, counted from 1 */
		public static function count($name) {
			self::$passed[$name] = (self::$passed[$name] ?? 0) + 1;
			self::at($name . ':' . self::$passed[$name]);
		}
	}
}
