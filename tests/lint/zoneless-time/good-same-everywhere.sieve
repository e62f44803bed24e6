require ["date", "relational", "comparator-i;ascii-numeric"];

# Seconds are the same in every zone, so is how many dates there are; and the zone itself is what is asked for.
if currentdate :value "ge" "second" "30" {
    discard;
}
if date :count "ge" :comparator "i;ascii-numeric" "date" "date" "1" {
    discard;
}
if currentdate :is "zone" "+0800" {
    discard;
}
