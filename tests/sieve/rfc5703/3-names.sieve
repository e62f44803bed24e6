require ["foreverypart", "mime"];

foreverypart :name "outer" {
    foreverypart :name "inner" {
        if header :mime :anychild :param ["name", "filename"] :matches ["Content-Type", "Content-Disposition"] "*.exe" {
            break :name "outer";
        }
        break;
    }
}
