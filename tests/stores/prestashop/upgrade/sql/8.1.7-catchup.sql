SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

/* What older upgrades have forgotten */
ALTER TABLE `PREFIX_product` CHANGE `mpn` `mpn` varchar(40) DEFAULT NULL;
ALTER TABLE `PREFIX_orders` ADD KEY `date_add` (`date_add`);
/* PHP:drop_column_if_exists('customer', 'newsletter_date_old'); */;
INSERT INTO `PREFIX_hook` (`name`, `title`, `description`, `position`) VALUES ('actionAfterTwo', 'After 8.0.2', 'Nothing; really', 1);
