SET SESSION sql_mode = '';
SET NAMES 'utf8';
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_NEVER_RUN', '1.7.0.5', NOW(), NOW());
