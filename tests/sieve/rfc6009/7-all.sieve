require ["redirect-dsn", "redirect-deliverby"];

redirect :notify "SUCCESS,DELAY" :ret "HDRS" :bytimerelative 600 :bymode "notify" :bytrace "user@example.com";
