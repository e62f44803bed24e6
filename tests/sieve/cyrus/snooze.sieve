require "vnd.cyrus.snooze";

keep;
