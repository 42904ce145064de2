SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';
ALTER TABLE `PREFIX_employee` CHANGE `passwd` `passwd` varchar(255) NOT NULL;
UPDATE `PREFIX_hook` SET `title` = 'Top of "an order"' WHERE `name` = 'displayAdminOrderTop';
