require "vacation";

if header :contains "subject" "order" {
    # tamis: allow reply-without-addresses because this mailbox has one address
    vacation "Orders: shop@acme.example.";
}
if not header :contains "subject" "order" {
    # tamis: allow reply-without-addresses because this mailbox has one address
    vacation "I am away until Monday.";
}
