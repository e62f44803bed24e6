require ["fileinto", "variables"];

if header :matches "Subject" ["INV-????-*", "INV-?*"] {
    fileinto "Invoices";
} elsif address :matches :localpart "from" "*?bounce" {
    fileinto "Bounces";
}
