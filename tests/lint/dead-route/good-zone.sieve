require ["date"];

# Nobody knows in which zone the server is.
if currentdate :is "zone" "+0800" {
    discard;
}
