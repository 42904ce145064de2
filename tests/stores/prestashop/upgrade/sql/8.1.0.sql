SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

CREATE TABLE `PREFIX_product_attribute_lang` (
  `id_product_attribute` int(10) unsigned NOT NULL,
  `id_lang` int(10) unsigned NOT NULL,
  `available_now` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id_product_attribute`, `id_lang`)
) ENGINE=ENGINE_TYPE DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `PREFIX_product_attribute_lang` (`id_product_attribute`, `id_lang`, `available_now`)
  SELECT `id_product`, `id_lang`, LEFT(`name`, 20) FROM `PREFIX_product_lang` WHERE `id_product` <= 5;
CREATE TABLE `PREFIX_api_access` (
  `id_api_access` int(11) NOT NULL AUTO_INCREMENT,
  `client_id` varchar(255) NOT NULL,
  `active` tinyint(1) NOT NULL,
  PRIMARY KEY (`id_api_access`)
) ENGINE=ENGINE_TYPE DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
ALTER TABLE `PREFIX_order_payment` ADD `id_employee` int(11) unsigned DEFAULT NULL;
UPDATE `PREFIX_order_payment` SET `id_employee` = 1 WHERE `payment_method` = 'Cash 😀';
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES
  ('PS_ENABLE_BACKORDER_STATUS', '1', NOW(), NOW()),
  ('PS_DEBUG_COOKIE_NAME', '', NOW(), NOW());
/* PHP:ps_810_update_product_page_feature_flags(); */;
/* PHP:add_hook('displayProductPageBottom', 'Product page, bottom', 'Shown below all; "everything"'); */;
ALTER TABLE `PREFIX_connections` CHANGE `ip_address` `ip_address` bigint(20) DEFAULT NULL;
/* PHP:ps_810_move_notes_of_stores(); */;
ALTER TABLE `PREFIX_guest` CHANGE `accept_language` `accept_language` varchar(16) DEFAULT NULL;
