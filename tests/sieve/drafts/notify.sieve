require "notify";

notify :method "mailto" :id "a" :low :message "$from$" :options ["a@acme.example"];
notify :normal;
notify :high;
denotify :is "a" :low;
denotify :contains "a" :normal;
denotify :matches "a*" :high;
denotify;
