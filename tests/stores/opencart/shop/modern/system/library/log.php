<?php
namespace Opencart\System\Library;

class Log {
	private string $file;

	public function __construct(string $filename) {
		$this->file = DIR_LOGS . $filename;
	}

	public function write($message): void {
		file_put_contents($this->file, date('Y-m-d H:i:s') . ' - ' . print_r($message, true) . "\n", FILE_APPEND | LOCK_EX);
	}
}

\Release::add('@RELEASE@', __FILE__);
