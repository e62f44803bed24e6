require "enotify";

notify :from "romeo.my.romeo@example.com"
       :importance "1"
       :message "Contact Juliet immediately!"
       "xmpp:romeo@im.example.com?message;body=You%27re%20in%20trouble;subject=ALERT%21";
