require ["copy", "relational", "date"];
# The second window lies within the first: none of the two is empty, and nobody is left for the second.
if allof (
    currentdate :zone "+0100" :value "ge" "date" "2027-01-01",
    currentdate :zone "+0100" :value "lt" "date" "2027-01-02"
) {
    redirect :copy "li@acme.example";
}
if allof (
    currentdate :zone "-0800" :value "ge" "date" "2027-01-01",
    currentdate :zone "+0100" :value "lt" "date" "2027-01-02"
) {
    if not allof (
        currentdate :zone "+0100" :value "ge" "date" "2027-01-01",
        currentdate :zone "+0100" :value "lt" "date" "2027-01-02"
    ) {
        redirect :copy "li@acme.example";
    }
}
