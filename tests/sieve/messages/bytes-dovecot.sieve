# options: --server dovecot-2.3
fileinto "ÿ";
fileinto "ab";
