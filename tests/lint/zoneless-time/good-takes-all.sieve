require ["date", "variables", "fileinto"];

if currentdate :matches "month" "*" {
    set "month" "${1}";
}
fileinto "${month}";
if date :matches "received" "date" "*-*-*" {
    fileinto "${3}";
}
