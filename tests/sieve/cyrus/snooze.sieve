# The name that Cyrus had for it before the draft brings the same action.
require "vnd.cyrus.snooze";

snooze "10:00:00";
