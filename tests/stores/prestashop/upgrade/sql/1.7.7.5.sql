SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

/* Rows of the first version come twice */
UPDATE `PREFIX_currency` SET `decimals_shown` = 1;
UPDATE `PREFIX_carrier` SET `position` = `position` + 1;
ALTER TABLE `PREFIX_product` ADD `mpn` varchar(40) NULL AFTER `reference`;
DELETE FROM `PREFIX_configuration` WHERE `name` IN ('PS_FORGOTTEN', 'PS_FORGOTTEN_TOO');
