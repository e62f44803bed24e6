require "vacation";

# tamis: allow reply-without-addresses because this mailbox has one address
vacation "I am away until Monday.";
if header :contains "subject" "order" {
    # tamis: allow reply-without-addresses because this mailbox has one address
    vacation "Orders: shop@acme.example.";
}
