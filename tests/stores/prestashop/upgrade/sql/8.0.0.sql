SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

DROP TABLE IF EXISTS `PREFIX_referrer`;
DROP TABLE IF EXISTS `PREFIX_attribute_impact`;
ALTER TABLE `PREFIX_carrier` DROP COLUMN `id_tax_rules_group`;
ALTER TABLE `PREFIX_product` ADD `unit_price` decimal(20, 6) NOT NULL DEFAULT '0.000000' AFTER `price`;
UPDATE `PREFIX_product` SET `unit_price` = ROUND(`price` / 2, 6) WHERE `id_product` % 2 = 0;
ALTER TABLE `PREFIX_feature_flag` ADD `stability` varchar(64) DEFAULT 'beta' NOT NULL;
ALTER TABLE `PREFIX_employee_session` ADD `date_upd` datetime NOT NULL DEFAULT '1970-01-01 00:00:01', ADD `date_add` datetime NOT NULL DEFAULT '1970-01-01 00:00:01';
/* PHP:ps_remove_controller_tab('AdminReferrers'); */;
/* PHP:ps_800_add_security_tab(); */;
/* PHP:drop_column_if_exists('product_lang', 'online_only_text'); */;
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_SECURITY_PASSWORD_POLICY_MINIMUM_LENGTH', '8', NOW(), NOW());
DELETE FROM `PREFIX_configuration` WHERE `name` = 'PS_FORGOTTEN';
ALTER TABLE `PREFIX_orders` CHANGE `gift_message` `gift_message` text;
