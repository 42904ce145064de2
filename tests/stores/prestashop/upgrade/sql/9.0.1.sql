SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

/* PHP:ps_remove_controller_tab('AdminOldStats'); */;
ALTER TABLE `PREFIX_guest` CHANGE `accept_language` `accept_language` varchar(32) DEFAULT NULL;
DELETE FROM `PREFIX_configuration` WHERE `name` = 'PS_FORGOTTEN';
ALTER TABLE `PREFIX_mutation` ADD `action` varchar(32) NOT NULL DEFAULT '';
