SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

/* PHP:ps_1771_update_customer_note(); */;
ALTER TABLE `PREFIX_customer` CHANGE `company` `company` varchar(255) DEFAULT NULL;
UPDATE `PREFIX_tab` SET `active` = 1 WHERE `class_name` = 'AdminOrders';
