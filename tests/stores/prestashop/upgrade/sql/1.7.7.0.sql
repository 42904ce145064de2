SET SESSION sql_mode = '';
SET NAMES 'utf8';

ALTER TABLE `PREFIX_product` ADD `mpn` varchar(40) NULL AFTER `reference`;
ALTER TABLE `PREFIX_currency` ADD `unofficial` tinyint(1) NOT NULL DEFAULT '0' AFTER `active`;
ALTER TABLE `PREFIX_currency` ADD `modified` tinyint(1) NOT NULL DEFAULT '0' AFTER `unofficial`;
ALTER TABLE `PREFIX_currency_lang` ADD `pattern` varchar(255) DEFAULT NULL;
UPDATE `PREFIX_currency_lang` SET `pattern` = '¤#,##0.00' WHERE `id_lang` = 1;
ALTER TABLE `PREFIX_tab` ADD `enabled` tinyint(1) NOT NULL DEFAULT '1' AFTER `active`;
ALTER TABLE `PREFIX_tab` ADD `route_name` varchar(255) DEFAULT NULL;
/* PHP:ps_1770_preset_tab_enabled(); */;
/* PHP:ps_1770_update_order_status_colors(); */;
ALTER TABLE `PREFIX_order_detail` ADD `total_refunded_tax_excl` decimal(20,6) NOT NULL DEFAULT '0.000000';
ALTER TABLE `PREFIX_order_detail` ADD `total_refunded_tax_incl` decimal(20,6) NOT NULL DEFAULT '0.000000';
INSERT INTO `PREFIX_hook` (`name`, `title`, `description`, `position`) VALUES
  ('displayAdminOrderTop', 'Admin Order Top', 'This hook displays content at the top of the order view page', '1'),
  ('actionOrderSlipAdd', 'Order slip creation', 'This hook is called when a new credit note is added; regarding client order', '1');
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_USE_COMBINATION_IMAGE', '0', NOW(), NOW());

/* Characters of four bytes */
ALTER TABLE `PREFIX_configuration` CHANGE `name` `name` varchar(191) NOT NULL;
ALTER TABLE `PREFIX_connections_source` CHANGE `http_referer` `http_referer` varchar(255) DEFAULT NULL;
ALTER TABLE `PREFIX_configuration` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
ALTER TABLE `PREFIX_customer` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
ALTER TABLE `PREFIX_guest` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
ALTER TABLE `PREFIX_orders` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
ALTER TABLE `PREFIX_product_lang` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
ALTER TABLE `PREFIX_store_lang` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
