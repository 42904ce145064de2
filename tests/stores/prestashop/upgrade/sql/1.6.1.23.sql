SET NAMES 'utf8';
UPDATE `PREFIX_tab` SET `hide_host_mode` = 1 WHERE `class_name` = 'AdminPerformance';
ALTER TABLE `PREFIX_tag_hits` ENGINE = ENGINE_TYPE;
ALTER TABLE `PREFIX_product` CHANGE `reference` `reference` varchar(64) DEFAULT NULL;
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_LAST_OF_LINE', '1.6', NOW(), NOW());
