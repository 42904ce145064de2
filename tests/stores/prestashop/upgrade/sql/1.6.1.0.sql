SET NAMES 'utf8';

ALTER TABLE `PREFIX_orders` ADD COLUMN `round_type` tinyint(1) NOT NULL DEFAULT '1';
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_NEVER_RUN', '1.6.1.0', NOW(), NOW());
