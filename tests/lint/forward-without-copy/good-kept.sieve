require ["copy", "fileinto"];
redirect :copy "a@acme.example";
if true { redirect "b@acme.example"; }
fileinto "Sent on";
