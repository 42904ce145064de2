<?php
class ModelUpgrade1007 extends Model {
	public function upgrade() {
		$this->db->query("ALTER TABLE {$this->t('modification')} CHANGE `xml` `xml` mediumtext NOT NULL");
		if (!$this->db->rows("SELECT * FROM {$this->t('extension')} WHERE `type` = 'theme'")) {
			$this->db->query("INSERT INTO {$this->t('extension')} SET `type` = 'theme', `code` = 'theme_default'");
			$this->setting('theme_default_directory', 'default', 'theme_default');
			$this->setting('theme_default_status', '1', 'theme_default');
		}
		$this->db->query("UPDATE {$this->t('setting')} SET `code` = 'theme_default', `key` = 'theme_default_product_limit' WHERE `code` = 'config' AND `key` = 'config_product_limit'");
		if ($this->db->has('banner_image_description')) {
			foreach ($this->db->rows("SELECT * FROM {$this->t('banner_image')} WHERE title = '' ORDER BY banner_image_id") as $image) {
				$this->db->query("DELETE FROM {$this->t('banner_image')} WHERE banner_image_id = '$image[banner_image_id]'");
				foreach ($this->db->rows("SELECT * FROM {$this->t('banner_image_description')} WHERE banner_image_id = '$image[banner_image_id]' ORDER BY language_id") as $text) {
					$this->db->query("INSERT INTO {$this->t('banner_image')} SET banner_id = '$image[banner_id]', language_id = '$text[language_id]', title = '" . $this->db->escape($text['title'])
						. "', link = '" . $this->db->escape($image['link']) . "', image = '" . $this->db->escape($image['image']) . "', sort_order = '$image[sort_order]'");
				}
			}
			$this->db->drop('banner_image_description');
		}
	}
}
