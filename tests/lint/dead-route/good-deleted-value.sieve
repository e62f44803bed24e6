require ["editheader", "fileinto"];
# A field that repeats may have another value, which stays.
deleteheader :is "X-Team" "sales";
if exists "X-Team" {
    fileinto "Teams";
}
if header :contains "X-Team" "sales" {
    fileinto "Sales abroad";
}
if header "X-Queue" "1" {
    deleteheader :is "X-Team" "support";
}
if header "X-Team" "support" {
    fileinto "Support";
}
