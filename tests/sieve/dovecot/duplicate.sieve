require "vnd.dovecot.duplicate";

if anyof (
    duplicate :handle "a" :header "Message-ID" :seconds 60,
    duplicate :value "b" :last
) { discard; }
