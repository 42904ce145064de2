<?php
/** The upgrade of 2.2 to 3.0: each request runs one of the numbered files */
class ControllerUpgrade {
	private $db;

	public function __construct($db) {
		$this->db = $db;
	}

	public function index() {
		return "<html><body><h1>Upgrade to @RELEASE@</h1></body></html>\n";
	}

	public function next() {
		$json = array();
		$step = (int)($_GET['step'] ?? 1);
		$files = glob(DIR_APPLICATION . 'model/upgrade/*.php');
		sort($files);

		if (isset($files[$step - 1])) {
			$name = basename($files[$step - 1], '.php');
			try {
				Checkpoint::at("step:$step:before");
				require_once(modification($files[$step - 1]));
				$class = 'ModelUpgrade' . $name;
				Checkpoint::scope("step:$step");
				(new $class($this->db))->upgrade();
				Checkpoint::scope('');
				Checkpoint::at("step:$step:after");
				$json['success'] = sprintf('Patch %s has been applied (%s of %s)', $name, $step, count($files));
				$json['next'] = HTTP_SERVER . 'index.php?route=upgrade/upgrade/next&step=' . ($step + 1);
			} catch (Exception $exception) {
				$json['error'] = sprintf('Error Code(%s): %s in %s on line %s', $exception->getCode(), $exception->getMessage(), $exception->getFile(), $exception->getLine());
			}
		} else {
			$json['success'] = 'Congratulations! You have successfuly upgraded your OpenCart installation!';
		}
		header('Content-Type: application/json');

		return json_encode($json);
	}
}
