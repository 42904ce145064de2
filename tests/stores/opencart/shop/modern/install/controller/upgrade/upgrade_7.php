<?php
namespace Opencart\Install\Controller\Upgrade;

/** Texts, options, banners, categories */
class Upgrade7 extends Step {
	public function index(): array {
		foreach (['product' => 'name', 'category' => 'name', 'information' => 'title'] as $table => $column) {
			$this->db->query("UPDATE {$this->t($table . '_description')} SET meta_title = `$column` WHERE meta_title = ''");
		}
		$this->db->query("UPDATE {$this->t('option')} SET `type` = 'radio' WHERE `type` = 'image'");
		foreach ([['product_option', 'option_value'], ['custom_field', 'required'], ['custom_field', 'position'], ['extension_path', 'date_added']] as $field) {
			$this->db->drop($field[0], $field[1]);
		}
		foreach (['product_tag', 'banner_image_description'] as $table) {
			$this->db->drop($table);
		}
		$this->repairCategories(0, []);

		return $this->done(7);
	}

	private function repairCategories(int $parent, array $path): void {
		foreach ($this->db->rows("SELECT category_id FROM {$this->t('category')} WHERE parent_id = '$parent' ORDER BY category_id") as $row) {
			$id = (int)$row['category_id'];
			$this->db->query("DELETE FROM {$this->t('category_path')} WHERE category_id = '$id'");
			foreach (array_merge($path, [$id]) as $level => $step) {
				$this->db->query("REPLACE INTO {$this->t('category_path')} SET category_id = '$id', path_id = '$step', level = '$level'");
			}
			$this->repairCategories($id, array_merge($path, [$id]));
		}
	}
}
