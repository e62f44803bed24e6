require ["fileinto", "mailbox"];

fileinto :create "Partners";
