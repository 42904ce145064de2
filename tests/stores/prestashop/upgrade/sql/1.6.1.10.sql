SET NAMES 'utf8';

ALTER TABLE `PREFIX_employee` CHANGE `bo_css` `bo_css` varchar(64) DEFAULT NULL;
ALTER TABLE `PREFIX_statssearch` CHANGE `results` `results` int(8) NOT NULL DEFAULT '0';
/* PHP:ps_16110_move_notes_of_stores(); */;
ALTER TABLE `PREFIX_guest` ADD COLUMN `screen_ratio` decimal(4,2) DEFAULT NULL;
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_STORES_SIMPLIFIED', '0', NOW(), NOW());
UPDATE `PREFIX_configuration` SET `value` = '24' WHERE `name` = 'PS_NB_DAYS_NEW_PRODUCT';
