SET NAMES 'utf8';

# one row a shop
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`)
  SELECT CONCAT('PS_TEASER_SHOP_', `id_shop`), '1', NOW(), NOW() FROM `PREFIX_shop` ORDER BY `id_shop`;
UPDATE `PREFIX_carrier` SET `position` = `position` + 1;
ALTER TABLE `PREFIX_orders` ADD KEY `date_add` (`date_add`);
