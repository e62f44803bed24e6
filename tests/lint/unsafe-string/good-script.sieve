require ["fileinto", "reject"];
# A comment with  and with �.
if header :contains "subject" "订单	42" {
    fileinto "订单";
} else {
    reject "No.
	Never.";
}
