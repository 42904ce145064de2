SET NAMES 'utf8';

CREATE TABLE `PREFIX_tag_hits` (
  `id_tag` int(10) unsigned NOT NULL,
  `id_lang` int(10) unsigned NOT NULL DEFAULT '0',
  `hits` int(10) unsigned NOT NULL DEFAULT '0',
  PRIMARY KEY (`id_tag`, `id_lang`)
) ENGINE=ENGINE_TYPE DEFAULT CHARSET=utf8;

INSERT INTO `PREFIX_tag_hits` (`id_tag`, `id_lang`, `hits`) VALUES
  (1, 1, 0),
  (2, 1, 0),
  (3, 2, 5);
ALTER TABLE `PREFIX_orders` ADD COLUMN `round_type` tinyint(1) NOT NULL DEFAULT '1';
ALTER TABLE `PREFIX_orders` ADD COLUMN `gift_text` text;
UPDATE `PREFIX_orders` SET `gift_text` = CONCAT('Order ', `id_order`, ': it''s a gift;') WHERE `gift` = 1;
UPDATE `PREFIX_order_state` SET `color` = '#32CD32' WHERE `id_order_state` = 2;
/* PHP:add_new_hook('displayBeforeCarrierNote', 'Before the carrier', 'Shown above the list of carriers'); */;
