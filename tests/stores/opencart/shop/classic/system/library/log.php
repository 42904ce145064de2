<?php
class Log {
	private $file;

	public function __construct($filename) {
		$this->file = (defined('DIR_LOGS') ? DIR_LOGS : DIR_SYSTEM . 'logs/') . $filename;
	}

	public function write($message) {
		file_put_contents($this->file, date('Y-m-d G:i:s') . ' - ' . print_r($message, true) . "\n", FILE_APPEND);
	}
}

Release::add('@RELEASE@', __FILE__);
