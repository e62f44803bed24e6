require ["vacation"];
redirect "mailto:a@acme.example";
redirect "Sales: a@acme.example;";
redirect "a@acme,example";
redirect "a@acme.example, b@acme.example";
vacation :from "a@acme.example, b@acme.example"
    :addresses ["a@acme.example, b@acme.example", "a@acme,example", "a@acme.example, Li"] "Later.";
