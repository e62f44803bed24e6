require ["foreverypart", "mime", "fileinto"];
foreverypart {
    foreverypart { keep; }
    keep;
}
foreverypart {
    if header :mime "X-A" "1" {
        foreverypart { keep; }
    }
}
foreverypart {
    if header :mime "X-A" "1" {
        keep;
    } else {
        foreverypart { break; }
    }
    fileinto "A";
}
foreverypart :name "a" {
    foreverypart :name "b" {
        foreverypart { break :name "b"; }
    }
    keep;
}
