SET NAMES 'utf8';
ALTER TABLE `PREFIX_product_lang` ADD COLUMN `teaser` varchar(128) DEFAULT NULL;
UPDATE `PREFIX_product_lang` SET `teaser` = LEFT(`name`, 40);
ALTER TABLE `PREFIX_cart` DROP COLUMN `old_gift`;
/* PHP:drop_column_if_exists('carrier', 'old_position'); */;
DELETE FROM `PREFIX_configuration` WHERE `name` = 'PS_FORGOTTEN';
INSERT INTO `PREFIX_hook` (`name`, `title`, `description`, `position`) VALUES ('actionTeaserSave', 'Teaser saved', 'Behind the saving of a teaser', 1);
