SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

ALTER TABLE `PREFIX_shop` CHANGE `color` `color` varchar(64) NOT NULL DEFAULT '';
UPDATE `PREFIX_tab` SET `wording` = 'Orders & more' WHERE `class_name` = 'AdminOrders';
