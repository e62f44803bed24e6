# options: --server dovecot-2.3
require "foreverypart";

foreverypart :name "parts" {
    break :name 5;
}
