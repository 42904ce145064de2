SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';
UPDATE `PREFIX_carrier` SET `position` = `position` + 1;
ALTER TABLE `PREFIX_customer` ADD KEY `customer_login` (`email`, `passwd`);
INSERT INTO `PREFIX_hook` (`name`, `title`, `description`, `position`) VALUES ('actionAfterTwo', 'After 8.0.2', 'Nothing; really', 1);
