if true { redirect "a@acme.example"; }
else { keep; }
