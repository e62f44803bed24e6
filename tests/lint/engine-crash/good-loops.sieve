require ["foreverypart", "mime", "fileinto"];
foreverypart {
    foreverypart { keep; }
}
keep;
foreverypart {
    if header :mime "X-A" "1" {
        foreverypart { keep; }
        stop;
    }
    fileinto "A";
}
foreverypart {
    if header :mime "X-A" "1" {
        keep;
    } else {
        foreverypart { foreverypart { keep; } }
    }
}
foreverypart {
    foreverypart { keep; }
    foreverypart { keep; }
    break;
}
foreverypart :name "a" {
    foreverypart { break :name "a"; }
    keep;
}
foreverypart {
    if true { foreverypart { keep; } }
}
