<?php
namespace Opencart\System\Engine;

abstract class Controller {
	public function __construct(protected object $db) {
	}

	/** The quoted name of a table */
	protected function t(string $table): string {
		return '`' . DB_PREFIX . $table . '`';
	}
}

\Release::add('@RELEASE@', __FILE__);
