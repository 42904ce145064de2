SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

CREATE TABLE IF NOT EXISTS `PREFIX_api_client` (
  `id_api_client` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `client_id` varchar(255) NOT NULL,
  `enabled` tinyint(1) NOT NULL,
  PRIMARY KEY (`id_api_client`)
) ENGINE=ENGINE_TYPE DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
INSERT INTO `PREFIX_api_client` (`client_id`, `enabled`) SELECT `client_id`, `active` FROM `PREFIX_api_access` ORDER BY `id_api_access`;
CREATE TABLE `PREFIX_mutation` (
  `id_mutation` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `mutation_table` varchar(255) NOT NULL,
  `date_add` datetime NOT NULL,
  PRIMARY KEY (`id_mutation`)
) ENGINE=ENGINE_TYPE DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
CREATE TABLE `PREFIX_accessory_tmp` (
  `id_product_1` int(10) unsigned NOT NULL,
  `id_product_2` int(10) unsigned NOT NULL,
  PRIMARY KEY (`id_product_1`, `id_product_2`)
) ENGINE=ENGINE_TYPE DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
INSERT IGNORE INTO `PREFIX_accessory_tmp` (`id_product_1`, `id_product_2`) SELECT `id_product_1`, `id_product_2` FROM `PREFIX_accessory`;
DROP TABLE `PREFIX_accessory`;
RENAME TABLE `PREFIX_accessory_tmp` TO `PREFIX_accessory`;
DROP TABLE IF EXISTS `PREFIX_api_access`;
ALTER TABLE `PREFIX_feature_flag` ADD `type` varchar(64) NOT NULL DEFAULT 'env,dotenv,db';
INSERT INTO `PREFIX_feature_flag` (`name`, `type`, `label_wording`, `state`, `stability`) VALUES
  ('front_container_v2', 'env,dotenv,db', 'Symfony container; front', 0, 'beta');
ALTER TABLE `PREFIX_orders` CHANGE `note` `note` mediumtext;
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_API_FORCE_TLS', '1', NOW(), NOW());
/* PHP:add_hook('actionFrontNine', 'Nine', 'Behind the ninth'); */;
/* PHP:ps_900_move_closings_of_stores(); */;
UPDATE `PREFIX_order_payment` SET `payment_method` = 'Cash 🎉' WHERE `payment_method` = 'Cash 😀';
