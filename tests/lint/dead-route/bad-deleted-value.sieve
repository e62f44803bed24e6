require ["editheader", "fileinto"];
deleteheader :is "X-Team" "sales";
if header :is "X-Team" "Sales" {
    fileinto "Sales";
}
deleteheader :contains "X-Team" "-old";
if header :matches "X-Team" "*-older" {
    fileinto "Older";
}
if header :contains "X-Team" "old" {
    fileinto "Old";
}
if header "X-Queue" "1" {
    deleteheader :matches "X-Team" "s*";
    if header "X-Team" ["support", "staff"] {
        fileinto "Support";
    }
    if header :contains "X-Team" "support" {
        fileinto "Their support";
    }
}
