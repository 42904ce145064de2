SET SESSION sql_mode = '';
INSERT INTO `PREFIX_configuration` (`name`, `value`, `date_add`, `date_upd`) VALUES ('PS_NEVER_RUN', '9.1.0', NOW(), NOW());
