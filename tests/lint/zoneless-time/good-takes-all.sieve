require ["date", "variables", "fileinto"];

if currentdate :matches "month" "*" {
    set "month" "${1}";
}
fileinto "${month}";
