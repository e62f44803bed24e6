# Without variables nothing is kept of what a star stands for.
require ["fileinto", "regex"];

if header :regex "Subject" "^INV-...." {
    fileinto "Invoices";
} elsif header :matches "Subject" ["INV-*", "*[???]", "?*"] {
    fileinto "Bounces";
}
