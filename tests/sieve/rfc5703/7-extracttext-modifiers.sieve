require ["extracttext", "foreverypart", "variables"];

foreverypart { extracttext :lower :upperfirst :first 100 "text"; }
