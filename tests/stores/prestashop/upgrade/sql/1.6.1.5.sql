SET NAMES 'utf8';

ALTER TABLE `PREFIX_product` ADD COLUMN `pack_hint` varchar(32) DEFAULT NULL AFTER `reference`;
UPDATE `PREFIX_product` SET `pack_hint` = 'single; whole' WHERE `id_product` <= 10;

/* Numbers of visits were kept twice */
DROP TABLE IF EXISTS `PREFIX_scene_visits`;
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_PACK_HINTS', '1', NOW(), NOW());
ALTER TABLE `PREFIX_customer` ADD KEY `customer_login` (`email`, `id_shop`);
