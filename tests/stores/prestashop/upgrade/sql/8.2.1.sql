SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_NEVER_RUN', '8.2.1', NOW(), NOW());
