SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

UPDATE `PREFIX_carrier` SET `position` = `position` + 1;
ALTER TABLE `PREFIX_carrier` CHANGE `url` `url` varchar(192) DEFAULT NULL;
