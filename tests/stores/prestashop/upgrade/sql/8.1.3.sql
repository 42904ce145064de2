SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

/* PHP:drop_column_if_exists('orders', 'old_note'); */;
ALTER TABLE `PREFIX_order_payment` ADD `id_employee` int(11) unsigned DEFAULT NULL;
UPDATE `PREFIX_product_lang` SET `description` = '' WHERE `description` IS NULL;
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) SELECT 'PS_MARKED_PRODUCTS', COUNT(*), NOW(), NOW() FROM `PREFIX_product`;
