require ["fileinto", "reject"];
if header :is "subject" ["order", "order"] {
    fileinto "Orders";
} else {
    reject "No ÿ.";
}
# ÿ in a comment
