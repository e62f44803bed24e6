require ["redirect-deliverby"];

redirect :bymode "notify" "user@example.com";
redirect :bytrace :copy "user@example.com";
