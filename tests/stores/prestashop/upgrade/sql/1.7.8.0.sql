SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

CREATE TABLE IF NOT EXISTS `PREFIX_feature_flag` (
  `id_feature_flag` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `name` varchar(191) NOT NULL,
  `state` tinyint(1) NOT NULL DEFAULT '0',
  `label_wording` varchar(191) NOT NULL DEFAULT '',
  PRIMARY KEY (`id_feature_flag`),
  UNIQUE KEY `name` (`name`)
) ENGINE=ENGINE_TYPE DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `PREFIX_feature_flag` (`name`, `state`, `label_wording`) VALUES
  ('product_page_v2', 0, 'Experimental product page');
DROP TABLE IF EXISTS `PREFIX_order_slip_detail_tax`;
ALTER TABLE `PREFIX_hook` ADD `active` tinyint(1) unsigned NOT NULL DEFAULT '1' AFTER `description`;
ALTER TABLE `PREFIX_orders` ADD `note` text;
ALTER TABLE `PREFIX_tab` ADD `wording` varchar(255) DEFAULT NULL;
ALTER TABLE `PREFIX_tab` ADD `wording_domain` varchar(255) DEFAULT NULL;
UPDATE `PREFIX_tab` SET `wording` = 'Orders', `wording_domain` = 'Admin.Navigation.Menu' WHERE `class_name` = 'AdminOrders';
ALTER TABLE `PREFIX_product` ADD `product_type` enum('standard', 'pack', 'virtual', 'combinations', '') NOT NULL DEFAULT '';
UPDATE `PREFIX_product` SET `product_type` = 'standard' WHERE `id_product` % 3 = 0;
ALTER TABLE `PREFIX_shop` ADD `color` varchar(50) NOT NULL DEFAULT '' AFTER `name`;
/* PHP:ps_1780_add_feature_flag_tab(); */;
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES
  ('PS_MAIL_DKIM_ENABLE', '0', NOW(), NOW()),
  ('PS_MAIL_DKIM_SELECTOR', 'a "selector"; not set', NOW(), NOW());
