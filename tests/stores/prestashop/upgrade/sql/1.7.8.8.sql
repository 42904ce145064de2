SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) SELECT 'PS_MARKED_PRODUCTS', COUNT(*), NOW(), NOW() FROM `PREFIX_product`;
UPDATE `PREFIX_customer` SET `reset_password_token` = NULL WHERE `reset_password_token` = '';
ALTER TABLE `PREFIX_orders` ADD KEY `date_add` (`date_add`);
