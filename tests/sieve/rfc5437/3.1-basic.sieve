require "enotify";

notify "xmpp:romeo@im.example.com";
