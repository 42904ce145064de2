<?php
namespace Opencart\Install\Controller\Upgrade;

/** What the steps have in common */
abstract class Step extends \Opencart\System\Engine\Controller {
	const LAST = AT_LAST;

	abstract public function index(): array;

	/** What a request has handed on */
	protected function query(): string {
		$query = '';
		foreach (['version', 'admin'] as $name) {
			if (isset($_GET[$name])) {
				$query .= "&$name=" . $_GET[$name];
			}
		}

		return $query;
	}

	protected function done(int $step): array {
		if ($step === self::LAST) {
			return [
				'success'  => 'Congratulations! You have successfully upgraded your OpenCart installation!',
				'redirect' => HTTP_SERVER . 'index.php?route=install/step_4' . (isset($_GET['admin']) ? '&admin=' . $_GET['admin'] : '')
			];
		}

		return ['text' => sprintf('Patch %s has been applied (%s of %s)', $step, $step, self::LAST), 'next' => HTTP_SERVER . 'index.php?route=upgrade/upgrade_' . ($step + 1) . $this->query()];
	}

	/** The defines of a config.php that an upgrade sees: quoted ones alone */
	protected function config(string $file): array {
		$config = [];
		foreach (file($file) as $line) {
			if (preg_match('/define\(\'(.*)\',\s+\'(.*)\'\)/', $line, $match)) {
				$config[$match[1]] = $match[2];
			}
		}

		return $config;
	}

	/** PHP's own serialized arrays in a column become JSON */
	protected function json(string $table, string $id, string $column, string $where = '1'): void {
		foreach ($this->db->rows("SELECT `$id`, `$column` FROM {$this->t($table)} WHERE $where AND `$column` LIKE 'a:%' ORDER BY `$id`") as $row) {
			$this->db->query("UPDATE {$this->t($table)} SET `$column` = '" . $this->db->escape(json_encode(unserialize($row[$column]))) . "' WHERE `$id` = '" . (int)$row[$id] . "'");
		}
	}

	/** A setting that is missing */
	protected function setting(string $key, $value, int $serialized = 0): void {
		if (!$this->db->rows("SELECT setting_id FROM {$this->t('setting')} WHERE store_id = '0' AND `key` = '$key'")) {
			$this->db->query("INSERT INTO {$this->t('setting')} SET store_id = '0', `code` = 'config', `key` = '$key', `value` = '" . $this->db->escape($value) . "', serialized = '$serialized'");
		}
	}
}
