<?php

// @@VERSION@@

fn_check_schema();
echo "HTTP 200\n", PRODUCT_NAME, ' ', PRODUCT_VERSION, " administration\n";
